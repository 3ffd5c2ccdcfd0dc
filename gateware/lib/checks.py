"""Checks of components' parameters: each refuses a wrong value with a sentence that quotes it.

They are called in `__init__`, where the cause is known, and not at elaboration.
"""

from numbers import Integral, Real

__all__ = ["check_choice", "check_integer", "check_positive"]


def check_integer(name: str, value, least: int = 1, greatest: int | None = None):
    """Refuse a `value` that is not an integer of at least `least` and at most `greatest` (None: no limit).

    Raises
    ------
    TypeError
        if it is not an integer.
    ValueError
        if it is out of range.

    Examples
    --------
    >>> check_integer("number of clients", 2)
    >>> check_integer("number of clients", 0)
    Traceback (most recent call last):
    ValueError: The number of clients must be an integer of at least 1, not 0
    """
    wanted = f"an integer of at least {least}" if greatest is None else f"an integer from {least} to {greatest}"
    if not isinstance(value, Integral):
        raise TypeError(f"The {name} must be {wanted}, not {value!r}")
    if value < least or (greatest is not None and value > greatest):
        raise ValueError(f"The {name} must be {wanted}, not {value!r}")


def check_positive(name: str, value):
    """Refuse a `value` that is not a positive number.

    Raises
    ------
    TypeError
        if it is not a real number.
    ValueError
        if it is zero, negative or not finite.

    Examples
    --------
    >>> check_positive("clock frequency", 100e6)
    >>> check_positive("clock frequency", -1.0)
    Traceback (most recent call last):
    ValueError: The clock frequency must be a positive number, not -1.0
    """
    if not isinstance(value, Real):
        raise TypeError(f"The {name} must be a positive number, not {value!r}")
    if not 0 < value < float("inf"):
        raise ValueError(f"The {name} must be a positive number, not {value!r}")


def check_choice(name: str, value, choices):
    """Refuse a `value` that is not among `choices`.

    Raises
    ------
    ValueError

    Examples
    --------
    >>> check_choice("memory storage", "block", ["block", "lut"])
    >>> check_choice("memory storage", "flash", ["block", "lut"])
    Traceback (most recent call last):
    ValueError: The memory storage must be 'block' or 'lut', not 'flash'
    """
    if value not in choices:
        raise ValueError(f"The {name} must be {' or '.join(map(repr, choices))}, not {value!r}")
