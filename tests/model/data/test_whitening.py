import numpy as np
import pytest

from varigate.model.data.tables import iris
from varigate.model.data.whitening import SEPARATION, identity, standardisation, within_class_whitening


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


LABELS = np.arange(80) % 4
NOISE = np.random.default_rng(2).normal(size=(80, 4))


@pytest.mark.parametrize("codes", [
    200.0 * (LABELS[:, None] == range(4)), 200.0 * (LABELS[:, None] > range(2)) + 0.5 * NOISE[:, :2],
    np.c_[80.0 * LABELS, 128 + 30 * NOISE[:, 0]], np.repeat(80.0 * LABELS[:, None], 30, 1),
    np.c_[200.0 * (LABELS == 3), 100 + NOISE]], ids=["one-hot", "tight", "a column and noise", "many", "a class apart"])
def test_classes_that_are_points_or_tight_stay_near(codes):
    u = within_class_whitening(codes, LABELS)(codes)
    means = np.stack([u[label == LABELS].mean(0) for label in range(4)])
    assert 0.5 * SEPARATION < (means**2).sum(1).mean() < SEPARATION + 4  # and the classes' own variance


def test_iris_is_whitened_as_ever():
    """Its classes are near each other: nothing is shrunk, to the bit."""
    data, codes = iris(), iris().codes.astype(float)
    spread = codes.std(0)
    u = (codes - codes.mean(0)) @ np.diag(1 / spread)
    centred = u - np.stack([u[data.labels == k].mean(0) for k in range(3)])[data.labels]
    values, vectors = np.linalg.eigh(centred.T @ centred / 147 + 1e-3 * np.eye(4))
    matrix = vectors @ np.diag(values**-0.5) @ vectors.T @ np.diag(1 / spread)
    np.testing.assert_array_equal(within_class_whitening(codes, data.labels).matrix, matrix)


def test_a_direction_that_never_varies_is_not_stretched():
    """The sum of one-hot columns: an output that is a few codes off would count hundreds of deviations."""
    codes = 200.0 * (LABELS[:, None] == range(4))
    step = within_class_whitening(codes, LABELS).matrix @ np.ones(4)
    assert np.linalg.norm(step) < 0.05


def test_a_constant_feature_counts_in_quarters_of_its_codes():
    """A sample of another value, which training has not seen, is not out of all proportion."""
    codes = np.c_[np.full(80, 7.0), 100 + 20 * NOISE[:, 0]]
    u = within_class_whitening(codes, LABELS)([[207.0, 100.0]])
    assert 1 < np.abs(u[0, 0]) < 5
