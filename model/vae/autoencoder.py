"""The plain autoencoder: ‖x − d(e(x))‖² and nothing else. What the VAE is compared with."""

import numpy as np
from scipy.optimize import minimize

from varigate.model.nn.layers import Chain, Dense, hidden_layers
from varigate.model.nn.optimisers import AdaBelief

__all__ = ["Autoencoder", "error", "linear_autoencoder"]


class Autoencoder:
    """Dense layers `hidden` on either side of `latent` numbers; linear without any hidden layers.

    `parameters` are a dict of arrays `encoder.…` and `decoder.…`.
    """

    def __init__(self, features: int, hidden, latent: int, rng, activation: str = "relu"):
        encoder, decoder = hidden_layers(features, hidden, activation), hidden_layers(latent, hidden[::-1], activation)
        self.encoder = Chain([*encoder.layers, Dense("output", (features, *hidden)[-1], latent)])
        self.decoder = Chain([*decoder.layers, Dense("output", (latent, *hidden[::-1])[-1], features)])
        self.parameters = {f"{part}.{name}": value for part in ("encoder", "decoder")
                           for name, value in getattr(self, part).initial(rng).items()}

    def _part(self, name: str) -> dict:
        return {key.removeprefix(f"{name}."): value for key, value in self.parameters.items() if key.startswith(name)}

    def encode(self, x) -> np.ndarray:
        """x (n, features) to z (n, latent)."""
        return self.encoder.forward(self._part("encoder"), x)[0]

    def decode(self, z) -> np.ndarray:
        """z (n, latent) to x̂ (n, features)."""
        return self.decoder.forward(self._part("decoder"), z)[0]

    def loss(self, x) -> tuple[float, dict]:
        """The mean over samples of ½‖x − x̂‖², and its gradients, a dict like `parameters`."""
        z, saved_encoder = self.encoder.forward(self._part("encoder"), x)
        output, saved_decoder = self.decoder.forward(self._part("decoder"), z)
        of_encoder, of_decoder = {}, {}
        delta = self.decoder.backward(self._part("decoder"), saved_decoder, (output - x) / len(x), of_decoder)
        self.encoder.backward(self._part("encoder"), saved_encoder, delta, of_encoder)
        gradients = {f"encoder.{name}": value for name, value in of_encoder.items()}
        gradients |= {f"decoder.{name}": value for name, value in of_decoder.items()}
        return float(0.5 * ((output - x)**2).sum() / len(x)), gradients

    def train(self, x, epochs: int, rng, *, batch: int = 32, rate: float = 3e-3, held_out=None) -> list:
        """Trains by AdaBelief; rows of every tenth epoch's number with `error` of x and of `held_out`."""
        optimiser, course = AdaBelief(self.parameters, rate), []
        for epoch in range(1, epochs + 1):
            for rows in np.array_split(rng.permutation(len(x)), -(-len(x) // batch)):
                optimiser.step(self.loss(x[rows])[1])
            if epoch % 10 == 0 and held_out is not None:
                course.append([epoch, *(error(each, self.decode(self.encode(each))) for each in (x, held_out))])
        return course


def error(x, output) -> float:
    """The mean squared error of a feature: 1 for the mean of standardised data."""
    return float(np.mean((x - output)**2))


def linear_autoencoder(x, latent: int, rng) -> Autoencoder:
    """A linear autoencoder of x (n, features), of mean 0, trained until nothing more is gained (by L-BFGS).

    Its biases stay 0, and so the loss depends on x by the covariance alone: x's triangular factor stands for all of x.
    """
    made = Autoencoder(x.shape[1], (), latent, rng)
    names = [name for name in made.parameters if name.endswith("weights")]
    ends = np.cumsum([made.parameters[name].size for name in names])[:-1]
    factor = np.linalg.qr(x, mode="r")
    factor *= np.sqrt(len(factor) / len(x))

    def place(flat):
        for name, part in zip(names, np.split(flat, ends), strict=True):
            made.parameters[name][...] = part.reshape(made.parameters[name].shape)

    def loss(flat):
        place(flat)
        value, gradients = made.loss(factor)
        return value, np.concatenate([gradients[name].ravel() for name in names])

    start = 0.1 * rng.standard_normal(sum(made.parameters[name].size for name in names))  # alike in both layers
    place(minimize(loss, start, jac=True, method="L-BFGS-B",
                   options={"maxiter": 20000, "maxfun": 40000, "ftol": 0, "gtol": 1e-6}).x)
    return made
