"""Fronts and the volumes that they dominate."""

import itertools

import numpy as np
import pytest

from varigate.explore.search.pareto import hypervolume, nondominated


def test_the_front_holds_what_no_other_beats():
    costs = [[1, 4], [2, 2], [2, 3], [4, 1], [2, 2], [np.inf, 0]]
    assert nondominated(costs).tolist() == [True, True, False, True, True, False]


@pytest.mark.parametrize("objectives", [2, 3, 4])
def test_the_front_is_that_of_the_definition(objectives):
    costs = np.random.default_rng(objectives).integers(0, 5, (60, objectives))
    beaten = [any((other <= one).all() and (other < one).any() for other in costs) for one in costs]
    assert nondominated(costs).tolist() == [not each for each in beaten]


@pytest.mark.parametrize("objectives", [1, 2, 3, 4])
def test_the_volume_is_that_of_the_cells_counted(objectives):
    costs = np.random.default_rng(objectives).integers(0, 6, (12, objectives))
    cells = sum(any((cost <= cell).all() for cost in costs) for cell in itertools.product(range(5), repeat=objectives))
    assert hypervolume(costs, [5] * objectives) == cells


def test_what_is_beyond_the_reference_has_no_volume():
    assert hypervolume([[6, 1], [np.inf, np.inf]], [5, 5]) == 0
    assert hypervolume([[6, 1], [3, 4], [3, 4]], [5, 5]) == 2
