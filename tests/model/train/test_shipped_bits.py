"""The shipped networks of fewer bits, NAME-wN: the same task and shape as NAME, in small weights."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from varigate.model.network import network_file
from varigate.model.network.variants import BITS, find_bits
from varigate.model.train import cards, trained
from varigate.model.train.evaluate import compare, cross_validate

PAGE = (Path(__file__).parents[3] / "docs" / "network.md").read_text("utf-8")
FEW = [name for name in network_file.shipped() if re.search(r"-w\d$", name)]


def parts(name):
    plain, bits = name.rsplit("-w", 1)
    return plain, int(bits)


def test_which_ones_there_are():
    assert {parts(name)[1] for name in FEW} <= set(BITS[1:])
    assert {"iris-w6", "iris-w4", "digits-w6", "digits-w4", "mnist-w6"} <= set(FEW)
    for name in FEW:
        assert find_bits(parts(name)[0], parts(name)[1]) == network_file.find(name)


@pytest.mark.parametrize("name", FEW)
def test_weights_are_of_so_many_bits(name):
    """Where that is too coarse, and a row's shift therefore 0, they are multiples of a power of two."""
    network, limit = network_file.load(network_file.find(name)), (1 << parts(name)[1] - 1) - 1
    for _, layer, _ in network.layers():
        bits = np.bitwise_or.reduce(layer.weights, 1)
        greatest = np.abs(layer.weights).max(1)
        assert (greatest // np.maximum(bits & -bits, 1) <= limit).all()
        assert ((greatest <= limit) | (layer.shift == 0)).all()


@pytest.mark.parametrize("name", FEW)
def test_the_task_and_the_shape_are_the_same(name):
    plain, bits = parts(name)
    made, full = trained.load(name), trained.load(plain)
    assert made.network.name == made.card["network"] == name
    assert made.card["digest"] == network_file.digest(made.network).hex()
    assert made.card["source"] == full.card["source"] and made.card["seed"] == full.card["seed"]
    assert cards.settings_of(made.card) == replace(cards.settings_of(full.card), bits=bits)
    shapes = [[(layer, one.weights.shape, one.activation) for layer, one, _ in each.network.layers()]
              for each in (made, full)]
    assert shapes[0] == shapes[1]
    np.testing.assert_array_equal(made.network.examples, full.network.examples)
    assert made.network.class_names == full.network.class_names


@pytest.mark.parametrize("name", FEW)
def test_the_card_states_what_was_computed(name, request):
    made = trained.load(name)
    if made.card["source"] == {"name": "mnist"}:
        figures = trained.measure(made.network, made.real, request.getfixturevalue("mnist")[1])
    elif (images := cards.images_of(made.card)) is not None:
        figures = trained.measure(made.network, made.real, images[1])
    else:
        data = cards.dataset_of(made.card)
        figures = compare(made.network, made.real, data.codes, data.labels)
        held_out = cross_validate(data, cards.settings_of(made.card))
        assert held_out == {key: pytest.approx(made.card[key], abs=0.004) for key in held_out}  # another BLAS
    assert figures == {key: pytest.approx(made.card[key], abs=1e-4) for key in figures}


def row(name):
    """The line of `docs/network.md` that has the figures of the network's card; a table's accuracies are held-out."""
    card = trained.load(name).card
    where = "cv_" if "cv_accuracy_integer" in card else ""
    accuracies = (f"{100 * card[f'{where}{key}']:.2f}" for key in ("accuracy_float", "accuracy_integer"))
    losses = (f"{card[key]:.2f}" for key in ("neg_elbo_float", "neg_elbo_integer"))
    agreement = card[f"{where}class_agreement"]
    return f"| `{name}` | {' / '.join(accuracies)} % | {100 * agreement:.2f} % | {' / '.join(losses)} |"


@pytest.mark.parametrize("name", FEW)
def test_the_page_has_the_figures(name):
    assert row(name) in PAGE.splitlines()
