import numpy as np
import pytest

from varigate.model.train.fitting import vae
from varigate.model.train.recipes import TrainingSettings
from varigate.model.vae.bounds import importance_weighted_bound
from varigate.model.vae.decoders import AutoregressiveDecoder, DenseDecoder
from varigate.model.vae.encoders import DenseEncoder
from varigate.model.vae.model import VAEmodel
from varigate.model.vae.plain_sites import PlainSites

STEP = 1e-6


def make(features=4, hidden=(8,), classes=0, activation="relu", output="linear"):
    settings = TrainingSettings(hidden=hidden, activation=activation, output=output)
    return vae(settings, PlainSites(features, output), classes)


def numeric_gradients(model, batch, **weights):
    """Central differences, one parameter at a time."""
    gradients = {}
    for name, value in model.parameters.items():
        gradient = np.zeros_like(value)
        for index in np.ndindex(value.shape):
            keep = value[index]
            value[index] = keep + STEP
            above = model.loss(**batch, **weights)[0].total
            value[index] = keep - STEP
            below = model.loss(**batch, **weights)[0].total
            value[index] = keep
            gradient[index] = (above - below) / (2 * STEP)
        gradients[name] = gradient
    return gradients


def kinks(model, batch) -> float:
    """The least distance of any hidden sum from a place where the activation has no derivative."""
    mean, logvar, (_, _, encoder) = model.encoder.forward(model.part("encoder"), batch["x"])
    z = mean + np.exp(logvar / 2) * batch["epsilon"]
    _, (_, decoder) = model.decoder.forward(model.part("decoder"), z, batch["x"])
    sums = np.concatenate([total.ravel() for total, _ in (*encoder[1::2], *decoder[1::2])] or [np.ones(1)])
    at = {"relu": 0.0, "taylor": 2.295}.get(model.encoder.activation, np.inf)
    return np.abs(np.abs(sums) - at).min()


@pytest.mark.parametrize("activation", ["relu", "sigmoid", "taylor"])
@pytest.mark.parametrize("output", ["linear", "sigmoid"])
@pytest.mark.parametrize(("hidden", "classes"), [((8,), 3), ((5, 4), 2), ((6,), 0), ((), 3)])
def test_gradients_are_those_of_finite_differences(activation, output, hidden, classes):
    model = make(4, hidden, classes, activation, output)
    for seed in range(100):
        rng = np.random.default_rng(seed)
        for value in model.initialise(rng).parameters.values():
            value += rng.normal(0, 0.3, value.shape)
        x = rng.normal(size=(7, 4))
        batch = {"x": x, "targets": rng.random((7, 4)) if output == "sigmoid" else None,
                 "onehot": np.eye(max(classes, 1))[rng.integers(0, max(classes, 1), 7)],
                 "epsilon": rng.normal(size=(7, 2))}
        if kinks(model, batch) > 1e-4:
            break
    _, analytic = model.loss(**batch, beta=0.7, class_weight=1.9)
    numeric = numeric_gradients(model, batch, beta=0.7, class_weight=1.9)
    assert analytic.keys() == model.parameters.keys()
    a, b = (np.concatenate([each[name].ravel() for name in model.parameters]) for each in (analytic, numeric))
    assert np.linalg.norm(a - b) / (np.linalg.norm(a) + np.linalg.norm(b)) <= 1e-6
    for name in model.parameters:
        np.testing.assert_allclose(analytic[name], numeric[name], atol=1e-6, err_msg=name)


def test_networks_side_by_side_are_the_networks_one_by_one():
    model, rngs = make(3, (4,), 3, "taylor"), [np.random.default_rng(seed) for seed in range(5)]
    rng = np.random.default_rng(0)
    x, epsilon, onehot = rng.normal(size=(5, 6, 3)), rng.normal(size=(5, 6, 2)), np.eye(3)[rng.integers(0, 3, (5, 6))]
    loss, gradients = model.initialise(rngs).loss(x, epsilon, onehot=onehot)
    for index in range(5):
        alone = make(3, (4,), 3, "taylor").initialise(np.random.default_rng(index))
        one, own = alone.loss(x[index], epsilon[index], onehot=onehot[index])
        for term in ("total", "reconstruction", "kl", "cross_entropy"):
            assert getattr(one, term) == pytest.approx(getattr(loss, term)[index], rel=1e-12)
        for name in own:
            np.testing.assert_allclose(gradients[name][index], own[name], rtol=1e-9, atol=1e-12)


