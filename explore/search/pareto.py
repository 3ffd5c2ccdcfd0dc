"""The Pareto front of several objectives, and the volume that it dominates."""

import numpy as np

__all__ = ["hypervolume", "nondominated"]


def nondominated(costs) -> np.ndarray:
    """Whether each of the costs (n, objectives) is on the Pareto front, if all objectives are minimised: bool (n,).

    A design is dominated if another one is no worse in any objective and better in one; equal designs all stay.
    Designs with an infinite cost break a limit and are never on the front.

    Examples
    --------
    >>> nondominated([[1, 4], [2, 2], [3, 3], [4, 1], [np.inf, 0]])
    array([ True,  True, False,  True, False])
    """
    costs = np.asarray(costs, np.float64)
    front = np.isfinite(costs).all(1)
    for number in np.flatnonzero(front):
        if front[number]:
            dominated = (costs >= costs[number]).all(1) & (costs > costs[number]).any(1)
            front &= ~dominated
    return front


def hypervolume(costs, reference) -> float:
    """The volume dominated by costs (n, objectives), up to the point `reference` (objectives,).

    Exact, by slices along the last objective (While et al., 2006): fast enough for a few objectives and some hundred
    designs.

    Examples
    --------
    >>> hypervolume([[1, 2], [2, 1]], [3, 3])  # two rectangles of area 2 that overlap in an area of 1
    3.0
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
