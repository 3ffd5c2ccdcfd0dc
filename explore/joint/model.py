"""The joint model: a VAE of designs, and predictors of costs from its latents and the features of a layer or workload.

The predictors' gradient goes through z into the encoder, so the latent space is ordered by the costs of designs. The
parts that the predictors compute are described in `explore.joint.decomposition`.
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
    """The sizes of a joint model. The decoder's widths are those of the encoder in reverse.

    Parameters
    ----------
    nz : int
        latents.
    vae, predictor, layer_net : tuple of int
        widths of hidden layers: of the encoder, of the network that predicts d, and of the one that predicts m and s.
    vae_activation, predictor_activation : str

    Examples
    --------
    >>> Shape(nz=2, predictor=(16,)).vae
    (128, 128)
    """

    nz: int = 4
    vae: tuple[int, ...] = (128, 128)
    vae_activation: str = "relu"
    predictor: tuple[int, ...] = (128, 128)
    predictor_activation: str = "tanh"
    layer_net: tuple[int, ...] = (64,)


class JointModel:
    """A VAE of the designs of `space`, with predictors of their costs on layers or workloads.

    Parameters
    ----------
    space : Space
    conditions : int
        how many numbers describe a layer or workload.
    features : str
        the name in `explore.joint.features.FEATURES` of the features that the predictors read.
    targets : tuple of str
        the names of the predicted costs.
    shape : Shape or None
        None: `Shape()`.

    Members
    -------
    scales : Scales
        the normalisation, fitted by the training.
    centre, width : float64 (nz,)
        z in this class is always (latent of the VAE − centre)/width, see `standardise`.

    Examples
    --------
    >>> from varigate.explore.spaces.space import Parameter, Space
    >>> space = Space("example", (Parameter("rows", (2, 4, 8)), Parameter("weights", ("lut", "block"))))
    >>> model = JointModel(space, conditions=3, shape=Shape(nz=2)).initialise(np.random.default_rng(0))
    >>> z = model.encode([[0, 0], [2, 1]])
    >>> z.shape, model.decode(z).shape
    ((2, 2), (2, 2))
    >>> model.predict(z, [16.0, 8.0, 2.0]).shape  # log latency and log energy of both designs
    (2, 2)
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
        """Arrays by name, made by `initialise`: `encoder.…`, `decoder.…` (float64), `pair.…`, `layer.…` (float32)."""
        return self.vae.parameters

    def initialise(self, rng) -> "JointModel":
        """Draws random parameters, and returns the model."""
        self.vae.initialise(rng).parameters.update(self.pair.initial(rng) | self.layer.initial(rng))
        return self

    def standardise(self, labels):
        """Sets `centre` and `width` so that z of these designs has mean 0 and standard deviation 1 in each latent.

        Searches start from samples of the prior. If the KL divergence has a small weight, the VAE's own latents spread
        wider than that.
        """
        means = self.vae.encode(self.codec.samples(labels))[0]
        self.centre, self.width = means.mean(0), np.maximum(means.std(0), 1e-6)

    def _latent(self, z) -> np.ndarray:
        """The VAE's latents (n, nz) of z (n, nz) or (nz,)."""
        return self.centre + self.width * np.atleast_2d(z)

    def encode(self, labels) -> np.ndarray:
        """The means of q(z|design), float64 (n, nz), of designs `labels`, int64 (n, parameters)."""
        return (self.vae.encode(self.codec.samples(labels))[0] - self.centre) / self.width

    def decode(self, z) -> np.ndarray:
        """The likeliest designs, int64 (n, parameters), at z (n, nz)."""
        return self.codec.labels(self.vae.decode(self._latent(z)))

    def read(self, conditions) -> np.ndarray:
        """The predictors' features (m, columns) of raw conditions (m, conditions) or (conditions,)."""
        conditions = np.atleast_2d(np.asarray(conditions, np.float64))
        if conditions.shape[1] != self.conditions:
            raise ValueError(f"conditions must have shape (m, {self.conditions}), not {conditions.shape}")
        return self.scales.features(FEATURES[self.features](conditions))

    def predict_table(self, z, conditions) -> np.ndarray:
        """Natural logarithms of the targets at each z (n, nz) on each of the conditions: (n, m, targets)."""
        features = self.read(conditions)
        mean, spread = self.scales.layer(self.layer.forward(self.parameters, features)[0])
        deviation, _ = self.pair.forward(self.parameters, self._latent(z), features)
        return mean + spread * self.scales.pair_scale * deviation

    def _forward(self, z, conditions):
        """m, the factor s·scale of d, and d, each (n or 1, targets), and the state that `backward` needs."""
        z, features = self._latent(z), self.read(conditions)
        if len(features) not in (1, len(z)):
            raise ValueError(f"{len(z)} z and {len(features)} conditions: give one for all z, or one for each")
        paired = len(features) == len(z)
        mean, spread = self.scales.layer(self.layer.forward(self.parameters, features)[0])
        deviation, saved = self.pair.forward(self.parameters, z, features, paired=paired)
        return mean, spread * self.scales.pair_scale, deviation[:, 0], (saved, paired)

    def predict(self, z, conditions) -> np.ndarray:
        """Natural logarithms of the targets (n, targets) at z (n, nz).

        conditions: (n, conditions), one row for each z, or (conditions,), the same for all.
        """
        mean, factor, deviation, _ = self._forward(z, conditions)
        return mean + factor * deviation

    def objective_gradient(self, z, conditions, weights) -> tuple[np.ndarray, np.ndarray]:
        """Σ_t weights[t]·log target_t (n,) and its gradient at z (n, nz). Weights (1, 1) give log EDP."""
        mean, factor, deviation, (saved, paired) = self._forward(z, conditions)
        delta = np.broadcast_to(factor * np.asarray(weights, np.float64), deviation.shape)
        gradient = self.pair.backward(self.parameters, saved, delta[:, None], {}, paired=paired)
        return mean @ weights + (delta * deviation).sum(1), gradient * self.width

    def save(self, path):
        """Writes the model to the file `path` (see `explore.joint.file`)."""
        file.save(path, self)

    @classmethod
    def load(cls, path, space) -> "JointModel":
        """Reads the model of `space` from the file `path`; a `UserError` if it is damaged or of another space."""
        return file.load(path, space, cls, Shape)
