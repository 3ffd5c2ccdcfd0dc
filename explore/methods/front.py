"""Search methods for the Pareto front of several objectives: costs are vectors."""

import numpy as np

from varigate.explore.methods.latent_descent import proposals
from varigate.explore.methods.sampled import evolution
from varigate.explore.methods.uniform import random

__all__ = ["FRONT_METHODS", "latent_front"]


def latent_front(evaluations, rng, guide):
    """Descends random weighted sums of the predicted log costs in the latent space, one sum after the other.

    For each sum, the unseen design of least predicted cost on the paths is evaluated. The weights are uniform on the
    simplex, after the costs are divided by their predicted ranges. `guide`: a `Guide` with weights (objectives,
    targets).
    """
    spread = np.maximum(np.ptp(guide.predicted, axis=0), 1e-12)
    while True:
        mixture = rng.dirichlet(np.ones(len(spread))) / spread
        found = proposals(guide, rng, mixture)
        found = found[evaluations.unseen[found]]
        if not len(found):
            found = np.flatnonzero(evaluations.unseen)
        evaluations(found[np.argmin(guide.predicted[found] @ mixture)])


FRONT_METHODS = {"random": random, "nsga2": evolution, "latent-front": latent_front}
