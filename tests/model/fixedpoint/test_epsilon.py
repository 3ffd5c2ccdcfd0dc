import hashlib

import numpy as np
import pytest
from scipy.stats import kstest, norm

from varigate.model.fixedpoint.epsilon import KINDS, epsilon, epsilon_table, gaussian, segments_of
from varigate.model.fixedpoint.sampling import EPSILON

TABLE = epsilon_table()
DIGEST = "35364a5e85eaaf7bd2d10c8f28a724de94eb514a9234e2d33f8d549d83c74317"
STREAM = "93c436ac5c24ac9444dc5fe55baf9a33d605fd222c576bf89e33ca687615c247"


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


def test_the_sign_bit_and_nothing_else_turns_the_sign(kind):
    draws, table = np.random.default_rng(1).integers(0, 1 << 31, 20000), epsilon_table(kind)
    np.testing.assert_array_equal(gaussian(table, draws), -gaussian(table, draws + (1 << 31)))


def test_each_draw_gives_the_quantile_of_its_tail(kind):
    draws = np.random.default_rng(2).integers(1, 1 << 31, 20000)
    octave = np.array([31 - int(draw).bit_length() for draw in draws])
    position = np.array([int(f"{draw & 0xFFFFF:020b}"[::-1], 2) for draw in draws])
    tail = (1 + (position + 0.5) / 2**20) * 2.0 ** -(octave + 2)
    assert np.abs(EPSILON.real(gaussian(epsilon_table(kind), draws)) - norm.isf(tail)).max() < 0.75 * EPSILON.step


def test_a_greater_tail_probability_gives_no_greater_sample(kind):
    """Over all positions of the nearest octave, in the order of their tail probability, and into the next ones.

    The quadratic's intermediate floor may raise a sample that lies on the edge of two codes, by one unit.
    """
    position = np.arange(1 << 20)
    draws = sum(((position >> bit) & 1) << (19 - bit) for bit in range(20))
    samples = np.concatenate([gaussian(epsilon_table(kind), draws + (1 << top)) for top in (28, 29, 30)])
    rises = np.diff(samples)
    rises = rises[rises > 0]
    assert (rises == 1).all() and len(rises) <= {"quadratic": 20, "linear": 0}[kind]
    assert samples[-1] == 0


def test_the_rarest_draw_is_finite_and_the_greatest(kind):
    rarest = gaussian(epsilon_table(kind), [0, 1 << 31])
    assert rarest[0] == -rarest[1] and 6 < EPSILON.real(rarest[0]) < 6.7


def test_the_coefficients_fit_their_memories(kind):
    segments, table = KINDS[kind], epsilon_table(kind)
    assert segments_of(table) == segments and table.shape == segments.shape
    for index, (column, bits) in enumerate(zip(table.T, segments.bits, strict=True)):
        low, high = (-(1 << bits - 1), 1 << bits - 1) if index == 1 else (0, 1 << bits)
        assert low <= column.min() and column.max() < high
    assert sum(KINDS["linear"].bits) == 36  # a row of two block RAMs, 2048 × 18 bits each


def test_the_networks_table_and_stream_stay_what_they_are():
    """Networks hold this table, and hosts count on the stream of a seed."""
    assert KINDS["quadratic"].bits == (23, 18, 12)
    assert hashlib.sha256(TABLE.astype("<i4").tobytes()).hexdigest() == DIGEST
    assert hashlib.sha256(epsilon(TABLE, 1, 1 << 16).astype("<i2").tobytes()).hexdigest() == STREAM


def test_the_shape_tells_the_kind():
    with pytest.raises(ValueError, match=r"\(256, 3\) or \(2048, 2\), not \(256, 2\)"):
        segments_of(TABLE[:, :2])


def test_a_later_start_is_a_later_part_of_the_same_stream():
    np.testing.assert_array_equal(epsilon(TABLE, 7, 100, start=5000), epsilon(TABLE, 7, 5100)[5000:])


def test_the_stream_is_standard_normal(kind):
    x = EPSILON.real(epsilon(epsilon_table(kind), 3, 200_000))
    assert abs(x.mean()) < 4 / np.sqrt(x.size) and abs(x.var() - 1) < 4 * np.sqrt(2 / x.size)
    assert kstest(x + np.random.default_rng(0).uniform(-0.5, 0.5, x.size) * EPSILON.step, "norm").pvalue > 1e-3
    assert abs(np.corrcoef(x[1:], x[:-1])[0, 1]) < 4 / np.sqrt(x.size)
    assert abs(np.corrcoef(x[1:] ** 2, x[:-1] ** 2)[0, 1]) < 4 / np.sqrt(x.size)
