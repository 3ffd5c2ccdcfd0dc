"""Chooses the shape of the MAC array for a network and a budget of DSP slices and block RAMs."""

from functools import lru_cache
from math import lcm

from varigate.gateware.engine.program import Array
from varigate.gateware.engine.schedule import plan
from varigate.gateware.estimate.resources import Core
from varigate.model.network.network import Network
from varigate.model.protocol.operations import Op, counts

__all__ = ["choose_array", "least_interval"]

MOST_DRAIN = 8  # lanes of the drain; a lane takes some 150 LUTs, and more of them gain little
MOST_BANKS = 128  # banks of the buffer between layers; each is a memory of its own, in LUTs


def _divisors(number: int) -> list[int]:
    """Divisors of `number` that are no greater than `MOST_DRAIN`."""
    return [each for each in range(1, min(number, MOST_DRAIN) + 1) if number % each == 0]


@lru_cache(maxsize=8)
def _outside(network: Network) -> int:
    """Clocks between two jobs that no array can save: inputs come, and the answer goes, one number a clock."""
    return max(network.inputs + 3, sum(counts(Op.RECONSTRUCT, network).values()) + 1)


def least_interval(core: Core, array: Array) -> int:
    """Lower bound on the interval in clocks, mostly reached: the array's cost, or the time for inputs or answer.

    >>> from varigate.model.network import network_file
    >>> least_interval(Core(network_file.load(network_file.find("iris")), "lut"), Array(8, 1))
    35
    """
    return max(_outside(core.network), sum(plan(matrix, array).cost for matrix in core.matrices))


def _candidates(core: Core, dsps: int):
    """Yield all arrays that could be the fastest: none has more rows or columns than the largest matrix."""
    most_rows = max(matrix.rows for matrix in core.matrices)
    most_columns = max(matrix.inputs for matrix in core.matrices)
    for packed in (True, False):
        for columns in range(1, min(most_columns, dsps) + 1):
            for rows in range(1, min(most_rows, (1 + packed) * dsps // columns) + 1):
                for drain in _divisors(rows):
                    if lcm(columns, drain) <= MOST_BANKS:
                        yield Array(rows, columns, drain, packed)


def choose_array(network: Network, dsps: int, rams: int, *, weights: str = "block") -> Array | None:
    """Find the fastest array; of equally fast ones that with the fewest DSP slices, then the smallest drain.

    Parameters
    ----------
    network : Network
    dsps, rams : int
        DSP slices and block RAMs of 36 Kb that the core may take.
    weights : str
        `lut` or `block`.

    Returns
    -------
    Array or None
        None if no array fits.

    Examples
    --------
    >>> from varigate.model.network import network_file
    >>> choose_array(network_file.load(network_file.find("iris")), dsps=12, rams=4, weights="lut")
    Array(rows=4, columns=2, drain=4, packed=True, cascade=True, buffers=2)
    """
    core, found = Core(network, weights), []
    for array in _candidates(core, dsps):
        need = core.need(array)
        if need.dsp <= dsps and need.ramb36 <= rams:
            found.append((least_interval(core, array), need.dsp, array.drain, array.rows, not array.packed, array))
    return min(found, key=lambda each: each[:-1])[-1] if found else None
