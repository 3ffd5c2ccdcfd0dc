"""The card of a network, NAME.json: its digest, the data and settings that it was trained with, and its figures.

Its `source` is {"name": …} for a data set of the program, or {"csv": path, "label": column, "sha256": …}, with
"header": false for a table without a header row; the path is written as `model.paths.to_text` says, so that names that
are not UTF-8 are found again.
"""

import re
from dataclasses import fields
from pathlib import Path

from varigate.model.data import csv_reader, images, tables
from varigate.model.data.images import Images
from varigate.model.data.tables import LabelledTable
from varigate.model.errors import UserError
from varigate.model.network.names import check_name
from varigate.model.paths import from_text, shell_word, to_text
from varigate.model.train import card_file
from varigate.model.train.recipes import RECIPES, Recipe, TrainingSettings

__all__ = ["beside", "bits_hint", "csv_dataset", "dataset_of", "images_of", "read_card", "settings_of", "train_command"]


def csv_dataset(path, label: str, header: bool = True) -> tuple[LabelledTable, dict]:
    """Read the table `path` as a data set; returns it with the source that a card records for it.

    Without a header row, columns are named by their positions: "1", "2", …

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "points.csv"
    ...     _ = path.write_text("x,y,kind\\n1,2,a\\n3,4,b\\n")
    ...     dataset, source = csv_dataset(path, "kind")
    >>> dataset.name, sorted(source)
    ('points', ['csv', 'label', 'sha256'])
    """
    table = csv_reader.read(path, header)
    source = {"csv": to_text(Path(path).resolve()), "label": label, "sha256": table.sha256}
    return tables.labelled(table, label), source | ({} if header else {"header": False})


def images_of(card: dict, folder=None) -> tuple[Images, Images] | None:
    """Load the images that the network of `card` was trained and tested on, from `folder`; None if it has a table.

    Examples
    --------
    >>> training, test = images_of({"source": {"name": "digits"}})
    >>> training.name
    'digits'
    """
    name = card["source"].get("name")
    return images.load(name, folder) if name in images.IMAGES else None


def dataset_of(card: dict, remedy: str = "give them by --csv FILE --label COLUMN") -> LabelledTable:
    """Load the table that the network of `card` was trained on; a `UserError` with `remedy` if it is gone or changed.

    Examples
    --------
    >>> dataset_of({"source": {"name": "iris"}}).name
    'iris'
    """
    source = card["source"]
    if "csv" not in source:
        return tables.load(source["name"])
    path = from_text(source["csv"])
    if not path.is_file():
        raise UserError(f"the network's data are gone from {path}: {remedy}")
    dataset, now = csv_dataset(path, source["label"], source.get("header", True))
    if now["sha256"] != source["sha256"]:
        raise UserError(f"{path} has changed since training; the network needs the data of then: {remedy}, "
                        "or train again")
    return dataset


def settings_of(card: dict) -> TrainingSettings:
    """Read the settings that the network of `card` was trained with; a UserError for damaged ones.

    Examples
    --------
    >>> settings_of({"settings": TrainingSettings(latent=3).as_dict()}).latent
    3
    """
    try:
        return TrainingSettings(**card["settings"] | {"hidden": tuple(card["settings"]["hidden"])})
    except (TypeError, KeyError) as error:
        raise UserError(f"the settings on the card are damaged ({error}); train the network again") from error


def beside(path) -> tuple[Path, Path]:
    """The paths of the float parameters and of the card that belong to the network file `path`.

    Examples
    --------
    >>> [path.name for path in beside("iris.npz")]
    ['iris.float.npz', 'iris.json']
    """
    path = Path(path)
    return path.with_name(f"{path.stem}.float.npz"), path.with_name(f"{path.stem}.json")


def read_card(path) -> dict:
    """Read the card beside the network file `path`; a `UserError` where it is missing or damaged.

    Examples
    --------
    >>> from varigate.model.network import network_file
    >>> read_card(network_file.find("iris"))["source"]
    {'name': 'iris'}
    """
    card = beside(path)[1]
    try:
        content = card_file.read(card)
    except FileNotFoundError as error:
        raise UserError(f"{path} has no card ({card.name}) beside it, so its origin is unknown; networks that varigate "
                        "train makes have one") from error
    card_file.check(content, card, card_file.NEEDED)
    return content


def _changes(settings: TrainingSettings, recipe: TrainingSettings) -> list[str]:
    """The options of `train` that make `settings` of a recipe's; --bits is not among them."""
    words = []
    for name in (field.name for field in fields(TrainingSettings) if field.name != "bits"):
        value = getattr(settings, name)
        if value != getattr(recipe, name):
            values = value if name == "hidden" else (value,)
            words += [f"--{name.replace('_', '-')}", *map(str, values)]
    return words


def train_command(card: dict, *, bits: int, name: str, out) -> str:
    """The command that trains a network as `card` says, but for the bits of its weights; quoted for a shell.

    Examples
    --------
    >>> card = {"source": {"name": "iris"}, "settings": TrainingSettings(latent=3).as_dict()}
    >>> train_command(card, bits=4, name="iris-w4", out="my nets")
    "varigate train iris --latent 3 --bits 4 --name iris-w4 --out 'my nets'"
    """
    source, settings = card["source"], settings_of(card)
    if "csv" in source:
        words = ["--csv", from_text(source["csv"]), "--label", source["label"], *_changes(settings, TrainingSettings())]
        words += [] if source.get("header", True) else ["--no-header"]
    else:
        recipes = {key: recipe for key, recipe in RECIPES.items() if recipe.data == source["name"]}
        recipes = recipes or {source["name"]: Recipe(source["name"], TrainingSettings())}
        changes = {key: _changes(settings, recipe.settings) for key, recipe in recipes.items()}
        key = min(changes, key=lambda each: len(changes[each]))
        words = [key, *changes[key]]
    if card.get("seed"):
        words += ["--seed", str(card["seed"])]
    return " ".join(map(shell_word, ["varigate", "train", *words, "--bits", str(bits), "--name", name, "--out", out]))


def bits_hint(path, bits: int) -> str:
    """What to do about a network file that has weights of other than `bits` bits: how to train one that has them.

    Examples
    --------
    >>> from varigate.model.network import network_file
    >>> bits_hint(network_file.find("iris"), 6).split(" --out ")[0]
    'varigate train iris --bits 6 --name iris-w6'
    """
    path = Path(path)
    name = f"{re.sub(r'-w[0-9]$', '', path.stem)}-w{bits}"
    try:
        check_name(name)
        command = train_command(read_card(path), bits=bits, name=name, out=path.parent)
    except UserError as error:
        return f"leave the choice of bits out, since no command trains one ({error})"
    return f"{command} makes it"
