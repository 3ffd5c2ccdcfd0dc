import numpy as np

from varigate.model.data.tables import iris
from varigate.model.data.whitening import identity, standardisation, within_class_whitening


def test_standardised_data_have_mean_zero_and_variance_one():
    x = np.random.default_rng(0).normal(3, [1, 5], (200, 2))
    u = standardisation(x)(x)
    np.testing.assert_allclose([u.mean(0), u.var(0)], [[0, 0], [1, 1]], atol=1e-12)


def test_a_constant_feature_is_only_centred():
    assert standardisation(np.full((5, 1), 7.0))([[7.0], [8.0]]).tolist() == [[0.0], [1.0]]


def test_the_pooled_covariance_becomes_the_identity():
    data = iris()
    u = within_class_whitening(data.x, data.labels)(data.x)
    centred = u - np.stack([u[data.labels == k].mean(0) for k in range(3)])[data.labels]
    covariance = centred.T @ centred / (150 - 3)
    np.testing.assert_allclose(covariance, np.eye(4), atol=0.05)  # the ridge shortens it a little


def test_the_units_of_the_data_do_not_matter():
    data = iris()
    u = within_class_whitening(data.x, data.labels)(data.x)
    np.testing.assert_allclose(within_class_whitening(data.codes, data.labels)(data.codes), u, atol=1e-9)


def test_collinear_features_stay_bounded():
    x = np.repeat(np.random.default_rng(1).normal(size=(30, 1)), 2, 1)
    assert np.abs(within_class_whitening(x, np.arange(30) % 2).matrix).max() < 100


def test_the_inverse_leads_back():
    data = iris()
    for whitening in (within_class_whitening(data.x, data.labels), identity(4)):
        np.testing.assert_allclose(whitening.inverse(whitening(data.x)), data.x, atol=1e-9)
