import numpy as np
import pytest

from varigate.explore.joint.decomposition import decompose


def example():
    rng = np.random.default_rng(0)
    return rng.normal(size=(6, 3)), rng.normal(size=(20, 6, 2)) * [[0.01], [1], [3], [1], [1], [1]] + [2.0, 5.0]


def test_the_parts_make_the_whole_again():
    raw, logs = example()
    scales, deviation, of_layer = decompose(raw, logs)
    mean, spread = scales.layer(of_layer)
    np.testing.assert_allclose(mean + spread * scales.pair_scale * deviation, logs)
    np.testing.assert_allclose(scales.features(raw).std(0), 1)


def test_layers_of_little_spread_count_as_much_as_others():
    _, deviation, _ = decompose(*example())
    assert np.ptp((deviation**2).mean((0, 2))) < 0.3


def test_what_is_not_possible_is_left_out():
    raw, logs = example()
    holes = logs.copy()
    holes[::2, 1] = np.nan
    scales, deviation, of_layer = decompose(raw, holes)
    assert np.isnan(deviation).sum() == 20 and np.isnan(deviation[::2, 1]).all()
    assert scales.layer(of_layer)[0][1] == pytest.approx(logs[1::2, 1].mean(0))


def test_constants_do_not_divide_by_zero():
    scales, deviation, _ = decompose(np.ones((3, 2)), np.ones((4, 3, 2)))
    assert not deviation.any() and all(np.isfinite(vars(scales)[name]).all() for name in vars(scales))
