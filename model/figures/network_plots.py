"""All figures of a trained network: its latent space, its reconstructions, and what quantisation costs."""

from pathlib import Path

from varigate.model.data.images import Images
from varigate.model.data.tables import LabelledTable
from varigate.model.figures import latent_plots, quality_plots
from varigate.model.figures.plots import save_figure
from varigate.model.files import check_writable
from varigate.model.train.trained import Trained

__all__ = ["OF_IMAGES", "OF_TABLES", "write"]

OF_TABLES = {"latent": latent_plots.latent_space, "reconstructions": quality_plots.reconstructed_features,
             "error": quality_plots.quantisation_error}
OF_IMAGES = {"curves": quality_plots.curves, "reconstructions": quality_plots.reconstructed_images,
             "samples": latent_plots.samples, "latent": latent_plots.latent_plane,
             "interpolation": latent_plots.interpolation, "error": quality_plots.quantisation_error}


def write(trained: Trained, data: LabelledTable | Images, folder) -> list[Path]:
    """Write all figures of a network, NETWORK.latent.png and so on, into `folder`; returns their paths.

    data: the table that it was trained on, or the images that test it.

    Examples
    --------
    `write(trained.load("iris"), tables.iris(), "figures")` writes iris.latent.png, iris.reconstructions.png and
    iris.error.png in some seconds.

    >>> list(OF_TABLES)
    ['latent', 'reconstructions', 'error']
    """
    figures = OF_IMAGES if isinstance(data, Images) else OF_TABLES
    paths = {name: Path(folder) / f"{trained.network.name}.{name}.png" for name in figures}
    for path in paths.values():
        check_writable(path)
    return [save_figure(draw(trained, data), paths[name]) for name, draw in figures.items()]
