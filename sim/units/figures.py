"""Draws the figures of the book of units."""

from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from varigate.model.figures.plots import save_figure
from varigate.model.fixedpoint.distribution import CODES, Distribution, rounded_gaussian
from varigate.model.fixedpoint.epsilon import epsilon, epsilon_table
from varigate.model.fixedpoint.gaussian_baselines import shift
from varigate.model.fixedpoint.sampling import EPSILON

__all__ = ["SAMPLES", "draw"]

SAMPLES = 1_000_000
SEED = 1
LAGS = 64
WIDTH = 256  # codes to a bin of the density: 1/8 σ


def _figure(rows: int, title: str, height: float):
    figure = Figure(figsize=(8, height), layout="constrained")
    figure.suptitle(title)
    return figure, figure.subplots(rows, 1, squeeze=False)[:, 0]


def _errors(errors: dict[str, np.ndarray], title: str, low: float, high: float) -> Figure:
    """Draws error curves over the input; the input codes span `low` … `high`."""
    figure, axes = _figure(len(errors), title, 1.7 * len(errors) + 1)
    for axis, (name, error) in zip(axes, errors.items(), strict=True):
        x = np.linspace(low, high, len(error), endpoint=False)
        axis.plot(x, error, linewidth=0.5, color="C0")
        axis.axhline(0, color="0.6", linewidth=0.5)
        axis.set_ylabel(f"{name.replace('`', '')}\nulp")
        axis.set_xlim(low, high)
    axes[-1].set_xlabel("input")
    return figure


def _density(distributions: dict[str, Distribution]) -> Figure:
    figure, (axis, ratio) = _figure(2, "Density of ε over all 2³² draws, beside the Gaussian", 7)
    ideal = rounded_gaussian().reshape(-1, WIDTH).sum(1)
    centre = (CODES.reshape(-1, WIDTH).mean(1)) * EPSILON.step
    width = WIDTH * EPSILON.step
    axis.semilogy(centre, ideal / width, color="0.5", linewidth=4, alpha=0.5, label="Gaussian")
    for name, each in distributions.items():
        found = each.probability.reshape(-1, WIDTH).sum(1)
        shown = found > 0
        axis.semilogy(centre[shown], found[shown] / width, ".", markersize=4, label=name)
        ratio.plot(centre[shown], found[shown] / ideal[shown], ".-", markersize=3, linewidth=0.5, label=name)
    for each in (axis, ratio):
        each.set_xlim(-7, 7)
        each.grid(alpha=0.3)
        each.legend()
    axis.set_ylim(1e-11, 1)
    axis.set_ylabel("density")
    ratio.set_ylim(0.9, 1.1)
    ratio.set_ylabel("density / Gaussian")
    ratio.set_xlabel("ε")
    return figure


def _tail(distributions: dict[str, Distribution]) -> Figure:
    figure, (axis,) = _figure(1, "Tail probability P(|ε| ≥ x)", 4.5)
    x = np.arange(0, 6.6, 0.05)
    codes = np.ceil(x / EPSILON.step).astype(int)

    def tails(probability):
        folded = probability[-EPSILON.low:].copy()  # of |ε| = 0, 1, …
        folded[1:] += probability[:-EPSILON.low][::-1][:len(folded) - 1]
        return folded[::-1].cumsum()[::-1][codes]

    axis.semilogy(x, tails(rounded_gaussian()), color="0.5", linewidth=4, alpha=0.5, label="Gaussian")
    for name, each in distributions.items():
        found = tails(each.probability)
        axis.semilogy(x[found > 0], found[found > 0], linewidth=1, label=name)
    axis.set_xlabel("x (σ)")
    axis.set_ylabel("probability")
    axis.grid(alpha=0.3)
    axis.legend()
    return figure


def _autocorrelation() -> Figure:
    figure, axes = _figure(2, f"Autocorrelation, {SAMPLES:,} samples", 6)
    sources = {"quadratic": epsilon(epsilon_table(), SEED, SAMPLES), "shift": shift(epsilon_table(), SEED, SAMPLES)}
    lags = np.arange(1, LAGS + 1)
    for axis, power in zip(axes, (1, 2), strict=True):
        for name, codes in sources.items():
            z = (codes * EPSILON.step) ** power
            z -= z.mean()
            correlation = [z[:-lag] @ z[lag:] / (z @ z) for lag in lags]
            axis.plot(lags, correlation, ".-", linewidth=0.7, label=name)
        axis.axhspan(-3 / SAMPLES**0.5, 3 / SAMPLES**0.5, color="0.8", label="±3 standard deviations")
        axis.set_ylabel("z" if power == 1 else "z²")
        axis.set_ylim(*((-0.01, 0.01) if power == 1 else (-0.1, 0.6)))
        axis.grid(alpha=0.3)
        axis.legend(loc="upper right")
    axes[-1].set_xlabel("lag")
    return figure


def draw(directory: Path, sigmoids: dict[str, np.ndarray], sigmas: dict[str, np.ndarray],
         distributions: dict[str, Distribution]):
    """Writes units.{sigmoid,sigma,density,tail,autocorrelation}.png.

    Parameters
    ----------
    sigmoids, sigmas : {name of a unit: errors in ulp over the input codes in order}
    distributions : {name of an inverse CDF: distribution of its output}
    """
    with matplotlib.rc_context({"font.size": 9}):
        save_figure(_errors(sigmoids, "Errors of the sigmoid units at every input code", -8, 8),
                    directory / "units.sigmoid.png")
        save_figure(_errors(sigmas, "Errors of σ = 2^v at every input code below saturation", -8, 2),
                    directory / "units.sigma.png")
        save_figure(_density(distributions), directory / "units.density.png")
        save_figure(_tail(distributions), directory / "units.tail.png")
        save_figure(_autocorrelation(), directory / "units.autocorrelation.png")
