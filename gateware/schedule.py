"""When the matrix engine does what: a static schedule, computed from shapes alone.

A matrix is cut into tiles of `array.rows` rows. A tile *issues* ⌈inputs/columns⌉ steps, one a clock; its sums are then
captured and *drain* `array.drain` rows a clock while the next tile issues. So a tile has a period of

    max(⌈inputs/columns⌉, ⌈rows in the tile/drain⌉)        clocks.

A result is back in the activation buffer `pipeline` clocks after the last step of its tile, plus one for each group of
`drain` rows before it. The next matrix starts as early as every step still finds its inputs written: it chases the
writer. Nothing in this depends on data, so the cycle counts are exact.
"""

from dataclasses import dataclass, replace
from itertools import pairwise

from gateware.program import Array, Matrix

__all__ = ["MatrixSchedule", "SegmentSchedule", "schedule_segment"]


@dataclass(frozen=True)
class MatrixSchedule:
    """One matrix: `start` is the cycle of its first step, counted from the last input's acceptance (cycle 0).

    steps : clocks that a tile issues
    tiles : number of tiles
    period : clocks from one tile's start to the next's
    last_period : the same for the last tile, up to the next matrix's start or to the engine's being idle
    drains : clocks that the last tile drains
    """

    start: int
    steps: int
    tiles: int
    period: int
    last_period: int
    drains: int

    @property
    def last_step(self) -> int:
        """The cycle of the last tile's last step."""
        return self.start + (self.tiles - 1) * self.period + self.steps - 1


@dataclass(frozen=True)
class SegmentSchedule:
    """The matrices of a segment.

    latency : cycles from the last input's acceptance to the last result's being taken from the output queue, which
        gives one a clock
    busy : cycles from the last input's acceptance until the engine can take the next job
    """

    matrices: tuple[MatrixSchedule, ...]
    latency: int

    @property
    def busy(self) -> int:
        last = self.matrices[-1]
        return last.start + (last.tiles - 1) * last.period + last.last_period


def _ceil(a: int, b: int) -> int:
    return -(-a // b)


def _readable(row: int, done: MatrixSchedule, array: Array, pipeline: int) -> int:
    """The cycle in which the result of `row` can be read from the activation buffer, or from the output queue."""
    tile, row_of_tile = divmod(row, array.rows)
    return done.start + tile * done.period + done.steps - 1 + pipeline + row_of_tile // array.drain


def _start_after(before: Matrix, done: MatrixSchedule, matrix: Matrix, array: Array, pipeline: int) -> int:
    """The first cycle in which `matrix` may start behind the matrix `before`, whose schedule is `done`."""
    reading = max(_readable(row, done, array, pipeline) - row // array.columns for row in range(before.rows))
    # The sums of the first tile must not be captured before the last ones have left.
    draining = done.last_step + done.drains - (_ceil(matrix.inputs, array.columns) - 1)
    return max(reading, draining, done.last_step + 1)


def schedule_segment(matrices: list[Matrix], array: Array, pipeline: int) -> SegmentSchedule:
    """The earliest schedule of `matrices`, one after the other; `pipeline` is the number of clocks from a step to its
    result's being readable."""
    result = []
    start = 1
    for matrix, following in pairwise([*matrices, None]):
        steps, tiles = _ceil(matrix.inputs, array.columns), _ceil(matrix.rows, array.rows)
        period = max(steps, _ceil(min(array.rows, matrix.rows), array.drain))
        drains = _ceil(matrix.rows - (tiles - 1) * array.rows, array.drain)
        # A following job loads at least one input before its first step, so that three clocks of the drain are free.
        done = MatrixSchedule(start, steps, tiles, period, steps + max(0, drains - 3), drains)
        if following is not None:
            start = _start_after(matrix, done, following, array, pipeline)
            done = replace(done, last_period=start - done.start - (tiles - 1) * period)
        result.append(done)
    left = 0  # the cycle in which a result leaves the queue: a clock after the one before it, once it is there
    for row in range(matrices[-1].rows):
        left = max(left + 1, _readable(row, result[-1], array, pipeline))
    return SegmentSchedule(tuple(result), left)
