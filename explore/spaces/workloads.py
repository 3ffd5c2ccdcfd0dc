"""What an accelerator is to compute: the shape of a VAE, and for each width of weights a network of that shape."""

import itertools
import re
from dataclasses import dataclass
from zlib import crc32

import numpy as np

from varigate.model.errors import UserError
from varigate.model.network.network import Network
from varigate.model.network.random_network import random_network

__all__ = ["Workload", "random_workload"]

MOST_HIDDEN = 3
PATTERN = re.compile(r"([1-9]\d{0,3})((?:-[1-9]\d{0,3})*)-z([1-9]\d{0,2})-c(0|[1-9]\d{0,2})(-sigmoid)?")


@dataclass(frozen=True)
class Workload:
    """The shape of a VAE whose decoder mirrors its encoder.

    Parameters
    ----------
    inputs : int
        and outputs.
    hidden : tuple of int
        widths of the encoder's hidden layers, at most three.
    latent, classes : int
    sigmoid : bool
        whether the outputs go through a sigmoid, as pixels do.
    """

    inputs: int
    hidden: tuple[int, ...]
    latent: int
    classes: int
    sigmoid: bool

    def __post_init__(self):
        if len(self.hidden) > MOST_HIDDEN:
            raise UserError(f"designs are explored for networks of up to {MOST_HIDDEN} hidden layers a side; "
                            f"this one has {len(self.hidden)}")

    @classmethod
    def of(cls, network: Network) -> "Workload":
        """The shape of a network, as seen from its encoder."""
        return cls(network.inputs, tuple(layer.outputs for layer in network.encoder), network.latent, network.classes,
                   network.sigmoid is not None)

    @classmethod
    def parse(cls, text: str) -> "Workload":
        """The inverse of `str`; a `UserError` for any other text."""
        match = PATTERN.fullmatch(text)
        if match is None:
            raise UserError(f"a workload is written like 784-256-z16-c10-sigmoid, not {text!r}")
        inputs, hidden, latent, classes, sigmoid = match.groups()
        return cls(int(inputs), tuple(map(int, hidden.split("-")[1:])), int(latent), int(classes), sigmoid is not None)

    def __str__(self):
        widths = "-".join(map(str, (self.inputs, *self.hidden)))
        return f"{widths}-z{self.latent}-c{self.classes}{'-sigmoid' * self.sigmoid}"

    @property
    def layers(self) -> list[tuple[int, int]]:
        """(inputs, outputs) of the matrices: encoder, μ with v, decoder, class head."""
        widths = (self.inputs, *self.hidden)
        mirrored = (self.latent, *reversed(widths))
        head = [(self.latent, self.classes)] if self.classes else []
        return [*itertools.pairwise(widths), (widths[-1], 2 * self.latent),
                *itertools.pairwise(mirrored), *head]

    @property
    def conditions(self) -> np.ndarray:
        """What a predictor reads of it: inputs, the widths of `MOST_HIDDEN` hidden layers, latents, classes, whether
        there is a sigmoid, multiply-accumulates: whole numbers, 1 added where 0 can be; float64."""
        hidden = (*self.hidden, *[0] * (MOST_HIDDEN - len(self.hidden)))
        return np.array([self.inputs, *(1 + width for width in hidden), self.latent, 1 + self.classes,
                         1 + self.sigmoid, sum(inputs * outputs for inputs, outputs in self.layers)],
                        np.float64)

    def network(self, bits: int = 8) -> Network:
        """A network of this shape with random integers, the same ones every time."""
        rng = np.random.default_rng(crc32(str(self).encode()))
        return random_network(rng, inputs=self.inputs, hidden=self.hidden, latent=self.latent, classes=self.classes,
                              output_activation="sigmoid" if self.sigmoid else "linear", signed_input=False,
                              segments=128, extreme=False, bits=bits, name="workload")


def random_workload(rng) -> Workload:
    """A shape between those of Iris and MNIST; widths are spread evenly over their logarithms."""
    def between(low, high):
        return round(float(np.exp(rng.uniform(np.log(low), np.log(high)))))

    inputs = between(4, 784)
    hidden, widest = [], inputs
    for _ in range(int(rng.integers(1, MOST_HIDDEN + 1))):
        widest = between(8, min(256, max(16, widest)))
        hidden.append(widest)
    return Workload(inputs, tuple(hidden), between(2, 16), int(rng.choice([0, 3, 10])), bool(rng.integers(2)))
