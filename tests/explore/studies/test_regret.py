"""Regret to a known optimum."""

import numpy as np
import pytest

from varigate.explore.studies.regret import at, curve, curves, per_cent


def test_the_least_so_far_is_kept():
    assert curve([3, 4, 1, 2], 4).tolist() == [3, 3, 1, 1]
    assert curve([3, 1], 4).tolist() == [3, 1, 1, 1]
    assert curve([3, 1, 0], 2).tolist() == [3, 1]


def test_regret_is_of_the_cost():
    first, last = at([np.log([8.0, 4.0, 2.0]), np.log([4.0, 4.0, 4.0])], np.log(2.0), (1, 3))
    assert (first.mean, last.mean) == (pytest.approx(200), pytest.approx(50))
    assert (last.optimal, last.failed, last.runs) == (1, 0, 2)
    assert (last.mean_interval.low, last.mean_interval.high) == (pytest.approx(0), pytest.approx(100))
    assert per_cent(np.log(1.25)) == pytest.approx(25)


def test_a_run_without_a_valid_design_is_told():
    first, last = at([[np.inf, 1.0], [1.0, 1.0], [2.0, 1.0]], 1.0, (1, 2))
    assert (first.failed, first.mean) == (1, np.inf) and np.isfinite(first.median)
    assert first.mean_interval.high == np.inf
    assert (last.failed, last.mean, last.optimal) == (0, 0, 3)


def test_curves_have_a_band():
    mean, low, high = curves([[[3.0, 1.0], [2.0]], [[5.0, 4.0], [4.0, 4.0]]], [1.0, 4.0], 3)
    assert mean == pytest.approx(per_cent(np.array([[2, 0, 0], [1, 1, 1], [1, 0, 0], [0, 0, 0]])).mean(0))
    assert (low <= mean).all() and (mean <= high).all() and high[0] > low[0]
    one, _, _ = curves([[3.0, 1.0], [2.0, 2.0]], 1.0, 2)
    assert one == pytest.approx(per_cent(np.array([[2, 0], [1, 1]])).mean(0))
