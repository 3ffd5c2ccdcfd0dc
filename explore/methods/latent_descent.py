"""Gradient descent of the predicted cost in the latent space, from many starts."""

import numpy as np

__all__ = ["descend", "latent_descent", "proposals"]

STARTS = 64
STEPS = 60
RATE = 0.1  # length of the first step, where the prior's standard deviation is 1
RADIUS = 3.0  # z stays in this box: beyond it the prior, and with it the model's experience, ends


def descend(gradient, z):
    """Follow −gradient/|gradient| with steps that shrink linearly to 0; every point of the paths: (STEPS + 1, m, nz).

    The direction alone is used since the slope of a log cost says nothing of how far away its minimum is.
    """
    path = [z]
    for step in range(STEPS):
        slope = gradient(z)[1]
        slope = slope / np.maximum(np.linalg.norm(slope, axis=1, keepdims=True), 1e-12)
        z = np.clip(z - RATE * (1 - step / STEPS) * slope, -RADIUS, RADIUS)
        path.append(z)
    return np.stack(path)


def proposals(guide, rng, mixture=None) -> np.ndarray:
    """Candidates that the paths from `STARTS` samples of the prior pass by, none twice."""
    starts = rng.standard_normal((STARTS, guide.means.shape[1]))
    path = descend(lambda z: guide.gradient(z, mixture), starts)
    return np.unique(guide.decode(path[::5].reshape(-1, path.shape[2])))


def latent_descent(evaluations, rng, guide):
    """Evaluate what the paths decode to, in the order of the predicted cost; then start again from other samples.

    When starting again brings nothing new, the unseen candidates follow in the order of their predicted cost.
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
