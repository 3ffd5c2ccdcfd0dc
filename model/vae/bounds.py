"""The importance-weighted bound on log p(x) (Y. Burda, R. Grosse and R. Salakhutdinov, 2015)."""

import numpy as np
from scipy.special import logsumexp

from varigate.model.checks import check_whole
from varigate.model.vae.model import VAEmodel

__all__ = ["importance_weighted_bound"]

CHUNK = 1 << 16  # rows of a forward pass, at most


def importance_weighted_bound(model: VAEmodel, x, rng, samples: int = 512) -> np.ndarray:
    """log of the mean over `samples` draws of z from q(z|x) of p(x|z)·p(z)/q(z|x), in nats, for each x (n, seq_len).

    In expectation a lower bound of log p(x) that rises with `samples`; the ELBO for one.
    """
    check_whole("samples", samples, 1)
    x = model.sites.check("x", x)
    mean, logvar = model.encode(x)
    found, step = [], max(CHUNK // samples, 1)
    for start in range(0, len(x), step):
        rows = slice(start, start + step)
        epsilon = rng.standard_normal((samples, *mean[rows].shape))
        z = mean[rows] + np.exp(logvar[rows] / 2) * epsilon
        repeated = np.tile(x[rows], (samples, 1))
        likelihood = model.sites.log_likelihood(model.decode(z.reshape(-1, model.latent), repeated), repeated)
        ratio = 0.5 * (epsilon**2 + logvar[rows] - z**2).sum(-1)
        found.append(logsumexp(likelihood.reshape(samples, -1) + ratio, axis=0) - np.log(samples))
    return np.concatenate(found)
