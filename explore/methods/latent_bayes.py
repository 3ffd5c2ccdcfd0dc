"""Bayesian optimisation in the latent space of a joint model, whose prediction is the prior mean.

The points of the Gaussian process are latent vectors. Each step computes the expected improvement at the candidates'
means (a sample of them in a large space) and at points around the best one so far, and evaluates the candidate that
the best of these points decodes to. An unseen candidate whose mean decodes to a known candidate is evaluated itself:
otherwise the decoder's mistakes would hide it for ever.
"""

import numpy as np

from varigate.explore.methods.pool import pool
from varigate.explore.methods.surrogate import Surrogate

__all__ = ["latent_bayes"]

LOCAL = 64  # points drawn around the best one at each step
RADIUS = 0.3  # their standard deviation; the prior's is 1


def latent_bayes(evaluations, rng, guide):
    """Maximises the expected improvement over z; `guide` is a `Guide`."""
    points, surrogate = [guide.means[guide.order[0]]], Surrogate(guide.means.shape[1])
    evaluations(guide.order[0])
    while True:
        known = np.array(points)
        surrogate.observe(known, evaluations.values, guide.values(known))
        choice = pool(evaluations, rng)
        local = known[np.argmin(evaluations.values)] + RADIUS * rng.standard_normal((LOCAL, known.shape[1]))
        z = np.concatenate([guide.means[choice], local])
        own = np.where(evaluations.unseen[guide.decoded[choice]], guide.decoded[choice], choice)
        decoded = np.concatenate([own, guide.decode(local)])
        gain = surrogate.improvement(z, np.concatenate([guide.predicted[choice], guide.values(local)]))
        chosen = np.argmax(np.where(evaluations.unseen[decoded], gain, -1.0))
        points.append(z[chosen])
        evaluations(decoded[chosen])
