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
    """`signed`, total `bits` (sign included), and how many of them are fraction.

    Written as in the field: `s8.4` is signed, 8 bits, 4 of them fraction; `u8.0` an unsigned byte.

    Raises
    ------
    ValueError
        for a width outside 1…32 (2…32 when signed), or a fraction outside −32…32.
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
        """The format written as `s8.4` or `u8.8`."""
        match = re.fullmatch(r"([su])(\d{1,2})\.(-?\d{1,2})", text)
        if match is None:
            raise ValueError(f"a format is written like s8.4 or u8.8, not {text!r}")
        return cls(match[1] == "s", int(match[2]), int(match[3]))

    def __str__(self):
        return f"{'s' if self.signed else 'u'}{self.bits}.{self.frac}"

    @property
    def low(self) -> int:
        """The least integer."""
        return -(1 << (self.bits - 1)) if self.signed else 0

    @property
    def high(self) -> int:
        """The greatest integer."""
        return (1 << (self.bits - self.signed)) - 1

    @property
    def step(self) -> float:
        """The value of one unit in the last place."""
        return 2.0**-self.frac

    def quantise(self, values) -> np.ndarray:
        """Real `values` to the nearest integers of this format: half up, then saturate."""
        scaled = np.floor(np.asarray(values, dtype=np.float64) / self.step + 0.5)
        return np.clip(scaled, self.low, self.high).astype(np.int64)

    def real(self, integers) -> np.ndarray:
        """The real values of `integers`."""
        return np.asarray(integers, dtype=np.float64) * self.step


def saturate(integers, target: Format) -> np.ndarray:
    """`integers` limited to `target`'s range."""
    return np.clip(np.asarray(integers, dtype=np.int64), target.low, target.high)


def round_shift(integers, shift) -> np.ndarray:
    """`floor((integers + half) / 2**shift)`, *half up*; a shift of 0 adds nothing. Shapes broadcast."""
    integers, shift = np.asarray(integers, dtype=np.int64), np.asarray(shift, dtype=np.int64)
    half = (np.int64(1) << shift) >> 1
    return (integers + half) >> shift


def requantise(accumulator, shift, target: Format) -> np.ndarray:
    """Accumulators to `target`: shift right rounding half up, then saturate. Shapes broadcast."""
    return saturate(round_shift(accumulator, shift), target)
