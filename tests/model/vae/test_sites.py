import numpy as np
import pytest
from scipy import stats

from varigate.model.nn.gradient_check import difference, numeric_gradient
from varigate.model.vae.sites import Sites

KINDS = [Sites(4, 0, 3), Sites(0, 3), Sites(2, 3, 2)]


def samples(sites, rng, count=5):
    return np.concatenate([rng.integers(0, sites.local_dimension, (count, sites.discrete)),
                           rng.normal(size=(count, sites.continuous))], 1)


@pytest.mark.parametrize("sites", KINDS, ids=str)
def test_cp_has_the_documented_shapes_and_normalised_probabilities(sites):
    rng = np.random.default_rng(0)
    labels, values = sites.parts(sites.density(rng.normal(0, 30, (5, sites.outputs))))
    if sites.discrete:
        assert labels.shape == (5, sites.discrete, sites.local_dimension)
        np.testing.assert_allclose(np.exp(labels).sum(-1), 1)
    if sites.continuous:
        assert values.shape == (5, sites.continuous, 2)
    assert (labels is None) == (not sites.discrete) and (values is None) == (not sites.continuous)


@pytest.mark.parametrize("sites", KINDS, ids=str)
def test_the_loss_against_scipy_and_its_gradient_against_differences(sites):
    rng = np.random.default_rng(1)
    outputs, x, alpha = rng.normal(size=(5, sites.outputs)), samples(sites, rng), 0.3
    labels, values = sites.parts(sites.density(outputs))
    categorical = gaussian = 0
    if sites.discrete:
        chosen = np.take_along_axis(labels, x[:, :sites.discrete, None].astype(int), -1)
        categorical = -chosen.sum() / 5
    if sites.continuous:
        density = stats.norm(values[..., 0], np.sqrt(np.exp(values[..., 1]) + 1e-8))
        gaussian = -density.logpdf(x[:, sites.discrete:]).sum() / 5
    hybrid = sites.data_type == "hybrid"
    loss, delta = sites.reconstruction(sites.density(outputs), x, alpha if hybrid else 0.0)
    assert loss == pytest.approx(alpha * categorical + (1 - alpha) * gaussian if hybrid else categorical + gaussian)
    assert -sites.log_likelihood(sites.density(outputs), x).mean() == pytest.approx(categorical + gaussian, abs=1e-6)
    gradient = sites.density_back(sites.density(outputs), delta)
    numeric = numeric_gradient(lambda: sites.reconstruction(sites.density(outputs), x, alpha if hybrid else 0.0)[0],
                               outputs)
    assert difference(gradient, numeric) <= 1e-6


def test_columns_are_one_hot_labels_and_then_the_values():
    sites = Sites(2, 1, 3)
    assert sites.encode(np.array([[2.0, 0.0, -1.5]])).tolist() == [[0, 0, 1, 1, 0, 0, -1.5]]
    assert sites.column_sites.tolist() == [0, 0, 0, 1, 1, 1, 2]
    assert sites.output_sites.tolist() == [0, 0, 0, 1, 1, 1, 2, 2]


def test_draws_have_the_probabilities_and_moments_of_cp():
    rng, sites = np.random.default_rng(2), Sites(1, 1, 3)
    cp = np.log(np.tile([0.2, 0.5, 0.3], (20000, 1, 1))), np.tile([1.0, np.log(4)], (20000, 1, 1))
    x = sites.draw(cp, rng)
    np.testing.assert_allclose(np.bincount(x[:, 0].astype(int)) / 20000, [0.2, 0.5, 0.3], atol=0.015)
    assert x[:, 1].mean() == pytest.approx(1, abs=0.06) and x[:, 1].std() == pytest.approx(2, abs=0.05)


@pytest.mark.parametrize(("call", "message"), [
    (lambda: Sites(0, 0), "one at least"), (lambda: Sites(2, 0, 1), "local_dimension is 1"),
    (lambda: Sites(2, 1).check("x", np.zeros((4, 2))), r"x has shape \(4, 2\); \(batch, 3\)"),
    (lambda: Sites(2, 1).check("x", np.zeros(3)), r"x has shape \(3,\)"),
    (lambda: Sites(2, 1).check("x", np.array([[0, 2, 0.5]])), r"x is 2 at \[0, 1\]; .* 0…1 \(local_dimension is 2\)"),
    (lambda: Sites(2, 1).check("x", np.array([[0, 1, np.nan]])), r"x is nan at \[0, 2\]")])
def test_errors_name_the_argument(call, message):
    with pytest.raises(ValueError, match=message):
        call()
