"""The front of several objectives: the designs that no other one beats in everything, and the volume they dominate."""

import numpy as np

__all__ = ["hypervolume", "nondominated"]


def nondominated(costs) -> np.ndarray:
    """Which of costs (n, objectives), all to be small, are on the front: bool (n,).

    A design is dominated where another one is nowhere worse and somewhere better; of equal ones all stay. Designs with
    an infinite cost break a limit and are never on the front.
    """
    costs = np.asarray(costs, np.float64)
    front = np.isfinite(costs).all(1)
    for number in np.flatnonzero(front):
        if front[number]:
            dominated = (costs >= costs[number]).all(1) & (costs > costs[number]).any(1)
            front &= ~dominated
    return front


def hypervolume(costs, reference) -> float:
    """The volume between costs (n, objectives) and the point `reference` (objectives,), overlaps counted once.

    Exact, by slices along the last objective (While et al., 2006): good for a few objectives and some hundred designs.
    """
    costs, reference = np.asarray(costs, np.float64), np.asarray(reference, np.float64)
    costs = costs[(costs < reference).all(1)]
    costs = np.unique(costs[nondominated(costs)], axis=0)
    return _volume(costs, reference) if len(costs) else 0.0


def _volume(costs, reference) -> float:
    if costs.shape[1] == 1:
        return float(reference[0] - costs.min())
    levels = np.unique(costs[:, -1])
    thickness = np.diff(np.append(levels, reference[-1]))
    below = (costs[costs[:, -1] <= level, :-1] for level in levels)
    slices = (_volume(each[nondominated(each)], reference[:-1]) for each in below)
    return float(sum(area * thick for area, thick in zip(slices, thickness, strict=True)))
