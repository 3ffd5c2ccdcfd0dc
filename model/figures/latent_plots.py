"""Figures of a network's latent space: the places of the samples, and what the network decodes there."""

from itertools import pairwise

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Ellipse

from varigate.model.data.images import Images, wall
from varigate.model.data.tables import LabelledTable
from varigate.model.figures.plots import COLOURS, MARKERS, PALETTE, class_style, wall_figure
from varigate.model.fixedpoint.epsilon import epsilon
from varigate.model.fixedpoint.sampling import MU, V, mean_latent, prior_latent
from varigate.model.network.integer import class_scores, classify, decode, encode, infer
from varigate.model.train.trained import Trained

__all__ = ["interpolation", "latent_plane", "latent_space", "samples"]

ELLIPSES = 60  # of each class, at most
WALL = 10, 16  # generated images: rows, columns
STEPS = 13  # images from one to the next
PLANE = 15  # images along each side of the latent plane
REACH = 2.5  # of the plane, in standard deviations of the means along it
POINTS = 1500  # of the scatter


def latent_space(trained: Trained, dataset: LabelledTable) -> Figure:
    """Draw the latent means of every sample of a table with an ellipse of 1σ, and the head's decision regions.

    Of more than two latent variables, the two with the least σ are drawn and no regions.

    Examples
    --------
    >>> from varigate.model.data.tables import iris
    >>> from varigate.model.train.trained import load
    >>> latent_space(load("iris"), iris()).axes[0].get_title()
    'iris: latent space of the integer network, with 1σ ellipses'
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
        own, style = dataset.labels == cls, class_style(cls)
        for centre, size in zip(mu[own][:ELLIPSES], sigma[own], strict=False):
            axes.add_patch(Ellipse(centre, *(2 * size), fill=False, lw=0.5, alpha=0.35, color=style["color"]))
        axes.scatter(*mu[own].T, s=22, lw=0.6, edgecolor="white", label=name, zorder=3, **style)
    wrong = result.cls != dataset.labels
    axes.scatter(*mu[wrong].T, s=95, facecolor="none", edgecolor="black", lw=1.2, zorder=4,
                 label=f"misclassified ({wrong.sum()} of {len(wrong)})")
    axes.set(xlim=(left, right), ylim=(bottom, top), xlabel=f"latent mean μ[{chosen[0]}]",
             ylabel=f"latent mean μ[{chosen[1]}]" if network.latent > 1 else "",
             title=f"{network.name}: latent space of the integer network, with 1σ ellipses")
    axes.legend(loc="best", framealpha=0.9)
    return figure


def samples(trained: Trained, test: Images) -> Figure:
    """Draw images decoded from the prior, by the ε stream after reset.

    Examples
    --------
    >>> from varigate.model.data.images import digits
    >>> from varigate.model.train.trained import load
    >>> len(samples(load("digits"), digits()[1]).axes)
    1
    """
    network, (rows, columns) = trained.network, WALL
    noise = epsilon(network.epsilon_table, network.epsilon_seed, rows * columns * network.latent)
    _, output = decode(network, prior_latent(noise.reshape(-1, network.latent), network.z))
    return wall_figure(output, rows, columns, test.shape,
                       f"{network.name}: {test.noun}s that nobody wrote, from the prior")


def _plane(means, labels) -> tuple[np.ndarray, np.ndarray]:
    """The mean of `means` (n, latent), and two orthonormal directions (2, latent).

    The centres of the classes differ most along these.
    """
    centres = np.stack([means[labels == label].mean(0) for label in np.unique(labels)])
    return means.mean(0), np.linalg.svd(centres - centres.mean(0), full_matrices=False)[2][:2]


def latent_plane(trained: Trained, test: Images) -> Figure:
    """Draw the plane through the latent means along which the classes differ most.

    One panel has the places of the test images, the other what is decoded there.
    """
    network = trained.network
    means = MU.real(encode(network, test.codes)[0])
    centre, axes2 = _plane(means, test.labels)
    places = (means - centre) @ axes2.T
    reach = REACH * places.std(0)
    figure = Figure(figsize=(12, 6), layout="constrained")
    left, right = figure.subplots(1, 2)
    for cls, name in enumerate(test.class_names):
        own = places[:POINTS][test.labels[:POINTS] == cls]
        left.scatter(*own.T, s=14, lw=0, alpha=0.8, color=PALETTE[cls % 10], marker=MARKERS[cls % 8],
                     label=name)
    left.legend(fontsize=8, ncols=2, framealpha=0.9)
    left.set(xlim=(-reach[0], reach[0]), ylim=(-reach[1], reach[1]), xlabel="first direction between the classes",
             ylabel="second direction", title=f"{network.name}: latent means of test images")
    grid = np.stack(np.meshgrid(np.linspace(-1, 1, PLANE) * reach[0], np.linspace(1, -1, PLANE) * reach[1]), -1)
    z = centre + grid.reshape(-1, 2) @ axes2
    _, output = decode(network, mean_latent(MU.quantise(z), network.z))
    right.imshow(wall(output, PLANE, PLANE, test.shape, 1), cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    right.set_axis_off()
    right.set_title("the same plane, decoded")
    return figure


def interpolation(trained: Trained, test: Images) -> Figure:
    """Draw the way from the first test image of each class to that of the next, in equal steps of the latent means."""
    network = trained.network
    first = [int(np.argmax(test.labels == cls)) for cls in range(test.classes)]
    means = MU.real(encode(network, test.codes[first])[0])
    share = np.linspace(0, 1, STEPS)[:, None]
    z = np.concatenate([(1 - share) * a + share * b for a, b in pairwise([*means, means[0]])])
    _, output = decode(network, mean_latent(MU.quantise(z), network.z))
    return wall_figure(output, test.classes, STEPS, test.shape,
                       f"{network.name}: straight lines between {test.noun}s in latent space", 6.5)
