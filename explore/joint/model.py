"""The joint model: a VAE of designs, and predictors that read its latent space beside a layer's or workload's features.

The predictors' gradient goes through z into the encoder, so that the latent space is ordered by what designs cost.
What the predictors give is put together in `explore.joint.decomposition`.
"""

from dataclasses import dataclass

import numpy as np

from varigate.explore.joint import file
from varigate.explore.joint.codec import Codec, DesignEncoder
from varigate.explore.joint.decomposition import Scales
from varigate.explore.joint.features import FEATURES
from varigate.explore.joint.predictors import LayerNet, PairNet
from varigate.model.vae.decoders import DenseDecoder
from varigate.model.vae.model import VAEmodel

__all__ = ["JointModel", "Shape"]


@dataclass(frozen=True)
class Shape:
    """What a joint model is made of. The decoder's widths are the encoder's in reverse."""

    nz: int = 4
    vae: tuple[int, ...] = (128, 128)
    vae_activation: str = "relu"
    predictor: tuple[int, ...] = (128, 128)
    predictor_activation: str = "tanh"
    layer_net: tuple[int, ...] = (64,)


class JointModel:
    """The model of designs of `space`, on layers or workloads that are told by `conditions` numbers.

    Parameters
    ----------
    features : str
        which of `explore.joint.features.FEATURES` the predictors read.
    targets : names of what is predicted.

    Members
    -------
    scales : Scales
        the normalisation, which training fits to its rows.
    centre, width : float64 (nz,)
        z, wherever it is given or returned here, is (the VAE's latent − centre)/width: see `standardise`.
    """

    def __init__(self, space, conditions: int, *, features: str = "logarithms", targets=("latency", "energy"),
                 shape: Shape | None = None):
        self.space, self.conditions, self.features, self.targets = space, conditions, features, tuple(targets)
        self.shape = shape = shape or Shape()
        self.nz, self.codec = shape.nz, Codec(space)
        self.vae = VAEmodel(DesignEncoder(self.codec, shape.vae, shape.nz, shape.vae_activation),
                            DenseDecoder(self.codec.sites, shape.vae[::-1], shape.nz, shape.vae_activation))
        columns = FEATURES[features](np.ones((1, conditions))).shape[1]
        self.pair = PairNet("pair", shape.nz, columns, shape.predictor, len(self.targets), shape.predictor_activation)
        self.layer = LayerNet("layer", columns, shape.layer_net, len(self.targets) + 1, "tanh")
        self.scales = Scales.unit(columns, len(self.targets))
        self.centre, self.width = np.zeros(shape.nz), np.ones(shape.nz)

    @property
    def parameters(self) -> dict:
        """Arrays `encoder.…`, `decoder.…` (float64), `pair.…`, `layer.…` (float32), once `initialise` has made them."""
        return self.vae.parameters

    def initialise(self, rng) -> "JointModel":
        """Random parameters; returns the model."""
        self.vae.initialise(rng).parameters.update(self.pair.initial(rng) | self.layer.initial(rng))
        return self

    def standardise(self, labels):
        """Lets z of these designs have mean 0 and standard deviation 1 in each latent.

        With a small weight of the KL divergence the VAE's own latents spread wider than the prior, from which searches
        start.
        """
        means = self.vae.encode(self.codec.samples(labels))[0]
        self.centre, self.width = means.mean(0), np.maximum(means.std(0), 1e-6)

    def _latent(self, z) -> np.ndarray:
        """z (n, nz) or (nz,) to the VAE's latents (n, nz)."""
        return self.centre + self.width * np.atleast_2d(z)

    def encode(self, labels) -> np.ndarray:
        """Labels int64 (n, parameters) to the means of q(z|design), float64 (n, nz)."""
        return (self.vae.encode(self.codec.samples(labels))[0] - self.centre) / self.width

    def decode(self, z) -> np.ndarray:
        """z (n, nz) to the labels of the likeliest designs, int64 (n, parameters)."""
        return self.codec.labels(self.vae.decode(self._latent(z)))

    def read(self, conditions) -> np.ndarray:
        """Raw conditions (m, conditions) or (conditions,) to the features that the predictors read (m, columns)."""
        conditions = np.atleast_2d(np.asarray(conditions, np.float64))
        if conditions.shape[1] != self.conditions:
            raise ValueError(f"conditions has shape {conditions.shape}; (m, {self.conditions}) is needed")
        return self.scales.features(FEATURES[self.features](conditions))

    def predict_table(self, z, conditions) -> np.ndarray:
        """Natural logarithms of the targets at all z (n, nz) on all conditions (m, conditions): (n, m, targets)."""
        features = self.read(conditions)
        mean, spread = self.scales.layer(self.layer.forward(self.parameters, features)[0])
        deviation, _ = self.pair.forward(self.parameters, self._latent(z), features)
        return mean + spread * self.scales.pair_scale * deviation

    def _forward(self, z, conditions):
        """m, the factor s·scale before d, d, each (n or 1, targets), and what the way back needs."""
        z, features = self._latent(z), self.read(conditions)
        if len(features) not in (1, len(z)):
            raise ValueError(f"{len(z)} z and {len(features)} conditions; there is one for all, or one each")
        paired = len(features) == len(z)
        mean, spread = self.scales.layer(self.layer.forward(self.parameters, features)[0])
        deviation, saved = self.pair.forward(self.parameters, z, features, paired=paired)
        return mean, spread * self.scales.pair_scale, deviation[:, 0], (saved, paired)

    def predict(self, z, conditions) -> np.ndarray:
        """Natural logarithms of the targets (n, targets) at z (n, nz), on conditions (n, conditions), one each, or on
        (conditions,), the same for all."""
        mean, factor, deviation, _ = self._forward(z, conditions)
        return mean + factor * deviation

    def objective_gradient(self, z, conditions, weights) -> tuple[np.ndarray, np.ndarray]:
        """Σ_t weights[t]·log target_t (n,) and its gradient at z (n, nz); of the weights (1, 1) that is log EDP."""
        mean, factor, deviation, (saved, paired) = self._forward(z, conditions)
        delta = np.broadcast_to(factor * np.asarray(weights, np.float64), deviation.shape)
        gradient = self.pair.backward(self.parameters, saved, delta[:, None], {}, paired=paired)
        return mean @ weights + (delta * deviation).sum(1), gradient * self.width

    def save(self, path):
        """The model to the file `path` (see `explore.joint.file`)."""
        file.save(path, self)

    @classmethod
    def load(cls, path, space) -> "JointModel":
        """The model of `space` from the file `path`; a `UserError` for one that is damaged or of another space."""
        return file.load(path, space, cls, Shape)
