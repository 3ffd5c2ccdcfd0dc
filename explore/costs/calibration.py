"""The area model fitted to a table of syntheses: of the core, and of what a build has around it.

The fit is kept beside the table as JSON, so that a search need not make every network of the table anew.
"""

import hashlib
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
from varigate.gateware.estimate.structure import Engine
from varigate.gateware.lib.rom import DEEP
from varigate.gateware.video.screen_layout import image_side
from varigate.model.archive import write_bytes
from varigate.model.errors import UserError
from varigate.model.network.network import Network

__all__ = ["LEAST", "SHIPPED", "Calibration", "errors", "errors_of", "exact", "fit", "top_errors"]

SHIPPED = Path(__file__).parent / "area.json"
NAMES = ("lut", "ff")
FOLDS = 10
LEAST = FOLDS  # cores that a fit is made from


@dataclass(frozen=True, eq=False)
class Calibration:
    """area : AreaModel of the core; surroundings : {"lut": array, "ff": array}, weights of `_around`."""

    area: AreaModel
    surroundings: dict[str, np.ndarray]

    def around(self, network: Network) -> dict[str, float]:
        """Look-up tables and flip-flops of a build outside of the core."""
        return {name: float(_around(network) @ weights) for name, weights in self.surroundings.items()}

    def write(self, path, table):
        """To the file `path`, with the digest of the `table` that it was fitted to."""
        content = {"table": digest(table)} | {
            key: {name: weights.tolist() for name, weights in group.items()}
            for key, group in (("core", self.area.weights), ("around", self.surroundings))}
        write_bytes(Path(path), (json.dumps(content, indent=1) + "\n").encode())

    @classmethod
    def read(cls, path=SHIPPED) -> "Calibration":
        """The fit in the file `path`; a `UserError` where there is none."""
        try:
            content = json.loads(Path(path).read_text(encoding="utf-8"))
            core, around = ({name: np.array(content[key][name], np.float64) for name in NAMES}
                            for key in ("core", "around"))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UserError(f"{path} is no fit of area ({error!r}); make it by varigate explore sweep") from error
        wanted = {name: len(each) for name, each in features(Engine(Workload(2, (), 1, 0, False).network()).on(
            Array(1, 1), "lut")).items()}
        if {name: len(each) for name, each in core.items()} != wanted:
            raise UserError(f"{path} is a fit of another version; make it by varigate explore sweep")
        return cls(AreaModel(core), around)


def digest(table) -> str:
    """SHA-256 of a table of syntheses."""
    return hashlib.sha256(Path(table).read_bytes()).hexdigest()


def _around(network: Network) -> np.ndarray:
    """What the size of protocol, panel and screen goes with."""
    return np.array([1, image_side(network) is not None, network.latent, network.classes,
                     np.log2(network.inputs)], np.float64)


def _features(point: Point) -> dict[str, np.ndarray]:
    engine = Engine(network_of(point.workload, point.values))
    return features(engine.on(array_of(point.values), point.values["weights"]))


def _split(rows, scope: str):
    """Points of a scope with their features and counts."""
    kept = [(point, _features(point), counts) for point, counts in rows if point.scope == scope]
    least = LEAST if scope == "core" else 1
    if len(kept) < least:
        raise UserError(f"the table has {len(kept)} syntheses of {scope}s; a fit takes {least} at least")
    points, found, counts = zip(*kept, strict=True)
    return points, found, {name: np.array([each[name] for each in counts], np.float64) for name in NAMES}


def fit(rows: list[tuple[Point, dict]]) -> Calibration:
    """From the rows of a table that hold cores and tops."""
    _, found, counts = _split(rows, "core")
    area = AreaModel.fit(found, counts)
    points, found, counts = _split(rows, "top")
    inner = area.predict(found)
    columns = np.array([_around(network_of(point.workload, point.values)) for point in points])
    around = {name: nnls(columns / counts[name][:, None], (counts[name] - inner[name]) / counts[name])[0]
              for name in NAMES}
    return Calibration(area, around)


def errors_of(area: AreaModel, rows: list[tuple[Point, dict]]) -> dict[str, np.ndarray]:
    """Relative errors of a fit on the cores of another table: {"lut": (n,), "ff": (n,)}."""
    _, found, counts = _split(rows, "core")
    return {name: each / counts[name] - 1 for name, each in area.predict(found).items()}


def top_errors(rows: list[tuple[Point, dict]]) -> dict[str, np.ndarray]:
    """Relative errors of whole designs, each by a fit of the rest that has not seen it: {"lut": (n,), "ff": (n,)}."""
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
    """Of how many cores DSP slices and block RAMs are exactly as predicted, and of how many a prediction is made (up to
    `DEEP` words of weights)."""
    equal = known = 0
    for point, counts in rows:
        network, array = network_of(point.workload, point.values), array_of(point.values)
        weights = point.values["weights"]
        if point.scope == "core" and (weights == "lut" or Engine(network).on(array, weights).words <= DEEP):
            need = Core(network, weights).need(array)
            equal += (need.dsp, need.ramb18) == (counts["dsp"], counts["ramb18"])
            known += 1
    return equal, known


def errors(rows: list[tuple[Point, dict]], seed: int = 0) -> dict[str, np.ndarray]:
    """Relative errors of cores that a fit has not seen, by `FOLDS`-fold cross-validation: {"lut": (n,), "ff": (n,)}."""
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
