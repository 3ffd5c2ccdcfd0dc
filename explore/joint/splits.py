"""Splits without leaks: some layers and some designs are kept from training, in every combination.

Designs that no target can tell apart (of the published space, those that differ in the number of PEs only) are one
group, and a group is on one side of a split as a whole.
"""

from dataclasses import dataclass

import numpy as np

from varigate.model.errors import UserError

__all__ = ["Split", "by_layer", "folds", "groups_without"]


@dataclass(frozen=True, eq=False)
class Split:
    """Row numbers, int64, ascending: layers to train on and `unseen` ones, designs to train on and `held_out` ones."""

    layers: np.ndarray
    unseen: np.ndarray
    designs: np.ndarray
    held_out: np.ndarray


def groups_without(space, name: str) -> np.ndarray:
    """The group of each design of `space`, int64 (size,): those that differ in the parameter `name` only are one."""
    labels = space.labels(np.arange(space.size))
    kept = [index for index, each in enumerate(space.names) if each != name]
    return np.unique(labels[:, kept], axis=0, return_inverse=True)[1]


def _part(rng, count: int, parts: int) -> list[np.ndarray]:
    return np.array_split(rng.permutation(count), parts)


def folds(layers: int, groups, *, seed: int, parts: int = 5) -> list[Split]:
    """`parts` splits by seed: every layer is unseen in one of them, every group of designs (size,) held out in one."""
    rng = np.random.default_rng(seed)
    names, number = np.unique(groups, return_inverse=True)
    found = []
    for unseen, held_out in zip(_part(rng, layers, parts), _part(rng, len(names), parts), strict=True):
        out = np.isin(number, held_out)
        found.append(Split(np.setdiff1d(np.arange(layers), unseen), np.sort(unseen),
                           np.flatnonzero(~out), np.flatnonzero(out)))
    return found


def by_layer(layers: int, designs: int, *, unseen: int, seed: int) -> Split:
    """Layers drawn by seed are unseen, and every design is trained on: for searches on the unseen layers. A
    `UserError` where no layer is left to train on."""
    if not 0 <= unseen < layers:
        raise UserError(f"--unseen is {unseen}; of {layers} layers, from 0 to {layers - 1} may be kept from training")
    order = np.random.default_rng(seed).permutation(layers)
    return Split(np.sort(order[unseen:]), np.sort(order[:unseen]), np.arange(designs), np.arange(0))
