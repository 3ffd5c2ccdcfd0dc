"""Random networks for tests: every shape, shift and format that the contract allows, the extremes included."""

import numpy as np

from varigate.model.fixedpoint.activation_units import ACTIVATION_UNITS
from varigate.model.fixedpoint.epsilon import epsilon_table
from varigate.model.fixedpoint.formats import Format
from varigate.model.fixedpoint.intervals import accumulator_interval
from varigate.model.fixedpoint.sampling import MU, V, sigma_table
from varigate.model.fixedpoint.sigmoid import Sigmoid, byte, classic, taylor
from varigate.model.network.network import MAX_SHIFT, SCORE_BITS, IntegerLayer, Network

__all__ = ["random_input", "random_network"]

SIGMOIDS = {1: classic, 8: lambda: taylor(8, 2), 128: byte}  # by their segments
LIMIT = 1 << 31  # accumulators and biases have 32 bits


def _random_format(rng, activation: str, sigmoid: Sigmoid) -> Format:
    """Eight bits most of the time, fewer now and then."""
    unit = ACTIVATION_UNITS[activation]
    if unit.sigmoid:
        return sigmoid.input
    bits = int(rng.choice([8, 8, 8, 8, 7, 5, 3]))
    signed = unit.signed and bool(rng.integers(2))
    return Format(signed, bits, int(rng.integers(-2, bits + 1)))


def _random_layer(rng, source: Format, inputs: int, outputs: int, target: Format, activation: str, *,
                  extreme: bool, most: int) -> IntegerLayer:
    """A layer whose rows mostly use the target's range, but some saturate at either end. Weights are up to ±`most`.

    With `extreme`, some rows have weights of ±`most` only, some a shift of 0 or 31, and some a bias with which the
    accumulator just reaches the end of 32 bits.
    """
    weights = rng.integers(-most, most + 1, (outputs, inputs))
    weights[rng.random(outputs) < 0.1] //= 16
    if extreme:
        rows = rng.random(outputs) < 0.3
        weights[rows] = np.where(rng.integers(0, 2, (rows.sum(), inputs)), most, -most)
    spread = np.sqrt((weights**2).sum(1) + 1.0) * max(abs(source.low), source.high) / 2
    ideal = np.log2(3 * spread / target.high) + rng.choice([-3, -1, 0, 0, 0, 1], outputs)
    shift = np.clip(np.rint(ideal), 0, MAX_SHIFT).astype(np.int64)
    if extreme:
        shift = np.where(rng.random(outputs) < 0.2, rng.choice([0, 1, MAX_SHIFT - 1, MAX_SHIFT], outputs), shift)
    bias = np.rint(rng.normal(0, 0.3, outputs) * np.maximum(spread, 2.0**shift * target.high)).astype(np.int64)
    bare = [accumulator_interval(IntegerLayer(weights[[row]], np.zeros(1, np.int64), shift[[row]], target), source)
            for row in range(outputs)]
    low = np.maximum(-LIMIT - np.array([interval[0] for interval in bare]), -LIMIT)
    high = np.minimum(LIMIT - 1 - np.array([interval[1] for interval in bare]), LIMIT - 1)
    if extreme:
        limit = np.where(rng.integers(0, 2, outputs), low, high)
        bias = np.where(rng.random(outputs) < 0.2, limit, bias)
    return IntegerLayer(weights, np.clip(bias, low, high), shift, target, activation)


def _hidden_layers(rng, source: Format, inputs: int, widths, activation: str, sigmoid: Sigmoid, **options):
    """The layers, and the format and width of the last one's activations."""
    layers = []
    for width in widths:
        kind = str(rng.choice(list(ACTIVATION_UNITS))) if activation == "mixed" else activation
        layer = _random_layer(rng, source, inputs, width, _random_format(rng, kind, sigmoid), kind, **options)
        layers.append(layer)
        source, inputs = (sigmoid.output if layer.unit.sigmoid else layer.format), width
    return tuple(layers), source, inputs


