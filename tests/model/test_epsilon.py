import numpy as np
import pytest
from scipy.stats import kstest, norm

from model.epsilon import COEFFICIENT_BITS, GENERATORS, epsilon, epsilon_table, expand_seed, gaussian, uniforms
from model.sampling import EPSILON

WORD = 0xFFFFFFFF
TABLE = epsilon_table()


def slow_uniforms(seed, count):
    """taus88 as L'Ecuyer prints it."""
    s1, s2, s3 = expand_seed(seed)
    for _ in range(count):
        b = ((s1 << 13 & WORD) ^ s1) >> 19
        s1 = ((s1 & 0xFFFFFFFE) << 12 & WORD) ^ b
        b = ((s2 << 2 & WORD) ^ s2) >> 25
        s2 = ((s2 & 0xFFFFFFF8) << 4 & WORD) ^ b
        b = ((s3 << 3 & WORD) ^ s3) >> 11
        s3 = ((s3 & 0xFFFFFFF0) << 17 & WORD) ^ b
        yield s1 ^ s2 ^ s3


@pytest.mark.parametrize("seed", [0, 1, WORD, 0x2545F491])
def test_uniforms_are_taus88_also_across_the_jump(seed):
    assert uniforms(seed, 9000).tolist() == list(slow_uniforms(seed, 9000))


def test_no_generator_starts_where_it_stands_still():
    rng = np.random.default_rng(0)
    for seed in (0, 1, WORD, *rng.integers(0, 1 << 32, 300).tolist()):
        assert all(state >> unused for state, (*_, unused) in zip(expand_seed(seed), GENERATORS, strict=True))


def test_a_degenerate_word_is_repaired(monkeypatch):
    monkeypatch.setattr("model.epsilon._mix", lambda word: 0)
    assert expand_seed(5) == (2, 8, 16)


@pytest.mark.parametrize("seed", [-1, 1 << 32])
def test_a_seed_has_32_bits(seed):
    with pytest.raises(ValueError, match="32 bits"):
        expand_seed(seed)


def test_the_sign_bit_and_nothing_else_turns_the_sign():
    draws = np.random.default_rng(1).integers(0, 1 << 31, 20000)
    np.testing.assert_array_equal(gaussian(TABLE, draws), -gaussian(TABLE, draws + (1 << 31)))


def test_each_draw_gives_the_quantile_of_its_tail():
    draws = np.random.default_rng(2).integers(1, 1 << 31, 20000)
    octave = np.array([31 - int(draw).bit_length() for draw in draws])
    position = np.array([int(f"{draw & 0x3FFFF:018b}"[::-1], 2) for draw in draws])
    tail = (1 + (position + 0.5) / 2**18) * 2.0 ** -(octave + 2)
    assert np.abs(EPSILON.real(gaussian(TABLE, draws)) - norm.isf(tail)).max() < 0.75 * EPSILON.step


def test_the_rarest_draw_is_finite_and_the_greatest():
    rarest = gaussian(TABLE, [0, 1 << 31])
    assert rarest[0] == -rarest[1] and 6 < EPSILON.real(rarest[0]) < 6.7


def test_the_coefficients_fit_their_memories():
    c0, c1, c2 = TABLE.T
    assert c0.min() >= 0 and c0.max() < 1 << COEFFICIENT_BITS[0]
    assert c1.min() >= -(1 << (COEFFICIENT_BITS[1] - 1)) and c1.max() < 1 << (COEFFICIENT_BITS[1] - 1)
    assert c2.min() >= 0 and c2.max() < 1 << COEFFICIENT_BITS[2]


def test_a_later_start_is_a_later_part_of_the_same_stream():
    np.testing.assert_array_equal(epsilon(TABLE, 7, 100, start=5000), epsilon(TABLE, 7, 5100)[5000:])


def test_the_stream_is_standard_normal():
    x = EPSILON.real(epsilon(TABLE, 3, 200_000))
    assert abs(x.mean()) < 4 / np.sqrt(x.size) and abs(x.var() - 1) < 4 * np.sqrt(2 / x.size)
    assert kstest(x + np.random.default_rng(0).uniform(-0.5, 0.5, x.size) * EPSILON.step, "norm").pvalue > 1e-3
    assert abs(np.corrcoef(x[1:], x[:-1])[0, 1]) < 4 / np.sqrt(x.size)
    assert abs(np.corrcoef(x[1:] ** 2, x[:-1] ** 2)[0, 1]) < 4 / np.sqrt(x.size)
