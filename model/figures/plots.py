"""How figures look, and how they are saved."""

import io
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from varigate.model.archive import write_bytes
from varigate.model.data.images import wall

__all__ = ["COLOURS", "MARKERS", "PALETTE", "class_style", "save_figure", "wall_figure"]

COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#000000")  # Okabe and Ito's
PALETTE = (*COLOURS, "#882255", "#117733")
MARKERS = "osD^vP*X"


def class_style(cls: int) -> dict:
    """Colour and marker of the samples of a class."""
    return {"color": COLOURS[cls % len(COLOURS)], "marker": MARKERS[cls % len(MARKERS)]}


def save_figure(figure: Figure, path) -> Path:
    """`figure` as a PNG file that is whole or not there; the same figure makes the same bytes."""
    buffer = io.BytesIO()
    FigureCanvasAgg(figure).print_png(buffer, metadata={"Software": None})
    write_bytes(path, buffer.getvalue())
    return Path(path)


def wall_figure(pictures, rows: int, columns: int, shape, title: str, width: float = 8.0) -> Figure:
    """pictures (rows·columns, pixels) of so many rows and columns of pixels, `shape`, as one figure."""
    canvas = wall(pictures, rows, columns, shape)
    figure = Figure(figsize=(width, width * canvas.shape[0] / canvas.shape[1] + 0.5), layout="constrained")
    axes = figure.subplots()
    axes.imshow(canvas, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    axes.set_axis_off()
    axes.set_title(title, fontsize=10)
    return figure
