"""The file of a network's card, NAME.json, read with suspicion: people edit it."""

import math
import re
import reprlib
from collections.abc import Callable
from dataclasses import dataclass, fields

from varigate.model import json_text
from varigate.model.errors import UserError
from varigate.model.files import present
from varigate.model.nn.activations import quantisable
from varigate.model.nn.losses import OUTPUTS
from varigate.model.train.recipes import TrainingSettings

__all__ = ["NEEDED", "check", "read"]

LIMIT = 16 << 20  # bytes
REMEDY = "put the card back as it was, or train the network again"
NEEDED = ("digest", "settings", "source")  # of a network whose data and settings are asked for
FIGURE = re.compile(r"(cv_)?(accuracy|class_agreement|neg_elbo)(_\w+)?")
LARGEST = 10**9


@dataclass(frozen=True)
class Rule:
    """What a value has to be: `holds(value)`, and in words."""

    words: str
    holds: Callable


def _number(value) -> bool:
    return type(value) in (int, float) and math.isfinite(value)


def _whole(least: int) -> Rule:
    return Rule(f"a whole number of at least {least}", lambda value: type(value) is int and least <= value < LARGEST)


def _one_of(*choices) -> Rule:
    return Rule(f"one of {', '.join(map(str, choices))}",
                lambda value: (type(value), value) in [(type(each), each) for each in choices])


def _list_of(rule: Rule, least: int = 0) -> Rule:
    return Rule(f"a list, each {rule.words}",
                lambda value: isinstance(value, list) and len(value) >= least and all(map(rule.holds, value)))


TEXT = Rule("a text", lambda value: isinstance(value, str) and value != "")
NUMBER = Rule("a number", _number)
WEIGHT = Rule("a number of at least 0", lambda value: _number(value) and 0 <= value < LARGEST)
OBJECT = Rule("an object, {…}", lambda value: isinstance(value, dict))
CARD = {"digest": TEXT, "source": OBJECT, "settings": OBJECT, "network": TEXT, "seed": _whole(0), "samples": _whole(1),
        "test_samples": _whole(1), "curves": OBJECT}
CSV, NAME = {"csv": TEXT, "label": TEXT, "sha256": TEXT}, {"name": TEXT}
SETTINGS = {
    "hidden": _list_of(_whole(1)), "latent": _whole(1), "activation": _one_of(*quantisable()),
    "output": _one_of(*OUTPUTS), "epochs": _whole(1), "batch": _whole(1),
    "rate": Rule("a number above 0", lambda value: _number(value) and 0 < value < LARGEST), "decay": WEIGHT,
    "beta": WEIGHT, "class_weight": WEIGHT, "bits": _one_of(8, 6, 4)}
LATER = {"bits"}  # the first cards do not have it
CURVE = _list_of(NUMBER, 1)


def _check(values: dict, rules: dict, needed, prefix: str = ""):
    """Check the entries of `values` that have a rule; a `ValueError` names the first that is missing or breaks it."""
    for name, rule in rules.items():
        if name in values and not rule.holds(values[name]):
            raise ValueError(f"{prefix}{name} is {reprlib.repr(values[name])}; {rule.words} is needed")
        if name in needed and name not in values:
            raise ValueError(f"{prefix}{name} is missing")


def _check_card(card, needed):
    if not isinstance(card, dict):
        raise ValueError(f"it holds {reprlib.repr(card)}; {OBJECT.words} is needed")
    _check(card, CARD | {name: NUMBER for name in card if FIGURE.fullmatch(name)}, needed)
    if "source" in card:
        rules = CSV if "csv" in card["source"] else NAME
        _check(card["source"], rules, rules, "source.")
    settings = card.get("settings")
    if settings is not None:
        unknown = settings.keys() - {field.name for field in fields(TrainingSettings)}
        if unknown:
            raise ValueError(f"settings.{min(unknown)} is unknown")
        _check(settings, SETTINGS, SETTINGS.keys() - LATER, "settings.")
    curves = card.get("curves", {})
    _check(curves, dict.fromkeys(curves, CURVE), (), "curves.")
    if len(set(map(len, curves.values()))) > 1:
        raise ValueError("its curves differ in length")


def check(card, path, needed=()):
    """Check the types and ranges of a card's entries, of which the `needed` ones must be there.

    Parameters
    ----------
    card : what `read` returned
    path : its file, for the message
    needed : names of entries

    Raises
    ------
    UserError
        that names the file and the entry.

    Examples
    --------
    >>> check({"source": {"name": "iris"}, "seed": 3}, "iris.json")
    >>> check({"source": {"csv": 5}}, "iris.json")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    varigate.model.errors.UserError: iris.json is damaged: source.csv is 5; a text is needed; put the card back ...
    """
    try:
        _check_card(card, needed)
    except ValueError as error:
        raise UserError(f"{path} is damaged: {error}; {REMEDY}") from error


def read(path):
    """Read the JSON in the file `path`; `check` tells whether it is a card.

    Raises
    ------
    FileNotFoundError
    UserError
        when it cannot be read, or is no JSON.

    Examples
    --------
    >>> from varigate.model.network import network_file
    >>> read(network_file.find("iris").with_suffix(".json"))["network"]
    'iris'
    """
    try:
        with present(path).open("rb") as file:
            content = file.read(LIMIT + 1)
        if len(content) > LIMIT:
            raise ValueError(f"it has more than {LIMIT >> 20} MiB")
        return json_text.parse(content)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}") from error
    except ValueError as error:
        raise UserError(f"{path} is damaged: {error}; {REMEDY}") from error
