"""Figures of a design space: the latent plane, the convergence of searches, the front, predicted against true."""

import numpy as np
from matplotlib.figure import Figure

from varigate.explore.search.pareto import nondominated
from varigate.explore.studies.regret import curves
from varigate.model.figures.plots import COLOURS

__all__ = ["convergence", "latent_plane", "pareto_front", "predicted_against_true"]

POINTS = 6000  # designs drawn at most
LINES = ("-", "--", "-.", ":")


def _thin(count: int, seed: int = 0) -> np.ndarray:
    """Indices 0 … count − 1, or a random choice of `POINTS` of them if there are more."""
    if count <= POINTS:
        return np.arange(count)
    return np.random.default_rng(seed).choice(count, POINTS, replace=False)


def latent_plane(means, costs, label: str) -> Figure:
    """Draws the latent means (n, nz) of designs on their two principal axes, coloured by log costs (n,).

    Designs that break a limit have an infinite cost and are grey; the best one has a ring.
    """
    axes_of = np.linalg.svd(means - means.mean(0), full_matrices=False)[2][:2]
    plane = (means - means.mean(0)) @ axes_of.T
    kept = np.isfinite(costs)
    good, bad = (each[_thin(len(each))] for each in (np.flatnonzero(kept), np.flatnonzero(~kept)))
    figure = Figure(figsize=(7.5, 6), layout="constrained")
    axes = figure.subplots()
    if len(bad):
        axes.scatter(*plane[bad].T, s=3, c="0.85", linewidths=0, label="breaks a limit")
    order = good[np.argsort(-costs[good])]  # the best ones on top
    dots = axes.scatter(*plane[order].T, s=7, c=costs[order] / np.log(10), cmap="viridis_r", linewidths=0)
    best = int(np.argmin(costs))
    axes.scatter(*plane[best], s=130, facecolors="none", edgecolors=COLOURS[5], linewidths=1.8, label="the best one")
    figure.colorbar(dots, label=f"log10 of {label}")
    axes.set_xlabel("first main axis of z")
    axes.set_ylabel("second main axis of z")
    axes.legend(loc="best", fontsize="small")
    return figure


def convergence(traces: dict[str, list], optimum, budget: int, title: str) -> Figure:
    """Draws the mean regret in per cent over evaluations, with 95 % bootstrap bands.

    traces: {method: traces}; they and `optimum` are as in `curves`.
    """
    figure = Figure(figsize=(7.5, 5), layout="constrained")
    axes = figure.subplots()
    evaluations = np.arange(1, budget + 1)
    for place, (method, runs) in enumerate(traces.items()):
        mean, low, high = curves(runs, optimum, budget)
        colour = COLOURS[place % len(COLOURS)]
        axes.plot(evaluations, np.where(np.isfinite(mean), mean, np.nan), color=colour,
                  linestyle=LINES[place % len(LINES)], label=method)
        drawn = np.isfinite(high)
        axes.fill_between(evaluations[drawn], low[drawn], high[drawn], color=colour, alpha=0.15, linewidth=0)
    axes.set_yscale("symlog", linthresh=1)
    axes.set_ylim(bottom=0)
    axes.set_xlabel("evaluations of different designs")
    axes.set_ylabel("mean regret, % above the best")
    axes.set_title(title)
    axes.legend(fontsize="small")
    return figure


def pareto_front(every, found: dict[str, np.ndarray], labels: tuple[str, str]) -> Figure:
    """Draws the costs of all designs (n, 2), their front, and the fronts that methods found, {method: costs (k, 2)}.

    Costs are not logarithms; the axes, named by `labels`, are logarithmic.
    """
    figure = Figure(figsize=(7.5, 5.5), layout="constrained")
    axes = figure.subplots()
    every = every[np.isfinite(every).all(1)]
    axes.scatter(*every[_thin(len(every))].T, s=4, c="0.8", linewidths=0, label="designs that keep the limits")
    best = every[nondominated(every)]
    best = best[np.argsort(best[:, 0])]
    axes.step(*best.T, where="post", color="black", linewidth=1.2, label="their front")
    for place, (method, costs) in enumerate(found.items()):
        kept = costs[nondominated(costs)]
        axes.scatter(*kept.T, s=26, marker="osD^vP"[place % 6], facecolors="none",
                     edgecolors=COLOURS[place % len(COLOURS)], label=method)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel(labels[0])
    axes.set_ylabel(labels[1])
    axes.legend(fontsize="small")
    return figure


def predicted_against_true(pairs: dict[str, tuple[np.ndarray, np.ndarray]]) -> Figure:
    """Draws predicted (n,) over true (n,) values on logarithmic axes, a panel per name, with the line of equality."""
    figure = Figure(figsize=(4.2 * len(pairs), 4), layout="constrained")
    panels = np.atleast_1d(figure.subplots(1, len(pairs)))
    for axes, (name, (predicted, true)) in zip(panels, pairs.items(), strict=True):
        chosen = _thin(len(true))
        axes.scatter(true[chosen], predicted[chosen], s=8, c=COLOURS[0], alpha=0.6, linewidths=0)
        ends = [min(true.min(), predicted.min()), max(true.max(), predicted.max())]
        axes.plot(ends, ends, color="0.4", linewidth=1)
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlabel(f"true {name}")
        axes.set_ylabel("predicted")
    return figure
