import numpy as np
import pytest

from varigate.explore.joint.loss import JointLoss
from varigate.explore.joint.model import JointModel, Shape
from varigate.explore.joint.trainer import JointTrainingSettings
from varigate.explore.spaces.space import Parameter, Space
from varigate.model.nn.gradient_check import difference, numeric_gradient

SPACE = Space("toy", (Parameter("width", (1, 2, 4)), Parameter("kind", ("a", "b"))))
TINY = Shape(nz=2, vae=(5,), predictor=(4, 3), layer_net=(3,))


@pytest.fixture
def loss():
    """Of 6 designs on 3 layers, one pair impossible; all in float64, for finite differences."""
    rng = np.random.default_rng(0)
    logs = rng.normal(size=(6, 3, 2)) * [1.0, 0.1]
    logs[3, 1] = np.nan
    model = JointModel(SPACE, 2, shape=TINY)
    made = JointLoss(model, SPACE.labels(np.arange(6)), rng.integers(1, 99, (3, 2)), logs,
                     JointTrainingSettings(alpha=0.6, beta=0.7, gamma=0.3, predictors=1.3, combined=0.8))
    parameters = model.initialise(rng).parameters
    parameters.update({name: value.astype(np.float64) for name, value in parameters.items()})
    for name in ("features", "deviation", "of_layer", "share"):
        setattr(made, name, getattr(made, name).astype(np.float64))
    return made


def batch(rng):
    return np.array([0, 2, 3, 5]), np.array([2, 1]), rng.normal(size=(4, 2)), rng.normal(size=(2, 2))


def test_gradients_reach_all_parameters(loss):
    parameters, given = loss.model.parameters, batch(np.random.default_rng(1))
    _, gradients = loss(*given)
    assert gradients.keys() == parameters.keys()
    for name, gradient in gradients.items():
        numeric = numeric_gradient(lambda: loss(*given)[0][0], parameters[name])
        assert difference(gradient, numeric) <= 1e-6, name


def test_what_is_predicted_moves_the_encoder(loss):
    rows, layers, epsilon, noise = batch(np.random.default_rng(1))
    _, before = loss(rows, layers, epsilon, noise)
    loss.deviation = loss.deviation + 1.0
    _, after = loss(rows, layers, epsilon, noise)
    assert difference(before["encoder.mu.weights"], after["encoder.mu.weights"]) > 1e-3
    assert np.array_equal(before["decoder.output.bias"], after["decoder.output.bias"])


def test_the_predictors_term_is_the_error_of_each_target_and_of_their_sum(loss):
    rows, layers = np.array([0, 2]), np.array([0])
    z = loss.model.vae.encode(loss.samples[rows])[0]
    (_, _, _, value), _ = loss(rows, layers, np.zeros((2, 2)))
    outputs, _ = loss.model.pair.forward(loss.model.parameters, z, loss.features[layers])
    found = outputs - loss.deviation[rows][:, layers]
    total = (found * loss.share).sum(-1)
    assert value == pytest.approx((found**2).mean() + 0.8 * (total**2).mean())
