"""The trained network in float64 as the hardware sees it: codes in, codes out, v = log2 σ; the integers' yardstick.

`FloatNetwork` corresponds layer by layer to `model.network.network.Network`.
"""

from dataclasses import dataclass

import numpy as np

from varigate.model import archive
from varigate.model.data.whitening import Whitening
from varigate.model.errors import UserError
from varigate.model.network.names import take_numbered
from varigate.model.nn.activations import ACTIVATIONS
from varigate.model.nn.losses import OUTPUTS

__all__ = ["Affine", "FloatInference", "FloatNetwork", "load", "save"]

VERSION = 1


@dataclass(frozen=True, eq=False)
class Affine:
    """W·x + b. weights: (outputs, inputs); bias: (outputs,)."""

    weights: np.ndarray
    bias: np.ndarray

    def __call__(self, x) -> np.ndarray:
        """x (…, inputs) to (…, outputs)."""
        return np.asarray(x, np.float64) @ self.weights.T + self.bias


@dataclass(frozen=True, eq=False)
class FloatInference:
    """As `model.network.integer.Inference`, in real numbers; `output` in codes, neither rounded nor saturated."""

    mu: np.ndarray
    v: np.ndarray
    z: np.ndarray
    scores: np.ndarray
    cls: np.ndarray
    logit: np.ndarray
    output: np.ndarray


@dataclass(frozen=True, eq=False)
class FloatNetwork:
    """A folded VAE.

    encoder, decoder: tuples of `Affine`; mu, v, head: `Affine` (head may be None). activation: of the hidden layers;
    output: `linear` (codes) or `sigmoid` (the code divided by 256). whitening: from codes to the coordinates in which a
    linear output's likelihood is a unit normal distribution; None
        for images, whose codes are grey levels of 1/255.
    """

    encoder: tuple[Affine, ...]
    mu: Affine
    v: Affine
    head: Affine | None
    decoder: tuple[Affine, ...]
    activation: str
    output: str
    whitening: Whitening | None

    def layers(self):
        """(name, layer) of every layer."""
        yield from ((f"encoder.{index}", layer) for index, layer in enumerate(self.encoder))
        yield from (("mu", self.mu), ("v", self.v))
        if self.head is not None:
            yield "head", self.head
        yield from ((f"decoder.{index}", layer) for index, layer in enumerate(self.decoder))

    def targets(self, codes) -> np.ndarray:
        """What the output for codes (…, inputs) is measured against: they are whitened, or expectations of Bernoulli
        variables.
        """
        if self.whitening is None:
            return np.asarray(codes) / 255
        return np.asarray(codes) / 256 if self.output == "sigmoid" else self.whitening(codes)

    def hidden(self, layers, x) -> list[np.ndarray]:
        """x itself, then the activations after each of the hidden `layers`."""
        values = [np.asarray(x, np.float64)]
        for layer in layers:
            values.append(ACTIVATIONS[self.activation].value(layer(values[-1])))
        return values

    def encode(self, x) -> tuple[np.ndarray, np.ndarray]:
        """Codes x (…, inputs) to μ and v = log2 σ, each (…, latent)."""
        last = self.hidden(self.encoder, x)[-1]
        return self.mu(last), self.v(last)

    def decode(self, z) -> tuple[np.ndarray, np.ndarray]:
        """z (…, latent) to the last layer's sums and the output in codes."""
        logit = self.decoder[-1](self.hidden(self.decoder[:-1], z)[-1])
        if self.output == "linear":
            return logit, logit
        hidden = ACTIVATIONS[self.activation]
        activation = hidden if hidden.sigmoid else ACTIVATIONS[self.output]  # a network has one sigmoid unit
        return logit, 256 * activation.value(logit)

    def infer(self, x, epsilon=None) -> FloatInference:
        """Codes x (n, inputs) and real ε (n, latent), or None for ε off."""
        mu, v = self.encode(x)
        z = mu if epsilon is None else mu + 2.0**v * epsilon
        scores = self.head(mu) if self.head is not None else np.zeros((*mu.shape[:-1], 0))
        cls = scores.argmax(-1) if self.head is not None else np.zeros(mu.shape[:-1], np.int64)
        return FloatInference(mu, v, z, scores, cls, *self.decode(z))


def save(network: FloatNetwork, path):
    """`network` to the file `path`, without pickle; the file is whole or unchanged."""
    arrays = {f"{name}.{key}": getattr(layer, key) for name, layer in network.layers() for key in ("weights", "bias")}
    if network.whitening is not None:
        arrays |= {"whitening.mean": network.whitening.mean, "whitening.matrix": network.whitening.matrix}
    meta = {"version": VERSION, "activation": network.activation, "output": network.output,
            "layers": [name for name, _ in network.layers()]}
    archive.write(path, arrays | {"meta": archive.pack_json(meta)})


def load(path) -> FloatNetwork:
    """The float network of the file `path`; a `UserError` for every kind of damage."""
    arrays = archive.read(path)
    try:
        meta = archive.unpack_json(arrays["meta"])
        if meta["version"] != VERSION or meta["activation"] not in ACTIVATIONS or meta["output"] not in OUTPUTS:
            raise ValueError("it is from another version")
        layers = {name: Affine(arrays[f"{name}.weights"], arrays[f"{name}.bias"]) for name in meta["layers"]}
        encoder, decoder = take_numbered(layers, "encoder"), take_numbered(layers, "decoder")
        whitening = None
        if "whitening.mean" in arrays:
            whitening = Whitening(arrays["whitening.mean"], arrays["whitening.matrix"])
        network = FloatNetwork(encoder, layers["mu"], layers["v"], layers.get("head"), decoder, meta["activation"],
                               meta["output"], whitening)
        codes = np.zeros((1, (*encoder, network.mu)[0].weights.shape[1]))
        network.infer(codes)
        network.targets(codes)
    except Exception as error:
        raise UserError(f"{path} is no sound file of float parameters ({error!r}); train it again") from error
    return network
