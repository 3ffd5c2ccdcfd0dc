"""How many evaluations a method needs: counts to within one per cent of the best, with bootstrap intervals.

Counts are arrays (tasks, seeds); a method without chance has one seed. A run that did not arrive counts as its budget,
which is a lower bound of what it would have needed: a mean that holds such *censored* runs flatters the method.
"""

from dataclasses import dataclass

import numpy as np

__all__ = ["Interval", "Ratio", "Summary", "count", "ratio", "summary", "target"]

ROUNDS = 4000


def target(best: float, within: float = 0.01) -> float:
    """The log cost that is `within` (a fraction of the cost, not of its logarithm) of the `best` log cost."""
    return best + np.log1p(within)


def count(values, goal: float) -> tuple[int, bool]:
    """After how many evaluations a trace (evaluations,) was at or below `goal` first; (its length, True) if never."""
    reached = np.flatnonzero(np.asarray(values) <= goal)
    return (int(reached[0]) + 1, False) if len(reached) else (len(values), True)


@dataclass(frozen=True)
class Interval:
    """A 95 % bootstrap interval."""

    low: float
    high: float


@dataclass(frozen=True)
class Summary:
    """One method on all tasks: mean and median of the counts, how many of the runs were censored."""

    mean: float
    mean_interval: Interval
    median: float
    median_interval: Interval
    censored: int
    runs: int


@dataclass(frozen=True)
class Ratio:
    """How many times as many evaluations the other method needs on average as ours."""

    value: float
    interval: Interval

    @property
    def better(self) -> bool:
        """Whether ours may be called better: the whole interval lies above 1."""
        return self.interval.low > 1

    @property
    def worse(self) -> bool:
        """Whether the other one may be called better."""
        return self.interval.high < 1


def _resampled(counts, tasks, rng) -> np.ndarray:
    """Counts (rounds, tasks, seeds) of resampled tasks (rounds, tasks), the seeds resampled within each of them."""
    seeds = rng.integers(counts.shape[1], size=(*tasks.shape, counts.shape[1]))
    return counts[tasks[:, :, None], seeds]


def _interval(samples) -> Interval:
    return Interval(*map(float, np.quantile(samples, (0.025, 0.975))))


def summary(counts, censored, seed: int = 0) -> Summary:
    """Statistics of counts (tasks, seeds), of which `censored` (tasks, seeds) did not arrive.

    The bootstrap is hierarchical: tasks are drawn with replacement, and for each drawn one its seeds.
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
    """Mean counts of `other` (tasks, seeds) ÷ those of `ours` (the same tasks, their own seeds).

    Paired: each round draws the same tasks for both, so that a hard task weighs on both sides; seeds apart.
    """
    other, ours = np.asarray(other, np.float64), np.asarray(ours, np.float64)
    if len(other) != len(ours):
        raise ValueError(f"{len(other)} tasks cannot be paired with {len(ours)}")
    rng = np.random.default_rng(seed)
    tasks = rng.integers(len(ours), size=(ROUNDS, len(ours)))
    samples = _resampled(other, tasks, rng).mean((1, 2)) / _resampled(ours, tasks, rng).mean((1, 2))
    return Ratio(float(other.mean() / ours.mean()), _interval(samples))
