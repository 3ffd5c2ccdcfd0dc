"""Post-training quantisation: a float network and its training data to integers.

Each row of weights has a power-of-two scale of its own, as fine as ±127 allows. A layer's activations have one format,
as fine as their range over the training data allows, once `model.quantise.equalisation` has made its units alike.
Rounding the weights moves a row's mean by (W − Ŵ)·mean(x); its bias takes that back (M. Nagel et al., "Data-free
quantization through weight equalization and bias correction", 2019).
"""

from dataclasses import replace

import numpy as np

from varigate.model.errors import UserError
from varigate.model.fixedpoint.activation_units import ACTIVATION_UNITS
from varigate.model.fixedpoint.epsilon import epsilon, epsilon_table
from varigate.model.fixedpoint.formats import Format
from varigate.model.fixedpoint.sampling import EPSILON, MU, V, sigma_table
from varigate.model.fixedpoint.sigmoid import Sigmoid, byte, wide
from varigate.model.network.network import MAX_SHIFT, SCORE_BITS, IntegerLayer, Network
from varigate.model.nn.activations import ACTIVATIONS, quantisable
from varigate.model.quantise.equalisation import WEIGHT_LIMIT, equalise, frac_for, layer_fracs, weight_fracs
from varigate.model.quantise.float_network import Affine, FloatNetwork

__all__ = ["EPSILON_SEED", "INPUT", "PIXEL", "quantise", "quantise_layer"]

INPUT = Format(False, 8, 0)
GREY = Format(False, 8, 8)  # of images: the first layer makes up for the grey level being code/255, not code/256
PIXEL = Format(False, 8, 0)
EPSILON_SEED = 0x2545F491  # of the ε stream after reset
DRAWS = 8  # samples of z for each training sample, and as many from the prior, that calibrate the decoder


def quantise_layer(name: str, layer: Affine, mean, source: Format, target: Format, activation: str,
                   limit: int = WEIGHT_LIMIT) -> IntegerLayer:
    """Quantise one layer, from the format `source` to `target`; `mean` (inputs,) is that of its input in training.

    Weights are within ±`limit`, or, where that is too coarse for the target's step, multiples of a power of two.

    A row whose weights are so small that it would need a greater shift than is useful, or than there is, is coarsened:
    beyond `useful`, the rounding of weights cannot move the result by a sixteenth of its step.

    Raises
    ------
    UserError
        for weights beyond ±127 units of what the target's step asks for (the shift would be negative).

    Examples
    --------
    >>> layer = Affine(np.array([[0.5, -0.25]]), np.array([1.0]))
    >>> dense = quantise_layer("0", layer, np.zeros(2), Format.parse("u8.0"), Format.parse("s8.0"), "linear")
    >>> dense.weights.tolist(), dense.bias.tolist(), dense.shift.tolist()
    ([[64, -32]], [128], [7])
    """
    useful = (8 * layer.weights.shape[1] * max(source.high, -source.low)).bit_length()
    aligned = source.frac - target.frac
    if ((finest := weight_fracs(layer) + aligned) < 0).any():
        row = int(finest.argmin())
        raise UserError(f"layer {name}, row {row}: a weight of {np.abs(layer.weights[row]).max():.3g} is too large "
                        f"between {source} and {target}; train with a smaller --rate, or a greater --decay")
    own = weight_fracs(layer, limit) + aligned
    shift = np.clip(own, 0, min(useful, MAX_SHIFT))
    scale, multiple = 2.0 ** (shift - aligned), 2.0 ** np.maximum(-own, 0)
    weights = np.floor(layer.weights * (scale / multiple)[:, None] + 0.5) * multiple[:, None]
    absorbed = (layer.weights - weights / scale[:, None]) @ mean
    bias = np.floor((layer.bias + absorbed) * scale * 2.0**source.frac + 0.5)
    if np.abs(bias).max() >= 1 << 31:
        raise UserError(f"layer {name}: a bias of {np.abs(layer.bias).max():.3g} is too large for 32 bits: training "
                        "has diverged, so take a smaller learning_rate, on the command line a smaller --rate")
    return IntegerLayer(weights.astype(np.int64), bias.astype(np.int64), shift, target, activation)


