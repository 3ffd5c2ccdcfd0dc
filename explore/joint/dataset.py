"""The data set that the joint model of `varigate` is trained on: costs of random designs on random workloads."""

from dataclasses import dataclass

import numpy as np

from varigate.explore.costs.calibration import Calibration
from varigate.explore.costs.evaluator import Evaluator
from varigate.explore.costs.workers import Workers
from varigate.explore.spaces.family import Family
from varigate.explore.spaces.varigate import SPACE, candidates
from varigate.explore.spaces.workloads import Workload, random_workload
from varigate.model import archive
from varigate.model.errors import UserError
from varigate.model.network.variants import BITS
from varigate.model.progress import counted
from varigate.platform.toolchains.device import Device

__all__ = ["TARGETS", "DesignData", "make", "read", "write"]

TARGETS = ("latency", "interval", "energy", "lut", "ff")
VERSION = 1


@dataclass(frozen=True, eq=False)
class DesignData:
    """Costs of n designs on m workloads.

    Parameters
    ----------
    labels : int64 (n, 10)
    workloads : list of m Workload
    logs : float64 (n, m, 5)
        natural logarithms of `TARGETS`; NaN if a design was not evaluated on a workload.

    Examples
    --------
    >>> workloads = [Workload.parse("4-8-z2-c3")]
    >>> DesignData(np.zeros((1, 10), np.int64), workloads, np.zeros((1, 1, 5))).conditions.shape
    (1, 8)
    """

    labels: np.ndarray
    workloads: list[Workload]
    logs: np.ndarray

    @property
    def conditions(self) -> np.ndarray:
        """The conditions of the workloads, float64 (m, 8), see `Workload.conditions`."""
        return np.array([each.conditions for each in self.workloads])


def _evaluate(task) -> np.ndarray:
    """Natural logarithms (n, 5) of the targets of n designs on one workload."""
    workload, labels, device, calibration = task
    networks = {bits: workload.network(bits) for bits in BITS}
    evaluator = Evaluator(Family(str(workload), networks, {}), device, calibration.area,
                          calibration.around(networks[max(BITS)]))
    found = []
    for row in labels:
        costs = evaluator(SPACE.values(row))
        found.append([costs.latency, costs.interval, costs.energy, costs.sizes.lut, costs.sizes.ff])
    return np.log(found)


def make(workloads: int, designs: int, each: int, seed: int, *, device: Device,
         calibration: Calibration, workers: int | None = None, progress: bool = False) -> DesignData:
    """Evaluates random designs on random workloads; limits of the device are ignored.

    Parameters
    ----------
    workloads, designs : int
        the numbers that are drawn.
    each : int
        the number of the designs that are evaluated on each workload.
    seed : int
    device : Device
    calibration : Calibration
    workers : int or None
        processes; one per processor core by default.
    progress : bool
        a bar on standard error.

    Raises
    ------
    UserError
        if `each` is greater than `designs`, or `designs` than the space.
    """
    everything = candidates(BITS, sigmoid=True)
    if not each <= designs <= len(everything):
        raise UserError(f"{each} of {designs} designs cannot be drawn: there are {len(everything)} in all")
    rng = np.random.default_rng(seed)
    labels = everything[np.sort(rng.choice(len(everything), designs, replace=False))]
    shapes = [random_workload(rng) for _ in range(workloads)]
    rows = [np.sort(rng.choice(designs, each, replace=False)) for _ in shapes]
    logs = np.full((designs, workloads, len(TARGETS)), np.nan)
    with Workers(workers) as pool:
        tasks = [(shape, labels[some], device, calibration) for shape, some in zip(shapes, rows, strict=True)]
        results = counted(pool.map(_evaluate, tasks), "designs on workloads", len(tasks), "workload", shown=progress)
        for place, (some, found) in enumerate(zip(rows, results, strict=True)):
            logs[some, place] = found
    return DesignData(labels, shapes, logs)


def write(dataset: DesignData, path):
    """Writes the data set to the file `path`, .npz without pickle."""
    meta = {"version": VERSION, "space": SPACE.name, "sizes": SPACE.shape,
            "workloads": [str(each) for each in dataset.workloads]}
    archive.write(path, {"meta": archive.pack_json(meta), "labels": dataset.labels, "logs": dataset.logs})


def read(path) -> DesignData:
    """Reads what `write` wrote; a `UserError` if the file is absent, damaged or of another space."""
    arrays = archive.read(path)
    try:
        meta = archive.unpack_json(arrays["meta"])
        if meta["version"] != VERSION or (meta["space"], tuple(meta["sizes"])) != (SPACE.name, SPACE.shape):
            raise ValueError(f"{meta['space']} {meta['sizes']}, version {meta['version']}")
        found = DesignData(arrays["labels"], [Workload.parse(each) for each in meta["workloads"]], arrays["logs"])
        if found.logs.shape != (len(found.labels), len(found.workloads), len(TARGETS)):
            raise ValueError(f"logs of shape {found.logs.shape}")
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise UserError(f"{path} is not a data set of this space ({error}); make it with varigate explore dataset"
                        ) from error
    return found
