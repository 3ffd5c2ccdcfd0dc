"""A search task: find the design of least cost among finitely many, with as few evaluations as possible.

Costs are natural logarithms (of an energy-delay product, say), so a difference of 0.01 is one per cent. If a task has
several objectives, a cost is a vector, and `explore.methods.front` searches for the Pareto front.
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
    """The candidates of a search and the cost that it minimises.

    Parameters
    ----------
    name : str
    space : Space
    candidates : int64 array (n, parameters)
        the valid designs, all different; methods propose no others.
    evaluate : callable
        labels (parameters,) → natural logarithm of the cost, a float or (objectives,); infinite if the design
        breaks a limit.
    conditions : float64 array (k,)
        the numbers that describe the layer or the workload to a predictor.
    objectives : int
        the number of costs of a design.

    Examples
    --------
    >>> from varigate.explore.spaces.space import Parameter
    >>> space = Space("line", (Parameter("size", (1, 2, 4, 8)),))
    >>> task = Task("example", space, space.labels([0, 1, 3]), lambda labels: abs(labels[0] - 1.0), np.ones(1))
    >>> task.find([[3], [2]])  # size 4 is not a candidate
    array([ 2, -1])
    >>> task.snap([[3], [2]])
    array([2, 1])
    >>> def method(evaluations, rng, guide):
    ...     for number in rng.permutation(len(evaluations.task)):
    ...         evaluations(number)
    >>> run(method, task, 3, np.random.default_rng(0)).best
    1
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
        """The candidates' features (see `Space.features`): (n, columns)."""
        return self.space.features(self.candidates)

    @cached_property
    def _sorted(self) -> tuple[np.ndarray, np.ndarray]:
        """The candidates' numbers in the whole space, ascending, and the candidate at each of them."""
        index = self.space.index(self.candidates)
        order = np.argsort(index)
        if np.any(np.diff(index[order]) == 0):
            raise UserError(f"task {self.name}: two of its candidates are the same design; leave one out")
        return index[order], order

    @cached_property
    def _tree(self) -> cKDTree:
        return cKDTree(self.features)

    def find(self, labels) -> np.ndarray:
        """The numbers (m,) of designs (m, parameters) among the candidates; −1 for a design that is not a candidate."""
        index, order = self._sorted
        wanted = self.space.index(labels)
        place = np.minimum(np.searchsorted(index, wanted), len(index) - 1)
        return np.where(index[place] == wanted, order[place], -1)

    def snap(self, labels) -> np.ndarray:
        """The numbers (m,) of the candidates nearest to designs (m, parameters), by the distance of features."""
        labels = np.atleast_2d(np.asarray(labels, np.int64))
        numbers = self.find(labels)
        off = numbers < 0
        if off.any():
            numbers[off] = self._tree.query(self.space.features(labels[off]))[1]
        return numbers

    def neighbours(self, number: int) -> np.ndarray:
        """The numbers of the candidates that differ from candidate `number` in a single parameter."""
        return np.flatnonzero((self.candidates != self.candidates[number]).sum(1) == 1)


class SpentError(Exception):
    """The search is over: the budget is spent or the target reached. `run` catches it, so methods may loop for ever."""


class Evaluations:
    """The evaluations of a search, in order. Repeated candidates are answered from memory and are free.

    Parameters
    ----------
    task : Task
    budget : int
        the most different designs that may be evaluated.
    target : float
        the search stops at a cost at or below this.
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
        """The number of the cheapest candidate so far; the first one evaluated if all break a limit."""
        return self.numbers[int(np.argmin(self.values))]

    def __call__(self, number: int):
        """The cost of candidate `number`. Raises `SpentError` after the evaluation that ends the search."""
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
    """Runs a `method(evaluations, rng, guide)` of `explore.methods` until the budget or the target is reached.

    Raises `RuntimeError` if the method returns before that.
    """
    evaluations = Evaluations(task, budget, target)
    try:
        method(evaluations, rng, guide)
    except SpentError:
        return evaluations
    raise RuntimeError(f"{method.__name__} stopped after {len(evaluations)} of {evaluations.budget} evaluations")


def layer_task(table: vaesa.PublishedTable, layer: int, weights=(1.0, 1.0)) -> Task:
    """The search for the design of least weights[0]·log latency + weights[1]·log energy on one published layer.

    Costs are looked up in the table. Weights (1, 1) give log EDP. All designs of the space are candidates.

    Examples
    --------
    >>> table = vaesa.PublishedTable(np.ones((1, 9)), np.full((1, 2304), 10.0), np.full((1, 2304), 3.0))
    >>> search = layer_task(table, 0)
    >>> len(search), round(search.evaluate(search.candidates[5]), 4)  # log 30
    (2304, 3.4012)
    """
    costs = table.logs[:, layer] @ np.asarray(weights, np.float64)
    return Task(f"vaesa layer {layer}", vaesa.SPACE, vaesa.SPACE.labels(np.arange(vaesa.SPACE.size)),
                lambda labels: float(costs[vaesa.SPACE.index(labels)]), table.layers[layer])
