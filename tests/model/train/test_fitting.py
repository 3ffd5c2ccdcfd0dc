from dataclasses import replace

import numpy as np
import pytest

from varigate.model.network import network_file
from varigate.model.train import evaluate
from varigate.model.train.fitting import EXAMPLES, fit, integers
from varigate.model.train.recipes import TrainingSettings

QUICK = TrainingSettings(epochs=5)


def test_held_out_samples_change_nothing(flowers):
    """Neither whitening, nor training, nor the integers see what is not in the subset."""
    subset = np.arange(0, 150, 2)
    x, labels = flowers.x.copy(), flowers.labels.copy()
    x[1::2], labels[1::2] = 25.5 - x[1::2], 0
    networks = []
    for data in (flowers, replace(flowers, x=x, labels=labels)):
        real, = fit(data, QUICK, [subset], [0])
        networks.append(integers(real, data, subset))
    assert network_file.digest(networks[0]) == network_file.digest(networks[1])


def test_cross_validation_quantises_on_the_training_folds(flowers, monkeypatch):
    seen, tested = [], []

    def spy(network, dataset, subset, bits):
        seen.append((subset, bits))
        return integers(network, dataset, subset, bits=bits)

    def look(network, codes):
        tested.append(codes)
        return infer(network, codes)

    infer = evaluate.infer
    monkeypatch.setattr(evaluate, "integers", spy)
    monkeypatch.setattr(evaluate, "infer", look)
    evaluate.cross_validate(flowers, replace(QUICK, bits=6), seeds=2)
    assert len(seen) == 10 and {bits for _, bits in seen} == {6}
    for (subset, _), codes in zip(seen, tested, strict=True):
        rest = np.setdiff1d(np.arange(150), subset)
        assert len(subset) == 120 and np.bincount(flowers.labels[rest]).tolist() == [10, 10, 10]
        np.testing.assert_array_equal(codes, flowers.codes[rest])


def test_the_network_is_described_by_the_data_set(flowers):
    real, = fit(flowers, QUICK, [np.arange(150)], [0])
    network = integers(real, flowers, name="other")
    assert (network.name, network.noun, network.unit) == ("other", "flower", "cm")
    np.testing.assert_array_equal(network.examples, flowers.codes)
    assert network.input_step == pytest.approx([0.1] * 4) and network.feature_names == flowers.feature_names


def test_examples_are_as_many_as_the_switches_choose_from(flowers):
    many = replace(flowers, x=np.tile(flowers.x, (2, 1)), labels=np.tile(flowers.labels, 2))
    real, = fit(many, QUICK, [np.arange(300)], [0])
    assert len(integers(real, many).examples) == EXAMPLES == 255


@pytest.mark.parametrize(("bits", "limit"), [(8, 127), (6, 31), (4, 7)])
def test_rows_of_a_tables_weights_have_as_few_values_as_their_bits_allow(flowers, bits, limit):
    real, = fit(flowers, QUICK, [np.arange(150)], [0])
    layers = [layer for _, layer, _ in integers(real, flowers, bits=bits).layers()]
    values = np.concatenate([(layer.weights / power_of_two(layer.weights)).ravel() for layer in layers])
    assert limit // 2 < np.abs(values).max() <= limit


def power_of_two(weights):
    """The greatest one that divides a row, (rows, 1); 1 for a row of zeros."""
    bits = np.bitwise_or.reduce(weights, 1, keepdims=True)
    return np.maximum(bits & -bits, 1)
