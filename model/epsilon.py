"""ε, the standard normal source: a combined LFSR and an inverse cumulative distribution function, in integers.

**Uniform source.** taus88, three Tausworthe generators of period 2³¹−1, 2²⁹−1 and 2²⁸−1 combined by exclusive or
(P. L'Ecuyer, "Maximally equidistributed combined Tausworthe generators", Math. of Computation 65, 1996). Each clock
gives 32 fresh bits (leap-forward), not a word shifted by one.

**Seed.** A 32-bit seed becomes three words by `ROUNDS` rounds each of a bijective mix; a word in which a generator
would stand still (fewer than 2, 8, 16) is repaired by setting bit 1, 3, 4.

**Inverse CDF.** One 32-bit draw makes one sample. Bit 31 is the sign. The count k of leading zeros of bits 30…0 is the
octave: the tail probability p lies in 2**−(k+2)·[1, 2). The 18 low bits, *read backwards* (bit 0 first), are the
position in the octave; reading them from the other end makes a barrel shifter unnecessary, since in far octaves the
bits that the count has used stand at the position's low end, as 100…, which is the middle of what they leave open.
The first three select one of eight segments, the other 15 are the abscissa x of its quadratic, by Horner's rule:

    t = (c1·2¹⁵ + x·c2) >> 15
    |ε| = (c0·2¹⁵ + x·t + 2²³) >> 24

*floor* after the first step, *half up* at the end, to s16.11. Each step is one multiply-add of a DSP slice.
"""

from functools import cache

import mpmath
import numpy as np

from model.formats import round_shift
from model.sampling import EPSILON

__all__ = ["COEFFICIENT_BITS", "GENERATORS", "GUARD", "POSITION_BITS", "ROUNDS", "ROUND_CONSTANT", "X_BITS",
           "epsilon", "epsilon_table", "expand_seed", "gaussian", "uniforms"]

GENERATORS = ((13, 19, 12, 1), (2, 25, 4, 3), (3, 11, 17, 4))  # (q, k − s, s, unused low bits) of each component
ROUNDS = 16
ROUND_CONSTANT = 0x9E3779B9
POSITION_BITS = 18
SEGMENT_BITS = 3
X_BITS = POSITION_BITS - SEGMENT_BITS
GUARD = 9
COEFFICIENT_BITS = (23, 18, 12)  # c0 and c2 unsigned, c1 signed; all have EPSILON.frac + GUARD fraction bits
OCTAVES = 32
BLOCK = 1 << 12  # words that are generated step by step; further blocks by a jump of the whole block
_WORD = 0xFFFFFFFF


def _mix(word: int) -> int:
    word = ((word ^ ROUND_CONSTANT) + (word << 3)) & _WORD
    return word ^ (word >> 11)


def expand_seed(seed: int) -> tuple[int, int, int]:
    """The three generators' states for a 32-bit `seed`, degenerate ones repaired."""
    if not 0 <= seed <= _WORD:
        raise ValueError(f"a seed has 32 bits, not {seed!r}")
    states, word = [], seed
    for *_, unused in GENERATORS:
        for _ in range(ROUNDS):
            word = _mix(word)
        states.append(word if word >> unused else word | 1 << unused)
    return tuple(states)


def _step(state, generator):
    """One leap of a component; `state` is an int or a uint32 array."""
    q, right, left, unused = generator
    feedback = (((state << q) & _WORD) ^ state) >> right
    return (((state & (_WORD << unused)) << left) & _WORD) ^ feedback


def _jump_tables(generator, steps: int) -> np.ndarray:
    """`steps` leaps as a linear map over GF(2): uint32 (4, 256), one table for each byte of the state."""
    images = []
    for bit in range(32):
        state = 1 << bit
        for _ in range(steps):
            state = _step(state, generator)
        images.append(state)
    tables = np.zeros((4, 256), dtype=np.uint32)
    for byte in range(4):
        for value in range(1, 256):
            low = value & -value
            tables[byte, value] = tables[byte, value ^ low] ^ images[8 * byte + low.bit_length() - 1]
    return tables


_jump_tables_cached = cache(_jump_tables)


