"""How far a search still is from the known optimum, after so many evaluations."""

from dataclasses import dataclass

import numpy as np

from varigate.explore.studies.efficiency import Interval

__all__ = ["CHECKPOINTS", "Regret", "at", "curve", "curves", "per_cent"]

CHECKPOINTS = (25, 50, 100, 200)
ROUNDS = 2000


def curve(values, budget: int) -> np.ndarray:
    """The least cost so far (budget,) of a trace (evaluations,); one that stopped early keeps its last."""
    least = np.minimum.accumulate(np.asarray(values, np.float64))[:budget]
    return np.concatenate([least, np.full(budget - len(least), least[-1])])


def per_cent(regret) -> np.ndarray:
    """A regret in log cost as per cent of the optimum's cost."""
    return 100 * np.expm1(regret)


@dataclass(frozen=True)
class Regret:
    """Statistics over the seeds of regrets in per cent. Runs without any valid design so far have none (`failed`)."""

    evaluations: int
    mean: float
    mean_interval: Interval
    median: float
    median_interval: Interval
    optimal: int
    failed: int
    runs: int


def at(traces, optimum: float, checkpoints=CHECKPOINTS, seed: int = 0) -> list[Regret]:
    """The regret of traces (one a seed) to the log cost `optimum` at each checkpoint; intervals resample the seeds.

    While a run has found no valid design its regret is infinite, and so is then the mean; the median may be finite.
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
    # An order statistic, not an interpolation: between a number and infinity there is nothing.
    low, high = np.quantile(samples, (0.025, 0.975), method="nearest")
    return Interval(float(low), float(high))


def curves(traces, optimum: float, budget: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean regret in per cent and its 95 % bootstrap band, (budget,) each, for plotting.

    `traces` is a list of tasks' lists of traces with `optimum` a number a task, or of one task's traces.
    Tasks are resampled, and seeds within them. Before all runs have a valid design the mean is infinite.
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
