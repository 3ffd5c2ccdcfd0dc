"""The table of the costs of all designs of a search."""

from dataclasses import dataclass

import numpy as np

from varigate.explore.costs.evaluator import Evaluator
from varigate.explore.costs.workers import Workers
from varigate.explore.spaces.varigate import SPACE
from varigate.model import archive
from varigate.model.errors import UserError
from varigate.model.progress import counted

__all__ = ["FIGURES", "OBJECTIVES", "CostTable", "tabulate"]

VERSION = 1
OBJECTIVES = ("edp", "latency", "energy", "interval")
FIGURES = ("latency", "interval", "energy", "dsp", "ramb36", "lut", "ff")
CHUNK = 16  # designs that a process gets at a time


@dataclass(frozen=True, eq=False)
class CostTable:
    """Designs and their costs.

    Parameters
    ----------
    labels : int64 (n, 10)
    figures : {name: float64 (n,)}
        for each name in `FIGURES`; clock cycles, nanojoules and counts. Cycles and energy of a design that breaks a
        limit are NaN.
    broken : list of n str
        the kind of limit that a design breaks; empty if it keeps all limits.

    Examples
    --------
    >>> figures = {name: np.array([2.0, 4.0]) for name in FIGURES}
    >>> table = CostTable(np.zeros((2, 10), np.int64), figures, ["", "LUTs"])
    >>> table.feasible
    array([ True, False])
    >>> np.exp(table.objective("edp")).round(6)  # energy × latency
    array([ 4., inf])
    """

    labels: np.ndarray
    figures: dict[str, np.ndarray]
    broken: list[str]

    @property
    def feasible(self) -> np.ndarray:
        """Whether each design keeps all limits, bool (n,)."""
        return np.array([not text for text in self.broken])

    def objective(self, name: str) -> np.ndarray:
        """Natural logarithm (n,) of one of `OBJECTIVES`; infinite if a limit is broken."""
        cost = self.figures["energy"] * self.figures["latency"] if name == "edp" else self.figures[name]
        return np.where(self.feasible, np.log(cost), np.inf)


    def write(self, path):
        """Writes the file `path`, .npz without pickle."""
        meta = {"version": VERSION, "space": SPACE.name, "sizes": SPACE.shape, "broken": sorted(set(self.broken))}
        numbers = {text: number for number, text in enumerate(meta["broken"])}
        archive.write(path, {"meta": archive.pack_json(meta), "labels": self.labels,
                             "broken": np.array([numbers[text] for text in self.broken])}
                      | {f"figures.{name}": each for name, each in self.figures.items()})

    @classmethod
    def read(cls, path) -> "CostTable":
        """Reads what `write` wrote; a `UserError` if the file is absent, damaged or of another space."""
        arrays = archive.read(path)
        try:
            meta = archive.unpack_json(arrays["meta"])
            if meta["version"] != VERSION or (meta["space"], tuple(meta["sizes"])) != (SPACE.name, SPACE.shape):
                raise ValueError(f"{meta['space']} {meta['sizes']}, version {meta['version']}")
            return cls(arrays["labels"], {name: arrays[f"figures.{name}"] for name in FIGURES},
                       [meta["broken"][number] for number in arrays["broken"]])
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise UserError(f"{path} is not a table of costs of this space ({error}); delete it") from error


_evaluator: Evaluator | None = None  # each worker process has its own


def _start(evaluator: Evaluator):
    global _evaluator
    _evaluator = evaluator


def _sizes(designs: list[dict]):
    return [(_evaluator.sizes(values), _evaluator.key(values)) for values in designs]


def _cycles(designs: list[dict]):
    return [(_evaluator.key(values), _evaluator.cycles(values)) for values in designs]


def _in_chunks(pool, work, designs: list[dict], text: str, progress: bool):
    chunks = [designs[start:start + CHUNK] for start in range(0, len(designs), CHUNK)]
    results = counted(pool.map(work, chunks), text, len(chunks), "chunk", shown=progress)
    return [each for chunk in results for each in chunk]


def tabulate(evaluator: Evaluator, labels: np.ndarray, *, workers: int | None = None,
             progress: bool = False) -> CostTable:
    """The costs of designs `labels` (n, 10), computed by `workers` processes (default: one per processor core).

    `evaluator` then knows the cycles of all these designs, and answers at once.
    """
    designs = [SPACE.values(row) for row in labels]
    with Workers(workers, _start, (evaluator,)) as pool:
        found = _in_chunks(pool, _sizes, designs, "resources", progress)
        wanted = {key: values for values, (sizes, key) in zip(designs, found, strict=True) if not sizes.broken}
        # The longest simulations first: no process then starts one of them at the end.
        order = sorted(wanted.values(), key=lambda values: values["rows"] * values["columns"])
        evaluator.learn(dict(_in_chunks(pool, _cycles, order, "cycles", progress)))
    figures = {name: np.full(len(designs), np.nan) for name in FIGURES}
    for place, (values, (sizes, _)) in enumerate(zip(designs, found, strict=True)):
        for name in ("dsp", "ramb36", "lut", "ff"):
            figures[name][place] = getattr(sizes, name)
        if not sizes.broken:
            costs = evaluator(values)
            for name in ("latency", "interval", "energy"):
                figures[name][place] = getattr(costs, name)
    return CostTable(labels, figures, [sizes.kind for sizes, _ in found])
