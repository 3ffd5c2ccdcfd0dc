"""Gradient descent of the predicted cost in the latent space, from many starts."""

import numpy as np

__all__ = ["descend", "latent_descent", "proposals"]

STARTS = 64
STEPS = 60
RATE = 0.1  # length of the first step; the prior's standard deviation is 1
RADIUS = 3.0  # z stays in ±3: the model has seen hardly any design beyond


def descend(gradient, z):
    """Follows −gradient/|gradient| from z (m, nz); all points of the paths, (STEPS + 1, m, nz).

    Steps shrink linearly to 0. Only the direction is used: the slope of a log cost does not tell the distance of its
    minimum. `gradient` maps z to (values (m,), gradients (m, nz)).

    Examples
    --------
    >>> path = descend(lambda z: ((z**2).sum(1), 2 * z), np.array([[2.0, 0.0]]))
    >>> path.shape, bool(np.abs(path[-1]).max() < 0.1)  # the minimum is at 0
    ((61, 1, 2), True)
    """
    path = [z]
    for step in range(STEPS):
        slope = gradient(z)[1]
        slope = slope / np.maximum(np.linalg.norm(slope, axis=1, keepdims=True), 1e-12)
        z = np.clip(z - RATE * (1 - step / STEPS) * slope, -RADIUS, RADIUS)
        path.append(z)
    return np.stack(path)


def proposals(guide, rng, mixture=None) -> np.ndarray:
    """The numbers of the candidates on the paths from `STARTS` samples of the prior, without repeats."""
    starts = rng.standard_normal((STARTS, guide.means.shape[1]))
    path = descend(lambda z: guide.gradient(z, mixture), starts)
    return np.unique(guide.decode(path[::5].reshape(-1, path.shape[2])))


def latent_descent(evaluations, rng, guide):
    """Evaluates the candidates on the paths, least predicted cost first; then starts again from other samples.

    If new starts find no unseen candidate, all others follow in the order of their predicted cost.
    """
    while True:
        found = proposals(guide, rng)
        found = found[evaluations.unseen[found]]
        if not len(found):
            break
        for number in found[np.argsort(guide.predicted[found], kind="stable")]:
            evaluations(number)
    for number in guide.order:
        evaluations(number)
