"""The trained network in float64, with the hardware's inputs and outputs: codes, and v = log2 σ.

The integers are measured against it.

`FloatNetwork` corresponds layer by layer to `model.network.network.Network`.
"""

from dataclasses import dataclass

import numpy as np

from varigate.model import archive
from varigate.model.data.whitening import Whitening
from varigate.model.errors import UserError
from varigate.model.files import write_bytes
from varigate.model.network.names import take_numbered
from varigate.model.nn.activations import ACTIVATIONS
from varigate.model.nn.losses import OUTPUTS

__all__ = ["Affine", "FloatInference", "FloatNetwork", "load", "save"]

VERSION = 1


@dataclass(frozen=True, eq=False)
class Affine:
    """An affine map W·x + b; weights (outputs, inputs), bias (outputs,).

    Examples
    --------
    >>> Affine(np.array([[1.0, 2.0]]), np.array([0.5]))([1.0, 1.0])
    array([3.5])
    """

    weights: np.ndarray
    bias: np.ndarray

    def __call__(self, x) -> np.ndarray:
        """Map x (…, inputs) to (…, outputs)."""
        return np.asarray(x, np.float64) @ self.weights.T + self.bias


@dataclass(frozen=True, eq=False)
class FloatInference:
    """The results of one inference in real numbers, as `model.network.integer.Inference` has them in integers.

    `output` is in codes, neither rounded nor saturated.
    """

    mu: np.ndarray
    v: np.ndarray
    z: np.ndarray
    scores: np.ndarray
    cls: np.ndarray
    logit: np.ndarray
    output: np.ndarray


@dataclass(frozen=True, eq=False)
class FloatNetwork:
    """A trained VAE in float64 that reads and writes codes, with whitening folded into its layers.

    Parameters
    ----------
    encoder, decoder : tuples of Affine
    mu, v : Affine
        means and v = log2 σ.
    head : Affine or None
        class scores.
    activation : str
        of the hidden layers.
    output : str
        `linear` (codes) or `sigmoid` (the code divided by 256).
    whitening : Whitening or None
        from codes to the coordinates in which a linear output's likelihood is a normal distribution of variance 1; None
        for images, whose codes are grey levels of 1/255.

    Examples
    --------
    >>> layer = Affine(np.eye(2), np.zeros(2))
    >>> network = FloatNetwork((), layer, layer, None, (layer,), "relu", "linear", None)
    >>> network.infer([[10.0, 20.0]]).output.tolist()
    [[10.0, 20.0]]
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
        """Yield (name, layer) of every layer."""
        yield from ((f"encoder.{index}", layer) for index, layer in enumerate(self.encoder))
        yield from (("mu", self.mu), ("v", self.v))
        if self.head is not None:
            yield "head", self.head
        yield from ((f"decoder.{index}", layer) for index, layer in enumerate(self.decoder))

    def targets(self, codes) -> np.ndarray:
        """The targets of the output for codes (…, inputs): whitened codes, or expectations of Bernoulli variables."""
        if self.whitening is None:
            return np.asarray(codes) / 255
        return np.asarray(codes) / 256 if self.output == "sigmoid" else self.whitening(codes)

    def hidden(self, layers, x) -> list[np.ndarray]:
        """A list of x itself and the activations after each of the hidden `layers`."""
        values = [np.asarray(x, np.float64)]
        for layer in layers:
            values.append(ACTIVATIONS[self.activation].value(layer(values[-1])))
        return values

    def encode(self, x) -> tuple[np.ndarray, np.ndarray]:
        """Encode codes x (…, inputs) to μ and v = log2 σ, each (…, latent)."""
        last = self.hidden(self.encoder, x)[-1]
        return self.mu(last), self.v(last)

    def decode(self, z) -> tuple[np.ndarray, np.ndarray]:
        """Decode z (…, latent) to the last layer's sums and the output in codes, each (…, outputs)."""
        logit = self.decoder[-1](self.hidden(self.decoder[:-1], z)[-1])
        if self.output == "linear":
            return logit, logit
        hidden = ACTIVATIONS[self.activation]
        activation = hidden if hidden.sigmoid else ACTIVATIONS[self.output]  # a network has one sigmoid unit
        return logit, 256 * activation.value(logit)

    def infer(self, x, epsilon=None) -> FloatInference:
        """Run codes x (n, inputs) through the network, with real ε (n, latent), or None for ε off."""
        mu, v = self.encode(x)
        z = mu if epsilon is None else mu + 2.0**v * epsilon
        scores = self.head(mu) if self.head is not None else np.zeros((*mu.shape[:-1], 0))
        cls = scores.argmax(-1) if self.head is not None else np.zeros(mu.shape[:-1], np.int64)
        return FloatInference(mu, v, z, scores, cls, *self.decode(z))


def pack(network: FloatNetwork, path) -> bytes:
    """Return the content of the file `path` that holds `network`, without pickle.

    Examples
    --------
    >>> layer = Affine(np.eye(2), np.zeros(2))
    >>> pack(FloatNetwork((), layer, layer, None, (layer,), "relu", "linear", None), "two.float.npz")[:2]
    b'PK'
    """
    arrays = {f"{name}.{key}": getattr(layer, key) for name, layer in network.layers() for key in ("weights", "bias")}
    if network.whitening is not None:
        arrays |= {"whitening.mean": network.whitening.mean, "whitening.matrix": network.whitening.matrix}
    meta = {"version": VERSION, "activation": network.activation, "output": network.output,
            "layers": [name for name, _ in network.layers()]}
    return archive.pack(path, arrays | {"meta": archive.pack_json(meta)})


def save(network: FloatNetwork, path):
    """Save `network` to the file `path`, without pickle; it is written whole or stays as it was.

    Examples
    --------
    >>> import tempfile
    >>> layer = Affine(np.eye(2), np.zeros(2))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(FloatNetwork((), layer, layer, None, (layer,), "relu", "linear", None), f"{folder}/two.float.npz")
    ...     load(f"{folder}/two.float.npz").mu.weights.tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    write_bytes(path, pack(network, path))


def load(path) -> FloatNetwork:
    """Load the float network of the file `path`; a `UserError` for every kind of damage.

    See `save` for an example.
    """
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
        raise UserError(f"{path} is not a valid file of float parameters ({error!r}); train it again") from error
    return network
