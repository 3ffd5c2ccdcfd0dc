"""Fits the area of the core, and of the rest of a build, to a table of syntheses.

The fit is kept beside the table as JSON: a search reads it and need not rebuild every network of the table.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import nnls

from varigate.explore.costs.area import AreaModel, features
from varigate.explore.costs.synthesis import Point
from varigate.explore.spaces.networks import network_of
from varigate.explore.spaces.varigate import array_of
from varigate.explore.spaces.workloads import Workload
from varigate.gateware.engine.program import Array
from varigate.gateware.estimate.resources import Core
from varigate.gateware.estimate.structure import NetworkStructure
from varigate.gateware.lib.rom import DEEP
from varigate.gateware.video.screen_layout import image_side
from varigate.model import json_text
from varigate.model.archive import file_digest
from varigate.model.errors import UserError
from varigate.model.files import write_bytes
from varigate.model.network.network import Network

__all__ = ["LEAST", "SHIPPED", "Calibration", "errors", "errors_of", "exact", "fit", "top_errors"]

SHIPPED = Path(__file__).parent / "area.json"
NAMES = ("lut", "ff")
FOLDS = 10
LEAST = FOLDS  # cores that a fit needs


@dataclass(frozen=True, eq=False)
class Calibration:
    """A fit of the area of a whole design.

    Parameters
    ----------
    area : AreaModel
        of the core.
    surroundings : {"lut": array, "ff": array}
        weights of the numbers that `_around` lists, for the rest of a build.

    Examples
    --------
    >>> from varigate.explore.spaces.networks import base
    >>> around = Calibration.read().around(base("iris", 8))
    >>> sorted(around), around["lut"] > 0
    (['ff', 'lut'], True)
    """

    area: AreaModel
    surroundings: dict[str, np.ndarray]

    def around(self, network: Network) -> dict[str, float]:
        """Predicted look-up tables and flip-flops of a build outside the core."""
        return {name: float(_around(network) @ weights) for name, weights in self.surroundings.items()}

    def write(self, path, table):
        """Writes the file `path`, with the digest of the `table` that was fitted."""
        content = {"table": file_digest(table)} | {
            key: {name: weights.tolist() for name, weights in group.items()}
            for key, group in (("core", self.area.weights), ("around", self.surroundings))}
        write_bytes(Path(path), (json.dumps(content, indent=1) + "\n").encode())

    @classmethod
    def read(cls, path=SHIPPED) -> "Calibration":
        """Reads the fit in the file `path`; a `UserError` if there is none, or it has other features."""
        try:
            content = json_text.parse(Path(path).read_bytes())
            core, around = ({name: np.array(content[key][name], np.float64) for name in NAMES}
                            for key in ("core", "around"))
        except (OSError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise UserError(f"{path} is not an area fit ({error!r}); make it with varigate explore sweep") from error
        small = NetworkStructure(Workload(2, (), 1, 0, False).network()).on(Array(1, 1), "lut")
        wanted = {name: len(each) for name, each in features(small).items()}
        if {name: len(each) for name, each in core.items()} != wanted:
            raise UserError(f"{path} is an area fit of another version; make it with varigate explore sweep")
        return cls(AreaModel(core), around)


def _around(network: Network) -> np.ndarray:
    """The numbers that the area of protocol, panel and screen depends on: float64 (5,)."""
    return np.array([1, image_side(network) is not None, network.latent, network.classes,
                     np.log2(network.inputs)], np.float64)


def _features(point: Point) -> dict[str, np.ndarray]:
    engine = NetworkStructure(network_of(point.workload, point.values))
    return features(engine.on(array_of(point.values), point.values["weights"]))


def _split(rows, scope: str):
    """The points of a scope, their features, and their counts by name, float64 (n,)."""
    kept = [(point, _features(point), counts) for point, counts in rows if point.scope == scope]
    least = LEAST if scope == "core" else 1
    if len(kept) < least:
        raise UserError(f"the table has {len(kept)} syntheses of {scope}s; a fit needs at least {least}")
    points, found, counts = zip(*kept, strict=True)
    return points, found, {name: np.array([each[name] for each in counts], np.float64) for name in NAMES}


def fit(rows: list[tuple[Point, dict]]) -> Calibration:
    """Fits the core's area to the cores of a table, and the rest of a build to its tops."""
    _, found, counts = _split(rows, "core")
    area = AreaModel.fit(found, counts)
    points, found, counts = _split(rows, "top")
    inner = area.predict(found)
    columns = np.array([_around(network_of(point.workload, point.values)) for point in points])
    around = {name: nnls(columns / counts[name][:, None], (counts[name] - inner[name]) / counts[name])[0]
              for name in NAMES}
    return Calibration(area, around)


def errors_of(area: AreaModel, rows: list[tuple[Point, dict]]) -> dict[str, np.ndarray]:
    """Relative errors, predicted ÷ synthesised − 1, of a fit on cores of another table: {"lut": (n,), "ff": (n,)}."""
    _, found, counts = _split(rows, "core")
    return {name: each / counts[name] - 1 for name, each in area.predict(found).items()}


def top_errors(rows: list[tuple[Point, dict]]) -> dict[str, np.ndarray]:
    """Relative errors of whole designs, each predicted by a fit to all other rows: {"lut": (n,), "ff": (n,)}."""
    tops = [row for row in rows if row[0].scope == "top"]
    cores = [row for row in rows if row[0].scope == "core"]
    result = {name: np.zeros(len(tops)) for name in NAMES}
    for place, (point, counts) in enumerate(tops):
        fitted = fit([*cores, *tops[:place], *tops[place + 1:]])
        inner, around = fitted.area.predict([_features(point)]), fitted.around(network_of(point.workload, point.values))
        for name in NAMES:
            result[name][place] = (inner[name][0] + around[name]) / counts[name] - 1
    return result


def exact(rows: list[tuple[Point, dict]]) -> tuple[int, int]:
    """Counts the cores whose DSP slices and block RAMs are exactly as predicted, and the cores with a prediction.

    There is one for weights in look-up tables, and for up to `DEEP` words of weights in block RAM.
    """
    equal = known = 0
    for point, counts in rows:
        network, array = network_of(point.workload, point.values), array_of(point.values)
        weights = point.values["weights"]
        if point.scope == "core" and (weights == "lut" or NetworkStructure(network).on(array, weights).words <= DEEP):
            need = Core(network, weights).need(array)
            equal += (need.dsp, need.ramb18) == (counts["dsp"], counts["ramb18"])
            known += 1
    return equal, known


def errors(rows: list[tuple[Point, dict]], seed: int = 0) -> dict[str, np.ndarray]:
    """Relative errors of cores, by `FOLDS`-fold cross-validation in an order of `seed`: {"lut": (n,), "ff": (n,)}."""
    _, found, counts = _split(rows, "core")
    order = np.random.default_rng(seed).permutation(len(found))
    result = {name: np.zeros(len(found)) for name in NAMES}
    for held_out in np.array_split(order, FOLDS):
        kept = np.setdiff1d(order, held_out)
        model = AreaModel.fit([found[each] for each in kept], {name: counts[name][kept] for name in NAMES})
        predicted = model.predict([found[each] for each in held_out])
        for name in NAMES:
            result[name][held_out] = predicted[name] / counts[name][held_out] - 1
    return result