def _words(state: int, generator, count: int) -> np.ndarray:
    """The next `count` words of one component, uint32."""
    first = []
    for _ in range(min(count, BLOCK)):
        state = _step(state, generator)
        first.append(state)
    blocks = [np.array(first, dtype=np.uint32)]
    if count > BLOCK:
        tables = _jump_tables_cached(generator, BLOCK)
        for _ in range(-(-count // BLOCK) - 1):
            last = blocks[-1]
            blocks.append(tables[0][last & 0xFF] ^ tables[1][last >> 8 & 0xFF]
                          ^ tables[2][last >> 16 & 0xFF] ^ tables[3][last >> 24])
    return np.concatenate(blocks)[:count]


def uniforms(seed: int, count: int) -> np.ndarray:
    """The first `count` 32-bit draws after `seed`; uint32 (count,)."""
    a, b, c = (_words(state, generator, count)
               for state, generator in zip(expand_seed(seed), GENERATORS, strict=True))
    return a ^ b ^ c


def _tail_quantile(p) -> mpmath.mpf:
    """z with P(Z > z) = p, for 0 < p ≤ ½."""
    return mpmath.sqrt(2) * mpmath.erfinv(1 - 2 * p)


def _segment(octave: int, segment: int) -> list[int]:
    """Quadratic through the quantile at the segment's three Chebyshev nodes, rounded; c0, c1, c2."""
    if octave == OCTAVES - 1:  # all 31 bits are zero: one value, the middle of what is left
        constant = _tail_quantile(mpmath.ldexp(1, -33))
        return [int(mpmath.nint(mpmath.ldexp(constant, EPSILON.frac + GUARD))), 0, 0]
    count = 1 << SEGMENT_BITS
    nodes = [(1 - mpmath.cos(mpmath.pi * (2 * i + 1) / 6)) / 2 for i in range(3)]
    values = [_tail_quantile(mpmath.ldexp(1 + (segment + u) / count, -octave - 2)) for u in nodes]
    (u0, u1, u2), (y0, y1, y2) = nodes, values
    slope = (y1 - y0) / (u1 - u0)
    curve = ((y2 - y1) / (u2 - u1) - slope) / (u2 - u0)
    real = [y0 - slope * u0 + curve * u0 * u1, slope - curve * (u0 + u1), curve]
    return [int(mpmath.nint(mpmath.ldexp(a, EPSILON.frac + GUARD))) for a in real]


@cache
def epsilon_table() -> np.ndarray:
    """The quadratics' coefficients c0, c1, c2 by `8 * octave + segment`; int64 (256, 3)."""
    with mpmath.workdps(40):
        rows = [_segment(octave, segment) for octave in range(OCTAVES) for segment in range(1 << SEGMENT_BITS)]
    table = np.array(rows, dtype=np.int64)
    table.setflags(write=False)
    return table


def _reverse_bits(words, bits: int) -> np.ndarray:
    result = np.zeros_like(words)
    for bit in range(bits):
        result |= (words >> bit & 1) << (bits - 1 - bit)
    return result


def gaussian(table, draws) -> np.ndarray:
    """32-bit draws of any shape to ε in `EPSILON`, int64."""
    draws = np.asarray(draws, dtype=np.int64)
    magnitude = draws & 0x7FFFFFFF
    octave = 31 - np.frexp(magnitude.astype(np.float64))[1]  # leading zeros of 31 bits; 31 when all are zero
    position = _reverse_bits(draws & ((1 << POSITION_BITS) - 1), POSITION_BITS)
    row = np.asarray(table, np.int64)[(octave << SEGMENT_BITS) + (position >> X_BITS)]
    x = position & ((1 << X_BITS) - 1)
    c0, c1, c2 = row[..., 0], row[..., 1], row[..., 2]
    t = ((c1 << X_BITS) + x * c2) >> X_BITS
    value = round_shift((c0 << X_BITS) + x * t, X_BITS + GUARD)
    return np.where(draws >> 31, -value, value)


def epsilon(table, seed: int, count: int, start: int = 0) -> np.ndarray:
    """Samples `start` … `start + count − 1` after `seed`, in `EPSILON`; int64 (count,)."""
    return gaussian(table, uniforms(seed, start + count)[start:])
