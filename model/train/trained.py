"""The results of `train`: NAME.npz (the integers), NAME.float.npz (the float parameters), NAME.json (the card)."""

from dataclasses import dataclass

import numpy as np

from varigate.model.data.images import Images
from varigate.model.data.tables import LabelledTable
from varigate.model.errors import UserError
from varigate.model.files import check_writable, read_together, write_together
from varigate.model.network import network_file
from varigate.model.network.names import check_name
from varigate.model.network.network import Network
from varigate.model.network.soundness import check_widths
from varigate.model.paths import to_json
from varigate.model.quantise import float_network
from varigate.model.quantise.float_network import FloatNetwork
from varigate.model.train.cards import beside, dataset_of, images_of, read_card, settings_of
from varigate.model.train.evaluate import DRAWS, compare, cross_validate
from varigate.model.train.fitting import fit, fit_images, integers
from varigate.model.train.recipes import TrainingSettings
from varigate.model.train.verdict import verdict

__all__ = ["REMEDY", "Trained", "again", "check_place", "load", "make", "measure", "save"]

IMAGE_DRAWS = 1  # samples of z for each image, for the ELBO
REMEDY = "; give one by --name"


@dataclass(frozen=True, eq=False)
class Trained:
    """A trained network in integers and in floats, with its card.

    Examples
    --------
    >>> found = load("iris")
    >>> found.network.name, found.card["network"]
    ('iris', 'iris')
    """

    network: Network
    real: FloatNetwork
    card: dict


def _card(network: Network, source: dict, settings: TrainingSettings, seed: int, samples: int) -> dict:
    return {"network": network.name, "digest": network_file.digest(network).hex(), "source": source,
            "settings": settings.as_dict(), "seed": seed, "samples": samples}


def measure(network: Network, real: FloatNetwork, data: LabelledTable | Images) -> dict:
    """Compare integers with floats on `data`: with one sample of z for each image, or several for each row of a table.

    Examples
    --------
    >>> from varigate.model.data.tables import iris
    >>> found = load("iris")
    >>> sorted(measure(found.network, found.real, iris()))
    ['accuracy_float', 'accuracy_integer', 'class_agreement', 'neg_elbo_float', 'neg_elbo_integer']
    """
    return compare(network, real, data.codes, data.labels, IMAGE_DRAWS if isinstance(data, Images) else DRAWS)


def make(data: LabelledTable | Images, settings: TrainingSettings | None = None, *, test: Images | None = None,
         seed: int = 0, name: str | None = None, source: dict | None = None, cross_validation: bool = True,
         progress: bool = False, **running) -> Trained:
    """Train on the whole of `data`, quantise, and measure. The card of a poor network has a `verdict`, what is wrong.

    Parameters
    ----------
    test : Images
        for images, what the network is measured on; the card has the curves of the training run, too.
    cross_validation : bool
        also measure how well the recipe for a table does on samples that it has not seen.
    running : checkpoint and resume of `model.train.fitting.train_images`, for images

    Examples
    --------
    >>> from varigate.model.data.tables import iris
    >>> made = make(iris(), TrainingSettings(epochs=5), cross_validation=False)
    >>> made.network.name, made.card["samples"]
    ('iris', 150)
    """
    settings, name = settings or TrainingSettings(), name or data.name
    check_name(name, REMEDY)
    check_widths(data.codes.shape[1], data.codes.shape[1], settings.latent, data.classes)
    running |= {"progress": progress, "text": f"training {name}"}
    if test is None:
        real, = fit(data, settings, [np.arange(len(data.codes))], [seed], **running)
        before, after = cross_validate(data, settings, progress=progress) if cross_validation else {}, {}
    else:
        real, curves = fit_images(data, test, settings, seed, **running)
        before = {"test_samples": len(test.codes)}
        after = {"curves": {key: [round(value, 4) for value in values] for key, values in curves.items()}}
    network = integers(real, data, test=test, bits=settings.bits, name=name)
    figures = before | measure(network, real, data if test is None else test) | after
    card = _card(network, source or {"name": data.name}, settings, seed, len(data.codes))
    found = verdict(network, real, data if test is None else test, settings, figures)
    return Trained(network, real, card | figures | ({"verdict": found} if found else {}))


def save(trained: Trained, path):
    """Save all three files: they change together, or none of them does.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(load("iris"), f"{folder}/copy.npz")
    ...     load(f"{folder}/copy.npz").network.name
    'iris'
    """
    real, card = beside(path)
    write_together({path: network_file.pack(trained.network, path), real: float_network.pack(trained.real, real),
                    card: to_json(trained.card, indent=2) + b"\n"})


def check_place(path):
    """Refuse a network file `path` that could not be saved, or not with the two beside it, before it is trained.

    Examples
    --------
    >>> check_place("build/model/mine.npz")
    """
    for each in (path, *beside(path)):
        check_writable(each)


def _load_with_card(path) -> tuple[Network, dict]:
    network, card = read_together((path, beside(path)[1]), lambda: (network_file.load(path), read_card(path)))
    if card["digest"] != network_file.digest(network).hex():
        raise UserError(f"{path} and the card beside it do not belong together; train the network again")
    return network, card


def load(name_or_path) -> Trained:
    """Load a shipped network or FILE.npz with the two files beside it; a UserError where they do not belong together.

    Examples
    --------
    >>> load("iris").network.name
    'iris'
    """
    path = network_file.find(name_or_path)
    real = beside(path)[0]
    (network, card), floats = read_together((path, *beside(path)),
                                            lambda: (_load_with_card(path), float_network.load(real)))
    return Trained(network, floats, card)


def again(name_or_path, progress: bool = False) -> Trained:
    """Train a shipped network or FILE.npz anew, with the data, settings and seed that its card records.

    Examples
    --------
    `again("iris").network` takes some minutes.

    >>> again("none.npz")
    Traceback (most recent call last):
    ...
    varigate.model.errors.UserError: there is no file none.npz
    """
    network, card = _load_with_card(network_file.find(name_or_path))
    chosen = {"seed": card.get("seed", 0), "name": network.name, "progress": progress}
    if (images := images_of(card)) is not None:
        return make(images[0], settings_of(card), test=images[1], **chosen)
    dataset = dataset_of(card, "put them back where they were")
    return make(dataset, settings_of(card), source=card["source"], **chosen)
