"""Figures of a trained network: its latent space, its reconstructions, and what quantisation costs."""

import io
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse

from varigate.model.archive import write_bytes
from varigate.model.data.tables import Dataset
from varigate.model.fixedpoint.sampling import MU, V, mean_latent
from varigate.model.network.integer import class_scores, classify, infer
from varigate.model.train.trained import Trained

__all__ = ["latent_space", "quantisation_error", "reconstructions", "save_figure", "save_figures", "write"]

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#000000")  # Okabe and Ito's
MARKERS = "osD^vP*X"
FEATURES = 12  # panels of the reconstruction figure, at most
ELLIPSES = 60  # of each class, at most


def _style(cls: int) -> dict:
    return {"color": COLOURS[cls % len(COLOURS)], "marker": MARKERS[cls % len(MARKERS)]}


def latent_space(trained: Trained, dataset: Dataset) -> Figure:
    """The latent means of every sample with an ellipse of 1σ, and the head's decision regions.

    Of more than two latent variables, the two with the least σ are drawn and no regions.
    """
    network = trained.network
    result = infer(network, dataset.codes)
    mu, sigma = MU.real(result.mu), 2.0 ** V.real(result.v)
    chosen = sorted(np.argsort(sigma.mean(0), kind="stable")[:2])
    if network.latent == 1:
        mu, sigma, chosen = np.hstack([mu, np.zeros_like(mu)]), np.hstack([sigma, np.zeros_like(sigma)]), [0, 1]
    mu, sigma = mu[:, chosen], sigma[:, chosen]
    figure = Figure(figsize=(7.5, 6.5), layout="constrained")
    axes = figure.subplots()
    margin = 1.2 * sigma.max(0) + 0.1
    (left, bottom), (right, top) = mu.min(0) - margin, mu.max(0) + margin
    if network.latent == 2:
        grid = np.stack(np.meshgrid(np.linspace(left, right, 500), np.linspace(bottom, top, 500)), -1)
        regions = classify(class_scores(network, mean_latent(MU.quantise(grid), network.z)))
        colours = ListedColormap([COLOURS[index % len(COLOURS)] for index in range(network.classes)])
        axes.imshow(regions, extent=(left, right, bottom, top), origin="lower", cmap=colours, alpha=0.13, aspect="auto",
                    vmin=-0.5, vmax=network.classes - 0.5, interpolation="nearest")
    for cls, name in enumerate(dataset.class_names):
        own = dataset.labels == cls
        for centre, size in zip(mu[own][:ELLIPSES], sigma[own], strict=False):
            axes.add_patch(Ellipse(centre, *(2 * size), fill=False, lw=0.5, alpha=0.35, color=_style(cls)["color"]))
        axes.scatter(*mu[own].T, s=22, lw=0.6, edgecolor="white", label=name, zorder=3, **_style(cls))
    wrong = result.cls != dataset.labels
    axes.scatter(*mu[wrong].T, s=95, facecolor="none", edgecolor="black", lw=1.2, zorder=4,
                 label=f"misclassified ({wrong.sum()} of {len(wrong)})")
    axes.set(xlim=(left, right), ylim=(bottom, top), xlabel=f"latent mean μ[{chosen[0]}]",
             ylabel=f"latent mean μ[{chosen[1]}]" if network.latent > 1 else "",
             title=f"{network.name}: latent space of the integer network, with 1σ ellipses")
    axes.legend(loc="best", framealpha=0.9)
    return figure


def reconstructions(trained: Trained, dataset: Dataset) -> Figure:
    """Original against reconstruction (ε off) of each feature, in physical units, from the integer network."""
    network = trained.network
    output = dataset.offset + dataset.step * infer(network, dataset.codes).output
    count = min(len(dataset.feature_names), FEATURES)
    columns = min(count, 4 if count > 4 else 2)
    rows = -(-count // columns)
    figure = Figure(figsize=(4.2 * columns, 4.0 * rows), layout="constrained")
    for index, axes in enumerate(figure.subplots(rows, columns, squeeze=False).flat):
        if index >= count:
            axes.set_axis_off()
            continue
        x, y = dataset.x[:, index], output[:, index]
        limits = min(x.min(), y.min()), max(x.max(), y.max())
        axes.plot(limits, limits, color="0.6", lw=1, zorder=1)
        for cls, name in enumerate(dataset.class_names):
            own = dataset.labels == cls
            axes.scatter(x[own], y[own], s=18, alpha=0.75, lw=0, label=name, **_style(cls))
        unit = f" {dataset.unit}" if dataset.unit else ""
        error = np.sqrt(np.mean((x - y) ** 2))
        axes.set_title(f"{dataset.feature_names[index]}: rms error {error:.2g}{unit}", fontsize=10)
        axes.set_xlabel(f"original{unit and f' ({dataset.unit})'}")
        axes.set_ylabel(f"reconstruction{unit and f' ({dataset.unit})'}")
    figure.axes[0].legend(fontsize=8)
    figure.suptitle(f"{network.name}: reconstructions from the latent mean")
    return figure


def quantisation_error(trained: Trained, dataset: Dataset) -> Figure:
    """Histograms of integer minus float, in the physical value of each quantity."""
    network, codes = trained.network, dataset.codes
    whole, real = infer(network, codes), trained.real.infer(codes)
    shape = MU.real(whole.mu) - real.mu, V.real(whole.v) - real.v, whole.output - real.output
    names = "latent mean μ", "v = log₂ σ", "reconstruction (codes)"
    steps = MU.step, V.step, 1.0
    if network.head is not None:
        shape += (network.head.format.real(whole.scores) - real.scores,)
        names, steps = (*names, "class scores"), (*steps, network.head.format.step)
    figure = Figure(figsize=(9, 6.6), layout="constrained")
    for axes, name, error, step in zip(figure.subplots(2, 2).flat, names, shape, steps, strict=False):
        axes.hist(error.ravel(), bins=40, color=COLOURS[0])
        axes.axvline(0, color="0.3", lw=0.8)
        axes.set_title(f"{name}: rms {np.sqrt(np.mean(error**2)):.2g}, worst {np.abs(error).max():.2g}", fontsize=10)
        axes.set_xlabel(f"integer − float (one unit in the last place: {step:.2g})")
        axes.set_ylabel("count")
    for axes in figure.axes[len(names):]:
        axes.set_axis_off()
    same = np.mean(whole.cls == real.cls)
    figure.suptitle(f"{network.name}: quantisation error on {len(codes)} {dataset.noun}s; classes agree on {same:.1%}")
    return figure


def save_figure(figure: Figure, path) -> Path:
    """`figure` as a PNG file that is whole or not there; the same figure makes the same bytes."""
    buffer = io.BytesIO()
    FigureCanvasAgg(figure).print_png(buffer, metadata={"Software": None})
    write_bytes(path, buffer.getvalue())
    return Path(path)


def save_figures(drawn: dict, trained: Trained, data, folder) -> list[Path]:
    """The figure of each function (trained, data) in `drawn` as NETWORK.KEY.png in `folder`; their paths."""
    return [save_figure(draw(trained, data), Path(folder) / f"{trained.network.name}.{name}.png")
            for name, draw in drawn.items()]


def write(trained: Trained, dataset: Dataset, folder) -> list[Path]:
    """The figures as NETWORK.latent.png and so on, by the network's name, in `folder`; their paths."""
    return save_figures({"latent": latent_space, "reconstructions": reconstructions, "error": quantisation_error},
                        trained, dataset, folder)
