"""Fixed-point formats, and the two roundings of this project: *half up* and *saturate*.

A number is a two's-complement integer `q` together with a `Format`; its value is `q * 2**-frac`. All functions take and
return int64 arrays of any shape.

In hardware: `gateware.engine.drain.Drain`.
"""

import re
from dataclasses import dataclass

import numpy as np

__all__ = ["Format", "requantise", "round_shift", "saturate"]


@dataclass(frozen=True, order=True)
class Format:
    """The format of a fixed-point number: `signed`, `bits` (sign included), and `frac`, its fraction bits.

    Written as in the field: `s8.4` is signed, 8 bits, 4 of them fraction; `u8.0` an unsigned byte.

    Raises
    ------
    ValueError
        for a width outside 1…32 (2…32 when signed), or a fraction outside −32…32.

    Examples
    --------
    >>> fmt = Format.parse("s8.4")
    >>> fmt, fmt.low, fmt.high, fmt.step
    (Format(signed=True, bits=8, frac=4), -128, 127, 0.0625)
    >>> fmt.quantise([0.1, -3.3, 100.0]).tolist()  # half up, then saturated
    [2, -53, 127]
    """

    signed: bool
    bits: int
    frac: int = 0

    def __post_init__(self):
        if not 1 + self.signed <= self.bits <= 32:
            raise ValueError(f"a format has {1 + self.signed} to 32 bits, not {self.bits!r}")
        if not -32 <= self.frac <= 32:
            raise ValueError(f"a format has -32 to 32 fraction bits, not {self.frac!r}")

    @classmethod
    def parse(cls, text: str) -> "Format":
        """Read a format written as `s8.4` or `u8.8`."""
        match = re.fullmatch(r"([su])(\d{1,2})\.(-?\d{1,2})", text)
        if match is None:
            raise ValueError(f"a format is written like s8.4 or u8.8, not {text!r}")
        return cls(match[1] == "s", int(match[2]), int(match[3]))

    def __str__(self):
        return f"{'s' if self.signed else 'u'}{self.bits}.{self.frac}"

    @property
    def low(self) -> int:
        """The least integer of this format."""
        return -(1 << (self.bits - 1)) if self.signed else 0

    @property
    def high(self) -> int:
        """The greatest integer of this format."""
        return (1 << (self.bits - self.signed)) - 1

    @property
    def step(self) -> float:
        """The value of one unit in the last place."""
        return 2.0**-self.frac

    def quantise(self, values) -> np.ndarray:
        """Round real `values` to integers of this format: half up, then saturate; int64 of the same shape."""
        scaled = np.floor(np.asarray(values, dtype=np.float64) / self.step + 0.5)
        return np.clip(scaled, self.low, self.high).astype(np.int64)

    def real(self, integers) -> np.ndarray:
        """The real values of `integers`, float64 of the same shape."""
        return np.asarray(integers, dtype=np.float64) * self.step


def saturate(integers, target: Format) -> np.ndarray:
    """Limit `integers` to the range of the format `target`; int64 of the same shape.

    Examples
    --------
    >>> saturate([-300, 5, 300], Format.parse("s8.4")).tolist()
    [-128, 5, 127]
    """
    return np.clip(np.asarray(integers, dtype=np.int64), target.low, target.high)


def round_shift(integers, shift) -> np.ndarray:
    """Shift right, rounding *half up*: `floor((integers + half) / 2**shift)`; a shift of 0 adds nothing.

    int64; the shapes of integers and shift broadcast.

    Examples
    --------
    >>> round_shift([5, 6, -6], 2).tolist()  # 1.25, 1.5, −1.5
    [1, 2, -1]
    """
    integers, shift = np.asarray(integers, dtype=np.int64), np.asarray(shift, dtype=np.int64)
    half = (np.int64(1) << shift) >> 1
    return (integers + half) >> shift


def requantise(accumulator, shift, target: Format) -> np.ndarray:
    """Requantise accumulators to the format `target`: shift right, rounding half up, then saturate. Shapes broadcast.

    Examples
    --------
    >>> requantise([1000, -7], [3, 1], Format.parse("s8.0")).tolist()
    [125, -3]
    """
    return saturate(round_shift(accumulator, shift), target)
