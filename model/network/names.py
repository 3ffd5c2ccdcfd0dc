"""Names: of networks, which are the names of files, too (letters, digits, `-` and `_`); and of layers, `PART.INDEX`."""

import re

from varigate.model.errors import UserError

__all__ = ["check_name", "name_of", "take_numbered"]

LONGEST = 32
OTHERS = re.compile(r"[^A-Za-z0-9_-]+")


def check_name(name, remedy: str = ""):
    """Check the name of a network: a `UserError`, which ends in `remedy`, for one that is not allowed.

    Examples
    --------
    >>> check_name("my net", "; try my-net")
    Traceback (most recent call last):
    ...
    varigate.model.errors.UserError: a network's name has 1 to 32 letters, digits, - or _, not 'my net'; try my-net
    """
    if not isinstance(name, str) or not 1 <= len(name) <= LONGEST or OTHERS.search(name):
        raise UserError(f"a network's name has 1 to {LONGEST} letters, digits, - or _, not {name!r}{remedy}")


def name_of(text: str) -> str:
    """Turn `text` into an allowed name; empty when no character of it is allowed.

    Examples
    --------
    >>> name_of("wine quality (red).csv")
    'wine-quality-red-csv'
    """
    return OTHERS.sub("-", text).strip("-")[:LONGEST]


def take_numbered(layers: dict, part: str) -> tuple:
    """Take the entries `PART.0`, `PART.1`, … out of `layers` and return their values in this order.

    Raises
    ------
    KeyError
        where one is missing between others.

    Examples
    --------
    >>> layers = {"encoder.1": "b", "mu": "m", "encoder.0": "a"}
    >>> take_numbered(layers, "encoder"), layers
    (('a', 'b'), {'mu': 'm'})
    """
    return tuple(layers.pop(f"{part}.{index}") for index in range(sum(name.startswith(f"{part}.") for name in layers)))
