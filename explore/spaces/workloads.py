"""Workloads: shapes of VAEs that accelerators are designed for, and a network with random integers for a shape."""

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
        number of inputs, and of outputs.
    hidden : tuple of int
        widths of the encoder's hidden layers, at most three.
    latent, classes : int
        number of latents, and of classes (0: no class head).
    sigmoid : bool
        whether the outputs go through a sigmoid, as pixels do.

    Raises
    ------
    UserError
        for more than three hidden layers.

    Examples
    --------
    >>> digits = Workload.parse("64-32-z8-c10-sigmoid")
    >>> digits.inputs, digits.hidden, digits.latent, digits.classes, digits.sigmoid
    (64, (32,), 8, 10, True)
    >>> digits.layers
    [(64, 32), (32, 16), (8, 32), (32, 64), (8, 10)]
    >>> str(digits)
    '64-32-z8-c10-sigmoid'
    >>> digits.network(bits=6).latent
    8
    """

    inputs: int
    hidden: tuple[int, ...]
    latent: int
    classes: int
    sigmoid: bool

    def __post_init__(self):
        if len(self.hidden) > MOST_HIDDEN:
            raise UserError(f"exploration supports at most {MOST_HIDDEN} hidden layers in the encoder; "
                            f"this network has {len(self.hidden)}")

    @classmethod
    def of(cls, network: Network) -> "Workload":
        """The shape of a network, read from its encoder."""
        return cls(network.inputs, tuple(layer.outputs for layer in network.encoder), network.latent, network.classes,
                   network.sigmoid is not None)

    @classmethod
    def parse(cls, text: str) -> "Workload":
        """The workload written as `text` (the inverse of `str`); a `UserError` if the text is not one."""
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
        """(inputs, outputs) of each matrix, in the order encoder, μ with v, decoder, class head."""
        widths = (self.inputs, *self.hidden)
        mirrored = (self.latent, *reversed(widths))
        head = [(self.latent, self.classes)] if self.classes else []
        return [*itertools.pairwise(widths), (widths[-1], 2 * self.latent),
                *itertools.pairwise(mirrored), *head]

    @property
    def conditions(self) -> np.ndarray:
        """The numbers that describe the workload to a predictor, float64 (8,), all at least 1.

        Inputs, the widths of `MOST_HIDDEN` hidden layers plus 1 (an absent layer is 1), latents, classes plus 1,
        1 without and 2 with a sigmoid, multiply-accumulates.
        """
        hidden = (*self.hidden, *[0] * (MOST_HIDDEN - len(self.hidden)))
        return np.array([self.inputs, *(1 + width for width in hidden), self.latent, 1 + self.classes,
                         1 + self.sigmoid, sum(inputs * outputs for inputs, outputs in self.layers)],
                        np.float64)

    def network(self, bits: int = 8) -> Network:
        """A network of this shape with random integers; the shape is their seed, so they are always the same."""
        rng = np.random.default_rng(crc32(str(self).encode()))
        return random_network(rng, inputs=self.inputs, hidden=self.hidden, latent=self.latent, classes=self.classes,
                              output_activation="sigmoid" if self.sigmoid else "linear", signed_input=False,
                              segments=128, extreme=False, bits=bits, name="workload")


def random_workload(rng) -> Workload:
    """A random shape between those of Iris and MNIST; the logarithms of widths are uniform.

    Examples
    --------
    >>> shape = random_workload(np.random.default_rng(0))
    >>> Workload.parse(str(shape)) == shape
    True
    """
    def between(low, high):
        return round(float(np.exp(rng.uniform(np.log(low), np.log(high)))))

    inputs = between(4, 784)
    hidden, widest = [], inputs
    for _ in range(int(rng.integers(1, MOST_HIDDEN + 1))):
        widest = between(8, min(256, max(16, widest)))
        hidden.append(widest)
    return Workload(inputs, tuple(hidden), between(2, 16), int(rng.choice([0, 3, 10])), bool(rng.integers(2)))
