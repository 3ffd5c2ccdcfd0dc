"""The matrix engine's control as plain counters, for `gateware.estimate.timing`: when matrices run and results appear.

`EngineControl` mirrors `gateware.engine.sequencer.Sequencer`, `gateware.engine.result_queue.ResultQueue`,
`gateware.engine.activation_buffers.VectorBuffer` and the handovers of `gateware.engine.matmul.MatrixEngine` clock by
clock: a change of theirs is a change here, and the other way round.
"""

from collections import deque

from varigate.gateware.engine.program import Array, Matrix
from varigate.gateware.engine.result_queue import ResultQueue
from varigate.gateware.engine.schedule import plan_subnet

__all__ = ["EngineControl"]


class EngineControl:
    """Counts the clocks of one engine; `tick` is a clock, `skip` several in which only counters move.

    It mirrors `MatrixEngine` with its `Sequencer`, its `VectorBuffer`s and its `ResultQueue`s.

    Parameters
    ----------
    subnets : list of list of Matrix
    array : Array
    pipeline : int
        `MatrixEngine.pipeline_of` them.

    Attributes
    ----------
    queued : list of int
        by subnet, results that wait in its queue.

    Examples
    --------
    >>> from varigate.gateware.engine.program import lower
    >>> from varigate.model.network import network_file
    >>> iris = network_file.load(network_file.find("iris"))
    >>> engine = EngineControl(lower(iris), Array(8, 1), pipeline=8)
    >>> for clock in range(iris.inputs):
    ...     engine.tick(clock, [0], [])
    >>> engine.can_take(0), engine.quiet(iris.inputs)
    (True, 0)
    """

    def __init__(self, subnets: list[list[Matrix]], array: Array, pipeline: int):
        self._plans, self._subnet, self._opens, self._closes = [], [], [], []
        for index, subnet in enumerate(subnets):
            plans = plan_subnet(subnet, array)
            self._plans += plans
            self._subnet += [index] * len(plans)
            self._opens += [place == 0 for place in range(len(plans))]
            self._closes += [place == len(plans) - 1 for place in range(len(plans))]
        self._order = list(reversed(range(len(self._plans))))  # what has been begun is finished first
        self._pipeline, self._drain, self._buffers = pipeline, array.drain, array.buffers
        self._inputs = [subnet[0].inputs for subnet in subnets]
        self._rows = [subnet[-1].rows for subnet in subnets]
        self._jobs = [ResultQueue.jobs_of(rows, array.drain, array.buffers) for rows in self._rows]
        count = len(subnets)
        self._loaded, self._pages, self._waiting = [0] * count, [0] * count, [0] * count
        self._reserved, self._taken, self.queued = [0] * count, [0] * count, [0] * count
        self._written, self._claimed = [False] * len(self._plans), [False] * len(self._plans)
        self._matrix, self._tile, self._step, self._draining = None, 0, 0, 0
        self._due = deque()  # (clock, matrix, group of its results) of the groups whose writing matters

    def state(self, now: int) -> tuple:
        """Everything that the clocks from `now` on depend on, besides what is taken in and out."""
        due = tuple((clock - now, matrix, group) for clock, matrix, group in self._due)
        lists = (self._loaded, self._pages, self._waiting, self._reserved, self._taken, self.queued, self._written,
                 self._claimed)
        return self._matrix, self._tile, self._step, self._draining, due, *map(tuple, lists)

    def can_take(self, index: int) -> bool:
        """Whether the subnet's stream of elements is ready."""
        return self._pages[index] < self._buffers

    def _ready(self, matrix: int) -> bool:
        index = self._subnet[matrix]
        there = self._waiting[index] > 0 if self._opens[matrix] else self._written[matrix]
        return there and (self._reserved[index] < self._jobs[index] if self._closes[matrix]
                          else not self._claimed[matrix])

    def _next(self) -> int | None:
        """The matrix that would be picked, or None."""
        return next((matrix for matrix in self._order if self._ready(matrix)), None)

    def quiet(self, now: int) -> float:
        """Count the clocks from `now` on in which only the array's counters move, as far as the engine decides it:
        infinitely many while it waits for something."""
        clocks = self._due[0][0] - now if self._due else float("inf")
        if self._matrix is None:
            return clocks if self._next() is None else 0
        steps = self._plans[self._matrix].steps
        if self._step or self._draining <= steps:
            return min(clocks, steps - self._step - 1)
        return min(clocks, self._draining - steps)

    def skip(self, clocks: int, loaded: int | None, taken: int | None):
        """Take `clocks` quiet clocks at once.

        In each of them the subnet `loaded` takes an element and the subnet `taken` gives a result (None: no subnet),
        though not the last one of a vector.
        """
        if self._matrix is not None and (self._step or self._draining <= self._plans[self._matrix].steps):
            self._step += clocks
        self._draining = max(0, self._draining - clocks)
        if loaded is not None:
            self._loaded[loaded] += clocks
        if taken is not None:
            self._taken[taken] += clocks
            self.queued[taken] -= clocks

    def tick(self, now: int, taken_in: list[int], taken_out: list[int]):
        """Take one clock, in which elements went into the subnets `taken_in`, and results out of the subnets
        `taken_out`."""
        finished = self._issue(now)
        picked = None
        if self._matrix is None or finished is not None:
            picked = self._next()
            self._matrix, self._tile = picked, 0
        if finished is not None:
            if self._opens[finished]:
                self._pages[self._subnet[finished]] -= 1
            else:
                self._claimed[finished - 1] = False
        if picked is not None:
            index = self._subnet[picked]
            if self._opens[picked]:
                self._waiting[index] -= 1
            else:
                self._written[picked] = False
            if self._closes[picked]:
                self._reserved[index] += 1
            else:
                self._claimed[picked] = True
        for index in taken_out:
            self.queued[index] -= 1
            self._taken[index] += 1
            if self._taken[index] == self._rows[index]:
                self._taken[index] = 0
                self._reserved[index] -= 1
        for index in taken_in:
            self._loaded[index] += 1
            if self._loaded[index] == self._inputs[index]:
                self._loaded[index] = 0
                self._pages[index] += 1
                self._waiting[index] += 1
        while self._due and self._due[0][0] <= now:
            self._write(*self._due.popleft()[1:])

    def _issue(self, now: int) -> int | None:
        """Issue a step if it is time; return the matrix whose last one it was, or None."""
        if self._matrix is not None:
            plan = self._plans[self._matrix]
            if self._step or self._draining <= plan.steps:
                self._step += 1
                if self._step == plan.steps:
                    return self._end_tile(now, plan)
        if self._draining:
            self._draining -= 1
        return None

    def _end_tile(self, now: int, plan) -> int | None:
        ends = self._tile == plan.tiles - 1
        self._draining = plan.last_drains if ends else plan.drains
        first, matrix = self._tile * plan.drains, self._matrix
        # Between matrices only the group that is awaited matters.
        groups = range(first, first + self._draining)
        if not self._closes[matrix]:
            awaited = self._plans[matrix + 1].chase - 1
            groups = [awaited] if awaited in groups else []
        self._due.extend((now + self._pipeline + group - first, matrix, group) for group in groups)
        self._step, self._tile = 0, self._tile + 1
        return matrix if ends else None

    def _write(self, matrix: int, group: int):
        if not self._closes[matrix]:
            self._written[matrix + 1] = True
            return
        index, plan = self._subnet[matrix], self._plans[matrix]
        final = group == plan.groups - 1
        self.queued[index] += self._rows[index] - group * self._drain if final else self._drain
