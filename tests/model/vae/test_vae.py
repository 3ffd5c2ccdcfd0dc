import numpy as np
import pytest

from varigate.model.vae.vae import Vae

STEP = 1e-6


def numeric_gradients(vae, parameters, batch, **weights):
    """Central differences, one parameter at a time."""
    gradients = {}
    for name, value in parameters.items():
        gradient = np.zeros_like(value)
        for index in np.ndindex(value.shape):
            keep = value[index]
            value[index] = keep + STEP
            above, _ = vae.loss(parameters, *batch, **weights)
            value[index] = keep - STEP
            below, _ = vae.loss(parameters, *batch, **weights)
            value[index] = keep
            gradient[index] = (above - below) / (2 * STEP)
        gradients[name] = gradient
    return gradients


def kinks(vae, parameters, batch) -> float:
    """The least distance of any hidden sum from a place where the activation has no derivative."""
    p = vae.forward(parameters, batch[0], batch[3])
    sums = np.concatenate([total.ravel() for _, total in (*p.encoder, *p.decoder[:-1])] or [np.ones(1)])
    at = {"relu": 0.0, "taylor": 2.295}.get(vae.activation, np.inf)
    return np.abs(np.abs(sums) - at).min()


@pytest.mark.parametrize("activation", ["relu", "sigmoid", "taylor"])
@pytest.mark.parametrize("output", ["linear", "sigmoid"])
@pytest.mark.parametrize(("hidden", "classes"), [((8,), 3), ((5, 4), 2), ((6,), 0), ((), 3)])
def test_gradients_are_those_of_finite_differences(activation, output, hidden, classes):
    vae = Vae(4, hidden, 2, classes, activation, output)
    for seed in range(100):
        rng = np.random.default_rng(seed)
        parameters = vae.initial(rng)
        for name in parameters:
            parameters[name] = parameters[name] + rng.normal(0, 0.3, parameters[name].shape)
        x = rng.normal(size=(7, 4))
        y = rng.random((7, 4)) if output == "sigmoid" else x
        batch = (x, y, np.eye(max(classes, 1))[rng.integers(0, max(classes, 1), 7)], rng.normal(size=(7, 2)))
        if kinks(vae, parameters, batch) > 1e-4:
            break
    _, analytic = vae.loss(parameters, *batch, beta=0.7, class_weight=1.9)
    numeric = numeric_gradients(vae, parameters, batch, beta=0.7, class_weight=1.9)
    assert analytic.keys() == parameters.keys()
    a, b = (np.concatenate([each[name].ravel() for name in parameters]) for each in (analytic, numeric))
    assert np.linalg.norm(a - b) / (np.linalg.norm(a) + np.linalg.norm(b)) <= 1e-6
    for name in parameters:
        np.testing.assert_allclose(analytic[name], numeric[name], atol=1e-6, err_msg=name)


def test_networks_side_by_side_are_the_networks_one_by_one():
    vae, rng = Vae(3, (4,), 2, 3, "taylor"), np.random.default_rng(0)
    many = [vae.initial(rng) for _ in range(5)]
    x, epsilon, onehot = rng.normal(size=(5, 6, 3)), rng.normal(size=(5, 6, 2)), np.eye(3)[rng.integers(0, 3, (5, 6))]
    loss, gradients = vae.loss({name: np.stack([p[name] for p in many]) for name in many[0]}, x, x, onehot, epsilon)
    for index, parameters in enumerate(many):
        one, own = vae.loss(parameters, x[index], x[index], onehot[index], epsilon[index])
        assert one == pytest.approx(loss[index], rel=1e-12)
        for name in own:
            np.testing.assert_allclose(gradients[name][index], own[name], rtol=1e-9, atol=1e-12)


def test_shapes():
    assert Vae(4, (8, 5), 2, 3).shapes == {
        "encoder.0": (8, 4), "encoder.1": (5, 8), "mu": (2, 5), "logvar": (2, 5),
        "decoder.0": (5, 2), "decoder.1": (8, 5), "decoder.2": (4, 8), "head": (3, 2)}


@pytest.mark.parametrize("wrong", [{"activation": "tanh"}, {"output": "relu"}])
def test_unknown_activations_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong.values()))):
        Vae(4, **wrong)
