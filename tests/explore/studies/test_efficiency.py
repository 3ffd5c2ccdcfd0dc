"""Counts of evaluations, their intervals and ratios."""

import numpy as np
import pytest

from varigate.explore.studies.efficiency import count, ratio, summary, target


def test_within_one_per_cent_is_of_the_cost():
    assert np.exp(target(5.0)) == pytest.approx(1.01 * np.exp(5.0))


def test_counts_start_at_one_and_are_censored_at_the_end():
    assert count([3.0, 1.0, 2.0, 0.5], 1.0) == (2, False)
    assert count([0.0], 0.0) == (1, False)
    assert count([3.0, np.inf, 2.0], 1.0) == (3, True)


def test_summary_of_equal_runs_is_certain():
    found = summary(np.full((4, 3), 7), np.zeros((4, 3), bool))
    assert (found.mean, found.median, found.censored, found.runs) == (7, 7, 0, 12)
    assert (found.mean_interval.low, found.mean_interval.high) == (7, 7)


def test_the_interval_knows_that_seeds_of_one_task_are_not_independent():
    """Three tasks of ten seeds each that differ between tasks only: the mean is no surer than that of three numbers."""
    counts = np.repeat([[10], [20], [60]], 10, 1)
    interval = summary(counts, counts > 50).mean_interval
    assert interval.low == pytest.approx(10, abs=4) and interval.high == pytest.approx(60, abs=14)
    assert summary(counts, counts > 50).censored == 10


def test_intervals_cover():
    """Of 95 % intervals for the mean of 30 tasks about 95 % hold the true one."""
    rng = np.random.default_rng(0)
    held = 0
    for _ in range(60):
        counts = rng.exponential(20, (30, 1)) + rng.exponential(5, (30, 4))
        interval = summary(counts, counts < 0).mean_interval
        held += interval.low <= 25 <= interval.high
    assert 50 <= held <= 60


def test_ratios_are_paired_by_task():
    """Tasks differ a hundredfold, but the other method needs twice as many on each: no doubt is left."""
    ours = np.array([[1.0, 1.0], [10.0, 10.0], [100.0, 100.0]])
    found = ratio(2 * ours[:, :1], ours)
    assert found.value == 2 and found.better and not found.worse
    assert found.interval.low == pytest.approx(2) and found.interval.high == pytest.approx(2)
    assert ratio(ours, 2 * ours).worse


def test_without_a_difference_nothing_is_better():
    rng = np.random.default_rng(1)
    found = ratio(rng.integers(1, 100, (12, 20)), rng.integers(1, 100, (12, 20)))
    assert not found.better and not found.worse
    assert found.interval.low < found.value < found.interval.high


def test_only_equal_tasks_are_paired():
    with pytest.raises(ValueError, match="the same tasks: one has 2, ours 3"):
        ratio(np.ones((2, 1)), np.ones((3, 1)))
