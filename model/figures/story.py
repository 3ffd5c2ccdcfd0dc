"""The story from principal components to the variational autoencoder, told in figures on one data set."""

from pathlib import Path

from varigate.model.data import images, tables
from varigate.model.figures import story_deep, story_generation, story_linear, story_vae
from varigate.model.figures.plots import save_figure
from varigate.model.figures.story_data import material
from varigate.model.files import check_writable
from varigate.model.progress import track

__all__ = ["FIGURES", "SOURCES", "write"]

FIGURES = {
    "1-components": story_linear.components,
    "2-linear": story_linear.linear,
    "3-depth": story_deep.depth,
    "4-failure": story_deep.failure,
    "5-reparameterisation": story_vae.reparameterisation,
    "6-divergence": story_vae.divergence,
    "7-generation": story_generation.generation,
}

SOURCES = {"iris": tables.iris, "digits": lambda: images.digits()[0]}  # that the story is told on: name → data set


def write(name: str, folder, *, progress: bool = False) -> dict[Path, dict]:
    """Write all figures of the story on the data set `name` of `SOURCES` as story-NAME-FIGURE.png into `folder`.

    Returns the numbers that each figure shows, by its path. It takes about a minute.
    """
    paths = {key: Path(folder) / f"story-{name}-{key}.png" for key in FIGURES}
    for path in paths.values():
        check_writable(path)
    data, written = material(SOURCES[name]()), {}
    with track(f"story of {name}", len(FIGURES), "figure", shown=progress) as work:
        for key, draw in FIGURES.items():
            work.rename(f"story of {name}, {key}")
            figure, numbers = draw(data)
            written[save_figure(figure, paths[key])] = numbers
            work.update()
    return written
