"""Shapes of networks, as text and as networks."""

import numpy as np
import pytest

from varigate.explore.spaces.workloads import Workload, random_workload
from varigate.model.errors import UserError
from varigate.model.network import network_file

SHAPES = ("4-8-z2-c3", "784-256-z16-c10-sigmoid", "5-z1-c0", "30-12-9-8-z3-c2-sigmoid")


@pytest.mark.parametrize("text", SHAPES)
def test_text_shape_and_network_say_the_same(text):
    workload = Workload.parse(text)
    network = workload.network(6)
    assert str(workload) == text and Workload.of(network) == workload
    layers = [(layer.weights.shape[1], layer.weights.shape[0]) for _, layer, _ in network.layers()]
    wanted = workload.layers
    assert sum(inputs * outputs for inputs, outputs in layers) == sum(inputs * outputs for inputs, outputs in wanted)
    assert max(int(np.abs(layer.weights).max()) for _, layer, _ in network.layers()) <= 31


def test_the_layers_of_a_shape():
    assert Workload.parse("6-5-4-z2-c3").layers == [(6, 5), (5, 4), (4, 4), (2, 4), (4, 5), (5, 6), (2, 3)]
    assert Workload.parse("6-z2-c0").layers == [(6, 4), (2, 6)]


def test_conditions_are_positive():
    conditions = Workload.parse("6-5-z2-c0").conditions
    assert conditions.tolist() == [6, 6, 1, 1, 2, 1, 1, 2 * 5 * 6 + 5 * 4 + 2 * 5]


def test_the_same_shape_is_the_same_network_every_time():
    one, again, other = (Workload.parse(text).network() for text in (SHAPES[0], SHAPES[0], "4-8-z2-c3-sigmoid"))
    assert network_file.digest(one) == network_file.digest(again) != network_file.digest(other)


@pytest.mark.parametrize("text", ["iris", "4-8-z2", "4-8-z2-c3-relu", "4--z2-c3", "", "-z2-c3",
                                  "0-8-z2-c3", "4-0-z2-c3", "4-8-z0-c3", "04-z2-c3", "99999-z2-c3"])
def test_other_texts_are_refused(text):
    with pytest.raises(UserError, match="a workload is written like"):
        Workload.parse(text)


def test_too_deep_a_network_is_refused():
    with pytest.raises(UserError, match="at most 3 hidden layers in the encoder; this network has 4"):
        Workload.parse("9-8-7-6-5-z2-c3")


def test_random_shapes_stay_between_those_of_iris_and_mnist():
    shapes = [random_workload(np.random.default_rng(seed)) for seed in range(200)]
    assert all(4 <= each.inputs <= 784 and 2 <= each.latent <= 16 and each.classes in (0, 3, 10) for each in shapes)
    assert all(8 <= width <= 256 for each in shapes for width in each.hidden)
    assert {len(each.hidden) for each in shapes} == {1, 2, 3} and {each.sigmoid for each in shapes} == {False, True}
    assert shapes[3] == random_workload(np.random.default_rng(3))
