"""The common look of figures, and saving them."""

import io
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from varigate.model.data.images import wall
from varigate.model.files import write_bytes

__all__ = ["COLOURS", "MARKERS", "PALETTE", "class_style", "save_figure", "wall_figure"]

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#000000")  # Okabe and Ito's
PALETTE = (*COLOURS, "#882255", "#117733")
MARKERS = "osD^vP*X"


def class_style(cls: int) -> dict:
    """The colour and marker of the samples of a class, as arguments of matplotlib.

    Examples
    --------
    >>> class_style(0)
    {'color': '#0072B2', 'marker': 'o'}
    """
    return {"color": COLOURS[cls % len(COLOURS)], "marker": MARKERS[cls % len(MARKERS)]}


def save_figure(figure: Figure, path) -> Path:
    """Save `figure` as a PNG file, whole or not at all; the same figure makes the same bytes. Returns the path.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_figure(Figure(), f"{folder}/empty.png").name
    'empty.png'
    """
    buffer = io.BytesIO()
    FigureCanvasAgg(figure).print_png(buffer, metadata={"Software": None})
    write_bytes(path, buffer.getvalue())
    return Path(path)


def wall_figure(pictures, rows: int, columns: int, shape, title: str, width: float = 8.0) -> Figure:
    """Draw pictures (rows·columns, pixels) side by side as one figure; `shape` is a picture's rows and columns.

    Examples
    --------
    >>> import numpy as np
    >>> wall_figure(np.zeros((6, 64)), 2, 3, (8, 8), "black").axes[0].get_title()
    'black'
    """
    canvas = wall(pictures, rows, columns, shape)
    figure = Figure(figsize=(width, width * canvas.shape[0] / canvas.shape[1] + 0.5), layout="constrained")
    axes = figure.subplots()
    axes.imshow(canvas, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    axes.set_axis_off()
    axes.set_title(title, fontsize=10)
    return figure
