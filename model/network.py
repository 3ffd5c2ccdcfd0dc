"""The quantised network: the contract between software and hardware.

A `Network` holds all that the hardware needs. It checks itself when it is made, so that one that exists is sound.
"""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from model.errors import UserError
from model.formats import Format
from model.intervals import accumulator_interval, signed_bits
from model.sampling import MU, V
from model.sigmoid import Sigmoid

__all__ = ["ACTIVATIONS", "SCORE_BITS", "Dense", "Network"]

ACTIVATIONS = ("linear", "relu", "sigmoid")
SCORE_BITS = 16
MAX_SHIFT = 31
MAX_ACCUMULATOR = 32


@dataclass(frozen=True, eq=False)
class Dense:
    """One layer in integers: requantise(bias + W·x) by each row's shift, then the activation.

    Parameters
    ----------
    weights : int64 array (outputs, inputs)
        symmetric: −127…127 at 8 bits.
    bias : int64 array (outputs,)
        at accumulator scale; fits 32 bits.
    shift : int64 array (outputs,)
        right shifts 0…31, rounding half up.
    format : Format
        what the accumulator is requantised to: the activation's input format. For ReLU it is unsigned, and the
        saturation is the activation.
    activation : str
        `linear`, `relu` or `sigmoid`.
    """

    weights: np.ndarray
    bias: np.ndarray
    shift: np.ndarray
    format: Format
    activation: str = "linear"

    @property
    def outputs(self) -> int:
        return self.weights.shape[0]

    @property
    def inputs(self) -> int:
        return self.weights.shape[1]


@dataclass(frozen=True, eq=False)
class Network:
    """A variational autoencoder in integers. See `docs/network.md` for the file.

    Parameters
    ----------
    name : str
    encoder : tuple of Dense
        the hidden layers; may be empty.
    mu, v : Dense
        latent means (s16.8) and log2 σ (s8.4), both `linear`, from the encoder's last hidden layer.
    head : Dense or None
        linear class scores (16 bits, signed) on the rounded μ.
    decoder : tuple of Dense
        from z to the output; at least one.
    input : Format
        of the input vector, 8 bits.
    z : Format
        of the latent sample, signed 8 bits, 0 ≤ frac ≤ 8.
    sigmoid : Sigmoid or None
        the unit that every `sigmoid` layer uses.
    sigma_table : uint8 array (256,)
    epsilon_table : int64 array (256, 3)
        see `model.epsilon`.
    epsilon_seed : int
        the 32-bit seed after reset.
    input_offset, input_step : float64 arrays (inputs,)
        physical value = offset + step · code, for input and linear output alike.
    feature_names, class_names : tuples of str
    unit, noun : str
        of the physical values ("cm"), and of one example ("flower").
    examples : uint8 array (n, inputs), n ≤ 255
        built-in samples that the board's switches choose from.
    """

    name: str
    encoder: tuple[Dense, ...]
    mu: Dense
    v: Dense
    head: Dense | None
    decoder: tuple[Dense, ...]
    input: Format
    z: Format
    sigmoid: Sigmoid | None
    sigma_table: np.ndarray
    epsilon_table: np.ndarray
    epsilon_seed: int
    input_offset: np.ndarray
    input_step: np.ndarray
    feature_names: tuple[str, ...] = ()
    class_names: tuple[str, ...] = ()
    unit: str = ""
    noun: str = "sample"
    examples: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.uint8))

    def __post_init__(self):
        _check(self)

    @property
    def inputs(self) -> int:
        return (*self.encoder, self.mu)[0].inputs

    @property
    def latent(self) -> int:
        return self.mu.outputs

    @property
    def outputs(self) -> int:
        return self.decoder[-1].outputs

    @property
    def classes(self) -> int:
        return 0 if self.head is None else self.head.outputs

    @property
    def output(self) -> Format:
        """The format of the reconstruction."""
        return self.output_format(self.decoder[-1])

    @property
    def macs(self) -> int:
        """Multiply-accumulates of encoder and decoder, for one inference."""
        return sum(layer.weights.size for layer in (*self.encoder, self.mu, self.v, *self.decoder))

    def output_format(self, layer: Dense) -> Format:
        """The format of `layer`'s activations."""
        return self.sigmoid.output if layer.activation == "sigmoid" else layer.format

    def layers(self):
        """(name, layer, input format) of every layer, in the order of computation: the head before the decoder."""
        source = self.input
        for index, layer in enumerate(self.encoder):
            yield f"encoder.{index}", layer, source
            source = self.output_format(layer)
        yield "mu", self.mu, source
        yield "v", self.v, source
        if self.head is not None:
            yield "head", self.head, self.z
        source = self.z
        for index, layer in enumerate(self.decoder):
            yield f"decoder.{index}", layer, source
            source = self.output_format(layer)


