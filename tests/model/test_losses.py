import numpy as np
import pytest

from model.losses import cross_entropy, kl_divergence, reconstruction_loss


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
