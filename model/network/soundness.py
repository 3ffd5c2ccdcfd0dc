"""The rules of a sound network, all in one place: what the hardware, the protocol and the network file can hold.

A network that breaks a rule is refused by a `UserError` that names the rule.
"""

from itertools import pairwise

import numpy as np

from varigate.model.errors import UserError
from varigate.model.fixedpoint.activation_units import ACTIVATION_UNITS
from varigate.model.fixedpoint.epsilon import KINDS, segments_of
from varigate.model.fixedpoint.formats import Format
from varigate.model.fixedpoint.intervals import accumulator_interval, signed_bits
from varigate.model.fixedpoint.sampling import MU, V
from varigate.model.network.names import check_name

__all__ = ["MAX_SHIFT", "SCORE_BITS", "check", "check_widths"]

SCORE_BITS = 16
MAX_SHIFT = 31
MAX_ACCUMULATOR = 32
MAX_EXAMPLES = 255
WIDTHS = {"inputs": 65535, "outputs": 65535, "latent variables": 255, "classes": 255}  # what the protocol can say


def _require(condition, message: str):
    if not condition:
        raise UserError(message)


def check_widths(inputs: int, outputs: int, latent: int, classes: int):
    """Check that the protocol can express these widths; a `UserError` names the one that is too great.

    Examples
    --------
    >>> check_widths(inputs=784, outputs=784, latent=16, classes=10)
    >>> check_widths(inputs=784, outputs=784, latent=300, classes=10)
    Traceback (most recent call last):
    ...
    varigate.model.errors.UserError: a network has at most 255 latent variables, not 300: the protocol cannot name more
    """
    for (name, most), number in zip(WIDTHS.items(), (inputs, outputs, latent, classes), strict=True):
        _require(number <= most, f"a network has at most {most} {name}, not {number}: the protocol cannot name more")


def _check_layer(network, name: str, layer, source: Format):
    for key in ("weights", "bias", "shift"):
        array = getattr(layer, key)
        _require(array.dtype == np.int64, f"layer {name}: {key} has int64 numbers, not {array.dtype}")
    _require(layer.weights.ndim == 2 and 0 not in layer.weights.shape,
             f"layer {name}: weights are a matrix, not of shape {layer.weights.shape}")
    rows = (layer.outputs,)
    _require(layer.bias.shape == rows and layer.shift.shape == rows,
             f"layer {name}: {layer.outputs} rows need as many biases and shifts, "
             f"not {layer.bias.shape} and {layer.shift.shape}")
    _require(layer.weights.min() >= -127 and layer.weights.max() <= 127, f"layer {name}: weights are within -127…127")
    _require(layer.shift.min() >= 0 and layer.shift.max() <= MAX_SHIFT,
             f"layer {name}: shifts are within 0…{MAX_SHIFT}")
    _require(layer.activation in ACTIVATION_UNITS, f"layer {name}: unknown activation {layer.activation!r}")
    _require(layer.unit.signed or not layer.format.signed, f"layer {name}: a {layer.activation}'s format is unsigned")
    if layer.unit.sigmoid:
        _require(network.sigmoid is not None, f"layer {name}: it has a sigmoid, but the network has no sigmoid unit")
        _require(layer.format == network.sigmoid.input, f"layer {name}: the sigmoid takes {network.sigmoid.input}")
    _require(layer.bias.min() >= -(1 << 31) and layer.bias.max() < 1 << 31, f"layer {name}: a bias exceeds 32 bits")
    bits = max(signed_bits(*accumulator_interval(layer, source)), 2)
    _require(bits <= MAX_ACCUMULATOR,
             f"layer {name}: needs an accumulator of {bits} bits; {MAX_ACCUMULATOR} is the limit")


def _check_layers(network):
    _require(network.decoder, "a network has at least one decoder layer")
    for name, layer, source in network.layers():
        _check_layer(network, name, layer, source)
    for before, after in [*pairwise([*network.encoder, network.mu]), *pairwise(network.decoder)]:
        _require(after.inputs == before.outputs,
                 f"a layer with {before.outputs} outputs is followed by one with {after.inputs} inputs")
    _require(network.v.weights.shape == network.mu.weights.shape,
             f"layers mu and v have different shapes, {network.mu.weights.shape} and {network.v.weights.shape}")
    _require(network.decoder[0].inputs == network.latent,
             f"the decoder has {network.decoder[0].inputs} inputs, but there are {network.latent} latent variables")
    _require(network.mu.format == MU and network.v.format == V, f"mu is {MU} and v is {V}")
    _require(network.mu.activation == network.v.activation == "linear", "mu and v are linear")
    if network.head is not None:
        _require(network.head.inputs == network.latent,
                 f"the head has {network.head.inputs} inputs, but there are {network.latent} latent variables")
        _require(network.head.format.signed and network.head.format.bits == SCORE_BITS,
                 f"class scores are signed with {SCORE_BITS} bits")
        _require(network.head.activation == "linear", "the class head is linear")
    _require(network.input.bits == 8, f"inputs have 8 bits, not {network.input}")
    _require(network.output.bits <= 8, f"outputs have at most 8 bits, not {network.output}")
    _require(network.z.signed and network.z.bits == 8 and 0 <= network.z.frac <= 8, f"z cannot be {network.z}")
    check_widths(network.inputs, network.outputs, network.latent, network.classes)


