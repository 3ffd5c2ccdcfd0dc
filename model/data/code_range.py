"""The byte codes of a column: value = offset + step·code, so that the codes 0…255 cover it, its outliers left aside.

A single -9999 for "missing" would else take nearly all codes, and leave one or two to what was measured. Such values
saturate: they get the last code, which is kept apart from the others, so that a network can still tell them.
"""

import math
from itertools import product

import numpy as np

__all__ = ["CODES", "code_range", "saturation"]

CODES = 255  # steps between the least and the greatest byte
REPEATED = 0.25  # the greatest share of a column that is outliers, if they are one value, which its code tells
DIFFERENT = 0.05  # and if they are several, as stray values are
ENOUGH = 8  # samples, with which one can speak of outliers
FAR = 8.0  # the least distance of outliers, in ranges of all others: these would have 28 codes at most
APART = 0.5  # the room between outliers and others, in the same unit
GAPS = 5  # the widest gaps at each end that are tried


def _cuts(gaps) -> list[tuple[int, float]]:
    """The ways to leave values aside at the end from which `gaps` are counted: how many, and the gap behind them."""
    widest = np.argsort(-gaps, kind="stable")[:GAPS]
    return [(0, math.inf), *((int(place) + 1, float(gaps[place])) for place in widest if gaps[place] > 0)]


def _few(outliers, count: int) -> bool:
    """Whether the sorted `outliers` of one end are few among `count` values."""
    return len(outliers) <= count * (DIFFERENT if len(outliers) and outliers[0] < outliers[-1] else REPEATED)


def _core(column) -> tuple[float, float]:
    """The least and the greatest value that the codes are to cover, of a column (n,)."""
    values = np.sort(np.asarray(column, np.float64))
    count, most = len(values), int(REPEATED * len(values)) if len(values) >= ENOUGH else 0
    gaps, best, narrowest = np.diff(values), (float(values[0]), float(values[-1])), math.inf
    for (below, gap_below), (above, gap_above) in product(_cuts(gaps[:most]), _cuts(gaps[::-1][:most])):
        low, high = float(values[below]), float(values[count - 1 - above])
        width, few = high - low, _few(values[:below], count) and _few(values[count - above:], count)
        if few and 0 < width < narrowest and FAR * width <= min(gap_below, gap_above) < math.inf:
            narrowest = width
            best = low - APART * width * (below > 0), high + APART * width * (above > 0)
    return best


def code_range(column) -> tuple[float, float]:
    """The offset and step of the codes for the values `column` (n,), n ≥ 1.

    The step is the finest of 1, 2, 5 times a power of ten with which the codes cover the column; codes that are left
    over are shared by both ends, but not below zero for a column without negative values.

    Outliers are left aside: at each end at most a twentieth of at least 8 values, or a quarter when they are the same,
    that are eight times as far from all others as these are wide. The others are two different values at least.

    Examples
    --------
    >>> code_range([0.0, 12.0, 25.5])
    (0.0, 0.1)
    >>> code_range([*range(20), -9999.0])  # the others are 19 wide; half of that is kept free
    (-20.8, 0.2)
    """
    low, high = _core(column)
    if high == low:
        high = low + (abs(low) or 1.0)
    exponent = math.floor(math.log10((high - low) / CODES))
    for digit, power in ((1, 0), (2, 0), (5, 0), (1, 1), (2, 1)):
        step = float(f"{digit}e{exponent + power}")
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        if last - first <= CODES:
            break
    first -= (CODES - (last - first)) // 2
    if low >= 0:
        first = max(first, 0)
    return float(f"{first * step:.12g}"), step


def saturation(names, x, offset, step) -> list[str]:
    """Say of each column of x (n, features) which values the codes do not reach; a line for each that has such values.

    names, offset, step: (features,).

    Examples
    --------
    >>> saturation(["a"], np.array([[1.0], [-9999.0], [3.0]]), np.zeros(1), np.full(1, 0.1))
    ["column 'a': -9999 (1 of 3 samples) is taken as beyond 0…25.5; leave such rows out if the value is missing"]
    """
    lines = []
    for name, column, zero, unit in zip(names, np.asarray(x, np.float64).T, offset, step, strict=True):
        code = np.floor((column - zero) / unit + 0.5)
        beyond = column[(code < 0) | (code > CODES)]
        if len(beyond):
            values = np.unique(beyond)
            shown = ", ".join(f"{value:g}" for value in values[:3]) + ", …" * (len(values) > 3)
            lines.append(f"column {name!r}: {shown} ({len(beyond)} of {len(column)} samples) is taken as beyond "
                         f"{zero:g}…{zero + unit * CODES:g}; leave such rows out if the value is missing")
    return lines
