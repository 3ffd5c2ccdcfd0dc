from decimal import Decimal

import numpy as np
import pytest

from varigate.model.nn.activations import ACTIVATIONS, sigmoid, softplus, taylor_sigmoid


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_slope_is_the_derivative(name):
    x = np.linspace(-4, 4, 201) + 0.0012  # between the kinks
    step = 1e-6
    activation = ACTIVATIONS[name]
    numeric = (activation.value(x + step) - activation.value(x - step)) / (2 * step)
    np.testing.assert_allclose(activation.slope(x), numeric, atol=1e-8)


def test_the_series():
    for x in (0.0, 0.5, -1.25, 2.25):
        d = Decimal(x)
        exact = Decimal("0.5") + d / 4 - d**3 / 48 + d**5 / 480
        assert taylor_sigmoid(x) == pytest.approx(float(exact), abs=1e-15)
    assert taylor_sigmoid(50.0) == taylor_sigmoid(2.295) and taylor_sigmoid(-50.0) == 1 - taylor_sigmoid(50.0)


def test_nothing_overflows():
    assert sigmoid(np.array([-1e4, 0, 1e4])).tolist() == [0, 0.5, 1]
    assert softplus(np.array([-1e4, 1e4])).tolist() == [0, 1e4]
