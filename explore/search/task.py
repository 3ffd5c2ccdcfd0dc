"""A task: the design of least cost is to be found among finitely many, and every evaluation is counted.

Costs are natural logarithms (of an energy-delay product, say), so that a difference of 0.01 is one per cent. Where a
task has several objectives, a cost is a vector, and `explore.methods.front` searches for all of its best compromises.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.spatial import cKDTree

from varigate.explore.spaces import vaesa
from varigate.explore.spaces.space import Space
from varigate.model.errors import UserError

__all__ = ["Evaluations", "SpentError", "Task", "layer_task", "run"]


@dataclass(frozen=True, eq=False)
class Task:
    """What a search minimises.

    Parameters
    ----------
    name : str
    space : Space
    candidates : int64 array (n, parameters)
        the valid designs, no two alike: no method proposes any other.
    evaluate : callable
        labels (parameters,) → natural logarithm of the cost, a float or (objectives,); infinite where the design
        breaks a limit.
    conditions : float64 array (k,)
        what a predictor reads of the layer or the workload.
    objectives : int
    """

    name: str
    space: Space
    candidates: np.ndarray
    evaluate: Callable
    conditions: np.ndarray
    objectives: int = 1

    def __len__(self) -> int:
        return len(self.candidates)

    @cached_property
    def features(self) -> np.ndarray:
        """What a surrogate reads of the candidates: (n, columns)."""
        return self.space.features(self.candidates)

    @cached_property
    def _sorted(self) -> tuple[np.ndarray, np.ndarray]:
        """The candidates' numbers in the grid in increasing order, and which candidates these are."""
        index = self.space.index(self.candidates)
        order = np.argsort(index)
        if np.any(np.diff(index[order]) == 0):
            raise UserError(f"task {self.name}: two of its candidates are the same design; leave one out")
        return index[order], order

    @cached_property
    def _tree(self) -> cKDTree:
        return cKDTree(self.features)

    def find(self, labels) -> np.ndarray:
        """The candidates' numbers (m,) of designs (m, parameters); −1 where a design is no candidate."""
        index, order = self._sorted
        wanted = self.space.index(labels)
        place = np.minimum(np.searchsorted(index, wanted), len(index) - 1)
        return np.where(index[place] == wanted, order[place], -1)

    def snap(self, labels) -> np.ndarray:
        """The candidates (m,) nearest to designs (m, parameters), by the distance of their features."""
        labels = np.atleast_2d(np.asarray(labels, np.int64))
        numbers = self.find(labels)
        off = numbers < 0
        if off.any():
            numbers[off] = self._tree.query(self.space.features(labels[off]))[1]
        return numbers

    def neighbours(self, number: int) -> np.ndarray:
        """The candidates that differ from one candidate in a single parameter."""
        return np.flatnonzero((self.candidates != self.candidates[number]).sum(1) == 1)


class SpentError(Exception):
    """There is nothing left to evaluate, or no need to. `run` catches it, so that methods are endless loops."""


class Evaluations:
    """The candidates that were evaluated, in order. A repeat is answered from memory and costs nothing.

    Parameters
    ----------
    task : Task
    budget : int
        how many different designs may be evaluated.
    target : float
        a cost at or below which the search has done its work and is stopped.
    """

    def __init__(self, task: Task, budget: int, target: float = -np.inf):
        self.task, self.target = task, target
        self.budget = min(budget, len(task))
        self.numbers: list[int] = []
        self.known: dict[int, float] = {}
        self.unseen = np.ones(len(task), bool)

    def __len__(self) -> int:
        return len(self.numbers)

    def __contains__(self, number: int) -> bool:
        return number in self.known

    @property
    def values(self) -> np.ndarray:
        """The costs (evaluations,) or (evaluations, objectives) in the order of evaluation."""
        return np.array([self.known[each] for each in self.numbers])

    @property
    def best(self) -> int:
        """The number of the cheapest candidate so far; the first one while all break a limit."""
        return self.numbers[int(np.argmin(self.values))]

    def __call__(self, number: int):
        """The cost of a candidate. Raises `SpentError` after the evaluation that ends the search."""
        number = int(number)
        if number not in self.known:
            if len(self) >= self.budget:
                raise SpentError
            self.known[number] = cost = self.task.evaluate(self.task.candidates[number])
            self.numbers.append(number)
            self.unseen[number] = False
            if len(self) >= self.budget or np.all(cost <= self.target):
                raise SpentError
        return self.known[number]

    def any_unseen(self, rng) -> int:
        """A candidate not yet evaluated, at random."""
        return int(rng.choice(np.flatnonzero(self.unseen)))


def run(method, task: Task, budget: int, rng, guide=None, target: float = -np.inf) -> Evaluations:
    """Search with a `method(evaluations, rng, guide)` of `explore.methods` until budget or target is reached."""
    evaluations = Evaluations(task, budget, target)
    try:
        method(evaluations, rng, guide)
    except SpentError:
        return evaluations
    raise RuntimeError(f"{method.__name__} gave up after {len(evaluations)} of {evaluations.budget} evaluations")


def layer_task(table: vaesa.PublishedTable, layer: int, weights=(1.0, 1.0)) -> Task:
    """Search one layer of the published space for the least Σ weights·log(latency, energy); of (1, 1) that is log EDP.

    All designs are candidates, and costs are looked up; `Task.snap` takes what a model decodes to the nearest of them,
    and repeats are free.
    """
    costs = table.logs[:, layer] @ np.asarray(weights, np.float64)
    return Task(f"vaesa layer {layer}", vaesa.SPACE, vaesa.SPACE.labels(np.arange(vaesa.SPACE.size)),
                lambda labels: float(costs[vaesa.SPACE.index(labels)]), table.layers[layer])
