"""Figures of the VAE library: maps over the parameters, and the course of training."""

import numpy as np
from matplotlib.figure import Figure

from varigate.model.vae.dataset import Dataset
from varigate.model.vae.model import VAEmodel
from varigate.model.vae.representation import check_pair, compute_repr2d

__all__ = ["draw_map", "plot_repr2d", "plot_training"]


def draw_map(axes, theta_rows, theta_columns, values, title: str, *, scale: bool = True, **options):
    """One map (rows, columns) in colours, every grid point in the middle of its cell; with a `scale` beside it."""
    mesh = axes.pcolormesh(theta_columns, theta_rows, values, shading="nearest", rasterized=True, **options)
    axes.set_title(title, fontsize=10)
    if scale:
        axes.figure.colorbar(mesh, ax=axes)


def plot_repr2d(model: VAEmodel, dataset: Dataset, latvar=None, theta_pair=(1, 0), subplot=True):
    """Maps over two parameters, those of however many latents there are.

    Parameters
    ----------
    latvar : None, the number of a latent, or maps (latent, rows, columns)
        what to draw: mean |μ| of all latents, of this one, or the given maps (as `compute_repr2d` returns them; with
        more than two parameters they have to be given).
    subplot : panels of one figure, or a figure for each

    Returns
    -------
    matplotlib.figure.Figure, or a list of them
    """
    rows, columns = check_pair(dataset, theta_pair)
    shape = (dataset.grid[rows], dataset.grid[columns])
    names = range(model.latent)
    if latvar is None or np.ndim(latvar) == 0:
        maps = compute_repr2d(model, dataset, theta_pair)
        if latvar is not None:
            if latvar not in names:
                raise ValueError(f"latvar is {latvar!r}; latents are numbered 0…{model.latent - 1}")
            maps, names = maps[[latvar]], [latvar]
    else:
        maps = np.asarray(latvar, np.float64)
        names = range(len(maps))
        if maps.ndim != 3 or not len(maps) or maps.shape[1:] != shape:
            raise ValueError(f"latvar has shape {maps.shape}; (latent, {shape[0]}, {shape[1]}) is needed")
    across = int(np.ceil(np.sqrt(len(maps)))) if subplot else 1
    down = -(-len(maps) // across) if subplot else 1
    figures = [Figure(figsize=(4.4 * across, 3.6 * down), layout="constrained")
               for _ in range(1 if subplot else len(maps))]
    panels = (list(figures[0].subplots(down, across, squeeze=False).flat) if subplot
              else [figure.subplots() for figure in figures])
    for axes, name, values in zip(panels, names, maps, strict=False):
        draw_map(axes, dataset.thetas[rows], dataset.thetas[columns], values, f"latent {name}: mean |μ|")
        axes.set(xlabel=f"θ[{columns}]", ylabel=f"θ[{rows}]")
    for axes in panels[len(maps):]:
        axes.set_axis_off()
    return figures[0] if subplot else figures


def plot_training(history: dict, num_epochs: int) -> Figure:
    """The losses of the last `num_epochs` epochs: the total with its terms, and the held-out samples'."""
    known = len(history["loss"])
    if not 1 <= num_epochs <= known:
        raise ValueError(f"num_epochs is {num_epochs}; {known} epochs have been trained")
    epochs = np.arange(known - num_epochs, known) + 1
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    for axes, names in ((left, ("loss", "validation", "reconstruction")), (right, ("kl", "tc", "cross_entropy"))):
        for name in names:
            if len(history.get(name, ())) == known and any(history[name]):
                axes.plot(epochs, history[name][-num_epochs:], label=name, marker="." if num_epochs < 20 else None)
        axes.set(xlabel="epoch", ylabel="nats a sample")
        axes.grid(alpha=0.3)
        if axes.lines:
            axes.legend()
    return figure
