"""A network's relatives with fewer bits, and what their integers lose."""

import json

import numpy as np
import pytest

from varigate.explore.spaces.family import Family, Tolerance, family
from varigate.explore.spaces.workloads import Workload
from varigate.model.errors import UserError
from varigate.model.network import network_file
from varigate.model.network.random_network import random_network


def put(folder, name, card=None, **shape):
    """A network file, with a card that says it is that network's."""
    network = random_network(np.random.default_rng(0), name="own", **shape)
    network_file.save(network, folder / f"{name}.npz")
    if card is not None:
        text = json.dumps({"digest": network_file.digest(network).hex()} | card)
        (folder / f"{name}.json").write_text(text, "utf-8")
    return str(folder / f"{name}.npz")


def test_losses_are_against_the_floats_of_the_widest_weights(tmp_path):
    path = put(tmp_path, "own", {"cv_accuracy_float": 0.95, "cv_accuracy_integer": 0.9475, "accuracy_float": 1.0,
                                 "accuracy_integer": 0.5, "neg_elbo_float": 100.0, "neg_elbo_integer": 100.2})
    put(tmp_path, "own-w4", {"cv_accuracy_float": 0.5, "cv_accuracy_integer": 0.94, "neg_elbo_float": 0.0,
                             "neg_elbo_integer": 100.5}, bits=4)
    found = family(path)
    assert list(found.networks) == [8, 4] and found.workload == Workload.parse("4-8-z2-c3") and not found.sigmoid
    assert found.losses[8] == pytest.approx({"points": 0.25, "accuracy": 0.9475, "nats": 0.2, "neg_elbo": 100.2})
    assert found.losses[4] == pytest.approx({"points": 1.0, "accuracy": 0.94, "nats": 0.5, "neg_elbo": 100.5})
    assert found.broken(8, Tolerance()) == ""
    assert found.broken(4, Tolerance()) == "4-bit weights lose 1.00 points of accuracy, more than 0.3"
    assert found.broken(4, Tolerance(points=2)) == "4-bit weights lose 0.50 nats, more than 0.35"
    assert found.broken(4, Tolerance(2, 0.6)) == ""


def test_a_card_of_other_numbers_says_nothing(tmp_path):
    path = put(tmp_path, "own", {"digest": "00", "accuracy_float": 1.0, "accuracy_integer": 0.1})
    assert family(path).losses == {8: {}}
    assert family(path).broken(8, Tolerance(0, 0)) == ""
    (tmp_path / "own.json").write_text("no JSON", "utf-8")
    with pytest.raises(UserError, match=r"own\.json is damaged"):
        family(path)


def test_relatives_of_another_shape_are_refused(tmp_path):
    path = put(tmp_path, "own")
    put(tmp_path, "own-w6", inputs=5, bits=6)
    with pytest.raises(UserError, match=r"different shapes \(4-8-z2-c3, 5-8-z2-c3\)"):
        family(path)


def test_a_shape_has_all_widths_and_no_accuracy():
    found = family("6-z2-c0-sigmoid")
    assert list(found.networks) == [8, 6, 4] and found.losses == {} and found.sigmoid
    assert isinstance(found, Family) and found.broken(4, Tolerance(0, 0)) == ""


def test_the_shipped_networks_keep_the_default_tolerance():
    for name in ("iris", "digits", "mnist"):
        found = family(name)
        assert {"points", "accuracy", "nats", "neg_elbo"} <= found.losses[8].keys()
        assert found.broken(8, Tolerance()) == ""


def test_unknown_names_are_refused():
    with pytest.raises(UserError, match="unknown network 'roses'"):
        family("roses")
