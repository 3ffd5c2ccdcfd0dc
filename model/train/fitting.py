"""From a data set to float networks: whitening, training, folding. Labels of the training samples only are seen."""

import numpy as np

from varigate.model.data.tables import Dataset
from varigate.model.data.whitening import within_class_whitening
from varigate.model.network.names import name_of
from varigate.model.network.network import Network
from varigate.model.quantise.float_network import FloatNetwork
from varigate.model.quantise.folding import fold
from varigate.model.quantise.quantiser import quantise
from varigate.model.train.trainer import Samples, Settings, train

__all__ = ["EXAMPLES", "fit", "integers"]

EXAMPLES = 255  # built-in samples that fit the switches


def fit(dataset: Dataset, settings: Settings, subsets, seeds, **progress) -> list[FloatNetwork]:
    """One network for each index array of `subsets`, trained on those samples with the seed beside it."""
    whitenings, samples = [], []
    for subset in subsets:
        codes, labels = dataset.codes[subset].astype(np.float64), dataset.labels[subset]
        whitening = within_class_whitening(codes, labels)
        u = whitening(codes)
        whitenings.append(whitening)
        samples.append(Samples(u, u if settings.output == "linear" else codes / 256, labels))
    trained = train(settings, samples, dataset.classes, seeds, **progress)
    return [fold(parameters, whitening, activation=settings.activation, output=settings.output)
            for parameters, whitening in zip(trained, whitenings, strict=True)]


def integers(network: FloatNetwork, dataset: Dataset, subset=slice(None), *, bits: int = 8,
             name: str | None = None) -> Network:
    """`network` with weights of `bits` bits, quantised on the samples that it was trained on; with the data set's names
    and its first 255 samples."""
    codes = dataset.codes[subset]
    return quantise(network, codes, bits, name=name or name_of(dataset.name) or "network", input_offset=dataset.offset,
                    input_step=dataset.step, feature_names=dataset.feature_names, class_names=dataset.class_names,
                    unit=dataset.unit, noun=dataset.noun, examples=codes[:EXAMPLES])
