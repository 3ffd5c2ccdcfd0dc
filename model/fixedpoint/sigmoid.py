"""The logistic sigmoid by segmented polynomials, in integers.

`|x|` (one bit wider than the input, since two's complement is not symmetric) selects one of K equal segments. Its
polynomial in `t = |x| - centre` is evaluated by Horner's rule with `guard` extra fraction bits, *floor* after each
product, and one rounding *half up* at the end. The negative side is `2**frac - y`; the result saturates to the output
format, so that 1.0 becomes the greatest code.

Ready-made: `classic`, the textbooks' series; `byte` and `wide`, correctly rounded; `fine` and `compact`, 16 bits within
1 ulp.

In hardware: `gateware.units.activation.SigmoidUnit`, `gateware.units.activation.FoldedSigmoidUnit`.
"""

from dataclasses import dataclass
from functools import cache, cached_property

import mpmath
import numpy as np

from varigate.model.fixedpoint.formats import Format, saturate
from varigate.model.fixedpoint.polynomial import Segmented, fit

__all__ = [
    "BYTE_INPUT",
    "BYTE_OUTPUT",
    "FINE_INPUT",
    "FINE_OUTPUT",
    "WIDE_INPUT",
    "Sigmoid",
    "byte",
    "classic",
    "compact",
    "fine",
    "logistic",
    "minimax",
    "taylor",
    "wide",
]

BYTE_INPUT = Format(True, 8, 4)
WIDE_INPUT = Format(True, 8, 3)
BYTE_OUTPUT = Format(False, 8, 8)
FINE_INPUT = Format(True, 16, 12)
FINE_OUTPUT = Format(False, 16, 16)
CLASSIC_HOLD = 2.295  # the classic order-5 series is held beyond this |x|; its worst error is then about 0.046


@dataclass(frozen=True, eq=False)
class Sigmoid:
    """A sigmoid unit: integer codes in, integer codes out.

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
        lowest power first, with `output.frac + guard` fraction bits. Of order 0 they are a table.

    Examples
    --------
    >>> unit = byte()
    >>> x = BYTE_INPUT.quantise([-2.0, 0.0, 2.0])
    >>> BYTE_OUTPUT.real(unit(x)).round(3).tolist()
    [0.121, 0.5, 0.879]
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

    @cached_property
    def polynomial(self) -> Segmented:
        """The polynomial of |x|."""
        segment_bits = self.input.bits - 1 - (self.segments.bit_length() - 1)
        return Segmented(self.input.frac, segment_bits, self.centres, self.coefficients)

    def __call__(self, x) -> np.ndarray:
        """Compute the sigmoid for input codes of any shape: int64 output codes."""
        x = np.asarray(x, dtype=np.int64)
        y = self.polynomial.steps(np.minimum(np.abs(x), self.hold))[-1]
        y = (y + ((1 << self.guard) >> 1)) >> self.guard
        return saturate(np.where(x < 0, (1 << self.output.frac) - y, y), self.output)


def logistic(x):
    """The real sigmoid 1/(1 + e^−x), in mpmath.

    Examples
    --------
    >>> float(logistic(mpmath.mpf(0)))
    0.5
    """
    return 1 / (1 + mpmath.exp(-x))


def _unit(method: str, segments: int, order: int, input: Format, output: Format, guard: int, coarsen: int) -> Sigmoid:
    """With several segments |x| is held at the greatest positive code, so that it has one bit less."""
    span = 1 << (input.bits - 1)
    p = fit(logistic, span=span, frac=input.frac, segments=segments, order=order, scale_bits=output.frac + guard,
            method=method, coarsen=coarsen)
    hold = min(span, round(CLASSIC_HOLD * 2**input.frac)) if segments == 1 else span - 1
    return Sigmoid(input, output, guard, hold, p.centres, p.coefficients)


def taylor(segments: int = 1, order: int = 5, *, input: Format = BYTE_INPUT, output: Format = BYTE_OUTPUT,
           guard: int = 4) -> Sigmoid:
    """Make a unit of Taylor polynomials of `order` on `segments` (a power of two) equal segments of |x|.

    One segment expands about zero and is held beyond 2.295, several about their middles.

    Examples
    --------
    >>> taylor(8, 2).coefficients.shape
    (8, 3)
    """
    return _unit("taylor", segments, order, input, output, guard, 0)


def minimax(segments: int, order: int, *, input: Format = FINE_INPUT, output: Format = FINE_OUTPUT, guard: int = 4,
            coarsen: int = 0) -> Sigmoid:
    """Make a unit of the best (minimax) polynomials of `order` on equal segments of |x|.

    `segments` is a power of two, at least 2; `coarsen` as in `model.fixedpoint.polynomial.fit`.

    Examples
    --------
    >>> minimax(4, 1).coefficients.shape
    (4, 2)
    """
    if segments < 2:
        raise ValueError(f"the best polynomials have two segments or more, not {segments!r}")
    return _unit("minimax", segments, order, input, output, guard, coarsen)


@cache
def classic() -> Sigmoid:
    """The classic unit s8.4 → u8.8: the textbooks' series 1/2 + x/4 − x³/48 + x⁵/480 in one segment.

    It is held beyond code 37, |x| = 2.3125, the nearest to 2.295: from there on it runs away from the sigmoid. Its
    errors, in units of 1:

    =========================  ======  ======  ======
    at an abs. value of x of      1       2       3
    =========================  ======  ======  ======
    this unit                  0.0006  0.0176  0.0045
    the series without a hold  0.0002  0.0192  0.2412
    =========================  ======  ======  ======

    Its worst error is 0.0471, at code 37.

    Examples
    --------
    >>> classic().segments, classic().order, classic().hold
    (1, 5, 37)
    """
    return taylor(1, 5, guard=8)


@cache
def byte() -> Sigmoid:
    """The unit s8.4 → u8.8 with the correctly rounded value for each of the 256 codes (256 saturates to 255).

    A table: order 0 with a segment for each |x|.

    Examples
    --------
    >>> byte()([0, 127]).tolist()  # of 256
    [128, 255]
    """
    return taylor(128, 0, guard=0)


@cache
def wide() -> Sigmoid:
    """The unit s8.3 → u8.8: as `byte`, but over twice its range, for the pixels of images.

    A background of several hundred pixels that are surely black has logits far below −8, where `byte`'s input ends, and
    each pixel held there costs 1/3000 nat.

    Examples
    --------
    >>> wide()([-128]).tolist()  # at x = −16
    [0]
    """
    return taylor(128, 0, input=WIDE_INPUT, guard=0)


@cache
def fine() -> Sigmoid:
    """The fine unit, s16.12 → u16.16, by the best quadratics on 64 segments.

    It is within 0.593 ulp for each of the 2¹⁶ codes, 0.249 on average.
    """
    return minimax(64, 2, guard=4, coarsen=4)


@cache
def compact() -> Sigmoid:
    """The compact unit, s16.12 → u16.16, by the best cubics on 16 segments.

    It is within 0.675 ulp for each of the 2¹⁶ codes, 0.250 on average.

    They are 64 coefficients in all, one look-up table for each of their bits in a unit that is folded.
    """
    return minimax(16, 3, guard=5)