def test_the_terms_are_weighed_and_added():
    model, rng = make(classes=3).initialise(np.random.default_rng(0)), np.random.default_rng(1)
    loss, _ = model.loss(rng.normal(size=(6, 4)), rng.normal(size=(6, 2)), onehot=np.eye(3)[[0, 1, 2] * 2], beta=0.7,
                         class_weight=5.0)
    assert loss.cross_entropy > 0
    assert loss.total == pytest.approx(loss.reconstruction + 0.7 * loss.kl + 5 * loss.cross_entropy)


def test_shapes_of_parameters():
    model = make(4, (8, 5), 3).initialise(np.random.default_rng(0))
    assert {name: value.shape for name, value in model.parameters.items() if name.endswith("weights")} == {
        "encoder.0.weights": (8, 4), "encoder.1.weights": (5, 8), "encoder.mu.weights": (2, 5),
        "encoder.logvar.weights": (2, 5), "decoder.0.weights": (5, 2), "decoder.1.weights": (8, 5),
        "decoder.output.weights": (4, 8), "head.weights": (3, 2)}


def test_single_precision_stays_single():
    sites = PlainSites(4, "sigmoid")
    model = VAEmodel(DenseEncoder(sites, (5,)), DenseDecoder(sites, (5,)), classes=2, dtype=np.float32)
    rng = np.random.default_rng(0)
    x, epsilon = rng.random((6, 4), np.float32), model.initialise(rng).noise(rng, 6)
    loss, gradients = model.loss(x, epsilon, onehot=np.eye(2, dtype=np.float32)[[0, 1] * 3], class_weight=3.0)
    assert {each.dtype for each in (*loss[:3], *gradients.values(), *model(x, rng))} == {np.dtype(np.float32)}


@pytest.mark.parametrize("output", ["linear", "sigmoid"])
def test_draws_follow_the_density_and_its_logarithm_is_normalised(output):
    sites, rng = PlainSites(2, output), np.random.default_rng(0)
    cp = np.array([[0.7, -1.1]])
    drawn = sites.draw(np.repeat(cp, 20000, 0), rng)
    np.testing.assert_allclose(drawn.mean(0), (1 / (1 + np.exp(-cp)) if output == "sigmoid" else cp)[0], atol=0.03)
    if output == "sigmoid":
        x = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
        step = 1.0
    else:
        x = np.stack(np.meshgrid(*[np.linspace(-8, 8, 161)] * 2), -1).reshape(-1, 2)
        step = 0.1**2
    assert np.exp(sites.log_likelihood(np.repeat(cp, len(x), 0), x)).sum() * step == pytest.approx(1)


@pytest.mark.parametrize("decoder", [DenseDecoder, AutoregressiveDecoder])
def test_the_library_takes_plain_numbers_everywhere(decoder):
    sites, rng = PlainSites(3, "sigmoid"), np.random.default_rng(0)
    model = VAEmodel(DenseEncoder(sites, (6,)), decoder(sites, (6,))).initialise(rng)
    x = model.generate(20, rng)
    assert x.shape == (20, 3) and set(np.unique(x)) <= {0.0, 1.0}
    bound = importance_weighted_bound(model, x, rng, samples=16)
    assert bound.shape == (20,) and (bound < 0).all()


@pytest.mark.parametrize("wrong", [{"activation": "tan"}, {"output": "relu"}])
def test_unknown_activations_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong.values()))):
        make(**wrong)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: PlainSites(0), "0 features; one at least"),
    (lambda: PlainSites(3).check("x", np.zeros(3)), r"x has shape \(3,\); \(batch, 3\)"),
    (lambda: PlainSites(3).check("x", np.zeros((2, 4))), r"x has shape \(2, 4\); \(batch, 3\)"),
    (lambda: PlainSites(2).check("x", np.array([[0, np.nan]], np.float32)), r"x is nan at \[0, 1\]")])
def test_errors_name_the_argument(call, message):
    with pytest.raises(ValueError, match=message):
        call()
