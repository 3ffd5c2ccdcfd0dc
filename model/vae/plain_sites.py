"""Samples of plain numbers, such as the features of a table or the grey levels of an image."""

from dataclasses import dataclass

import numpy as np

from varigate.model.checks import real_array
from varigate.model.nn.activations import sigmoid
from varigate.model.nn.losses import OUTPUTS, reconstruction_loss

__all__ = ["PlainSites"]


@dataclass(frozen=True)
class PlainSites:
    """Samples of `features` plain numbers; a decoder gives one number of the density for each.

    The members are those of `model.vae.sites.Sites`. Arrays may have leading axes, for networks side by side, and may
    be in single precision. cp, (…, batch, features), is

    output = `linear`: means of normal distributions of variance 1, whose constant the loss leaves out; output =
    `sigmoid`: logits of Bernoulli variables; the samples are their expectations, 0…1, like grey levels.

    Examples
    --------
    >>> PlainSites(2).reconstruction(np.array([[1.0, 5.0]]), np.array([[0.0, 3.0]]))
    (np.float64(2.5), array([[1., 2.]]))
    """

    features: int
    output: str = "linear"

    data_type = "plain"

    def __post_init__(self):
        if self.features < 1:
            raise ValueError(f"{self.features} features; one at least is needed")
        if self.output not in OUTPUTS:
            raise ValueError(f"an output is one of {', '.join(OUTPUTS)}, not {self.output!r}")

    @property
    def seq_len(self) -> int:
        return self.features

    columns = outputs = seq_len

    @property
    def column_sites(self) -> np.ndarray:
        return np.arange(self.features)

    output_sites = column_sites

    def check(self, name: str, x) -> np.ndarray:
        """Check samples x (…, batch, features), float32 or float64; a `ValueError` names the fault."""
        x = real_array(name, x, dtype=np.float32 if getattr(x, "dtype", None) == np.float32 else np.float64)
        if x.ndim < 2 or x.shape[-1] != self.features:
            raise ValueError(f"{name} has shape {x.shape}; (batch, {self.features}) is needed")
        return x

    def encode(self, x) -> np.ndarray:
        return x

    def density(self, outputs) -> np.ndarray:
        return outputs

    def density_back(self, cp, delta) -> np.ndarray:
        return delta

    def _expected(self, cp) -> np.ndarray:
        return sigmoid(cp) if self.output == "sigmoid" else cp

    def reconstruction(self, cp, x, alpha: float = 0.0):
        """The mean reconstruction loss of samples x in nats (…,), and its gradient at cp."""
        return reconstruction_loss(x, cp, self.output).mean(-1), (self._expected(cp) - x) / x.shape[-2]

    def log_likelihood(self, cp, x) -> np.ndarray:
        """The log-likelihood log p(x|cp) of each sample, (…, batch)."""
        constant = 0.5 * np.log(2 * np.pi) * self.features if self.output == "linear" else 0.0
        return -reconstruction_loss(x, cp, self.output) - constant

    def draw(self, cp, rng) -> np.ndarray:
        """Draw samples (batch, features) from cp; those of Bernoulli variables are 0 or 1."""
        if self.output == "sigmoid":
            return (rng.random(cp.shape) < sigmoid(cp)).astype(cp.dtype)
        return cp + rng.standard_normal(cp.shape)
