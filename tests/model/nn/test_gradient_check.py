import numpy as np
import pytest

from varigate.model.nn.gradient_check import difference, numeric_gradient


def test_the_gradient_of_a_known_function_and_the_array_is_left_alone():
    x = np.array([[0.3, -1.2], [2.0, 0.0]])
    before = x.copy()
    assert difference(numeric_gradient(lambda: np.sin(x).sum(), x), np.cos(x)) < 1e-10
    assert np.array_equal(x, before)


def test_difference():
    assert difference(np.ones(3), np.ones(3)) == 0 and difference(np.zeros(2), np.zeros(2)) == 0
    assert difference(np.ones(3), -np.ones(3)) == pytest.approx(1)
    assert difference(np.array([1.0]), np.array([1.1])) == pytest.approx(0.1 / 2.1)
