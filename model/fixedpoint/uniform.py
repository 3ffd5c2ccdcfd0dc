"""The uniform source of ε: taus88, 32 fresh bits a draw, and what it shares with any generator linear over GF(2).

taus88 is three Tausworthe generators of period 2³¹−1, 2²⁹−1 and 2²⁸−1 combined by exclusive or (P. L'Ecuyer, "Maximally
equidistributed combined Tausworthe generators", Math. of Computation 65, 1996). Each draw is a whole leap of 12, 4 and
17 steps (leap-forward), not a word shifted by one.

**Seed.** A 32-bit seed becomes three words by `ROUNDS` rounds each of a bijective mix; a word in which a generator
would stand still (fewer than 2, 8, 16) is repaired by setting bit 1, 3, 4.

**Jumps.** A leap is a linear map of the state's 32 bits, so 2ᵏ leaps are one too, found by squaring k times; hence any
part of the stream costs the same as its beginning.

In hardware: `gateware.units.lfsr.Taus88`.
"""

from functools import cache, partial

import numpy as np

__all__ = ["GENERATORS", "ROUNDS", "ROUND_CONSTANT", "expand_seed", "linear_words", "uniforms"]

GENERATORS = ((13, 19, 12, 1), (2, 25, 4, 3), (3, 11, 17, 4))  # (q, k − s, s, unused low bits) of each component
ROUNDS = 16
ROUND_CONSTANT = 0x9E3779B9
ROWS = 6  # `linear_words` leaps 2**ROWS times, from many states at once
_WORD = 0xFFFFFFFF


def _mix(word: int) -> int:
    word = ((word ^ ROUND_CONSTANT) + (word << 3)) & _WORD
    return word ^ (word >> 11)


def expand_seed(seed: int) -> tuple[int, int, int]:
    """Expand a 32-bit `seed` to the states of the three generators; degenerate ones are repaired.

    Raises
    ------
    ValueError
        for a seed that has not 32 bits.

    Examples
    --------
    >>> len(expand_seed(0)), expand_seed(0) != expand_seed(1)
    (3, True)
    """
    if not 0 <= seed <= _WORD:
        raise ValueError(f"a seed has 32 bits, not {seed!r}")
    states, word = [], seed
    for *_, unused in GENERATORS:
        for _ in range(ROUNDS):
            word = _mix(word)
        states.append(word if word >> unused else word | 1 << unused)
    return tuple(states)


def _leap(state, generator):
    """One leap of a component; `state` is an int or a uint32 array."""
    q, right, left, unused = generator
    feedback = (((state << q) & _WORD) ^ state) >> right
    return (((state & (_WORD << unused & _WORD)) << left) & _WORD) ^ feedback


LEAPS = tuple(partial(_leap, generator=generator) for generator in GENERATORS)


def _apply(tables, words):
    """A linear map, as `_tables` makes it, of uint32 `words` of any shape."""
    return (tables[0][words & 0xFF] ^ tables[1][words >> 8 & 0xFF]
            ^ tables[2][words >> 16 & 0xFF] ^ tables[3][words >> 24])


@cache
def _tables(step, power: int) -> np.ndarray:
    """2**power times `step` as a linear map over GF(2): uint32 (4, 256), one table for each byte of the state."""
    units = np.uint32(1) << np.arange(32, dtype=np.uint32)
    if power:
        half = _tables(step, power - 1)
        images = _apply(half, _apply(half, units))
    else:
        images = step(units)
    tables = np.zeros((4, 1), dtype=np.uint32)
    for bit in range(8):
        tables = np.concatenate([tables, tables ^ images.reshape(4, 8)[:, bit, None]], axis=1)
    return tables


def linear_words(step, state: int, count: int, start: int = 0) -> np.ndarray:
    """The words `start` … `start + count − 1` of a generator of 32 bits: its states after each `step`; uint32 (count,).

    `step` maps a uint32 array to the following states, linearly over GF(2).

    Examples
    --------
    >>> linear_words(lambda words: words << np.uint32(1), 1, count=3, start=2).tolist()  # a shift is linear
    [8, 16, 32]
    """
    lanes = np.array([state], dtype=np.uint32)
    for power in range(start.bit_length()):
        if start >> power & 1:
            lanes = _apply(_tables(step, power), lanes)
    power = ROWS
    while lanes.size << ROWS < count:  # lane j starts j·2**ROWS words later
        lanes = np.concatenate([lanes, _apply(_tables(step, power), lanes)])
        power += 1
    rows = np.empty((min(count, 1 << ROWS), lanes.size), dtype=np.uint32)
    for row in rows:
        lanes = row[:] = step(lanes)
    return rows.T.ravel()[:count]


def uniforms(seed: int, count: int, start: int = 0) -> np.ndarray:
    """The 32-bit draws `start` … `start + count − 1` after `seed`; uint32 (count,).

    Examples
    --------
    >>> draws = uniforms(seed=1, count=100)
    >>> bool((uniforms(seed=1, count=10, start=50) == draws[50:60]).all())
    True
    """
    a, b, c = (linear_words(leap, state, count, start) for leap, state in zip(LEAPS, expand_seed(seed), strict=True))
    return a ^ b ^ c
