"""Bayesian optimisation in the input space: a Gaussian process with expected improvement, cold or warm-started."""

import numpy as np

from varigate.explore.methods.pool import pool
from varigate.explore.methods.surrogate import Surrogate

__all__ = ["cold", "warm"]

INITIAL = 6


def _bayesian(evaluations, rng, prior):
    """Evaluate the candidate of the greatest expected improvement, for ever. `prior`: the prior mean (n,)."""
    features = evaluations.task.features
    surrogate = Surrogate(features.shape[1])
    while True:
        known = np.array(evaluations.numbers)
        surrogate.observe(features[known], evaluations.values, prior[known])
        choice = pool(evaluations, rng)
        evaluations(choice[np.argmax(surrogate.improvement(features[choice], prior[choice]))])


def cold(evaluations, rng, guide=None):
    """No knowledge: a constant prior mean, and `INITIAL` random designs before the process is asked."""
    for number in rng.choice(len(evaluations.task), min(INITIAL, len(evaluations.task)), replace=False):
        evaluations(number)
    _bayesian(evaluations, rng, np.zeros(len(evaluations.task)))


def warm(evaluations, rng, guide):
    """Warm-started by a `Guide`: what it predicts is the prior mean, and its best design is the first."""
    evaluations(guide.order[0])
    _bayesian(evaluations, rng, guide.predicted)
