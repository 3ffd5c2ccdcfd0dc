"""Bayesian optimisation in the latent space of a joint model, whose prediction is the prior mean.

The process's points are latent vectors. At every step the expected improvement is looked at where the candidates'
means lie (a sample of them in a large space) and around the best point so far; the best of these decides, by
what it decodes to, which candidate is evaluated.
"""

import numpy as np

from explore.methods.pool import pool
from explore.methods.surrogate import Surrogate, expected_improvement, finite

__all__ = ["latent_bayes"]

LOCAL = 64  # points drawn around the best one at each step
RADIUS = 0.3  # their standard deviation, where the prior's is 1


def latent_bayes(evaluations, rng, guide):
    """Maximise the expected improvement over z; `guide` is a `Guide`."""
    points = [guide.means[guide.order[0]]]
    surrogate = Surrogate(guide.means.shape[1], np.std(guide.predicted) / 3)
    evaluations(guide.order[0])
    while True:
        values = finite(evaluations.values)
        known = np.array(points)
        surrogate.observe(known, values - guide.values(known))
        choice = pool(evaluations, rng)
        local = known[np.argmin(values)] + RADIUS * rng.standard_normal((LOCAL, known.shape[1]))
        z = np.concatenate([guide.means[choice], local])
        decoded = np.concatenate([guide.decoded[choice], guide.decode(local)])
        mean, deviation = surrogate.residual(z)
        prior = np.concatenate([guide.predicted[choice], guide.values(local)])
        gain = expected_improvement(prior + mean, deviation, values.min())
        fresh = evaluations.unseen[decoded]
        if not fresh.any():  # the unseen ones decode to others: they are taken as they are
            z, decoded, gain, fresh = guide.means[choice], choice, gain[: len(choice)], np.ones(len(choice), bool)
        chosen = np.argmax(np.where(fresh, gain, -1.0))
        points.append(z[chosen])
        evaluations(decoded[chosen])
