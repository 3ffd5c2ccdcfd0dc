"""Figures of the VAE library: maps over the parameters, and the course of training."""

import numpy as np
from matplotlib.figure import Figure

from varigate.model.vae.dataset import Dataset
from varigate.model.vae.model import VAEmodel
from varigate.model.vae.representation import check_pair, compute_repr2d

__all__ = ["draw_map", "plot_repr2d", "plot_training"]


def draw_map(axes, theta_rows, theta_columns, values, title: str, *, scale: bool = True, **options):
    """Draw one map in colours, each grid point in the middle of its cell.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    theta_rows, theta_columns : arrays (rows,), (columns,)
        positions of the grid points.
    values : array (rows, columns)
    title : str
    scale : bool
        draw a colour scale beside the map.
    options
        of `pcolormesh`, such as `vmin` or `cmap`.

    Examples
    --------
    >>> axes = Figure().subplots()
    >>> draw_map(axes, [0, 1], [0, 1, 2], np.zeros((2, 3)), "flat")
    >>> axes.get_title()
    'flat'
    """
    mesh = axes.pcolormesh(theta_columns, theta_rows, values, shading="nearest", rasterized=True, **options)
    axes.set_title(title, fontsize=10)
    if scale:
        axes.figure.colorbar(mesh, ax=axes)


def plot_repr2d(model: VAEmodel, dataset: Dataset, latvar=None, theta_pair=(1, 0), subplot=True):
    """Draw maps of the latents over two parameters.

    Parameters
    ----------
    model : VAEmodel
    dataset : Dataset
        with at least two parameters.
    latvar : None, int, or array (latent, rows, columns)
        None draws mean |μ| of all latents, a number that of one latent, an array the given maps, as `compute_repr2d`
        returns them; with more than two parameters they have to be given.
    theta_pair : pair of int
        the axes of the grid that become rows and columns.
    subplot : bool
        True: panels of one figure. False: a figure for each map.

    Returns
    -------
    matplotlib.figure.Figure
        or a list of them where `subplot` is False.

    Raises
    ------
    ValueError
        for a number that no latent has, maps of another shape, and as in `compute_repr2d`.

    Examples
    --------
    >>> import numpy as np
    >>> from varigate import Dataset, DenseDecoder, DenseEncoder, VAEmodel, plot_repr2d
    >>> rng = np.random.default_rng(0)
    >>> data = Dataset(rng.integers(0, 2, (3, 4, 10, 6)), thetas=[[0, 1, 2], [0, 1, 2, 3]])
    >>> model = VAEmodel(DenseEncoder(data.sites), DenseDecoder(data.sites)).initialise(rng)
    >>> figure = plot_repr2d(model, data)  # figure.savefig("latents.png") writes it
    >>> [axes.get_title() for axes in figure.axes[:2]]
    ['latent 0: mean |μ|', 'latent 1: mean |μ|']
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
    """Draw the losses of the last `num_epochs` epochs: the total, its terms, and that of the held-out samples.

    Parameters
    ----------
    history : dict of lists
        as `VAETrainer.train` returns it: nats a sample, one number an epoch.
    num_epochs : int
        from 1 to the number of epochs in `history`.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ValueError
        for more epochs than have been trained.

    Examples
    --------
    >>> from varigate import plot_training
    >>> figure = plot_training({"loss": [4.0, 3.1], "reconstruction": [3.9, 2.8], "kl": [0.1, 0.3]}, num_epochs=2)
    >>> [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    ['loss', 'reconstruction']
    """
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
