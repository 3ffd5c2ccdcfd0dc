"""The quantised network: the contract between software and hardware.

A `Network` holds all that the hardware needs. It is checked when it is made (by `model.network.soundness`), so that one
that exists is sound.
"""

from dataclasses import dataclass, field

import numpy as np

from varigate.model.fixedpoint.activation_units import ACTIVATION_UNITS, ActivationUnit
from varigate.model.fixedpoint.formats import Format
from varigate.model.fixedpoint.sigmoid import Sigmoid
from varigate.model.network.soundness import MAX_SHIFT, SCORE_BITS, check

__all__ = ["MAX_SHIFT", "SCORE_BITS", "IntegerLayer", "Network"]


@dataclass(frozen=True, eq=False)
class IntegerLayer:
    """A layer in integers: requantise(bias + W·x) by each row's shift, then the activation.

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
        one of `model.fixedpoint.activation_units.ACTIVATION_UNITS`: `linear`, `relu` or `sigmoid`.

    Examples
    --------
    >>> layer = IntegerLayer(np.array([[1, -2]]), np.array([3]), np.array([1]), Format.parse("u8.0"), "relu")
    >>> layer.inputs, layer.outputs, layer.unit.name
    (2, 1, 'relu')
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

    @property
    def unit(self) -> ActivationUnit:
        return ACTIVATION_UNITS[self.activation]


@dataclass(frozen=True, eq=False)
class Network:
    """A variational autoencoder in integers: all that the hardware needs. See `docs/network.md` for the file.

    It is checked when it is made, and does not change: `dataclasses.replace` makes another.

    Parameters
    ----------
    name : str
        1 to 32 letters, digits, `-` or `_`: files are named after it.
    encoder : tuple of IntegerLayer
        the hidden layers; may be empty.
    mu, v : IntegerLayer
        latent means (s16.8) and log2 σ (s8.4), both `linear`, from the encoder's last hidden layer.
    head : IntegerLayer or None
        linear class scores (16 bits, signed) on the rounded μ.
    decoder : tuple of IntegerLayer
        from z to the output; at least one.
    input : Format
        of the input vector, 8 bits.
    z : Format
        of the latent sample, signed 8 bits, 0 ≤ frac ≤ 8.
    sigmoid : Sigmoid or None
        the unit that every `sigmoid` layer uses.
    sigma_table : uint8 array (256,)
    epsilon_table : int64 array (256, 3) or (2048, 2)
        see `model.fixedpoint.epsilon`.
    epsilon_seed : int
        the 32-bit seed after reset.
    input_offset, input_step : float64 arrays (inputs,)
        physical value = offset + step · code, for input and linear output alike; no step is zero.
    feature_names, class_names : tuples of str
    unit, noun : str
        of the physical values ("cm"), and of one example ("flower").
    examples : uint8 array (n, inputs), n ≤ 255
        built-in samples that the board's switches choose from, as bytes: two's complement where `input` is signed.

    Members
    -------
    inputs, latent, outputs, classes : int
        the widths of the input, the latent vector, the reconstruction and the class scores (0 without a head).
    output : Format
        of the reconstruction.
    physical_output : bool
        whether the reconstruction has the input's physical units: it is as wide, and no sigmoid.
    example_codes : int64 array (n, inputs)
        the examples as numbers, codes of `input`.
    macs : int
        multiply-accumulates of encoder and decoder, for one inference.

    Raises
    ------
    UserError
        for whatever the hardware, the protocol or the network file cannot hold.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from varigate import load
    >>> network = load("iris")
    >>> network.inputs, network.latent, network.outputs, network.classes
    (4, 2, 4, 3)
    >>> str(network.input), str(network.z)
    ('u8.0', 's8.5')
    >>> [name for name, layer, _ in network.layers()]
    ['encoder.0', 'mu', 'v', 'head', 'decoder.0', 'decoder.1']
    >>> replace(network, name="my iris")
    Traceback (most recent call last):
    ...
    varigate.model.errors.UserError: a network's name has 1 to 32 letters, digits, - or _, not 'my iris'
    """

    name: str
    encoder: tuple[IntegerLayer, ...]
    mu: IntegerLayer
    v: IntegerLayer
    head: IntegerLayer | None
    decoder: tuple[IntegerLayer, ...]
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
        check(self)

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
    def physical_output(self) -> bool:
        """Whether the output has the input's physical units: it is as wide, and no sigmoid."""
        return self.outputs == self.inputs and not self.decoder[-1].unit.sigmoid

    @property
    def example_codes(self) -> np.ndarray:
        """The examples as numbers: codes of `input`, int64 (n, inputs)."""
        return self.examples.view(np.int8 if self.input.signed else np.uint8).astype(np.int64)

    @property
    def macs(self) -> int:
        """Multiply-accumulates of encoder and decoder, for one inference."""
        return sum(layer.weights.size for layer in (*self.encoder, self.mu, self.v, *self.decoder))

    def output_format(self, layer: IntegerLayer) -> Format:
        """The format of `layer`'s activations."""
        return self.sigmoid.output if layer.unit.sigmoid else layer.format

    def layers(self):
        """Yield (name, layer, input format) of each layer, in the order of computation: the head before the decoder."""
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
