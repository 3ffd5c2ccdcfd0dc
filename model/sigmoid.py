"""The logistic sigmoid by segmented polynomials, in integers.

`|x|` (one bit wider than the input, since two's complement is not symmetric) selects one of K equal segments. Its
polynomial in `t = |x| - centre` is evaluated by Horner's rule with `guard` extra fraction bits, *floor* after each
product, and one rounding *half up* at the end. The negative side is `2**frac - y`; the result saturates to the output
format, so that 1.0 becomes the greatest code.

The coefficients are Taylor's: with K = 1 about zero (the classic series), otherwise about the segments' midpoints.
"""

from dataclasses import dataclass

import mpmath
import numpy as np

from model.formats import Format, saturate

__all__ = ["BYTE_INPUT", "BYTE_OUTPUT", "Sigmoid", "taylor"]

BYTE_INPUT = Format(True, 8, 4)
BYTE_OUTPUT = Format(False, 8, 8)
CLASSIC_HOLD = 2.295  # the classic order-5 series is held beyond this |x|; its worst error is then about 0.046


@dataclass(frozen=True, eq=False)
class Sigmoid:
    """One sigmoid unit.

    Parameters
    ----------
    input, output : Format
        signed input with 0 ≤ frac; unsigned output.
    guard : int
        fraction bits of the coefficients beyond the output's.
    hold : int
        the greatest |input| code that is evaluated; beyond it the result is held.
    centres : int64 array (K,)
        expansion points as input codes. K is a power of two.
    coefficients : int64 array (K, order + 1)
        lowest power first, with `output.frac + guard` fraction bits.
    """

    input: Format
    output: Format
    guard: int
    hold: int
    centres: np.ndarray
    coefficients: np.ndarray

    @property
    def segments(self) -> int:
        return len(self.centres)

    @property
    def order(self) -> int:
        return self.coefficients.shape[1] - 1

    @property
    def segment_bits(self) -> int:
        """The right shift that turns |x| into its segment's index."""
        return self.input.bits - 1 - (self.segments.bit_length() - 1)

    def horner(self, magnitude):
        """The values after each step of Horner's rule, highest power first, for |x| codes (n,): int64 (order + 1, n).

        They have `output.frac + guard` fraction bits; the last one is the polynomial.
        """
        magnitude = np.minimum(magnitude, self.hold)
        segment = np.minimum(magnitude >> self.segment_bits, self.segments - 1)
        t = magnitude - self.centres[segment]
        values = [self.coefficients[segment, self.order]]
        for power in range(self.order - 1, -1, -1):
            values.append(((values[-1] * t) >> self.input.frac) + self.coefficients[segment, power])
        return np.array(values)

    def __call__(self, x) -> np.ndarray:
        """Input codes of any shape to output codes."""
        x = np.asarray(x, dtype=np.int64)
        y = self.horner(np.abs(x))[-1]
        y = (y + ((1 << self.guard) >> 1)) >> self.guard
        return saturate(np.where(x < 0, (1 << self.output.frac) - y, y), self.output)


def taylor(segments: int = 1, order: int = 5, *, input: Format = BYTE_INPUT, output: Format = BYTE_OUTPUT,
           guard: int = 4) -> Sigmoid:
    """The sigmoid's Taylor polynomials of `order` on `segments` (a power of two) equal segments of |x|.

    One segment expands about zero; with order 5 this is the classic 1/2 + x/4 − x³/48 + x⁵/480, held beyond 2.295.
    """
    if segments < 1 or segments & (segments - 1):
        raise ValueError(f"the number of segments is a power of two, not {segments!r}")
    span = 1 << (input.bits - 1)
    width = span // segments
    centres = [0] if segments == 1 else [width * k + width // 2 for k in range(segments)]
    hold = min(span, round(CLASSIC_HOLD * 2**input.frac)) if segments == 1 else span
    scale = 2 ** (output.frac + guard)
    with mpmath.workdps(40):
        series = [mpmath.taylor(lambda x: 1 / (1 + mpmath.exp(-x)), mpmath.mpf(c) / 2**input.frac, order)
                  for c in centres]
        coefficients = [[int(mpmath.nint(a * scale)) for a in row] for row in series]
    return Sigmoid(input, output, guard, hold, np.array(centres, np.int64), np.array(coefficients, np.int64))
