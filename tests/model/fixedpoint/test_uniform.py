import numpy as np
import pytest

from varigate.model.fixedpoint.uniform import GENERATORS, expand_seed, uniforms

WORD = 0xFFFFFFFF


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
def test_uniforms_are_taus88_also_across_the_jumps(seed):
    assert uniforms(seed, 9000).tolist() == list(slow_uniforms(seed, 9000))


@pytest.mark.parametrize("count", [0, 1, 63, 64, 65, 128, 129])
def test_any_count(count):
    np.testing.assert_array_equal(uniforms(7, count), uniforms(7, 1000)[:count])


@pytest.mark.parametrize("start", [1, 63, 64, 5000])
def test_a_later_start_is_a_later_part_of_the_same_stream(start):
    np.testing.assert_array_equal(uniforms(7, 100, start), uniforms(7, start + 100)[start:])


def test_a_start_far_away_is_one_jump():
    """Half-way jumps meet: what follows is the same however one came there."""
    near, far = uniforms(5, 200, (1 << 40) - 100), uniforms(5, 100, 1 << 40)
    np.testing.assert_array_equal(near[100:], far)


def test_no_generator_starts_where_it_stands_still():
    rng = np.random.default_rng(0)
    for seed in (0, 1, WORD, *rng.integers(0, 1 << 32, 300).tolist()):
        assert all(state >> unused for state, (*_, unused) in zip(expand_seed(seed), GENERATORS, strict=True))


def test_a_degenerate_word_is_repaired(monkeypatch):
    monkeypatch.setattr("varigate.model.fixedpoint.uniform._mix", lambda word: 0)
    assert expand_seed(5) == (2, 8, 16)


@pytest.mark.parametrize("seed", [-1, 1 << 32])
def test_a_seed_has_32_bits(seed):
    with pytest.raises(ValueError, match="32 bits"):
        expand_seed(seed)
