"""Regret of a search: the distance of its best cost so far from the known optimum."""

from dataclasses import dataclass

import numpy as np

from varigate.explore.studies.efficiency import Interval

__all__ = ["CHECKPOINTS", "Regret", "at", "curve", "curves", "per_cent"]

CHECKPOINTS = (25, 50, 100, 200)
ROUNDS = 2000


def curve(values, budget: int) -> np.ndarray:
    """The least cost so far (budget,) after each evaluation of a trace (evaluations,).

    A trace that stopped early keeps its last value.

    Examples
    --------
    >>> curve([5.0, 3.0, 4.0], 5)
    array([5., 3., 3., 3., 3.])
    """
    least = np.minimum.accumulate(np.asarray(values, np.float64))[:budget]
    return np.concatenate([least, np.full(budget - len(least), least[-1])])


def per_cent(regret) -> np.ndarray:
    """The regret in per cent of the optimum's cost, from the regret in log cost.

    Examples
    --------
    >>> float(per_cent(np.log(1.5)).round(6))
    50.0
    """
    return 100 * np.expm1(regret)


@dataclass(frozen=True)
class Regret:
    """Statistics over seeds of the regret in per cent, after some `evaluations`.

    Of `runs` runs, `optimal` have found the optimum, and `failed` no valid design yet.
    """

    evaluations: int
    mean: float
    mean_interval: Interval
    median: float
    median_interval: Interval
    optimal: int
    failed: int
    runs: int


def at(traces, optimum: float, checkpoints=CHECKPOINTS, seed: int = 0) -> list[Regret]:
    """The regret of traces (one per seed), against the log cost `optimum`, at each checkpoint.

    Intervals are 95 % bootstrap intervals over the seeds. A run without a valid design has infinite regret; then the
    mean is infinite, and the median may be finite.

    Examples
    --------
    >>> found, = at([[1.0, 0.0], [0.0]], optimum=0.0, checkpoints=(2,))
    >>> found.mean, found.optimal, found.runs
    (0.0, 2, 2)
    """
    regrets = per_cent(np.stack([curve(each, max(checkpoints)) for each in traces]) - optimum)
    drawn = np.random.default_rng(seed).integers(len(regrets), size=(ROUNDS, len(regrets)))
    return [_statistics(each, regrets[:, each - 1], drawn) for each in checkpoints]


def _statistics(evaluations, regrets, drawn) -> Regret:
    means, medians = np.mean(regrets[drawn], 1), np.median(regrets[drawn], 1)
    return Regret(
        evaluations,
        float(np.mean(regrets)),
        _interval(means),
        float(np.median(regrets)),
        _interval(medians),
        int(np.sum(regrets < 1e-9)),
        int(np.sum(np.isinf(regrets))),
        len(regrets),
    )


def _interval(samples) -> Interval:
    # An order statistic: one cannot interpolate between a number and infinity.
    low, high = np.quantile(samples, (0.025, 0.975), method="nearest")
    return Interval(float(low), float(high))


def curves(traces, optimum: float, budget: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean regret in per cent and its 95 % bootstrap band, (budget,) each, for plotting.

    `traces` is a list of traces with the number `optimum`, or a list of such lists, one per task, with an `optimum` for
    each task. Tasks are resampled, and seeds within tasks. The mean is infinite until all runs have a valid design.

    Examples
    --------
    >>> mean, low, high = curves([[1.0, 0.0], [1.0, 0.0]], 0.0, 3)
    >>> mean.round(1)
    array([171.8,   0. ,   0. ])
    """
    nested = traces if np.ndim(optimum) else [traces]
    least = np.stack([[curve(each, budget) for each in task] for task in nested])
    with np.errstate(over="ignore"):
        regret = per_cent(least - np.reshape(optimum, (-1, 1, 1)))
    rng = np.random.default_rng(seed)
    means = []
    for _ in range(ROUNDS // 4):
        tasks = rng.integers(len(regret), size=len(regret))
        seeds = rng.integers(regret.shape[1], size=(len(regret), regret.shape[1]))
        means.append(regret[tasks[:, None], seeds].mean((0, 1)))
    low, high = np.quantile(means, (0.025, 0.975), axis=0, method="nearest")
    return regret.mean((0, 1)), low, high
