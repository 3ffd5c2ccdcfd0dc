"""Orders that are fixed before the search."""

import numpy as np
import pytest

from varigate.explore.methods import expected_evaluations
from varigate.explore.methods.nearest import nearest_order


def test_the_nearest_layers_say_what_is_tried_first():
    features = np.array([[1, 100], [2, 100], [4, 100], [1000, 100]])
    tables = np.array([[0.0, 1, 2], [0, 1, -3], [0, -5, 1], [-99, 0, 0]])
    assert nearest_order(features, [2, 100], tables).tolist() == [1, 0, 2]
    assert nearest_order(features, [2, 100], tables, count=1).tolist() == [2, 0, 1]
    assert nearest_order(features, [900, 100], tables, count=1).tolist() == [0, 1, 2]


@pytest.mark.parametrize(("candidates", "good"), [(10, 1), (30, 4)])
def test_the_expectation_of_random_search(candidates, good):
    rng = np.random.default_rng(0)
    firsts = [1 + rng.permutation(candidates)[:good].min() for _ in range(20000)]
    assert expected_evaluations(candidates, good) == pytest.approx(np.mean(firsts), rel=0.03)
