"""The importance-weighted bound on log p(x) (Y. Burda, R. Grosse and R. Salakhutdinov, 2015)."""

import numpy as np
from scipy.special import logsumexp

from varigate.model.checks import check_whole
from varigate.model.vae.model import VAEmodel

__all__ = ["importance_weighted_bound"]

CHUNK = 1 << 16  # rows of a forward pass, at most


def importance_weighted_bound(model: VAEmodel, x, rng, samples: int = 512) -> np.ndarray:
    """The importance-weighted lower bound on log p(x) of each sample.

    It is log of the mean of p(x|z)·p(z)/q(z|x) over draws of z from q(z|x) (Y. Burda, R. Grosse and R. Salakhutdinov,
    2015): in expectation a lower bound that rises with `samples`, and the ELBO for one.

    Parameters
    ----------
    model : VAEmodel
    x : array (n, seq_len)
    rng : numpy.random.Generator
        draws z.
    samples : int
        draws of z for each x, at least 1.

    Returns
    -------
    float64 array (n,)
        in nats.

    Raises
    ------
    ValueError
        for x of another shape, or values that the model's data cannot have, and for `samples` below 1.

    Examples
    --------
    >>> import numpy as np
    >>> from varigate import Dataset, DenseDecoder, DenseEncoder, VAEmodel, importance_weighted_bound
    >>> rng = np.random.default_rng(0)
    >>> data = Dataset(rng.integers(0, 2, (100, 6)))
    >>> model = VAEmodel(DenseEncoder(data.sites), DenseDecoder(data.sites)).initialise(rng)
    >>> bound = importance_weighted_bound(model, data.samples, rng, samples=64)
    >>> bound.shape, bool(bound.max() < 0)
    ((100,), True)
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