def _check_sigmoid(unit):
    _require(unit.input.signed and unit.input.frac >= 0 and unit.input.bits <= 16,
             f"the sigmoid's input is signed, with at most 16 bits and no negative fraction, not {unit.input}")
    _require(not unit.output.signed and unit.output.frac >= 0,
             f"the sigmoid's output is unsigned, without a negative fraction, not {unit.output}")
    _require(0 <= unit.guard <= 16, f"the sigmoid has 0 to 16 guard bits, not {unit.guard}")
    span = 1 << (unit.input.bits - 1)
    _require(1 <= unit.hold <= span, f"the sigmoid is held beyond one of 1…{span}, not {unit.hold}")
    centres, coefficients = unit.centres, unit.coefficients
    _require(centres.dtype == coefficients.dtype == np.int64 and centres.ndim == 1
             and 0 < centres.size <= span and centres.size & (centres.size - 1) == 0,
             f"the sigmoid's segments are a power of two up to {span}, in int64 numbers")
    _require(coefficients.ndim == 2 and len(coefficients) == len(centres) and 1 <= coefficients.shape[1] <= 16,
             "the sigmoid has a polynomial of order 0 to 15 for each segment")
    _require(centres.min() >= 0 and centres.max() <= span, f"the sigmoid's centres are within 0…{span}")
    _require(coefficients.min() > -1 << 31 and coefficients.max() < 1 << 31,
             "the sigmoid's coefficients are within 32 bits")
    greatest = 0
    for column in reversed(coefficients.T.tolist()):
        greatest = (greatest * span >> unit.input.frac) + max(map(abs, column)) + 1
        _require(greatest * span < 1 << 63, "the sigmoid's polynomials exceed 64 bits")


def _check_tables(network):
    table = network.sigma_table
    _require(table.shape == (256,) and table.dtype == np.uint8,
             f"the σ table has 256 entries of one byte, not {table.dtype} of shape {table.shape}")
    table = network.epsilon_table
    shapes = " or ".join(f"{rows} rows of {columns}" for rows, columns in (kind.shape for kind in KINDS.values()))
    _require(table.shape in [kind.shape for kind in KINDS.values()] and table.dtype == np.int64,
             f"the ε table has {shapes} int64 coefficients, not {table.dtype} of shape {table.shape}")
    segments = segments_of(table)
    low = np.array([-1 << (bits - 1) if power == 1 else 0 for power, bits in enumerate(segments.bits)])
    high = low + [(1 << bits) - 1 for bits in segments.bits]
    high[0] -= 1 << segments.guard >> 1  # the hardware adds the final rounding's half to c0
    ranges = ", ".join(f"{least}…{greatest}" for least, greatest in zip(low, high, strict=True))
    _require((table >= low).all() and (table <= high).all(), f"the ε table's columns lie within {ranges}")
    _require(isinstance(network.epsilon_seed, int) and 0 <= network.epsilon_seed < 1 << 32,
             f"the ε seed is a whole number of 32 bits, not {network.epsilon_seed!r}")


def _check_description(network):
    check_name(network.name)
    for array in (network.input_offset, network.input_step):
        _require(array.shape == (network.inputs,) and np.isfinite(array).all(),
                 "each input has a finite offset and step")
    _require((network.input_step != 0).all(), "no input's step is zero")
    _require(len(network.feature_names) in (0, network.inputs), "there is one name for each input")
    _require(network.head is None or len(network.class_names) == network.classes, "there is one name for each class")
    examples = network.examples
    _require(examples.ndim == 2 and examples.dtype == np.uint8,
             f"examples are rows of bytes (uint8), not {examples.dtype} of shape {examples.shape}")
    _require(len(examples) <= MAX_EXAMPLES, f"at most {MAX_EXAMPLES} examples fit the switches")
    _require(len(examples) == 0 or examples.shape[1] == network.inputs,
             f"each example has {network.inputs} bytes, one for each input, not {examples.shape[1]}")


def check(network):
    """Check that `network` (a `model.network.network.Network`) is sound.

    Examples
    --------
    >>> from varigate import load
    >>> check(load("iris"))  # sound: no error
    """
    if network.sigmoid is not None:
        _check_sigmoid(network.sigmoid)
    _check_layers(network)
    _check_tables(network)
    _check_description(network)
