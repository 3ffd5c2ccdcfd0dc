"""Variants of a network: the same task with other units, or with weights of fewer bits.

The sigmoid of a network's layers can be computed in several ways that are equally right: each stays within one unit of
the result's last place of the real function, for each of its codes, and costs the hardware something else.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from varigate.model import json_text
from varigate.model.errors import UserError
from varigate.model.files import present
from varigate.model.fixedpoint.epsilon import KINDS, epsilon_table, segments_of
from varigate.model.fixedpoint.formats import Format
from varigate.model.fixedpoint.sigmoid import BYTE_INPUT, BYTE_OUTPUT, WIDE_INPUT, Sigmoid, minimax, taylor
from varigate.model.network import network_file
from varigate.model.network.network import Network

__all__ = ["BITS", "SIGMOIDS", "find_bits", "sigmoid_of", "units", "variant"]

BITS = (8, 6, 4)
GUARD = 2  # fraction bits more than the result's with which lines and parabolas stay within 1 ulp


def _table(source: Format) -> Sigmoid:
    """A table of the correctly rounded value of every code."""
    return taylor(1 << source.bits - 1, 0, input=source, guard=0)


def _line(source: Format) -> Sigmoid:
    """The best straight lines on segments of 1/2: 16 of them for s8.4, 32 for s8.3."""
    return minimax(1 << source.bits - source.frac, 1, input=source, output=BYTE_OUTPUT, guard=GUARD)


def _parabola(source: Format) -> Sigmoid:
    """The best parabolas on segments of 1: 8 of them for s8.4, 16 for s8.3."""
    return minimax(1 << source.bits - source.frac - 1, 2, input=source, output=BYTE_OUTPUT, guard=GUARD)


SIGMOIDS: dict[str, Callable[[Format], Sigmoid]] = {"table": _table, "line": _line, "parabola": _parabola}


@cache
def sigmoid_of(name: str, source: Format) -> Sigmoid:
    """The sigmoid unit `name` of `SIGMOIDS`, from the format `source`, s8.4 or s8.3, to u8.8.

    Raises
    ------
    UserError
        for another name or format.

    Examples
    --------
    >>> sigmoid_of("line", BYTE_INPUT).segments
    16
    """
    if name not in SIGMOIDS:
        raise UserError(f"there is no sigmoid unit {name!r}: choose {', '.join(SIGMOIDS)}")
    if source not in (BYTE_INPUT, WIDE_INPUT):
        raise UserError(f"the sigmoid unit {name!r} takes {BYTE_INPUT} or {WIDE_INPUT}, not {source}")
    return SIGMOIDS[name](source)


def variant(network: Network, *, sigmoid: str | None = None, epsilon: str | None = None) -> Network:
    """Replace the units of `network`; None leaves one as it is. Weights, biases and formats stay.

    Parameters
    ----------
    sigmoid : str or None
        one of `SIGMOIDS`, of the formats of the network's own unit.
    epsilon : str or None
        one of `model.fixedpoint.epsilon.KINDS`.

    Raises
    ------
    UserError
        for an unknown unit, for a sigmoid where the network has none or one of other formats.

    Examples
    --------
    >>> from varigate import load
    >>> units(variant(load("digits"), sigmoid="line"))["sigmoid"]
    'order 1, 32 segments'
    """
    changes = {}
    if sigmoid is not None:
        own = network.sigmoid
        if own is None:
            raise UserError(f"network {network.name} has no sigmoid: leave the choice of its unit out")
        if own.output != BYTE_OUTPUT:
            raise UserError(f"the sigmoid unit {sigmoid!r} gives {BYTE_OUTPUT}, and network {network.name} wants "
                            f"{own.output}")
        changes["sigmoid"] = sigmoid_of(sigmoid, own.input)
    if epsilon is not None:
        if epsilon not in KINDS:
            raise UserError(f"there is no ε unit {epsilon!r}: choose {', '.join(KINDS)}")
        changes["epsilon_table"] = epsilon_table(epsilon)
    return replace(network, **changes) if changes else network


def units(network: Network) -> dict:
    """Describe the units of `network`: `bits` of its widest weight, `sigmoid` (or None) and `epsilon` in words.

    Examples
    --------
    >>> from varigate import load
    >>> units(load("digits"))
    {'bits': 8, 'sigmoid': 'table', 'epsilon': 'quadratic'}
    """
    greatest = max(int(np.abs(layer.weights).max()) for _, layer, _ in network.layers())
    kind, unit = segments_of(network.epsilon_table), network.sigmoid
    if unit is None:
        sigmoid = None
    elif unit.order == 0:
        sigmoid = "table"
    else:
        sigmoid = f"order {unit.order}, {unit.segments} segment{'s' if unit.segments > 1 else ''}"
    return {"bits": max(greatest, 1).bit_length() + 1, "sigmoid": sigmoid,
            "epsilon": next(name for name, each in KINDS.items() if each == kind)}


def _own_bits(path: Path) -> int:
    """The bits that a network's weights were trained for: as the card beside it says, or else its name."""
    try:
        found = json_text.parse(path.with_suffix(".json").read_bytes())["settings"]["bits"]
    except (OSError, ValueError, LookupError, TypeError):
        found = None
    if found in BITS:
        return found
    named = re.search(r"-w([46])$", path.stem)
    return int(named[1]) if named else BITS[0]


def find_bits(name_or_path, bits: int) -> Path:
    """Find the file of a network with weights of `bits` bits.

    It is the network's own file where that has them, by its card or else by its name; or, beside it, NAME.npz or
    NAME-w8.npz for 8 bits, and NAME-w6.npz or NAME-w4.npz for fewer.

    Raises
    ------
    UserError
        for another number of bits, for an unknown network, and where it has not been trained for so few.

    Examples
    --------
    >>> find_bits("iris", 8).name
    'iris.npz'
    >>> find_bits("iris", 5)
    Traceback (most recent call last):
    ...
    varigate.model.errors.UserError: weights have 8, 6 or 4 bits, not 5
    """
    if bits not in BITS:
        raise UserError(f"weights have {', '.join(map(str, BITS[:-1]))} or {BITS[-1]} bits, not {bits!r}")
    path = network_file.find(name_or_path)
    own = _own_bits(path)
    if own == bits:
        return path
    name = re.sub(r"-w\d$", "", path.stem)
    places = [path.with_name(f"{each}.npz") for each in ([name] if bits == BITS[0] else []) + [f"{name}-w{bits}"]]
    found = next((place for place in places if place != path and present(place).is_file()), None)
    if found is None:
        raise UserError(f"network {path.stem} has weights of {own} bits, and there is no {places[-1]} with {bits}")
    return found