def random_network(rng, *, inputs: int = 4, hidden=(8,), latent: int = 2, decoder_hidden=None,
                   outputs: int | None = None, classes: int = 3, activation: str = "relu",
                   output_activation: str = "linear", signed_input: bool | None = None, segments: int | None = None,
                   extreme: bool = True, bits: int = 8, epsilon: str = "quadratic", examples: int = 5,
                   name: str = "random") -> Network:
    """Make a valid network of the given shape from random integers.

    Parameters
    ----------
    rng : numpy.random.Generator
    inputs, latent, classes : int
        widths; 0 classes makes a network without a head.
    hidden, decoder_hidden : sequences of int
        widths of the hidden layers, possibly empty; the decoder's default is the encoder's, reversed.
    outputs : int
        default: as many as inputs.
    activation : str
        of the hidden layers: `relu`, `sigmoid`, `linear`, or `mixed`, which draws one for each layer.
    output_activation : str
        `linear` (to a signed or unsigned byte) or `sigmoid`.
    signed_input : bool
        s8 rather than u8 inputs; drawn when not given.
    segments : int
        of the sigmoid unit: 1 (the classic series), 8 (Taylor, order 2) or 128 (a table); drawn when not given.
    extreme : bool
        rows of the greatest weights, shifts 0 and 31, and biases at their limits among the ordinary ones.
    bits : int
        of a signed weight.
    epsilon : str
        one of `model.fixedpoint.epsilon.KINDS`.
    examples : int
        built-in samples.

    Examples
    --------
    >>> network = random_network(np.random.default_rng(0), inputs=6, hidden=(5,), latent=3, classes=2)
    >>> network.inputs, network.latent, network.classes
    (6, 3, 2)
    """
    outputs = inputs if outputs is None else outputs
    segments = int(rng.choice(list(SIGMOIDS))) if segments is None else segments
    sigmoid = SIGMOIDS[segments]()
    signed = bool(rng.integers(2)) if signed_input is None else signed_input
    source = Format(signed, 8, int(rng.integers(0, 8)))
    z = Format(True, 8, int(rng.integers(0, 9)))
    decoder_hidden = tuple(reversed(hidden)) if decoder_hidden is None else decoder_hidden

    options = {"extreme": extreme, "most": (1 << bits - 1) - 1}

    def layer(source, inputs, outputs, target, activation="linear"):
        return _random_layer(rng, source, inputs, outputs, target, activation, **options)

    encoder, last, width = _hidden_layers(rng, source, inputs, hidden, activation, sigmoid, **options)
    mu, v = layer(last, width, latent, MU), layer(last, width, latent, V)
    score = Format(True, SCORE_BITS, int(rng.integers(0, 16)))
    head = layer(z, latent, classes, score) if classes else None
    decoder, last, width = _hidden_layers(rng, z, latent, decoder_hidden, activation, sigmoid, **options)
    target = sigmoid.input if ACTIVATION_UNITS[output_activation].sigmoid else Format(bool(rng.integers(2)), 8, 0)
    decoder += (layer(last, width, outputs, target, output_activation),)
    used = any(each.unit.sigmoid for each in (*encoder, *decoder))
    return Network(
        name=name, encoder=encoder, mu=mu, v=v, head=head, decoder=decoder, input=source, z=z,
        sigmoid=sigmoid if used else None, sigma_table=sigma_table(), epsilon_table=epsilon_table(epsilon),
        epsilon_seed=int(rng.integers(1 << 32)), input_offset=np.zeros(inputs), input_step=np.ones(inputs),
        class_names=tuple(f"class{index}" for index in range(classes)),
        examples=rng.integers(0, 256, (examples, inputs)).astype(np.uint8))


def random_input(rng, network: Network, count: int) -> np.ndarray:
    """Draw inputs for `network`: uniform codes, then a row of the least and one of the greatest; int64 (count, inputs).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> random_input(rng, random_network(rng), 10).shape
    (10, 4)
    """
    x = rng.integers(network.input.low, network.input.high + 1, (count, network.inputs))
    x[-1:], x[-2:-1] = network.input.high, network.input.low
    return x
