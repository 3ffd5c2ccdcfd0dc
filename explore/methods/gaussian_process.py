"""Bayesian optimisation in the input space: a Gaussian process with expected improvement, cold or warm-started."""

import numpy as np

from explore.methods.pool import pool
from explore.methods.surrogate import Surrogate, expected_improvement, finite

__all__ = ["cold", "warm"]

INITIAL = 6


def bayesian(evaluations, rng, prior, surrogate):
    """Evaluate the candidate of the greatest expected improvement, for ever. `prior`: the prior mean (n,)."""
    features = evaluations.task.features
    while True:
        numbers, values = np.array(evaluations.numbers), finite(evaluations.values)
        surrogate.observe(features[numbers], values - prior[numbers])
        choice = pool(evaluations, rng)
        mean, deviation = surrogate.residual(features[choice])
        gain = expected_improvement(prior[choice] + mean, deviation, values.min())
        evaluations(choice[np.argmax(gain)])


def cold(evaluations, rng, guide=None):
    """No knowledge: a constant prior mean, and `INITIAL` random designs before the process is asked."""
    for number in rng.choice(len(evaluations.task), min(INITIAL, len(evaluations.task)), replace=False):
        evaluations(number)
    bayesian(evaluations, rng, np.zeros(len(evaluations.task)), Surrogate(evaluations.task.features.shape[1]))


def warm(evaluations, rng, guide):
    """Warm-started by a `Guide`: what it predicts is the prior mean, and its best design is the first."""
    evaluations(guide.order[0])
    surrogate = Surrogate(evaluations.task.features.shape[1], np.std(guide.predicted) / 3)
    bayesian(evaluations, rng, guide.predicted, surrogate)
