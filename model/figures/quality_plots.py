"""Figures of a network's quality: the course of training, its reconstructions, and what quantisation costs."""

import numpy as np
from matplotlib.figure import Figure

from varigate.model.data.images import Images
from varigate.model.data.tables import LabelledTable
from varigate.model.errors import UserError
from varigate.model.figures.plots import COLOURS, class_style, wall_figure
from varigate.model.fixedpoint.sampling import MU, V
from varigate.model.network.integer import infer
from varigate.model.train.trained import Trained

__all__ = ["curves", "quantisation_error", "reconstructed_features", "reconstructed_images"]

FEATURES = 12  # panels of the reconstructed features, at most
SHOWN = 16  # images in a row


def curves(trained: Trained, test: Images) -> Figure:
    """Draw the course of training, as the card has it: the loss, and −ELBO and accuracy on the test images.

    A `UserError` where the card does not have it.

    Examples
    --------
    >>> from varigate.model.data.images import digits
    >>> from varigate.model.train.trained import load
    >>> len(curves(load("digits"), digits()[1]).axes)
    2
    """
    course, name = trained.card.get("curves", {}), trained.network.name
    loss, elbo, accuracy = (course.get(key) for key in ("loss", "test_neg_elbo", "test_accuracy"))
    if not loss or not elbo:
        raise UserError(f"the card of network {name} has no curves of its training; train the network again")
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


def reconstructed_features(trained: Trained, dataset: LabelledTable) -> Figure:
    """Draw each feature's reconstruction (ε off) by the integer network over the original, in physical units.

    Examples
    --------
    >>> from varigate.model.data.tables import iris
    >>> from varigate.model.train.trained import load
    >>> len(reconstructed_features(load("iris"), iris()).axes)
    4
    """
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
            axes.scatter(x[own], y[own], s=18, alpha=0.75, lw=0, label=name, **class_style(cls))
        unit = f" {dataset.unit}" if dataset.unit else ""
        error = np.sqrt(np.mean((x - y) ** 2))
        axes.set_title(f"{dataset.feature_names[index]}: rms error {error:.2g}{unit}", fontsize=10)
        axes.set_xlabel(f"original{unit and f' ({dataset.unit})'}")
        axes.set_ylabel(f"reconstruction{unit and f' ({dataset.unit})'}")
    figure.axes[0].legend(fontsize=8)
    figure.suptitle(f"{network.name}: reconstructions from the latent mean")
    return figure


def reconstructed_images(trained: Trained, test: Images) -> Figure:
    """Draw the first test images, and below each its reconstruction from the latent mean."""
    rows = [test.codes[:2 * SHOWN].reshape(2, SHOWN, -1), infer(trained.network, test.codes[:2 * SHOWN]).output]
    pictures = np.stack([rows[0], rows[1].reshape(2, SHOWN, -1)], 1).reshape(4 * SHOWN, -1)
    return wall_figure(pictures, 4, SHOWN, test.shape, f"{trained.network.name}: test images, and below them what "
                       f"{trained.network.latent} numbers give back")


def quantisation_error(trained: Trained, dataset: LabelledTable | Images) -> Figure:
    """Draw histograms of integer minus float, in the physical value of each quantity.

    Examples
    --------
    >>> from varigate.model.data.tables import iris
    >>> from varigate.model.train.trained import load
    >>> len(quantisation_error(load("iris"), iris()).axes)
    4
    """
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
