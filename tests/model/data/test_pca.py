import numpy as np
import pytest

from varigate.model.data.pca import principal_angles, principal_components
from varigate.model.data.tables import iris

X = iris().x / iris().x.std(0)  # far from a mean of 0


@pytest.mark.parametrize("count", [1, 2, 4])
def test_the_equations_of_principal_components(count):
    pca = principal_components(X, count)
    np.testing.assert_allclose(np.cov(X.T) @ pca.components, pca.components * pca.variances, atol=1e-13)
    np.testing.assert_allclose(pca.components.T @ pca.components, np.eye(count), atol=1e-13)
    assert (np.diff(pca.variances) <= 0).all()
    np.testing.assert_allclose(np.cov(pca.encode(X).T).reshape(count, count), np.diag(pca.variances), atol=1e-12)


def test_decoding_restores_what_is_in_the_subspace_and_loses_the_rest():
    pca = principal_components(X, 2)
    restored = pca.decode(pca.encode(X))
    np.testing.assert_allclose(pca.decode(pca.encode(restored)), restored, atol=1e-12)
    lost = ((X - restored)**2).sum() / (len(X) - 1)
    assert lost == pytest.approx(principal_components(X, 4).variances[2:].sum()) and lost > 0.1


def test_principal_angles_are_exact_near_zero_and_near_a_right_angle():
    base = np.eye(4)[:, :2]
    for angle in (0.0, 1e-9, 1e-3, 0.5, np.pi / 2 - 1e-9):
        other = np.stack([np.cos(angle) * base[:, 0] + np.sin(angle) * np.eye(4)[2], base[:, 1]], 1) @ [[2, 1], [0, 3]]
        assert principal_angles(base, other) == pytest.approx([angle, 0], abs=1e-15, rel=1e-6)


def test_impossible_counts_are_refused():
    for count in (0, 5):
        with pytest.raises(ValueError, match=f"count is {count} for x of shape"):
            principal_components(X, count)
