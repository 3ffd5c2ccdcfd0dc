"""Linear discriminant analysis is defined for every table, and finds what straight lines separate."""

import numpy as np
import pytest

from varigate.model.data.tables import iris
from varigate.model.train.discriminant import allowed_errors, lda_errors, linear_discriminant

LABELS = np.arange(60) % 3
RNG = np.random.default_rng(0)


def test_iris_has_three_errors():
    assert lda_errors(iris().codes, iris().labels) == 3


def test_it_is_fishers():
    """With the identity as covariance, classes are told by the nearest mean; frequent ones get more room."""
    x = np.r_[RNG.normal(size=(4000, 1)), RNG.normal(size=(1000, 1)) + 4]
    found = linear_discriminant(x, np.repeat([0, 1], [4000, 1000]))
    border = 2 + np.log(4) / 4
    assert found([[border - 0.1], [border + 0.1]]).tolist() == [0, 1]


@pytest.mark.parametrize("x", [
    LABELS[:, None], 200 * (LABELS[:, None] == range(3)), np.c_[LABELS, np.full(60, 7)],
    np.c_[LABELS, -LABELS, 2 * LABELS], np.c_[RNG.normal(size=(60, 90)), LABELS], 1e15 + LABELS[:, None],
    np.c_[50 * RNG.normal(size=60), LABELS] @ [[1, 1], [0, 1]]],
    ids=["points", "one-hot", "a constant", "collinear", "wide", "far from zero", "a difference"])
def test_what_is_separable_is_separated(x):
    assert lda_errors(x, LABELS) == 0


def test_one_sample_a_class_and_a_class_without_any():
    assert lda_errors([[1, 2], [3, 5], [4, 1]], [0, 1, 2]) == 0
    assert lda_errors([[1.0, 2.0], [3.0, 5.0]], [0, 2]) == 0


def test_features_that_say_nothing_leave_the_most_frequent_class():
    assert lda_errors(np.full((10, 2), 7.0), [0] * 6 + [1] * 4) == 4


def test_errors_that_are_allowed_grow_with_those_of_the_yardstick_and_are_none_among_few():
    assert [allowed_errors(errors, 1000) for errors in (0, 1, 100)] == [1, 4, 121]
    assert allowed_errors(0, 2) < 1
