"""What `train` leaves: NAME.npz (the integers), NAME.float.npz (what they were made of), NAME.json (the card).

The card says how the network came about (data, settings, seed) and how good it is, and names the network by its
digest. `source` is {"name": …} for a data set of the program, or {"csv": path, "label": column, "sha256": …}.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model import datasets, float_network, network_file
from model.archive import write_bytes
from model.datasets import Dataset
from model.errors import UserError
from model.evaluate import compare, cross_validate
from model.fitting import fit, integers
from model.float_network import FloatNetwork
from model.names import check_name
from model.network import Network
from model.soundness import check_widths
from model.trainer import Settings

__all__ = ["Trained", "again", "csv_dataset", "dataset_of", "load", "make", "read_card", "save", "settings_of"]


@dataclass(frozen=True, eq=False)
class Trained:
    """A network in integers and in floats, with its card."""

    network: Network
    real: FloatNetwork
    card: dict


def csv_dataset(path, label: str) -> tuple[Dataset, dict]:
    """The table `path` as a data set, and the source that a card records for it."""
    dataset = datasets.read_csv(path, label)
    digest = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    return dataset, {"csv": str(Path(path).resolve()), "label": label, "sha256": digest}


def dataset_of(card: dict, remedy: str = "give them by --csv FILE --label COLUMN") -> Dataset:
    """The data that the network of `card` was trained on; where they are gone or changed, a `UserError` with `remedy`.
    """
    source = card["source"]
    if "csv" not in source:
        return datasets.load(source["name"])
    if not Path(source["csv"]).is_file():
        raise UserError(f"the network's data are gone from {source['csv']}: {remedy}")
    dataset, now = csv_dataset(source["csv"], source["label"])
    if now["sha256"] != source["sha256"]:
        raise UserError(f"{source['csv']} has changed since training; the network's data are wanted: {remedy}, "
                        "or train again")
    return dataset


def settings_of(card: dict) -> Settings:
    """The settings that the network of `card` was trained with."""
    try:
        return Settings(**card["settings"] | {"hidden": tuple(card["settings"]["hidden"])})
    except (TypeError, KeyError) as error:
        raise UserError(f"the settings on the card are damaged ({error}); train the network again") from error


def make(dataset: Dataset, settings: Settings | None = None, *, seed: int = 0, name: str | None = None,
         source: dict | None = None, cross_validation: bool = True, progress: bool = False) -> Trained:
    """Train on the whole of `dataset`, quantise, and measure; with `cross_validation` also how well the recipe does on
    samples that it has not seen."""
    settings, name = settings or Settings(), name or dataset.name
    check_name(name, "; give one by --name")
    check_widths(dataset.x.shape[1], dataset.x.shape[1], settings.latent, dataset.classes)
    real, = fit(dataset, settings, [np.arange(len(dataset.x))], [seed], progress=progress, text=f"training {name}")
    network = integers(real, dataset, name=name)
    figures = cross_validate(dataset, settings, progress=progress) if cross_validation else {}
    figures |= compare(network, real, dataset.codes, dataset.labels)
    card = {"network": name, "digest": network_file.digest(network).hex(), "source": source or {"name": dataset.name},
            "settings": settings.as_dict(), "seed": seed, "samples": len(dataset.x)}
    return Trained(network, real, card | figures)


def _beside(path) -> tuple[Path, Path]:
    path = Path(path)
    return path.with_name(f"{path.stem}.float.npz"), path.with_name(f"{path.stem}.json")


def save(trained: Trained, path):
    """All three files; the network last, so that it never stands there without the other two."""
    real, card = _beside(path)
    write_bytes(card, (json.dumps(trained.card, indent=2, ensure_ascii=False) + "\n").encode())
    float_network.save(trained.real, real)
    network_file.save(trained.network, path)


def read_card(path) -> dict:
    """The card beside the network file `path`."""
    card = _beside(path)[1]
    try:
        content = json.loads(card.read_text("utf-8"))
        if missing := {"digest", "settings", "source"} - content.keys():
            raise ValueError(f"without {', '.join(sorted(missing))}")
    except FileNotFoundError as error:
        raise UserError(f"{path} has no card ({card.name}) beside it, so its origin is unknown; train it") from error
    except (OSError, ValueError, AttributeError) as error:
        raise UserError(f"{card} is damaged ({error!r}); train the network again") from error
    return content


def _load_with_card(path) -> tuple[Network, dict]:
    network, card = network_file.load(path), read_card(path)
    if card["digest"] != network_file.digest(network).hex():
        raise UserError(f"{path} and the card beside it do not belong together; train the network again")
    return network, card


def load(name_or_path) -> Trained:
    """A shipped network or FILE.npz with the two files beside it."""
    path = network_file.find(name_or_path)
    network, card = _load_with_card(path)
    return Trained(network, float_network.load(_beside(path)[0]), card)


def again(name_or_path, progress: bool = False) -> Trained:
    """A shipped network or FILE.npz, trained anew by what its card says: the same data, settings and seed."""
    network, card = _load_with_card(network_file.find(name_or_path))
    dataset = dataset_of(card, "put them back where they were")
    return make(dataset, settings_of(card), seed=card.get("seed", 0), name=network.name, source=card["source"],
                progress=progress)
