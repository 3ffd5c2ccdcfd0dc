"""The reparameterisation z = μ + σ·ε in integers, with its formats.

v = log2 σ; σ = 2**v comes from a table of 256 entries that is the definition. One product, one rounding *half up*.

In hardware: `gateware.units.sampling.Sampler`, `gateware.units.sampling.MeanRounder`.
"""

from functools import cache

import mpmath
import numpy as np

from varigate.model.fixedpoint.formats import Format, requantise

__all__ = ["EPSILON", "MU", "SIGMA", "V", "mean_latent", "prior_latent", "sample", "sigma_table"]

MU = Format(True, 16, 8)
V = Format(True, 8, 4)
SIGMA = Format(False, 8, 6)
EPSILON = Format(True, 16, 11)
PRODUCT_FRAC = SIGMA.frac + EPSILON.frac  # of σ·ε; μ is aligned to it


@cache
def sigma_table() -> np.ndarray:
    """The table of σ = min(255, ⌊64·2**v + ½⌋) by v's code as an unsigned byte 0…255; uint8 (256,). σ = 0 is legal.

    Examples
    --------
    >>> table = sigma_table()
    >>> SIGMA.real(table[V.quantise([0.0, 1.0, -1.0]) & 0xFF]).tolist()
    [1.0, 2.0, 0.5]
    """
    codes = [code - 256 if code >= 128 else code for code in range(256)]
    with mpmath.workdps(40):
        values = [int(mpmath.floor(2**SIGMA.frac * mpmath.mpf(2) ** (mpmath.mpf(v) / 2**V.frac) + 0.5)) for v in codes]
    table = np.array([min(SIGMA.high, value) for value in values], dtype=np.uint8)
    table.setflags(write=False)
    return table


def sample(table, mu, v, epsilon, z: Format) -> np.ndarray:
    """The latent sample z = sat((μ·2⁹ + σ·ε + half) >> s), s = 17 − z.frac: one rounding, half up; int64.

    mu, v, epsilon: codes of `MU`, `V` and `EPSILON`, of one shape; z: the format of the result.

    Examples
    --------
    >>> z = Format.parse("s8.4")
    >>> codes = sample(sigma_table(), MU.quantise([1.0]), V.quantise([-1.0]), EPSILON.quantise([0.5]), z)
    >>> z.real(codes)  # 1 + ½·½
    array([1.25])
    """
    sigma = np.asarray(table, dtype=np.int64)[np.asarray(v) & 0xFF]
    product = np.asarray(mu, np.int64) * (1 << (PRODUCT_FRAC - MU.frac)) + sigma * np.asarray(epsilon, np.int64)
    return requantise(product, PRODUCT_FRAC - z.frac, z)


def mean_latent(mu, z: Format) -> np.ndarray:
    """Round μ half up and saturate it to z's format: this is z when ε is off, and the input of the class head.

    Examples
    --------
    >>> mean_latent([300, 256 * 200], Format.parse("s8.4")).tolist()
    [19, 127]
    """
    return requantise(mu, MU.frac - z.frac, z)


def prior_latent(epsilon, z: Format) -> np.ndarray:
    """Round ε half up and saturate it to z's format: a draw from the prior N(0, 1).

    Examples
    --------
    >>> prior_latent(EPSILON.quantise([0.5]), Format.parse("s8.4")).tolist()
    [8]
    """
    return requantise(epsilon, EPSILON.frac - z.frac, z)
