"""ε, the standard normal source: uniform draws through an inverse cumulative distribution function, in integers.

One 32-bit draw (`model.fixedpoint.uniform`) makes one sample. Bit 31 is the sign. The count k of leading zeros of bits
30…0 is the octave: the tail probability p lies in 2**−(k+2)·[1, 2). The 20 low bits, *read backwards* (bit 0 first),
are the position in the octave; reading them from the other end makes a barrel shifter unnecessary, since in far octaves
the bits that the count has used stand at the position's low end, as 100…, which is the middle of what they leave open.
The first bits select one of 2**segment_bits segments, the others are the abscissa x of its polynomial, by Horner's
rule. For the quadratic (8 segments, 17 bits of x, 9 guard bits), which the shipped networks use:

    t = (c1·2¹⁷ + x·c2) >> 17
    |ε| = (c0·2¹⁷ + x·t + 2²⁵) >> 26

and for the straight line (64 segments, 14 bits of x, 8 guard bits):

    |ε| = (c0·2¹⁴ + x·c1 + 2²¹) >> 22

*floor* after the first step, *half up* at the end, to s16.11. Each step is one multiply-add of a DSP slice, whose
narrower factor x just fits. (Segments per octave: D.-U. Lee, R. Cheung, J. Villasenor, W. Luk, "Inversion-based
hardware Gaussian random number generator", IEEE FPT 2006.)

In hardware: `gateware.units.gaussian.InverseCdf`, `gateware.units.gaussian.EpsilonSource`.
"""

from dataclasses import dataclass
from functools import cache

import mpmath
import numpy as np

from varigate.model.fixedpoint.formats import round_shift
from varigate.model.fixedpoint.sampling import EPSILON
from varigate.model.fixedpoint.uniform import uniforms

__all__ = ["KINDS", "OCTAVES", "POSITION_BITS", "Segments", "epsilon", "epsilon_table", "gaussian",
           "segments_of"]

POSITION_BITS = 20
OCTAVES = 32


@dataclass(frozen=True)
class Segments:
    """How an ε table cuts up and approximates the quantile function.

    Parameters
    ----------
    segment_bits : int
        each octave has 2**segment_bits segments.
    guard : int
        fraction bits of all coefficients beyond those of `EPSILON`.
    bits : tuple of int
        widths of c0, c1, …; c1 is signed, the others are unsigned.

    Examples
    --------
    >>> KINDS["quadratic"].degree, KINDS["quadratic"].x_bits, KINDS["quadratic"].shape
    (2, 17, (256, 3))
    """

    segment_bits: int
    guard: int
    bits: tuple[int, ...]

    @property
    def degree(self) -> int:
        return len(self.bits) - 1

    @property
    def x_bits(self) -> int:
        return POSITION_BITS - self.segment_bits

    @property
    def shape(self) -> tuple[int, int]:
        """The table's shape: rows by `octave << segment_bits | segment`, columns c0, c1, …"""
        return OCTAVES << self.segment_bits, len(self.bits)


KINDS = {"quadratic": Segments(3, 9, (23, 18, 12)), "linear": Segments(6, 8, (22, 14))}


def segments_of(table) -> Segments:
    """The `Segments` of an ε table, known from its shape; a ValueError for another shape.

    Examples
    --------
    >>> segments_of(epsilon_table()) == KINDS["quadratic"]
    True
    """
    for segments in KINDS.values():
        if np.shape(table) == segments.shape:
            return segments
    raise ValueError(f"an ε table has the shape {' or '.join(str(s.shape) for s in KINDS.values())}, "
                     f"not {np.shape(table)}")


def _tail_quantile(p) -> mpmath.mpf:
    """The quantile z with P(Z > z) = p, for 0 < p ≤ ½."""
    return mpmath.sqrt(2) * mpmath.erfinv(1 - 2 * p)


