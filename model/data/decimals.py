"""Decimal numbers as people write them into tables: `-1.5e3`, or `-1,5e3` where a comma is the decimal mark."""

import re

__all__ = ["LARGEST", "MISSING", "decimal_mark", "is_grouped", "is_missing", "is_number", "looks_grouped", "number"]

LARGEST = 1e30  # in absolute value
MISSING = {"", "?", "-", "na", "n/a", "nan", "null", "none", "#n/a"}  # how tables write that a value is absent
_NUMBER = {comma: re.compile(rf"[+-]?(?:\d+(?:{mark}\d*)?|{mark}\d+)(?:e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
           for comma, mark in ((False, r"\."), (True, "[.,]"))}
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(?:[.,' \u00a0\u202f]\d{3})+(?:[.,]\d*)?", re.ASCII)
_ONE_GROUP = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)


def is_number(text: str, comma: bool = False) -> bool:
    """Whether `text` is a finite decimal number; with `comma`, one whose decimal mark is a point or a comma.

    Python reads more: `1_000`, digits of other scripts, `inf`. In a table these are mistakes.

    Examples
    --------
    >>> [is_number(text) for text in ("-1.5e3", ".5", "1,5", "1_000", "0x1F", "nan", "٣")]
    [True, True, False, False, False, False, False]
    >>> is_number("1,5", comma=True)
    True
    """
    return _NUMBER[comma].fullmatch(text) is not None


def number(text: str) -> float:
    """The value of what `is_number` accepts with a comma, too.

    Examples
    --------
    >>> number("1,5"), number("-2.5e-1")
    (1.5, -0.25)
    """
    return float(text.replace(",", "."))


def decimal_mark(text: str) -> str:
    """The decimal mark in a number: a point, a comma, or an empty text.

    Examples
    --------
    >>> decimal_mark("1,5"), decimal_mark("15")
    (',', '')
    """
    return "," if "," in text else "." if "." in text else ""


def is_missing(text: str) -> bool:
    """Whether `text` is one of the ways to write that a value is absent.

    Examples
    --------
    >>> is_missing("NA"), is_missing(""), is_missing("0")
    (True, True, False)
    """
    return text.lower() in MISSING


def is_grouped(text: str) -> bool:
    """Whether `text` is a number with separators of thousands, which are not read.

    Examples
    --------
    >>> is_grouped("1.234,5"), is_grouped("1 000 000"), is_grouped("1234,5")
    (True, True, False)
    """
    return _GROUPED.fullmatch(text) is not None


def looks_grouped(text: str) -> bool:
    """Whether the only mark in a number could be one of thousands, as in `1,234`.

    Examples
    --------
    >>> looks_grouped("1,234"), looks_grouped("0,234"), looks_grouped("1,23")
    (True, False, False)
    """
    return _ONE_GROUP.fullmatch(text) is not None
