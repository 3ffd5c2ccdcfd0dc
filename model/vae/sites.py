"""The make-up of one sample, discrete and continuous sites, and the probability density that a decoder gives it."""

from dataclasses import dataclass

import numpy as np

from varigate.model.checks import label_array, real_array
from varigate.model.nn.losses import (
    categorical_reconstruction_loss,
    categorical_reconstruction_loss_gradient,
    gaussian_negloglik,
    gaussian_negloglik_gradient,
    log_normal_pdf,
)

__all__ = ["DATA_TYPES", "Sites"]

DATA_TYPES = ("discrete", "continuous", "hybrid")


@dataclass(frozen=True)
class Sites:
    """The make-up of a sample: `discrete` labels 0…local_dimension − 1, then `continuous` real numbers.

    Networks read labels one-hot: `columns` numbers, the one of column c belonging to site `column_sites[c]`. They give
    `outputs` numbers: for each discrete site local_dimension logits, for each continuous one a mean and a
    log-variance. From these `density` makes cp: log-probabilities (batch, discrete, local_dimension), or means and
    log-variances (batch, continuous, 2), or, where there are sites of both kinds, the pair.

    Examples
    --------
    >>> sites = Sites(discrete=2, continuous=1, local_dimension=3)
    >>> sites.data_type, sites.seq_len, sites.columns, sites.outputs
    ('hybrid', 3, 7, 8)
    >>> sites.encode(np.array([[2, 0, 0.5]])).tolist()
    [[0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.5]]
    """

    discrete: int = 0
    continuous: int = 0
    local_dimension: int = 2

    def __post_init__(self):
        if min(self.discrete, self.continuous) < 0 or self.seq_len == 0:
            raise ValueError(f"{self.discrete} discrete and {self.continuous} continuous sites; one at least is needed")
        if self.discrete and self.local_dimension < 2:
            raise ValueError(f"local_dimension is {self.local_dimension}; a label has at least 2 values")

    @property
    def data_type(self) -> str:
        return "hybrid" if self.discrete and self.continuous else "discrete" if self.discrete else "continuous"

    @property
    def seq_len(self) -> int:
        return self.discrete + self.continuous

    @property
    def columns(self) -> int:
        return self.discrete * self.local_dimension + self.continuous

    @property
    def outputs(self) -> int:
        return self.discrete * self.local_dimension + 2 * self.continuous

    def _sites(self, each: int) -> np.ndarray:
        labels = np.repeat(np.arange(self.discrete), self.local_dimension)
        return np.concatenate([labels, np.repeat(np.arange(self.discrete, self.seq_len), each)])

    @property
    def column_sites(self) -> np.ndarray:
        return self._sites(1)

    @property
    def output_sites(self) -> np.ndarray:
        return self._sites(2)

    def check(self, name: str, x) -> np.ndarray:
        """Check samples x (batch, seq_len) and return them as float64; a `ValueError` names the fault."""
        x = real_array(name, x, 2)
        if x.shape[1] != self.seq_len:
            raise ValueError(f"{name} has shape {x.shape}; (batch, {self.seq_len}) is needed")
        label_array(name, x[:, :self.discrete], self.local_dimension)
        return x

    def encode(self, x) -> np.ndarray:
        """Turn samples (batch, seq_len) into what networks read, (batch, columns): labels one-hot."""
        onehot = x[:, :self.discrete, None] == np.arange(self.local_dimension)
        return np.concatenate([onehot.reshape(len(x), -1), x[:, self.discrete:]], 1, dtype=np.float64)

    def parts(self, cp):
        """cp as a pair (labels, values), with None for a part that the data do not have."""
        if self.data_type == "hybrid":
            return cp
        return (cp, None) if self.discrete else (None, cp)

    def _join(self, labels, values):
        """The inverse of `parts`."""
        return (labels, values) if self.data_type == "hybrid" else labels if self.discrete else values

    def density(self, outputs):
        """Turn a network's outputs (batch, outputs) into cp."""
        split = self.discrete * self.local_dimension
        logits = outputs[:, :split].reshape(len(outputs), self.discrete, self.local_dimension)
        shifted = logits - logits.max(-1, keepdims=True)
        log_cp = shifted - np.log(np.exp(shifted).sum(-1, keepdims=True))
        return self._join(log_cp, outputs[:, split:].reshape(len(outputs), self.continuous, 2))

    def density_back(self, cp, delta) -> np.ndarray:
        """The gradient at the outputs (batch, outputs) from `delta` at cp, shaped as cp is."""
        (log_cp, _), (at_labels, at_values), found = self.parts(cp), self.parts(delta), []
        if self.discrete:
            at_logits = at_labels - np.exp(log_cp) * at_labels.sum(-1, keepdims=True)
            found.append(at_logits.reshape(len(at_logits), -1))
        if self.continuous:
            found.append(at_values.reshape(len(at_values), -1))
        return np.concatenate(found, 1)

    def reconstruction(self, cp, x, alpha: float = 0.0):
        """The mean reconstruction loss of samples x in nats and its gradient, shaped as cp is.

        Of hybrid data it is α·categorical + (1 − α)·gaussian.
        """
        (log_cp, density), loss, at_labels, at_values = self.parts(cp), 0.0, None, None
        labels, values = x[:, :self.discrete], x[:, self.discrete:]
        hybrid = self.data_type == "hybrid"
        if self.discrete:
            share = alpha if hybrid else 1.0
            loss += share * categorical_reconstruction_loss(log_cp, labels)
            at_labels = share * categorical_reconstruction_loss_gradient(log_cp, labels)
        if self.continuous:
            share = 1 - alpha if hybrid else 1.0
            loss += share * gaussian_negloglik(density[..., 0], density[..., 1], values)
            at_values = share * np.stack(gaussian_negloglik_gradient(density[..., 0], density[..., 1], values), -1)
        return loss, self._join(at_labels, at_values)

    def log_likelihood(self, cp, x) -> np.ndarray:
        """The log-likelihood log p(x|…) of each sample (batch,), labels and values together."""
        (log_cp, density), total = self.parts(cp), np.zeros(len(x))
        if self.discrete:
            labels = x[:, :self.discrete, None].astype(np.int64)
            total += np.take_along_axis(log_cp, labels, -1).sum((1, 2))
        if self.continuous:
            total += log_normal_pdf(density[..., 0], density[..., 1], x[:, self.discrete:]).sum(1)
        return total

    def draw(self, cp, rng) -> np.ndarray:
        """Draw samples (batch, seq_len) from cp, each site independently."""
        (log_cp, density), found = self.parts(cp), []
        if self.discrete:
            steps = np.exp(log_cp[..., :-1]).cumsum(-1)
            found.append((rng.random((*log_cp.shape[:-1], 1)) > steps).sum(-1).astype(np.float64))
        if self.continuous:
            found.append(density[..., 0] + np.exp(density[..., 1] / 2) * rng.standard_normal(density.shape[:-1]))
        return np.concatenate(found, 1)
