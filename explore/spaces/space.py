"""A design space: a grid of named parameters.

A design is a row of labels, one per parameter: label k is the k-th value in the parameter's list.

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
        increasing positive numbers, or names and booleans, which have no order.

    Examples
    --------
    >>> rows = Parameter("rows", (2, 4, 8))
    >>> rows.ordered, rows.scale, rows.label(8)
    (True, array([0. , 0.5, 1. ]), 2)
    >>> Parameter("weights", ("lut", "block")).ordered
    False
    """

    name: str
    values: tuple

    @property
    def ordered(self) -> bool:
        """Whether the values are numbers: then the difference of their logarithms is their distance."""
        return not isinstance(self.values[0], (str, bool))

    @cached_property
    def scale(self) -> np.ndarray:
        """The logarithms of an ordered parameter's values, scaled so that they go from 0 to 1; float64."""
        logs = np.log2(np.array(self.values, np.float64))
        return (logs - logs[0]) / max(logs[-1] - logs[0], 1e-300)

    def label(self, value) -> int:
        """The label of a value; a `UserError` if the parameter has no such value."""
        if value not in self.values:
            raise UserError(f"{self.name} is one of {', '.join(map(str, self.values))}, not {value!r}")
        return self.values.index(value)


@dataclass(frozen=True)
class Space:
    """The grid of all combinations of `parameters`.

    Examples
    --------
    >>> space = Space("example", (Parameter("rows", (2, 4, 8)), Parameter("weights", ("lut", "block"))))
    >>> space.shape, space.size
    ((3, 2), 6)
    >>> space.labels([0, 5])
    array([[0, 0],
           [2, 1]])
    >>> space.values([2, 1])
    {'rows': 8, 'weights': 'block'}
    >>> space.features([[1, 1]])
    array([[0.5, 0. , 1. ]])
    """

    name: str
    parameters: tuple[Parameter, ...]

    @property
    def names(self) -> list[str]:
        """The parameters' names."""
        return [each.name for each in self.parameters]

    @property
    def shape(self) -> tuple[int, ...]:
        """The number of values of each parameter."""
        return tuple(len(each.values) for each in self.parameters)

    @property
    def size(self) -> int:
        """The number of designs."""
        return prod(self.shape)

    def labels(self, index) -> np.ndarray:
        """The designs (…, parameters) of numbers 0 … size − 1, shape (…); the last parameter changes fastest."""
        return np.stack(np.unravel_index(np.asarray(index, np.int64), self.shape), -1)

    def index(self, labels) -> np.ndarray:
        """The numbers (n,) of designs (n, parameters): the inverse of `labels`."""
        return np.ravel_multi_index(tuple(np.asarray(labels, np.int64).T), self.shape)

    def values(self, labels) -> dict:
        """One design's values by name."""
        return {each.name: each.values[int(label)] for each, label in zip(self.parameters, labels, strict=True)}

    def design(self, values: dict) -> np.ndarray:
        """The labels (parameters,) of a dict of values; a `UserError` for a value that is not on the grid."""
        return np.array([each.label(values[each.name]) for each in self.parameters])

    def features(self, labels) -> np.ndarray:
        """Designs (n, parameters) as (n, columns) from 0 to 1: the `scale` of ordered parameters, others one-hot."""
        labels = np.asarray(labels)
        columns = []
        for each, column in zip(self.parameters, labels.T, strict=True):
            if each.ordered:
                columns.append(each.scale[column][:, None])
            else:
                columns.append((column[:, None] == np.arange(len(each.values))).astype(np.float64))
        return np.concatenate(columns, 1)
