"""From the library to the hardware: a VAE of dense encoder and dense decoder as a quantised network.

The network's inputs are the columns of `model.vae.sites.Sites`, and so are its outputs: a label's column carries the
log-odds of the label, −8…8 (an input that has the label is code 255, another one code 0), a real number's column its
value, between the least and the greatest of the data. The decoder's log-variances stay behind.

The log-odds of label k is its logit less the mean logit of the site's other labels and log(local_dimension − 1): exact
for two labels, and for more where the others are equally likely. It ranks the labels of a site as their probabilities.
"""

import numpy as np

from varigate.model.data.whitening import Whitening
from varigate.model.errors import UserError
from varigate.model.network.network import Network
from varigate.model.quantise.float_network import FloatNetwork
from varigate.model.quantise.folding import fold
from varigate.model.quantise.quantiser import quantise
from varigate.model.vae.dataset import Dataset
from varigate.model.vae.decoders import DenseDecoder
from varigate.model.vae.encoders import DenseEncoder
from varigate.model.vae.model import VAEmodel

__all__ = ["codes", "export", "float_network"]

CODES = 255
LOG_ODDS = 8.0  # codes saturate at ±8 nats: p = 0.0003


def _scale(dataset: Dataset) -> tuple[np.ndarray, np.ndarray]:
    """Offset and step of each column's code, each (columns,): physical value = offset + step·code."""
    sites = dataset.sites
    values = dataset.samples[:, sites.discrete:]
    labels = sites.discrete * sites.local_dimension
    low, high = values.min(0), values.max(0)
    span = np.where(high > low, high - low, np.maximum(np.abs(low), 1.0))
    return (np.concatenate([np.full(labels, -LOG_ODDS), low]),
            np.concatenate([np.full(labels, 2 * LOG_ODDS), span]) / CODES)


def codes(dataset: Dataset, x) -> np.ndarray:
    """Turn samples x (n, seq_len) into input codes of the exported network, uint8 (n, columns).

    Values beyond the data's least and greatest saturate; rounding is half up.

    Examples
    --------
    >>> data = Dataset([[0.0], [1.0], [2.0]], data_type="continuous")
    >>> codes(data, [[0.0], [1.0], [5.0]]).tolist()
    [[0], [128], [255]]
    """
    sites, (offset, step) = dataset.sites, _scale(dataset)
    columns = sites.encode(sites.check("x", x))
    labels = sites.discrete * sites.local_dimension
    columns[:, :labels] = LOG_ODDS * (2 * columns[:, :labels] - 1)
    return np.clip(np.floor((columns - offset) / step + 0.5), 0, CODES).astype(np.uint8)


def _output_rows(sites) -> np.ndarray:
    """The matrix (columns, outputs) from the decoder's outputs to means, and to log-odds without their constant."""
    size, labels = sites.local_dimension, sites.discrete * sites.local_dimension
    rows = np.zeros((sites.columns, sites.outputs))
    for start in range(0, labels, size):
        rows[start:start + size, start:start + size] = (np.eye(size) * size - 1) / (size - 1)
    for index in range(sites.continuous):
        rows[labels + index, labels + 2 * index] = 1.0
    return rows


def float_network(model: VAEmodel, dataset: Dataset) -> FloatNetwork:
    """Turn a trained dense VAE into a float network that reads and writes the codes of `dataset`.

    Raises
    ------
    UserError
        for another encoder or decoder than the dense ones, activations that differ, z that is not sampled, or plain
        numbers.

    Examples
    --------
    >>> data = Dataset([[0, 1], [1, 1], [1, 0]])
    >>> model = VAEmodel(DenseEncoder(data.sites, (8,)), DenseDecoder(data.sites, (8,)))
    >>> float_network(model.initialise(np.random.default_rng(0)), data).output
    'linear'
    """
    encoder, decoder = model.encoder, model.decoder
    if not isinstance(encoder, DenseEncoder) or not isinstance(decoder, DenseDecoder):
        raise UserError(f"the hardware has dense layers only, so it holds no {type(encoder).__name__} with "
                        f"{type(decoder).__name__}; train a DenseEncoder with a DenseDecoder")
    if encoder.activation != decoder.activation:
        raise UserError(f"the encoder's activation is {encoder.activation} and the decoder's {decoder.activation}; "
                        "a network has one")
    if not model.sampled or model.sites.data_type == "plain":
        raise UserError("a model of plain numbers, or one whose z is not sampled, is not exported; tables and images "
                        "become networks by varigate train")
    sites = dataset.sites
    labels = sites.discrete * sites.local_dimension
    rows, shift = _output_rows(sites), np.zeros(sites.columns)
    rows[:labels] /= 2 * LOG_ODDS  # the network's own columns of labels are 0…1
    shift[:labels] = 0.5 - np.log(sites.local_dimension - 1) / (2 * LOG_ODDS)
    parameters = model.parameters | {"decoder.output.weights": rows @ model.parameters["decoder.output.weights"],
                                     "decoder.output.bias": rows @ model.parameters["decoder.output.bias"] + shift}
    offset, step = _scale(dataset)
    offset[:labels], step[:labels] = 0.0, 1 / CODES
    return fold(parameters, Whitening(-offset / step, np.diag(step)), activation=encoder.activation, output="linear")


def export(model: VAEmodel, dataset: Dataset, name: str = "vae", **description) -> Network:
    """Quantise a trained VAE, calibrated on its training samples: the result is ready for hardware.

    Inputs and outputs of the network are columns: one for each label of a discrete site, which carries log-odds −8…8,
    and one for each real number, between the least and the greatest of the data.

    Parameters
    ----------
    model : VAEmodel
        of a `DenseEncoder` and a `DenseDecoder` with the same activation.
    dataset : Dataset
        that it was trained on.
    name : str
        of the network: 1 to 32 letters, digits, `-` or `_`.
    description
        further fields of `Network`, such as `noun` or `feature_names` (one for each column).

    Returns
    -------
    Network

    Raises
    ------
    UserError
        for a model that the hardware cannot hold: the message says why.

    Examples
    --------
    >>> import numpy as np
    >>> from varigate import Dataset, DenseDecoder, DenseEncoder, VAEmodel, VAETrainer, export, infer
    >>> rng = np.random.default_rng(0)
    >>> data = Dataset(rng.standard_normal((100, 1)) * [1.0, 2.0, 3.0], data_type="continuous")
    >>> model = VAEmodel(DenseEncoder(data.sites, (8,)), DenseDecoder(data.sites, (8,)))
    >>> history = VAETrainer(model, data).train(5, 20, rng)
    >>> network = export(model, data, "line", noun="point")
    >>> network.inputs, network.latent, infer(network, network.example_codes[:2]).output.shape
    (3, 2, (2, 3))
    """
    own = codes(dataset, dataset.samples[dataset.training])
    offset, step = _scale(dataset)
    return quantise(float_network(model, dataset), own, name=name, input_offset=offset, input_step=step,
                    examples=own[:CODES], **description)