def _quantise_hidden(network: FloatNetwork, part: str, layers, after, x, source: Format, limit: int, coverage: float):
    """The hidden `layers` of a part in integers, calibrated on its real inputs x (n, width).

    Returns them, the layers that come `after` them (which equalisation scales), the format of what these read, and the
    real values (n, width) of that.
    """
    activation, values = ACTIVATIONS[network.activation], network.hidden(layers, x)
    if activation.sigmoid:
        targets = [activation.sigmoid().input] * len(layers)
    else:
        greatest = [np.quantile(each, coverage, 0) for each in values[1:]]
        if limit == WEIGHT_LIMIT:
            layers, after, fracs = equalise(layers, after, greatest, source.frac)
            values = network.hidden(layers, x)
        else:  # the few values of weights may be training's choice, and finer activations would ask for more of them
            fracs = layer_fracs(layers, greatest, source.frac)
        targets = [Format(False, 8, frac) for frac in fracs]
    dense = []
    for index, (layer, target) in enumerate(zip(layers, targets, strict=True)):
        dense.append(quantise_layer(f"{part}.{index}", layer, values[index].mean(0), source, target,
                                    activation.unit.name, limit))
        source = activation.sigmoid().output if activation.sigmoid else target
    return dense, after, source, values[-1]


def _score_format(head: Affine, z: Format, limit: int) -> Format:
    """The finest format that no z can leave and that needs no row to shift left."""
    greatest = (np.abs(head.weights).sum(1) * -z.low * z.step + np.abs(head.bias)).max() + 1e-9
    high = Format(True, SCORE_BITS).high
    return Format(True, SCORE_BITS, min(frac_for(1.02 * greatest, high), int(weight_fracs(head, limit).min()) + z.frac))


def _reading(network: FloatNetwork, source: Format) -> FloatNetwork:
    """`network` with real values of `source` as its inputs, in place of codes."""
    def scaled(layer: Affine) -> Affine:
        return Affine(layer.weights / source.step, layer.bias)

    if network.encoder:
        return replace(network, encoder=(scaled(network.encoder[0]), *network.encoder[1:]))
    return replace(network, mu=scaled(network.mu), v=scaled(network.v))


def _sigmoid_unit(network: FloatNetwork) -> Sigmoid | None:
    """The unit that all sigmoids of the network share: for images a wide one, unless a hidden layer needs it, too."""
    hidden = ACTIVATIONS[network.activation]
    if hidden.unit is None:
        raise UserError(f"the hardware has no unit for the activation {network.activation}: "
                        f"train with one of {', '.join(quantisable())}")
    if hidden.sigmoid:
        return hidden.sigmoid()
    if not ACTIVATION_UNITS[network.output].sigmoid:
        return None
    return wide() if network.whitening is None else byte()


def quantise(network: FloatNetwork, codes, bits: int = 8, coverage: float = 1.0, z_coverage: float = 1.0,
             **description) -> Network:
    """Quantise a float network to weights of `bits` bits, calibrated on the training data `codes` (n, inputs).

    The formats of hidden activations hold the share `coverage` of what occurs, that of z the share `z_coverage`; the
    rest saturates, and all else is the finer for it.

    The keyword arguments are the fields of `Network` that describe it: name, names, offset, step, examples, ….

    Raises
    ------
    UserError
        for an activation without a unit in the hardware, and as `quantise_layer`.

    Examples
    --------
    See `varigate.export`, and `model.train.fitting.integers`.
    """
    sigmoid = _sigmoid_unit(network)
    seed = description.setdefault("epsilon_seed", EPSILON_SEED)
    limit, source = (1 << bits - 1) - 1, INPUT if network.whitening is not None else GREY
    network = _reading(network, source)
    codes = source.real(codes)
    encoder, after, last, values = _quantise_hidden(network, "encoder", network.encoder, (network.mu, network.v), codes,
                                                    source, limit, coverage)
    mu, v = (quantise_layer(name, layer, values.mean(0), last, target, "linear", limit)
             for name, layer, target in zip(("mu", "v"), after, (MU, V), strict=True))

    means, log_sigmas = network.encode(codes)
    noise = EPSILON.real(epsilon(epsilon_table(), seed, DRAWS * means.size)).reshape(DRAWS, *means.shape)
    draws = (means + 2.0**log_sigmas * noise).reshape(-1, means.shape[1])
    z = Format(True, 8, frac_for(np.quantile(np.abs(draws), z_coverage), WEIGHT_LIMIT, 0, 5))
    head = None
    if network.head is not None:
        target = _score_format(network.head, z, limit)
        head = quantise_layer("head", network.head, means.mean(0), z, target, "linear", limit)

    held = np.clip(np.concatenate([draws, noise.reshape(draws.shape)]), z.low * z.step, z.high * z.step)
    decoder, (final,), last, values = _quantise_hidden(network, "decoder", network.decoder[:-1], network.decoder[-1:],
                                                       held, z, limit, coverage)
    target = sigmoid.input if ACTIVATION_UNITS[network.output].sigmoid else PIXEL
    decoder.append(quantise_layer(f"decoder.{len(decoder)}", final, values[:len(draws)].mean(0), last, target,
                                  network.output, limit))
    return Network(encoder=tuple(encoder), mu=mu, v=v, head=head, decoder=tuple(decoder), input=source, z=z,
                   sigmoid=sigmoid, sigma_table=sigma_table(), epsilon_table=epsilon_table(), **description)
