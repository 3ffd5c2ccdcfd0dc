"""Figures of a network of images, all drawn by the integer network: what the hardware computes is what is seen."""

from itertools import pairwise
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from varigate.model.data.images import Images, wall
from varigate.model.figures.plots import COLOURS, MARKERS, quantisation_error, save_figures
from varigate.model.fixedpoint.epsilon import epsilon
from varigate.model.fixedpoint.sampling import MU, mean_latent, prior_latent
from varigate.model.network.integer import decode, encode, infer
from varigate.model.train.trained import Trained

__all__ = ["curves", "interpolation", "latent_plane", "reconstructions", "samples", "wall", "write"]

SHOWN = 16  # images in a row of reconstructions
WALL = 10, 16  # generated images: rows, columns
STEPS = 13  # images from one to the next
PLANE = 15  # images along each side of the latent plane
REACH = 2.5  # of the plane, in standard deviations of the means along it
POINTS = 1500  # of the scatter
RARE = "#882255", "#117733"  # after the eight of COLOURS


def _show(pictures, rows: int, columns: int, shape, title: str, width: float = 8.0) -> Figure:
    canvas = wall(pictures, rows, columns, shape)
    figure = Figure(figsize=(width, width * canvas.shape[0] / canvas.shape[1] + 0.5), layout="constrained")
    axes = figure.subplots()
    axes.imshow(canvas, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    axes.set_axis_off()
    axes.set_title(title, fontsize=10)
    return figure


def curves(trained: Trained, test: Images) -> Figure:
    """The course of training, as the card has it: the loss, and −ELBO and accuracy on the test images."""
    course, name = trained.card["curves"], trained.network.name
    loss, elbo, accuracy = (course.get(key) for key in ("loss", "test_neg_elbo", "test_accuracy"))
    figure = Figure(figsize=(9 if accuracy else 5, 3.6), layout="constrained")
    left, *right = figure.subplots(1, 2 if accuracy else 1, squeeze=False)[0]
    epochs = np.arange(1, len(loss) + 1)
    left.plot(epochs, loss, color=COLOURS[0], label=f"loss, training{' (with the class head)' * bool(accuracy)}")
    left.plot(epochs, elbo, color=COLOURS[1], label="−ELBO, test")
    left.set(xlabel="epoch", ylabel="nats an image", title=f"{name}: −ELBO {elbo[-1]:.1f} nats",
             ylim=(min(loss + elbo) - 1, np.quantile(loss + elbo, 0.9) + 3))
    left.legend(fontsize=8)
    for axes in right:
        axes.plot(epochs, 100 * np.array(accuracy), color=COLOURS[2])
        axes.set(xlabel="epoch", ylabel="accuracy on test images (%)", title=f"class head: {accuracy[-1]:.2%}",
                 ylim=(100 * np.quantile(accuracy, 0.1) - 1, 100.2))
    for axes in figure.axes:
        axes.grid(alpha=0.3)
    return figure


def reconstructions(trained: Trained, test: Images) -> Figure:
    """The first test images, and below each its reconstruction from the latent mean."""
    rows = [test.codes[:2 * SHOWN].reshape(2, SHOWN, -1), infer(trained.network, test.codes[:2 * SHOWN]).output]
    pictures = np.stack([rows[0], rows[1].reshape(2, SHOWN, -1)], 1).reshape(4 * SHOWN, -1)
    return _show(pictures, 4, SHOWN, test.shape, f"{trained.network.name}: test images, and below them what "
                 f"{trained.network.latent} numbers give back")


def samples(trained: Trained, test: Images) -> Figure:
    """Images decoded from the prior, by the ε stream after reset."""
    network, (rows, columns) = trained.network, WALL
    noise = epsilon(network.epsilon_table, network.epsilon_seed, rows * columns * network.latent)
    _, output = decode(network, prior_latent(noise.reshape(-1, network.latent), network.z))
    return _show(output, rows, columns, test.shape, f"{network.name}: {test.noun}s that nobody wrote, from the prior")


def _plane(means, labels) -> tuple[np.ndarray, np.ndarray]:
    """The mean of `means` (n, latent), and the two orthonormal directions (2, latent) along which the classes' centres
    differ most."""
    centres = np.stack([means[labels == label].mean(0) for label in np.unique(labels)])
    return means.mean(0), np.linalg.svd(centres - centres.mean(0), full_matrices=False)[2][:2]


def latent_plane(trained: Trained, test: Images) -> Figure:
    """The plane through the latent means along which the classes differ most: where the test images lie, and what is
    decoded there."""
    network = trained.network
    means = MU.real(encode(network, test.codes)[0])
    centre, axes2 = _plane(means, test.labels)
    places = (means - centre) @ axes2.T
    reach = REACH * places.std(0)
    figure = Figure(figsize=(12, 6), layout="constrained")
    left, right = figure.subplots(1, 2)
    for cls, name in enumerate(test.class_names):
        own = places[:POINTS][test.labels[:POINTS] == cls]
        left.scatter(*own.T, s=14, lw=0, alpha=0.8, color=(COLOURS + RARE)[cls % 10], marker=MARKERS[cls % 8],
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
    """From the first test image of each class to that of the next, in equal steps of the latent means."""
    network = trained.network
    first = [int(np.argmax(test.labels == cls)) for cls in range(test.classes)]
    means = MU.real(encode(network, test.codes[first])[0])
    share = np.linspace(0, 1, STEPS)[:, None]
    z = np.concatenate([(1 - share) * a + share * b for a, b in pairwise([*means, means[0]])])
    _, output = decode(network, mean_latent(MU.quantise(z), network.z))
    return _show(output, test.classes, STEPS, test.shape, f"{network.name}: straight lines between {test.noun}s in "
                 "latent space", 6.5)


def write(trained: Trained, test: Images, folder) -> list[Path]:
    """The figures as NETWORK.curves.png and so on, by the network's name, in `folder`; their paths."""
    drawn = {"curves": curves, "reconstructions": reconstructions, "samples": samples, "latent": latent_plane,
             "interpolation": interpolation, "error": quantisation_error}
    return save_figures(drawn, trained, test, folder)
