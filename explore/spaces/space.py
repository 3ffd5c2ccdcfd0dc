"""A design space: a grid of named parameters. A design is a row of labels, one label (a place in its list) for each.

Everywhere in `explore`, designs are int64 arrays (n, parameters) of labels, and features are float64 (n, columns).
"""

from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np

from varigate.model.errors import UserError

__all__ = ["Parameter", "Space"]


@dataclass(frozen=True)
class Parameter:
    """One axis of the grid.

    Parameters
    ----------
    name : str
    values : tuple
        in order: increasing positive numbers, or names without an order.
    """

    name: str
    values: tuple

    @property
    def ordered(self) -> bool:
        """Whether the values are numbers, whose logarithms say how far they lie apart."""
        return not isinstance(self.values[0], (str, bool))

    @cached_property
    def scale(self) -> np.ndarray:
        """Where an ordered parameter's values lie: their logarithms, 0 for the least and 1 for the greatest."""
        logs = np.log2(np.array(self.values, np.float64))
        return (logs - logs[0]) / max(logs[-1] - logs[0], 1e-300)

    def label(self, value) -> int:
        """The place of a value, or a `UserError`."""
        if value not in self.values:
            raise UserError(f"{self.name} is one of {', '.join(map(str, self.values))}, not {value!r}")
        return self.values.index(value)


@dataclass(frozen=True)
class Space:
    """The grid of all combinations of `parameters`."""

    name: str
    parameters: tuple[Parameter, ...]

    @property
    def names(self) -> list[str]:
        return [each.name for each in self.parameters]

    @property
    def shape(self) -> tuple[int, ...]:
        """The number of values of each parameter."""
        return tuple(len(each.values) for each in self.parameters)

    @property
    def size(self) -> int:
        return prod(self.shape)

    def labels(self, index) -> np.ndarray:
        """The designs of these numbers, 0 … size − 1, in the order in which the last parameter changes first."""
        return np.stack(np.unravel_index(np.asarray(index, np.int64), self.shape), -1)

    def index(self, labels) -> np.ndarray:
        """The numbers of designs: the inverse of `labels`."""
        return np.ravel_multi_index(tuple(np.asarray(labels, np.int64).T), self.shape)

    def values(self, labels) -> dict:
        """One design's values by name."""
        return {each.name: each.values[int(label)] for each, label in zip(self.parameters, labels, strict=True)}

    def design(self, values: dict) -> np.ndarray:
        """The labels (parameters,) of a dict of values; a `UserError` for a value that is not on the grid."""
        return np.array([each.label(values[each.name]) for each in self.parameters])

    def features(self, labels) -> np.ndarray:
        """What a surrogate reads: for ordered parameters their place on the scale 0…1, for others a column a value."""
        labels = np.asarray(labels)
        columns = []
        for each, column in zip(self.parameters, labels.T, strict=True):
            if each.ordered:
                columns.append(each.scale[column][:, None])
            else:
                columns.append((column[:, None] == np.arange(len(each.values))).astype(np.float64))
        return np.concatenate(columns, 1)
