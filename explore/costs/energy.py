"""Models the energy of one inference: operations of the array, the memories and the lanes, times constants.

Operations are counted from the structure. Those of ε, sigmoid units, queues and control are not counted; of these
only the flip-flops, predicted by the area model, enter. Nothing here was measured.

The constants are those of 45 nm silicon at 0.9 V (M. Horowitz, "Computing's energy problem
(and what we can do about it)", ISSCC 2014): 0.2 pJ for a multiplication of 8 bits, 0.1 pJ for an addition of 32 bits,
10 pJ for 64 bits read from a memory of 8 KB. They are used for DSP slices and block RAMs, which are dedicated silicon.
An operation in look-up tables costs 14 times as much as in dedicated silicon (I. Kuon and J. Rose,
"Measuring the gap between FPGAs and ASICs", 2007). Leakage is that of the whole device for the interval
of an inference, so fast designs have less.

    energy = Σ operations · constant  +  flip-flops · interval · CLOCK  +  STATIC · interval / clock rate
"""

from varigate.gateware.estimate.structure import ROM_WORDS, Structure
from varigate.gateware.lib.division import ceil_divide

__all__ = ["CLOCK_HZ", "CONSTANTS", "STATIC", "energy"]

CLOCK_HZ = 100e6

SOFT = 14  # energy in look-up tables ÷ energy in dedicated silicon
MULTIPLY = 0.2 / 64  # pJ for each bit of one factor and each bit of the other
ADD = 0.1 / 32  # pJ a bit
SLICE_SUM = 48 * ADD  # pJ: a DSP slice's adder always has 48 bits
BLOCK_READ = 10 / 64  # pJ a bit, from block RAM
LUT_READ = SOFT * ADD  # pJ for each look-up table that is addressed
CLOCK = ADD  # pJ per flip-flop and clock: its clock pin is taken to cost as much as one bit of an adder
STATIC = 0.1  # W: the order of what the vendor's estimates give for an XC7A100T at room temperature
CONSTANTS = (CLOCK_HZ, MULTIPLY, ADD, SLICE_SUM, BLOCK_READ, LUT_READ, CLOCK, STATIC)


def _factor_bits(core: Structure) -> int:
    """Bits of a multiplier's weight input; a packed one holds two weights, 17 bits apart."""
    return 17 + core.engine.weight_bits if core.array.packed else core.engine.weight_bits


def energy(core: Structure, interval: float, flip_flops: float) -> float:
    """Modelled energy of one inference in steady state, in nanojoules.

    Parameters
    ----------
    core : Structure
    interval : float
        clocks from one inference to the next.
    flip_flops : float
        the core's number of flip-flops.

    Examples
    --------
    >>> from varigate.explore.spaces.workloads import Workload
    >>> from varigate.gateware.engine.program import Array
    >>> from varigate.gateware.estimate.structure import NetworkStructure
    >>> core = NetworkStructure(Workload.parse("4-8-z2-c3").network()).on(Array(2, 4), "lut")
    >>> round(energy(core, 100.0, 500.0) - energy(core, 0.0, 500.0), 3)  # 100 clocks of leakage and of clock pins
    100.156
    """
    engine, array, steps = core.engine, core.array, core.words
    multiply = MULTIPLY * _factor_bits(core) * engine.activation_bits + SLICE_SUM
    soft_adders = core.split_bits + core.tree_bits + core.accumulator_bits
    read = BLOCK_READ if core.block else LUT_READ * ceil_divide(core.words, ROM_WORDS)
    results = sum(matrix.rows for matrix in engine.matrices)
    lane = engine.accumulator * (2 + engine.shifts)  # bias, shift and saturation
    table_read = core.table_bits * (BLOCK_READ if core.block else LUT_READ)
    picojoules = steps * (core.slices * multiply + SOFT * ADD * soft_adders + core.weight_bits * read)
    picojoules += steps * array.columns * engine.activation_bits * LUT_READ
    picojoules += results * SOFT * ADD * lane + core.groups * table_read
    picojoules += flip_flops * interval * CLOCK
    return picojoules / 1e3 + STATIC * interval / CLOCK_HZ * 1e9
