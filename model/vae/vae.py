"""The variational autoencoder with manual back-propagation, in float64.

Every function takes leading axes before those that it names, on parameters and data alike: R networks of one shape
train at once as parameters (R, outputs, inputs) on data (R, n, inputs), independently of each other.

    h = encoder(x);  μ, ℓ = W_μ·h + b, W_ℓ·h + b;  z = μ + exp(ℓ/2)⊙ε;  ŷ = decoder(z);  scores = W_c·z + b

Loss per sample (D. Kingma and M. Welling, "Auto-encoding variational Bayes", 2013, with β and a class head):

    −log p(y|ŷ)  +  β · ½ Σ (μ² + e^ℓ − ℓ − 1)  +  γ · cross-entropy(scores, class)

where −log p is ½‖y − ŷ‖² for a linear output (a unit normal distribution, its constant left out) and the Bernoulli
cross-entropy of grey levels, on the logits, for a sigmoid output.
"""

import itertools
from dataclasses import dataclass

import numpy as np

from varigate.model.nn.activations import ACTIVATIONS
from varigate.model.nn.losses import cross_entropy, kl_divergence, reconstruction_loss

__all__ = ["OUTPUTS", "Pass", "Vae"]

OUTPUTS = ("linear", "sigmoid")


@dataclass(frozen=True, eq=False)
class Pass:
    """What a forward pass leaves for the way back: the inputs of each layer, its sum, and the results."""

    encoder: list  # (input, sum) of each hidden layer
    hidden: np.ndarray  # (…, n, width) before μ and ℓ
    mu: np.ndarray
    logvar: np.ndarray
    noise: np.ndarray  # exp(ℓ/2)·ε
    z: np.ndarray
    scores: np.ndarray | None
    decoder: list
    output: np.ndarray  # (…, n, outputs): ŷ, or its logits when the output is a sigmoid


def _affine(x, parameters, name: str):
    return x @ parameters[f"{name}.weights"].mT + parameters[f"{name}.bias"][..., None, :]


def _affine_back(x, delta, name: str, gradients: dict, parameters: dict):
    """Gradients of a layer from `delta` (…, n, outputs) at its sum; returns the gradient at its input."""
    gradients[f"{name}.weights"] = delta.mT @ x
    gradients[f"{name}.bias"] = delta.sum(-2)
    return delta @ parameters[f"{name}.weights"]


@dataclass(frozen=True)
class Vae:
    """The shape of a VAE; its parameters are a dict of arrays `LAYER.weights` (outputs, inputs) and `LAYER.bias`.

    Layers: `encoder.0` …, `mu`, `logvar`, `decoder.0` …, and with classes `head`.
    """

    inputs: int
    hidden: tuple[int, ...] = (8,)
    latent: int = 2
    classes: int = 0
    activation: str = "relu"
    output: str = "linear"

    def __post_init__(self):
        if self.activation not in ACTIVATIONS:
            raise ValueError(f"an activation is one of {', '.join(ACTIVATIONS)}, not {self.activation!r}")
        if self.output not in OUTPUTS:
            raise ValueError(f"an output is one of {', '.join(OUTPUTS)}, not {self.output!r}")

    @property
    def shapes(self) -> dict[str, tuple[int, int]]:
        """(outputs, inputs) of each layer."""
        there, back = (self.inputs, *self.hidden), (self.latent, *reversed(self.hidden), self.inputs)
        shapes = {f"encoder.{i}": (b, a) for i, (a, b) in enumerate(itertools.pairwise(there))}
        shapes |= {"mu": (self.latent, there[-1]), "logvar": (self.latent, there[-1])}
        shapes |= {f"decoder.{i}": (b, a) for i, (a, b) in enumerate(itertools.pairwise(back))}
        return shapes | ({"head": (self.classes, self.latent)} if self.classes else {})

    def initial(self, rng) -> dict:
        """Random parameters: normal weights of variance 2/inputs for ReLU, 1/inputs elsewhere; biases of zero."""
        parameters = {}
        for name, (outputs, inputs) in self.shapes.items():
            gain = 2.0 if self.activation == "relu" and name[:7] in ("encoder", "decoder") else 1.0
            parameters[f"{name}.weights"] = rng.normal(0, np.sqrt(gain / inputs), (outputs, inputs))
            parameters[f"{name}.bias"] = np.zeros(outputs)
        return parameters

    def _hidden(self, parameters, x, part: str, layers: int):
        steps = []
        for index in range(layers):
            total = _affine(x, parameters, f"{part}.{index}")
            steps.append((x, total))
            x = ACTIVATIONS[self.activation].value(total)
        return x, steps

    def _hidden_back(self, parameters, delta, part: str, steps, gradients):
        for index in reversed(range(len(steps))):
            x, total = steps[index]
            delta = _affine_back(x, delta * ACTIVATIONS[self.activation].slope(total), f"{part}.{index}", gradients,
                                 parameters)
        return delta

    def forward(self, parameters, x, epsilon) -> Pass:
        """x (…, n, inputs) and ε (…, n, latent) through all layers."""
        hidden, encoder = self._hidden(parameters, x, "encoder", len(self.hidden))
        mu, logvar = _affine(hidden, parameters, "mu"), _affine(hidden, parameters, "logvar")
        noise = np.exp(logvar / 2) * epsilon
        z = mu + noise
        scores = _affine(z, parameters, "head") if self.classes else None
        last, decoder = self._hidden(parameters, z, "decoder", len(self.hidden))
        name = f"decoder.{len(self.hidden)}"
        output = _affine(last, parameters, name)
        return Pass(encoder, hidden, mu, logvar, noise, z, scores, [*decoder, (last, output)], output)

    def loss(self, parameters, x, y, onehot, epsilon, *, beta: float = 1.0, class_weight: float = 1.0):
        """The mean loss (…,) of samples x (…, n, inputs) with targets y and classes onehot (…, n, classes), and its
        gradients, a dict like `parameters`."""
        p = self.forward(parameters, x, epsilon)
        count = x.shape[-2]
        loss = reconstruction_loss(y, p.output, self.output) + beta * kl_divergence(p.mu, p.logvar)
        gradients = {}
        expected = ACTIVATIONS["sigmoid"].value(p.output) if self.output == "sigmoid" else p.output
        last = len(self.hidden)
        delta = _affine_back(p.decoder[last][0], (expected - y) / count, f"decoder.{last}", gradients, parameters)
        delta = self._hidden_back(parameters, delta, "decoder", p.decoder[:last], gradients)
        if self.classes:
            entropy, wrong = cross_entropy(p.scores, onehot)
            loss = loss + class_weight * entropy
            delta = delta + _affine_back(p.z, class_weight / count * wrong, "head", gradients, parameters)
        delta_mu = delta + beta * p.mu / count
        delta_logvar = 0.5 * (delta * p.noise + beta * (np.exp(p.logvar) - 1) / count)
        back = (_affine_back(p.hidden, delta_mu, "mu", gradients, parameters)
                + _affine_back(p.hidden, delta_logvar, "logvar", gradients, parameters))
        self._hidden_back(parameters, back, "encoder", p.encoder, gradients)
        return loss.mean(-1), gradients
