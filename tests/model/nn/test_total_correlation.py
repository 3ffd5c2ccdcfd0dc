import numpy as np
import pytest

from varigate.model.nn.gradient_check import difference, numeric_gradient
from varigate.model.nn.total_correlation import TC_term, TC_term_gradient, stratified_weights


def correlated(batch, variance, seed, rho=0.6):
    """A batch of posteriors of this variance whose aggregate has variances 1 and correlation ρ, with one z of each."""
    rng = np.random.default_rng(seed)
    covariance = np.array([[1, rho], [rho, 1]]) - variance * np.eye(2)
    mean = rng.normal(size=(batch, 2)) @ np.linalg.cholesky(covariance).T
    return mean, np.full_like(mean, np.log(variance)), mean + np.sqrt(variance) * rng.normal(size=mean.shape)


@pytest.mark.parametrize(("batch", "n_data"), [(2, None), (7, 7), (7, 50), (64, 10**6)])
def test_the_weights_of_every_row_sum_to_one_and_the_own_sample_is_one_of_all(batch, n_data):
    weights = stratified_weights(batch, n_data)
    np.testing.assert_allclose(weights.sum(1), 1, rtol=1e-14)
    assert np.diag(weights) == pytest.approx(1 / (n_data or batch))
    others = weights[~np.eye(batch, dtype=bool)]
    assert others == pytest.approx((1 - weights[0, 0]) / (batch - 1))


@pytest.mark.parametrize("n_data", [None, 500, 10**6])
@pytest.mark.parametrize("latent", [1, 2, 5, 17])
def test_it_is_zero_where_the_posterior_is_the_prior(latent, n_data):
    z = np.random.default_rng(0).normal(size=(200, latent))
    assert abs(TC_term(np.zeros_like(z), np.zeros_like(z), z, n_data)) <= 1e-12


@pytest.mark.parametrize("n_data", [None, 10**6])
def test_a_correlated_aggregate_at_a_thousand_samples(n_data):
    true = -0.5 * np.log(1 - 0.6**2)
    assert true == pytest.approx(0.223, abs=5e-4)
    found = np.mean([TC_term(*correlated(1000, 0.1, seed), n_data) for seed in range(8)])
    assert abs(found - true) <= 0.03


@pytest.mark.parametrize(("batch", "bias"), [(64, -1.36), (256, -0.44)])
def test_the_bias_of_sharp_posteriors_is_what_the_docstring_says(batch, bias):
    found = [TC_term(*correlated(batch, 0.01, seed), 10**6) for seed in range(50)]
    assert np.mean(found) - 0.2231 == pytest.approx(bias, abs=4 * np.std(found) / 50**0.5 + 0.005)
    line = next(line for line in TC_term.__doc__.splitlines() if line.split()[:1] == ["0.01"])
    assert f"{bias}".replace("-", "−") in line


def test_independent_latents_have_none_and_copies_have_much():
    mean, logvar, z = correlated(500, 0.1, 0, rho=0.0)
    assert abs(TC_term(mean, logvar, z)) < 0.1
    assert TC_term(mean[:, [0, 0]], logvar, z[:, [0, 0]]) > 0.7


@pytest.mark.parametrize("n_data", [None, 100])
def test_gradients_against_finite_differences(n_data):
    arguments = correlated(6, 0.3, 1)
    arguments[1][...] += np.random.default_rng(2).normal(0, 0.3, (6, 2))
    for gradient, argument in zip(TC_term_gradient(*arguments, n_data), arguments, strict=True):
        assert difference(gradient, numeric_gradient(lambda: TC_term(*arguments, n_data), argument)) <= 1e-6


@pytest.mark.parametrize(("rows", "n_data", "message"), [
    (slice(1), None, "at least 2 samples, not 1"), (slice(9), 8, "n_data is 8, less than the batch of 9")])
def test_what_cannot_be_estimated_is_refused(rows, n_data, message):
    with pytest.raises(ValueError, match=message):
        TC_term(*(each[rows] for each in correlated(9, 0.1, 0)), n_data)


def test_shapes_are_named():
    mean, logvar, z = correlated(9, 0.1, 0)
    with pytest.raises(ValueError, match=r"z has shape \(9, 1\), mean \(9, 2\)"):
        TC_term(mean, logvar, z[:, :1])
    with pytest.raises(ValueError, match=r"mean has shape \(9,\); \(batch, latent\)"):
        TC_term(mean[:, 0], logvar[:, 0], z[:, 0])