def _require(condition, message: str):
    if not condition:
        raise UserError(message)


def _check_layer(network: Network, name: str, layer: Dense, source: Format):
    _require(layer.weights.ndim == 2 and 0 not in layer.weights.shape,
             f"layer {name}: weights are a matrix, not of shape {layer.weights.shape}")
    rows = (layer.outputs,)
    _require(layer.bias.shape == rows and layer.shift.shape == rows,
             f"layer {name}: {layer.outputs} rows need as many biases and shifts, "
             f"not {layer.bias.shape} and {layer.shift.shape}")
    _require(np.abs(layer.weights).max() <= 127, f"layer {name}: weights are within -127…127")
    _require(layer.shift.min() >= 0 and layer.shift.max() <= MAX_SHIFT,
             f"layer {name}: shifts are within 0…{MAX_SHIFT}")
    _require(layer.activation in ACTIVATIONS, f"layer {name}: unknown activation {layer.activation!r}")
    _require(layer.activation != "relu" or not layer.format.signed, f"layer {name}: a ReLU's format is unsigned")
    if layer.activation == "sigmoid":
        _require(layer.format == network.sigmoid.input, f"layer {name}: the sigmoid takes {network.sigmoid.input}")
    _require(layer.bias.min() >= -(1 << 31) and layer.bias.max() < 1 << 31, f"layer {name}: a bias exceeds 32 bits")
    bits = max(signed_bits(*accumulator_interval(layer, source)), 2)
    _require(bits <= MAX_ACCUMULATOR,
             f"layer {name}: needs an accumulator of {bits} bits; {MAX_ACCUMULATOR} is the limit")


def _check(network: Network):
    _require(network.decoder, "a network has at least one decoder layer")
    _require(network.sigmoid is not None or all(layer.activation != "sigmoid" for layer in
                                                (*network.encoder, *network.decoder)),
             "a layer has a sigmoid, but the network has no sigmoid unit")
    layers = list(network.layers())
    for name, layer, source in layers:
        _check_layer(network, name, layer, source)
    for before, after in [*pairwise([*network.encoder, network.mu]), *pairwise(network.decoder)]:
        _require(after.inputs == before.outputs,
                 f"a layer with {before.outputs} outputs is followed by one with {after.inputs} inputs")
    _require(network.v.weights.shape == network.mu.weights.shape, "mu and v differ in shape")
    _require(network.decoder[0].inputs == network.latent, "the decoder's inputs are not the latent variables")
    _require(network.mu.format == MU and network.v.format == V, f"mu is {MU} and v is {V}")
    _require(network.mu.activation == network.v.activation == "linear", "mu and v are linear")
    if network.head is not None:
        _require(network.head.inputs == network.latent, "the head's inputs are not the latent variables")
        _require(network.head.format.signed and network.head.format.bits == SCORE_BITS,
                 f"class scores are signed with {SCORE_BITS} bits")
        _require(network.head.activation == "linear", "the class head is linear")
        _require(len(network.class_names) == network.classes, "there is one name for each class")
    _require(network.input.bits == 8, f"inputs have 8 bits, not {network.input}")
    _require(network.output.bits <= 8, f"outputs have at most 8 bits, not {network.output}")
    _require(network.z.signed and network.z.bits == 8 and 0 <= network.z.frac <= 8, f"z cannot be {network.z}")
    _require(network.sigma_table.shape == (256,), "the σ table has 256 entries")
    _require(network.epsilon_table.shape == (256, 3), "the ε table has 256 rows of 3 coefficients")
    _require(0 <= network.epsilon_seed < 1 << 32, "the ε seed has 32 bits")
    for array in (network.input_offset, network.input_step):
        _require(array.shape == (network.inputs,) and np.isfinite(array).all(),
                 "each input has a finite offset and step")
    _require(len(network.feature_names) in (0, network.inputs), "there is one name for each input")
    _require(len(network.examples) <= 255, "at most 255 examples fit the switches")
    _require(network.examples.size == 0 or network.examples.shape[1] == network.inputs, "examples are input vectors")
