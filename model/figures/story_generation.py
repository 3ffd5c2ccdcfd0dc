"""Figures of the story, part four: samples that the variational autoencoder generates."""

import numpy as np
from matplotlib.figure import Figure

from varigate.model.data.images import wall
from varigate.model.figures.plots import COLOURS
from varigate.model.figures.story_data import Material
from varigate.model.figures.story_linear import scatter
from varigate.model.figures.story_training import decode, trained_vae

__all__ = ["generation"]

GENERATED = 1000


def _covariances(axes, data: Material, x, title: str, limit: float):
    covariance = np.cov(x.T)
    axes.imshow(covariance, cmap="RdBu_r", vmin=-limit, vmax=limit)
    axes.set(title=title, xticks=[], yticks=[])
    if len(covariance) <= 6:
        for (row, column), value in np.ndenumerate(covariance):
            axes.text(column, row, f"{value:.2f}", ha="center", va="center", fontsize=9,
                      color="white" if abs(value) > 0.6 * limit else "black")
        axes.set_yticks(range(len(covariance)), data.feature_names, fontsize=8)


def generation(data: Material) -> tuple[Figure, dict]:
    """Draw 1,000 samples from z ~ N(0, 1) beside the data: their means, their covariances, and some of them."""
    model, rng = trained_vae(data), np.random.default_rng(2)
    x = model.generate(GENERATED, rng)
    shift = (x.mean(0) - data.x.mean(0)) / data.smooth.std(0)
    limit = float(np.abs(np.cov(data.smooth.T)).max())
    numbers = {"shift": float(np.abs(shift).max()), "covariance": np.cov(x.T).tolist(),
               "covariance_of_data": np.cov(data.smooth.T).tolist()}
    figure = Figure(figsize=(13, 4.2), layout="constrained")
    one, two, three, four = figure.subplots(1, 4, width_ratios=(1.1, 1, 1, 1.25))
    one.axvspan(-0.2, 0.2, color="0.9")
    one.axvline(0, color="0.5", lw=1)
    if data.shape is None:
        one.plot(shift, range(len(shift)), "o", color=COLOURS[0])
        one.set_yticks(range(len(shift)), data.feature_names, fontsize=8)
        one.set(xlim=(-0.5, 0.5), ylim=(len(shift) - 0.5, -0.5), xlabel="shift of the mean, standard deviations")
    else:
        one.hist(shift, bins=25, color=COLOURS[0])
        one.set(xlabel="shift of the mean, standard deviations", ylabel="pixels")
    one.set_title(f"means: within {np.abs(shift).max():.2f}", fontsize=10)
    _covariances(two, data, data.smooth, "covariance of the data", limit)
    _covariances(three, data, x, f"of {GENERATED:,} generated", limit)
    if data.shape is None:
        first, second = np.argsort(data.values(data.x).std(0))[-2:]
        values = data.values(x)
        four.plot(values[:, first], values[:, second], ".", ms=3, color="0.7", label="generated", zorder=0)
        scatter(four, data.values(data.x)[:, [first, second]], data)
        four.set(xlabel=data.feature_names[first], ylabel=data.feature_names[second])
        four.legend(fontsize=8)
    else:
        means = decode(model, rng.standard_normal((70, model.latent)))
        four.imshow(wall((np.clip(data.values(means), 0, 1) * 255).astype(np.uint8), 10, 7, data.shape), cmap="gray")
        four.set(title="70 more, without the decoder's noise", xticks=[], yticks=[])
        four.title.set_fontsize(10)
    figure.suptitle(f"{data.name}: {GENERATED:,} {data.noun}s that nobody picked, from z ~ N(0, 1)")
    return figure, numbers
