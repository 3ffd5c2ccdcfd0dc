"""Labels of classes: which are one class, and in which order the classes stand."""

import re
from decimal import Decimal

__all__ = ["class_indices", "class_names", "natural_key"]

_NUMBER = {mark: re.compile(rf"[+-]?(?:\d+(?:{re.escape(mark)}\d*)?|{re.escape(mark)}\d+)(?:e[+-]?\d{{1,3}})?",
                            re.ASCII | re.IGNORECASE) for mark in ".,"}


def _values(labels) -> dict[str, Decimal] | None:
    """The value of each label; None unless all are numbers with one decimal mark."""
    for mark, pattern in _NUMBER.items():
        if all(map(pattern.fullmatch, labels)):
            return {label: Decimal(label.replace(mark, ".")) for label in labels}
    return None


def natural_key(text: str) -> tuple:
    """A key that sorts texts as people do: the digits in them as whole numbers.

    Examples
    --------
    >>> sorted(["k10", "k2", "a"], key=natural_key)
    ['a', 'k2', 'k10']
    """
    parts = re.split(r"([0-9]+)", text)
    return [(part, 0) if place % 2 == 0 else ("", int(part)) for place, part in enumerate(parts)], text


def class_names(labels) -> tuple[str, ...]:
    """The classes that `labels` name, in their order: numbers by value, other texts as people sort them.

    Labels that are all numbers name one class where they are equal, as 1 and 1.0 are; its name is the shortest of them.

    Examples
    --------
    >>> class_names(["10", "2", "1.0", "1"]), class_names(["k10", "k2", "k1"])
    (('1', '2', '10'), ('k1', 'k2', 'k10'))
    """
    labels = sorted(set(labels), key=lambda label: (len(label), label))
    values = _values(labels)
    if values is None:
        return tuple(sorted(labels, key=natural_key))
    shortest = {values[label]: label for label in reversed(labels)}
    return tuple(shortest[value] for value in sorted(shortest))


def class_indices(labels, names) -> list[int | None]:
    """The index among the classes `names` that each label names; None where it names no class.

    A label is a class's name, or, where all names are numbers, a number equal to it.

    Examples
    --------
    >>> class_indices(["b", "c"], ["a", "b"]), class_indices(["1", "2.0"], ["1.0", "2"])
    ([1, None], [0, 1])
    """
    places = {name: place for place, name in enumerate(names)}
    values = _values(list(names)) if names else None
    equal = {value: places[name] for name, value in values.items()} if values else {}
    found = []
    for label in labels:
        value = _values([label]) if equal and label not in places else None
        found.append(places.get(label) if value is None else equal.get(value[label]))
    return found
