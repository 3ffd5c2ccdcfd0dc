"""Statistics of the evaluations that a method needs to reach a target, with bootstrap intervals.

Counts are arrays (tasks, seeds); a method that draws no random numbers has one seed. A run that did not reach the
target is *censored*: it counts as its budget, a lower bound, so the mean of such a method looks better than it is.
"""

from dataclasses import dataclass

import numpy as np

__all__ = ["Interval", "Ratio", "Summary", "count", "ratio", "summary", "target"]

ROUNDS = 4000


def target(best: float, within: float = 0.01) -> float:
    """The log cost of a design whose cost is a fraction `within` above that of the `best` log cost.

    Examples
    --------
    >>> round(float(np.exp(target(np.log(200.0)))), 6)
    202.0
    """
    return best + np.log1p(within)


def count(values, goal: float) -> tuple[int, bool]:
    """Evaluations until a trace (evaluations,) is at or below `goal`, and whether the run is censored.

    The count of a censored run is its length.

    Examples
    --------
    >>> count([5.0, 3.0, 2.0], 3.0), count([5.0, 3.0, 2.0], 1.0)
    ((2, False), (3, True))
    """
    reached = np.flatnonzero(np.asarray(values) <= goal)
    return (int(reached[0]) + 1, False) if len(reached) else (len(values), True)


@dataclass(frozen=True)
class Interval:
    """A 95 % bootstrap interval."""

    low: float
    high: float


@dataclass(frozen=True)
class Summary:
    """Statistics of one method over all tasks and seeds: `censored` of its `runs` did not reach the target."""

    mean: float
    mean_interval: Interval
    median: float
    median_interval: Interval
    censored: int
    runs: int


@dataclass(frozen=True)
class Ratio:
    """The mean evaluations of another method, divided by those of ours.

    Examples
    --------
    >>> Ratio(1.4, Interval(1.1, 1.7)).better, Ratio(1.4, Interval(0.9, 2.0)).better
    (True, False)
    """

    value: float
    interval: Interval

    @property
    def better(self) -> bool:
        """Whether ours is better: the whole interval lies above 1."""
        return self.interval.low > 1

    @property
    def worse(self) -> bool:
        """Whether the other method is better: the whole interval lies below 1."""
        return self.interval.high < 1


def _resampled(counts, tasks, rng) -> np.ndarray:
    """Counts (rounds, tasks, seeds) of the drawn `tasks` (rounds, tasks), seeds drawn anew within each task."""
    seeds = rng.integers(counts.shape[1], size=(*tasks.shape, counts.shape[1]))
    return counts[tasks[:, :, None], seeds]


def _interval(samples) -> Interval:
    return Interval(*map(float, np.quantile(samples, (0.025, 0.975))))


def summary(counts, censored, seed: int = 0) -> Summary:
    """Statistics of counts (tasks, seeds), some of which are `censored` (tasks, seeds).

    The bootstrap is hierarchical: tasks are drawn with replacement, then the seeds within each drawn task.

    Examples
    --------
    >>> found = summary([[4, 4], [4, 4]], [[False, True], [False, False]])
    >>> found.mean, found.mean_interval, found.censored, found.runs
    (4.0, Interval(low=4.0, high=4.0), 1, 4)
    """
    counts, rng = np.asarray(counts, np.float64), np.random.default_rng(seed)
    samples = _resampled(counts, rng.integers(len(counts), size=(ROUNDS, len(counts))), rng)
    return Summary(
        float(counts.mean()),
        _interval(samples.mean((1, 2))),
        float(np.median(counts)),
        _interval(np.median(samples, (1, 2))),
        int(np.sum(censored)),
        counts.size,
    )


def ratio(other, ours, seed: int = 0) -> Ratio:
    """Mean counts of `other` (tasks, seeds) ÷ those of `ours` (the same tasks, other seeds).

    The bootstrap is paired: each round draws the same tasks for both methods, and the seeds of each independently.

    Examples
    --------
    >>> ratio([[8, 8], [8, 8]], [[4], [4]])
    Ratio(value=2.0, interval=Interval(low=2.0, high=2.0))
    """
    other, ours = np.asarray(other, np.float64), np.asarray(ours, np.float64)
    if len(other) != len(ours):
        raise ValueError(f"both methods must have the same tasks: one has {len(other)}, ours {len(ours)}")
    rng = np.random.default_rng(seed)
    tasks = rng.integers(len(ours), size=(ROUNDS, len(ours)))
    samples = _resampled(other, tasks, rng).mean((1, 2)) / _resampled(ours, tasks, rng).mean((1, 2))
    return Ratio(float(other.mean() / ours.mean()), _interval(samples))
