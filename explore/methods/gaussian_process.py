"""Bayesian optimisation in the input space: a Gaussian process with expected improvement, with or without a guide."""

import numpy as np

from varigate.explore.methods.pool import pool
from varigate.explore.methods.surrogate import Surrogate

__all__ = ["cold", "warm"]

INITIAL = 6


def _bayesian(evaluations, rng, prior):
    """Evaluates the candidate of greatest expected improvement, again and again. `prior`: the prior mean (n,)."""
    features = evaluations.task.features
    surrogate = Surrogate(features.shape[1])
    while True:
        known = np.array(evaluations.numbers)
        surrogate.observe(features[known], evaluations.values, prior[known])
        choice = pool(evaluations, rng)
        evaluations(choice[np.argmax(surrogate.improvement(features[choice], prior[choice]))])


def cold(evaluations, rng, guide=None):
    """Bayesian optimisation without prior knowledge: a constant prior mean, and `INITIAL` random designs first."""
    for number in rng.choice(len(evaluations.task), min(INITIAL, len(evaluations.task)), replace=False):
        evaluations(number)
    _bayesian(evaluations, rng, np.zeros(len(evaluations.task)))


def warm(evaluations, rng, guide):
    """Bayesian optimisation with a `Guide`: its prediction is the prior mean, and its best design comes first."""
    evaluations(guide.order[0])
    _bayesian(evaluations, rng, guide.predicted)
