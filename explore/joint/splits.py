"""Splits into training and test rows without leaks: some layers and some designs are never trained on.

Designs with equal targets (in the published space, those that differ in the number of PEs only) form a group. All
designs of a group are on the same side of a split.
"""

from dataclasses import dataclass

import numpy as np

from varigate.model.errors import UserError

__all__ = ["Split", "by_layer", "folds", "groups_without"]


@dataclass(frozen=True, eq=False)
class Split:
    """Row numbers of a split, int64, ascending.

    Parameters
    ----------
    layers, designs : array
        to train on.
    unseen, held_out : array
        layers and designs that are not trained on.

    Examples
    --------
    >>> split = by_layer(4, 3, unseen=1, seed=0)
    >>> len(split.layers), len(split.unseen), split.designs
    (3, 1, array([0, 1, 2]))
    """

    layers: np.ndarray
    unseen: np.ndarray
    designs: np.ndarray
    held_out: np.ndarray


def groups_without(space, name: str) -> np.ndarray:
    """The group number of each design of `space`, int64 (size,): designs that differ only in `name` share a group.

    Examples
    --------
    >>> from varigate.explore.spaces.space import Parameter, Space
    >>> groups_without(Space("example", (Parameter("pes", (4, 16)), Parameter("rows", (2, 4)))), "pes")
    array([0, 1, 0, 1])
    """
    labels = space.labels(np.arange(space.size))
    kept = [index for index, each in enumerate(space.names) if each != name]
    return np.unique(labels[:, kept], axis=0, return_inverse=True)[1]


def _part(rng, count: int, parts: int) -> list[np.ndarray]:
    return np.array_split(rng.permutation(count), parts)


def folds(layers: int, groups, *, seed: int, parts: int = 5) -> list[Split]:
    """Cross-validation: `parts` splits; every layer is unseen in one of them, every group of designs held out in one.

    groups: (size,), the group number of each design.

    Examples
    --------
    >>> [split.unseen.size for split in folds(5, np.arange(6), seed=0, parts=2)]
    [3, 2]
    """
    rng = np.random.default_rng(seed)
    names, number = np.unique(groups, return_inverse=True)
    found = []
    for unseen, held_out in zip(_part(rng, layers, parts), _part(rng, len(names), parts), strict=True):
        out = np.isin(number, held_out)
        found.append(Split(np.setdiff1d(np.arange(layers), unseen), np.sort(unseen),
                           np.flatnonzero(~out), np.flatnonzero(out)))
    return found


def by_layer(layers: int, designs: int, *, unseen: int, seed: int) -> Split:
    """A split with `unseen` random layers, and all designs to train on: for searches on the unseen layers.

    Raises
    ------
    UserError
        if no layer is left to train on.
    """
    if not 0 <= unseen < layers:
        raise UserError(f"--unseen is {unseen}; of {layers} layers, 0 to {layers - 1} can be kept from training")
    order = np.random.default_rng(seed).permutation(layers)
    return Split(np.sort(order[unseen:]), np.sort(order[:unseen]), np.arange(designs), np.arange(0))
