"""All figures of a trained network: its latent space, its reconstructions, and what quantisation costs."""

from pathlib import Path

from varigate.model.data.images import Images
from varigate.model.data.tables import LabelledTable
from varigate.model.figures import latent_plots, quality_plots
from varigate.model.figures.plots import save_figure
from varigate.model.train.trained import Trained

__all__ = ["OF_IMAGES", "OF_TABLES", "write"]

OF_TABLES = {"latent": latent_plots.latent_space, "reconstructions": quality_plots.reconstructed_features,
             "error": quality_plots.quantisation_error}
OF_IMAGES = {"curves": quality_plots.curves, "reconstructions": quality_plots.reconstructed_images,
             "samples": latent_plots.samples, "latent": latent_plots.latent_plane,
             "interpolation": latent_plots.interpolation, "error": quality_plots.quantisation_error}


def write(trained: Trained, data: LabelledTable | Images, folder) -> list[Path]:
    """The figures of the network on a table, or on the images that test it, as NETWORK.latent.png and so on, by the
    network's name, in `folder`; their paths."""
    figures = OF_IMAGES if isinstance(data, Images) else OF_TABLES
    return [save_figure(draw(trained, data), Path(folder) / f"{trained.network.name}.{name}.png")
            for name, draw in figures.items()]
