"""From names, shapes and units to networks."""

import pytest

from varigate.explore.spaces.networks import base, network_of
from varigate.model.errors import UserError
from varigate.model.network import network_file
from varigate.model.network.variants import units


def test_a_name_a_file_and_a_shape(tmp_path, iris):
    assert network_file.digest(base("iris", 8)) == network_file.digest(iris)
    path = tmp_path / "own.npz"
    network_file.save(iris, path)
    assert network_file.digest(base(str(path), 8)) == network_file.digest(iris)
    assert base("5-6-z2-c0", 4).inputs == 5
    with pytest.raises(UserError, match=r"there is no .*own-w4\.npz"):
        base(str(path), 4)
    with pytest.raises(UserError, match="unknown network"):
        base("roses", 8)


def test_the_units_are_the_designs(design):
    network = network_of("6-z2-c0-sigmoid", design(sigmoid="line", epsilon="linear", bits=4))
    found = units(network)
    assert found["bits"] == 4 and found["epsilon"] == "linear" and found["sigmoid"].startswith("order 1")


def test_where_there_is_no_sigmoid_its_unit_means_nothing(design):
    one, other = (network_of("6-z2-c0", design(sigmoid=name)) for name in ("table", "parabola"))
    assert one.sigmoid is None and network_file.digest(one) == network_file.digest(other)


def test_networks_are_kept():
    assert base("6-z2-c0", 8) is base("6-z2-c0", 8) is not base("6-z2-c0", 6)
