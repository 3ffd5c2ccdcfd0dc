"""Names: of networks, which are the names of files, too (letters, digits, `-` and `_`); and of layers, `PART.INDEX`."""

import re

from varigate.model.errors import UserError

__all__ = ["check_name", "name_of", "take_numbered"]

LONGEST = 32
OTHERS = re.compile(r"[^A-Za-z0-9_-]+")


def check_name(name, remedy: str = ""):
    """A `UserError`, which ends in `remedy`, unless `name` is one."""
    if not isinstance(name, str) or not 1 <= len(name) <= LONGEST or OTHERS.search(name):
        raise UserError(f"a network's name has 1 to {LONGEST} letters, digits, - or _, not {name!r}{remedy}")


def name_of(text: str) -> str:
    """The name that `text` comes to; empty when nothing of it is left."""
    return OTHERS.sub("-", text).strip("-")[:LONGEST]


def take_numbered(layers: dict, part: str) -> tuple:
    """Takes the entries `PART.0`, `PART.1`, … out of `layers`, and returns their values in this order.

    Raises
    ------
    KeyError
        where one is missing between others.
    """
    return tuple(layers.pop(f"{part}.{index}") for index in range(sum(name.startswith(f"{part}.") for name in layers)))