def _interpolate(nodes, values) -> list:
    """Coefficients, constant first, of the polynomial through (nodes, values): Newton's divided differences."""
    differences = list(values)
    for order in range(1, len(nodes)):
        for i in reversed(range(order, len(nodes))):
            differences[i] = (differences[i] - differences[i - 1]) / (nodes[i] - nodes[i - order])
    coefficients = []
    for node, difference in zip(reversed(nodes), reversed(differences), strict=True):  # times (u − node), plus it
        coefficients = [low - node * high for low, high in zip([0, *coefficients], [*coefficients, 0], strict=True)]
        coefficients[0] += difference
    return coefficients


def _row(segments: Segments, octave: int, segment: int) -> list[int]:
    """The polynomial through the quantile at the segment's Chebyshev nodes, rounded."""
    count = len(segments.bits)
    if octave == OCTAVES - 1:  # all 31 bits are zero: one value, the middle of what is left
        real = [_tail_quantile(mpmath.ldexp(1, -33)), *[mpmath.mpf(0)] * segments.degree]
    else:
        nodes = [(1 - mpmath.cos(mpmath.pi * (2 * i + 1) / (2 * count))) / 2 for i in range(count)]
        places = [1 + mpmath.ldexp(segment + node, -segments.segment_bits) for node in nodes]
        real = _interpolate(nodes, [_tail_quantile(mpmath.ldexp(place, -octave - 2)) for place in places])
    return [int(mpmath.nint(mpmath.ldexp(a, EPSILON.frac + segments.guard))) for a in real]


@cache
def epsilon_table(kind: str = "quadratic") -> np.ndarray:
    """The polynomials' coefficients c0, c1, … by `octave << segment_bits | segment`; int64, see `Segments.shape`.

    Examples
    --------
    >>> epsilon_table().shape
    (256, 3)
    """
    segments = KINDS[kind]
    with mpmath.workdps(40):
        rows = [_row(segments, octave, segment)
                for octave in range(OCTAVES) for segment in range(1 << segments.segment_bits)]
    table = np.array(rows, dtype=np.int64)
    table.setflags(write=False)
    return table


@cache
def _reversed() -> np.ndarray:
    """The numbers of `POSITION_BITS` bits, each read backwards; int64."""
    table = np.zeros(1, dtype=np.int64)
    for bit in reversed(range(POSITION_BITS)):
        table = np.concatenate([table, table + (1 << bit)])
    return table


def gaussian(table, draws) -> np.ndarray:
    """Turn 32-bit draws of any shape into ε, int64 codes of `EPSILON` (s16.11), by the polynomials of `table`.

    Examples
    --------
    >>> gaussian(epsilon_table(), [0x3FFFFFFF, 0x7FFFFFFF, 0xFFFFFFFF]) / 2**EPSILON.frac
    array([0.67431641, 0.        , 0.        ])
    """
    segments = segments_of(table)
    draws = np.asarray(draws, dtype=np.int64)
    magnitude = draws & 0x7FFFFFFF
    octave = 31 - np.frexp(magnitude.astype(np.float64))[1]  # leading zeros of 31 bits; 31 when all are zero
    position = _reversed()[draws & ((1 << POSITION_BITS) - 1)]
    row = (octave << segments.segment_bits) + (position >> segments.x_bits)
    x = position & ((1 << segments.x_bits) - 1)
    *lower, value = (column[row] for column in np.asarray(table, dtype=np.int64).T.copy())
    for power in reversed(range(segments.degree)):
        value = (lower[power] << segments.x_bits) + x * value
        value = value >> segments.x_bits if power else round_shift(value, segments.x_bits + segments.guard)
    return np.where(draws >> 31, -value, value)


def epsilon(table, seed: int, count: int, start: int = 0) -> np.ndarray:
    """The samples `start` … `start + count − 1` of ε after `seed`: int64 codes of `EPSILON` (s16.11), (count,).

    Examples
    --------
    >>> samples = epsilon(epsilon_table(), seed=1, count=10000)
    >>> round(float(samples.std() / 2**EPSILON.frac), 2)
    1.02
    >>> bool((epsilon(epsilon_table(), 1, 10, start=500) == samples[500:510]).all())
    True
    """
    return gaussian(table, uniforms(seed, count, start))
