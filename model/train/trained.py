"""What `train` leaves: NAME.npz (the integers), NAME.float.npz (what they were made of), NAME.json (the card).
"""

import json
from dataclasses import dataclass

import numpy as np

from varigate.model.archive import write_bytes
from varigate.model.data.images import Images
from varigate.model.data.tables import Dataset
from varigate.model.errors import UserError
from varigate.model.network import network_file
from varigate.model.network.names import check_name
from varigate.model.network.network import Network
from varigate.model.network.soundness import check_widths
from varigate.model.quantise import float_network
from varigate.model.quantise.float_network import FloatNetwork
from varigate.model.train.cards import beside, dataset_of, images_of, read_card, settings_of
from varigate.model.train.evaluate import compare, cross_validate
from varigate.model.train.fitting import fit, integers
from varigate.model.train.image_fitting import fit_images, image_integers
from varigate.model.train.trainer import Settings

__all__ = ["Trained", "again", "compare_images", "load", "make", "make_of_images", "save"]

IMAGE_DRAWS = 1  # samples of z for each image, for the ELBO
REMEDY = "; give one by --name"


@dataclass(frozen=True, eq=False)
class Trained:
    """A network in integers and in floats, with its card."""

    network: Network
    real: FloatNetwork
    card: dict


def _card(network: Network, source: dict, settings: Settings, seed: int, samples: int) -> dict:
    return {"network": network.name, "digest": network_file.digest(network).hex(), "source": source,
            "settings": settings.as_dict(), "seed": seed, "samples": samples}


def make(dataset: Dataset, settings: Settings | None = None, *, seed: int = 0, name: str | None = None,
         source: dict | None = None, cross_validation: bool = True, progress: bool = False) -> Trained:
    """Train on the whole of `dataset`, quantise, and measure; with `cross_validation` also how well the recipe does on
    samples that it has not seen."""
    settings, name = settings or Settings(), name or dataset.name
    check_name(name, REMEDY)
    check_widths(dataset.x.shape[1], dataset.x.shape[1], settings.latent, dataset.classes)
    real, = fit(dataset, settings, [np.arange(len(dataset.x))], [seed], progress=progress, text=f"training {name}")
    network = integers(real, dataset, bits=settings.bits, name=name)
    figures = cross_validate(dataset, settings, progress=progress) if cross_validation else {}
    figures |= compare(network, real, dataset.codes, dataset.labels)
    card = _card(network, source or {"name": dataset.name}, settings, seed, len(dataset.x))
    return Trained(network, real, card | figures)


def compare_images(network: Network, real: FloatNetwork, test: Images) -> dict:
    """Integer against float on images that neither has seen, with one sample of z for each."""
    return compare(network, real, test.codes, test.labels, IMAGE_DRAWS)


def make_of_images(images: Images, test: Images, settings: Settings, *, seed: int = 0, name: str | None = None,
                   **running) -> Trained:
    """Train on `images`, quantise, and measure on `test`; further arguments as of `train_images`.

    The card has the curves of the training run, too.
    """
    name = name or images.name
    check_name(name, REMEDY)
    if settings.output != "sigmoid":
        raise UserError("images are trained with --output sigmoid: their pixels are Bernoulli variables")
    check_widths(images.codes.shape[1], images.codes.shape[1], settings.latent, images.classes)
    real, curves = fit_images(images, test, settings, seed, text=f"training {name}", **running)
    network = image_integers(real, images, test, settings, name)
    curves = {key: [round(value, 4) for value in values] for key, values in curves.items() if None not in values}
    card = _card(network, {"name": images.name}, settings, seed, len(images.codes)) | {"test_samples": len(test.codes)}
    return Trained(network, real, card | compare_images(network, real, test) | {"curves": curves})


def save(trained: Trained, path):
    """All three files; the network last, so that it never stands there without the other two."""
    real, card = beside(path)
    write_bytes(card, (json.dumps(trained.card, indent=2, ensure_ascii=False) + "\n").encode())
    float_network.save(trained.real, real)
    network_file.save(trained.network, path)


def _load_with_card(path) -> tuple[Network, dict]:
    network, card = network_file.load(path), read_card(path)
    if card["digest"] != network_file.digest(network).hex():
        raise UserError(f"{path} and the card beside it do not belong together; train the network again")
    return network, card


def load(name_or_path) -> Trained:
    """A shipped network or FILE.npz with the two files beside it."""
    path = network_file.find(name_or_path)
    network, card = _load_with_card(path)
    return Trained(network, float_network.load(beside(path)[0]), card)


def again(name_or_path, progress: bool = False) -> Trained:
    """A shipped network or FILE.npz, trained anew by what its card says: the same data, settings and seed."""
    network, card = _load_with_card(network_file.find(name_or_path))
    chosen = {"seed": card.get("seed", 0), "name": network.name, "progress": progress}
    if (images := images_of(card)) is not None:
        return make_of_images(*images, settings_of(card), **chosen)
    dataset = dataset_of(card, "put them back where they were")
    return make(dataset, settings_of(card), source=card["source"], **chosen)
