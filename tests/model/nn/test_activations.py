from decimal import Decimal

import numpy as np
import pytest

from varigate.model.fixedpoint.activation_units import ACTIVATION_UNITS
from varigate.model.fixedpoint.sigmoid import byte
from varigate.model.nn.activations import ACTIVATIONS, Activation, find, quantisable, sigmoid, softplus, taylor_sigmoid


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_slope_is_the_derivative(name):
    x = np.linspace(-4, 4, 201) + 0.0012  # between the kinks
    step = 1e-6
    activation = ACTIVATIONS[name]
    numeric = (activation.value(x + step) - activation.value(x - step)) / (2 * step)
    np.testing.assert_allclose(activation.slope(x, activation.value(x)), numeric, atol=1e-8)


@pytest.mark.parametrize("wrong", [
    {"unit": ACTIVATION_UNITS["sigmoid"]}, {"unit": ACTIVATION_UNITS["relu"], "sigmoid": byte}, {"sigmoid": byte}])
def test_a_sigmoid_comes_with_its_unit(wrong):
    with pytest.raises(ValueError, match="a sigmoid belongs to a unit that computes one, not to"):
        Activation(np.tanh, np.tanh, **wrong)


def test_names():
    assert quantisable() == ["relu", "sigmoid", "taylor"] and find("tanh").unit is None
    with pytest.raises(ValueError, match="activation is one of relu, sigmoid, taylor, tanh, not 'tan'"):
        find("tan")


def test_the_series():
    for x in (0.0, 0.5, -1.25, 2.25):
        d = Decimal(x)
        exact = Decimal("0.5") + d / 4 - d**3 / 48 + d**5 / 480
        assert taylor_sigmoid(x) == pytest.approx(float(exact), abs=1e-15)
    assert taylor_sigmoid(50.0) == taylor_sigmoid(2.295) and taylor_sigmoid(-50.0) == 1 - taylor_sigmoid(50.0)


def test_nothing_overflows():
    assert sigmoid(np.array([-1e4, 0, 1e4])).tolist() == [0, 0.5, 1]
    assert softplus(np.array([-1e4, 1e4])).tolist() == [0, 1e4]
