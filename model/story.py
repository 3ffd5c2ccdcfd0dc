"""The story from principal components to the variational autoencoder, told in figures on one data set."""

import io
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg

from model import story_deep, story_linear, story_vae
from model.archive import write_bytes
from model.datasets import Dataset
from model.images import Images
from model.story_data import material

__all__ = ["FIGURES", "save", "write"]

FIGURES = {
    "1-components": story_linear.components,
    "2-linear": story_linear.linear,
    "3-depth": story_deep.depth,
    "4-failure": story_deep.failure,
    "5-reparameterisation": story_vae.reparameterisation,
    "6-divergence": story_vae.divergence,
    "7-generation": story_vae.generation,
}


def save(figure, path) -> Path:
    """`figure` as a PNG file that is whole or not there; the same figure makes the same bytes."""
    buffer = io.BytesIO()
    FigureCanvasAgg(figure).print_png(buffer, metadata={"Software": None})
    write_bytes(path, buffer.getvalue())
    return Path(path)


def write(dataset: Dataset | Images, folder) -> list[Path]:
    """All figures as story-DATASET-FIGURE.png in `folder`; their paths."""
    data = material(dataset)
    return [save(draw(data)[0], Path(folder) / f"story-{data.name}-{name}.png") for name, draw in FIGURES.items()]
