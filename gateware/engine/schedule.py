"""The schedule of the matrix engine, computed from shapes alone.

A matrix is cut into tiles of `array.rows` rows. A tile *issues* ⌈inputs/columns⌉ steps, one a clock; its sums are then
captured and *drain* `array.drain` rows a clock while the next tile issues. So a tile costs

    max(⌈inputs/columns⌉, ⌈rows in the tile/drain⌉)        clocks,

and the array is held by one matrix after the other, in the order in which they become ready. A matrix that reads what
another one writes starts as early as every step still finds its inputs written: it chases the writer.
"""

from dataclasses import dataclass

from varigate.gateware.engine.program import Array, Matrix
from varigate.gateware.lib.division import ceil_divide

__all__ = ["MatrixPlan", "plan", "plan_subnet"]


@dataclass(frozen=True)
class MatrixPlan:
    """The schedule of one matrix on an array.

    Parameters
    ----------
    steps : int
        clocks that a tile issues.
    tiles : int
        number of tiles.
    drains, last_drains : int
        clocks that a tile drains, and those of the last tile.
    chase : int
        groups of `drain` results of the matrix before that must be written when this one is picked; 0 for the first
        matrix of a subnet, which waits for its whole vector.

    Examples
    --------
    >>> one = MatrixPlan(steps=5, tiles=3, drains=2, last_drains=1)
    >>> one.issue, one.cost, one.groups, one.words
    (15, 15, 5, 15)
    """

    steps: int
    tiles: int
    drains: int
    last_drains: int
    chase: int = 0

    @property
    def period(self) -> int:
        """Clocks from one tile's start to the next's."""
        return max(self.steps, self.drains)

    @property
    def issue(self) -> int:
        """Clocks from the first step to the last one, both counted."""
        return (self.tiles - 1) * self.period + self.steps

    @property
    def cost(self) -> int:
        """Clocks of the array that the matrix takes in a busy engine, its last tile's drain included."""
        return (self.tiles - 1) * self.period + max(self.steps, self.last_drains)

    @property
    def groups(self) -> int:
        """Groups of `drain` results."""
        return (self.tiles - 1) * self.drains + self.last_drains

    @property
    def words(self) -> int:
        """Words of weights, a word for each step of all tiles."""
        return self.steps * self.tiles

    def written(self, group: int) -> int:
        """The clock in which a group is written, counted from the first group's."""
        tile = min(group // self.drains, self.tiles - 1)
        return tile * self.period + group - tile * self.drains


PICK = 2  # clocks from the writing of the awaited group to the first step that is issued behind it


def plan(matrix: Matrix, array: Array) -> MatrixPlan:
    """Plan the first matrix of a subnet.

    >>> from varigate.gateware.engine.program import lower
    >>> from varigate.model.network import network_file
    >>> plan(lower(network_file.load(network_file.find("iris")))[0][0], Array(4, 2, 2))
    MatrixPlan(steps=2, tiles=2, drains=2, last_drains=2, chase=0)
    """
    tiles = ceil_divide(matrix.rows, array.rows)
    drains = ceil_divide(min(array.rows, matrix.rows), array.drain)
    return MatrixPlan(ceil_divide(matrix.inputs, array.columns), tiles, drains,
                      ceil_divide(matrix.rows - (tiles - 1) * array.rows, array.drain))


def _group(row: int, array: Array, writer: MatrixPlan) -> int:
    tile, inside = divmod(row, array.rows)
    return tile * writer.drains + inside // array.drain


def plan_subnet(matrices: list[Matrix], array: Array) -> list[MatrixPlan]:
    """Plan the matrices of a subnet: each but the first chases the one before it.

    >>> from varigate.gateware.engine.program import lower
    >>> from varigate.model.network import network_file
    >>> [each.chase for each in plan_subnet(lower(network_file.load(network_file.find("iris")))[0], Array(8, 1))]
    [0, 1]
    """
    plans = []
    for matrix in matrices:
        own = plan(matrix, array)
        if plans:
            writer = plans[-1]
            # Step j reads up to row (j + 1)·columns − 1, which must have been written by then.
            last_rows = [min((step + 1) * array.columns, matrix.inputs) - 1 for step in range(own.steps)]
            start = max(writer.written(_group(row, array, writer)) + 1 - step for step, row in enumerate(last_rows))
            chase = next(group for group in range(writer.groups) if writer.written(group) + PICK >= start) + 1
            own = MatrixPlan(own.steps, own.tiles, own.drains, own.last_drains, chase)
        plans.append(own)
    return plans
