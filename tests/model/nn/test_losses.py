import numpy as np
import pytest
from scipy import stats

from varigate.model.nn import losses
from varigate.model.nn.gradient_check import difference, numeric_gradient
from varigate.model.nn.losses import cross_entropy, kl_divergence, reconstruction_loss

RNG = np.random.default_rng(7)
MEAN, LOGVAR, TARGETS = RNG.normal(size=(3, 6, 4))
LOGITS = RNG.normal(size=(6, 4, 3))
LOG_CP = LOGITS - np.log(np.exp(LOGITS).sum(-1, keepdims=True))
LABELS = RNG.integers(0, 3, (6, 4))
GREY = RNG.random((6, 4))


def test_kl_divergence_against_numerical_integration():
    mu, logvar = 0.7, -0.9
    x = np.linspace(-12, 12, 40001)
    q = np.exp(-(x - mu) ** 2 / (2 * np.exp(logvar))) / np.sqrt(2 * np.pi * np.exp(logvar))
    log_p, log_q = -x**2 / 2 - np.log(2 * np.pi) / 2, -(x - mu) ** 2 / (2 * np.exp(logvar)) - np.log(
        2 * np.pi * np.exp(logvar)) / 2
    integral = (q * (log_q - log_p)).sum() * (x[1] - x[0])
    assert kl_divergence(np.array([[mu]]), np.array([[logvar]]))[0] == pytest.approx(integral, rel=1e-6)
    assert kl_divergence(np.zeros((3, 2)), np.zeros((3, 2))).tolist() == [0, 0, 0]


def test_reconstruction_losses():
    y, output = np.array([[0.25, 1.0]]), np.array([[0.3, -2.0]])
    assert reconstruction_loss(y, output, "linear")[0] == pytest.approx((0.05**2 + 9) / 2)
    p = 1 / (1 + np.exp(-output))
    bernoulli = -(y * np.log(p) + (1 - y) * np.log(1 - p)).sum()
    assert reconstruction_loss(y, output, "sigmoid")[0] == pytest.approx(bernoulli)


def test_cross_entropy_and_its_gradient():
    scores, onehot = np.array([[1.0, 2.0, -1.0], [1e3, 0.0, 0.0]]), np.eye(3)[[1, 0]]
    loss, gradient = cross_entropy(scores, onehot)
    p = np.exp(scores[0]) / np.exp(scores[0]).sum()
    assert loss == pytest.approx([-np.log(p[1]), 0])
    np.testing.assert_allclose(gradient, [p - onehot[0], [0, 0, 0]], atol=1e-15)


def test_the_log_density_is_scipys_and_broadcasts():
    expected = stats.norm.logpdf(TARGETS, MEAN[:1], np.exp(LOGVAR / 2))
    np.testing.assert_allclose(losses.log_normal_pdf(MEAN[:1], LOGVAR, TARGETS), expected, rtol=0, atol=1e-10)


def test_the_batch_losses_are_scipys_densities():
    scale = np.sqrt(np.exp(LOGVAR) + 1e-8)
    expected = -stats.norm.logpdf(TARGETS, MEAN, scale).sum() / 6
    assert losses.gaussian_negloglik(MEAN, LOGVAR, TARGETS) == pytest.approx(expected, abs=1e-10)
    each = stats.multinomial(1, np.exp(LOG_CP)).logpmf(np.eye(3, dtype=int)[LABELS])
    assert losses.categorical_reconstruction_loss(LOG_CP, LABELS) == pytest.approx(-each.sum() / 6, abs=1e-10)
    coins = RNG.integers(0, 2, (6, 4))
    expected = -stats.bernoulli(1 / (1 + np.exp(-MEAN))).logpmf(coins).sum() / 6
    assert losses.bernoulli_negloglik(MEAN, coins) == pytest.approx(expected, abs=1e-10)
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    z = MEAN + np.exp(LOGVAR / 2) * nodes[:, None, None]
    ratio = stats.norm.logpdf(z, MEAN, np.exp(LOGVAR / 2)) - stats.norm.logpdf(z)
    expected = (weights[:, None, None] * ratio).sum() / weights.sum() / 6
    assert losses.kl_standard_normal(MEAN, LOGVAR) == pytest.approx(expected, abs=1e-10)


def test_the_floor_under_the_variance_bounds_the_likelihood_of_an_exact_fit():
    at = losses.gaussian_negloglik(np.zeros((1, 1)), np.full((1, 1), -100.0), np.zeros((1, 1)), eps=1e-6)
    assert at == pytest.approx(-stats.norm.logpdf(0, 0, 1e-3))


@pytest.mark.parametrize(("name", "arguments", "differentiated"), [
    ("kl_standard_normal", [MEAN, LOGVAR], 2), ("gaussian_negloglik", [MEAN, LOGVAR, TARGETS], 2),
    ("bernoulli_negloglik", [MEAN, GREY], 1), ("categorical_reconstruction_loss", [LOG_CP, LABELS], 1)])
def test_gradients_against_finite_differences(name, arguments, differentiated):
    arguments = [argument.copy() for argument in arguments]
    found = getattr(losses, f"{name}_gradient")(*arguments)
    for gradient, argument in zip(found if differentiated > 1 else [found], arguments, strict=False):
        assert difference(gradient, numeric_gradient(lambda: getattr(losses, name)(*arguments), argument)) <= 1e-6


@pytest.mark.parametrize(("call", "message"), [
    (lambda: losses.kl_standard_normal(MEAN, LOGVAR[:5]), r"logvar has shape \(5, 4\), mean \(6, 4\)"),
    (lambda: losses.kl_standard_normal(MEAN * np.nan, LOGVAR), r"mean is nan at \[0, 0\]"),
    (lambda: losses.kl_standard_normal(MEAN[:0], LOGVAR[:0]), "at least one sample"),
    (lambda: losses.log_normal_pdf(MEAN, LOGVAR, TARGETS[:, :3]), r"\(6, 3\), which do not broadcast"),
    (lambda: losses.gaussian_negloglik(MEAN, LOGVAR, np.where(TARGETS > 0, np.inf, 0)), "targets is inf at"),
    (lambda: losses.categorical_reconstruction_loss(LOG_CP, LABELS + 1), "targets is 3 at .*0…2.*local_dimension is 3"),
    (lambda: losses.categorical_reconstruction_loss(LOG_CP, LABELS + 0.5), "whole numbers"),
    (lambda: losses.categorical_reconstruction_loss(LOG_CP, LABELS[:, :2]), r"targets has shape \(6, 2\)"),
    (lambda: losses.categorical_reconstruction_loss(LOG_CP[0, 0], 0), r"log_cp_i has shape \(3,\)"),
    (lambda: losses.bernoulli_negloglik(MEAN, GREY + 1), "0…1"),
    (lambda: losses.bernoulli_negloglik("no", GREY), "logits is not an array"),
])
def test_wrong_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
