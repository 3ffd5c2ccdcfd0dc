"""Horner's rule in a pipeline: a segmented polynomial of one argument a clock, with `order` multipliers.

The integer function is the last row of `model.fixedpoint.polynomial.Segmented.steps`.
"""

import numpy as np
from amaranth.hdl import Cat, Mux, Signal, signed

from varigate.gateware.lib.pipeline import Pipeline
from varigate.gateware.lib.tables import select
from varigate.model.fixedpoint.intervals import signed_bits
from varigate.model.fixedpoint.polynomial import Segmented

__all__ = ["abscissa", "horner", "intervals", "latency_of"]


def latency_of(polynomial: Segmented) -> int:
    """Count the stages of `horner`: one for segment and abscissa, then a product and a sum for each power.

    >>> from varigate.model.fixedpoint.sigmoid import classic
    >>> latency_of(classic().polynomial)
    11
    """
    return 1 + 2 * polynomial.order


def abscissa(polynomial: Segmented, u, greatest: int):
    """Return (segment, t) of the argument `u`, which is at most `greatest`.

    If the centres are the segments' middles, t is the low bits with the first one inverted.
    """
    bits, segments = polynomial.segment_bits, polynomial.segments
    index = u >> bits
    segment = index[:max(segments - 1, 1).bit_length()]
    if greatest >> bits >= segments:
        segment = Mux(index >= segments, segments - 1, segment)
    elif bits and all(int(centre) == (2 * k + 1) << bits - 1 for k, centre in enumerate(polynomial.centres)):
        return segment, Cat(u[:bits - 1], ~u[bits - 1]).as_signed()
    return segment, u - select(polynomial.centres, segment)


def intervals(polynomial: Segmented, greatest: int, offset: int = 0) -> list[tuple[int, int]]:
    """Return the (least, greatest) value after each step of Horner's rule over all arguments up to `greatest`.

    `offset` is added in the last step.

    >>> from varigate.model.fixedpoint.sigmoid import classic
    >>> len(intervals(classic().polynomial, greatest=36))
    6
    """
    steps = polynomial.steps(np.arange(greatest + 1))
    steps[-1] += offset
    return [(int(values.min()), int(values.max())) for values in steps]


def horner(pipeline: Pipeline, polynomial: Segmented, u, *, greatest: int, offset: int = 0):
    """Compute the polynomial of the unsigned `u` ≤ `greatest`, plus `offset`, `latency_of(polynomial)` stages later.

    Each sum is as wide as its values demand. Product and sum have a register each, so that both lie in one DSP slice;
    coefficients are looked up when they are due, since it takes less to delay a segment's index.
    """
    m, stage = pipeline.module, pipeline.stage
    reached = intervals(polynomial, greatest, offset)
    constants = polynomial.coefficients.copy()
    constants[:, 0] += offset
    segment, t = abscissa(polynomial, u, greatest)
    # The first product is computed without the zeros in which all its coefficients end.
    zeros = _common_zeros(constants[:, polynomial.order], polynomial.frac if polynomial.order else 0)
    y = stage(select(constants[:, polynomial.order] >> zeros, segment), name="y")
    t = stage(t, name="t")
    for power in range(polynomial.order - 1, -1, -1):
        product = stage(y * t, name=f"product_{power}")
        segment = stage(segment, name=f"segment_{power}", cycles=1 if power == polynomial.order - 1 else 2)
        c = stage(select(constants[:, power], segment), name=f"c{power}")
        # Adding before the shift gives the same floor.
        shift = polynomial.frac - zeros
        total = Signal(signed(signed_bits(*reached[polynomial.order - power]) + shift), name=f"sum_{power}",
                       reset_less=True)
        with m.If(pipeline.advance):
            m.d.sync += total.eq((c << shift) + product)
        y, zeros = total[shift:].as_signed(), 0
        if power:
            t = stage(t, name=f"t_{power}", cycles=2)
    return y


def _common_zeros(values, limit: int) -> int:
    """Count the zeros in which the binary forms of all `values` end, at most `limit`."""
    return min([limit, *((int(value) & -int(value)).bit_length() - 1 for value in values if value)])
