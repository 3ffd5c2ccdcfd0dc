"""Which designs a sweep synthesises."""

import pytest

from varigate.explore.costs.sampling import LUT_WEIGHTS, SLICES, sweep_points
from varigate.explore.spaces.networks import network_of
from varigate.explore.spaces.varigate import SPACE, array_of, candidates
from varigate.gateware.estimate.resources import Core
from varigate.model.network.variants import BITS
from varigate.platform.toolchains.device import DEVICES

DEVICE = DEVICES["xc7a100t"]


@pytest.fixture(scope="module")
def points():
    return sweep_points(12, 4, 1, DEVICE)


def test_so_many_designs_of_the_space_without_a_point_twice(points):
    assert [sum(each.scope == scope for each in points) for scope in ("core", "top")] == [12, 4]
    assert len({*points}) == 16
    everything = {tuple(row) for row in candidates(BITS, sigmoid=True).tolist()}
    assert all(tuple(SPACE.design(each.values).tolist()) in everything for each in points)
    sizes = [array_of(each.values).multipliers for each in points]
    assert sizes == sorted(sizes)


def test_all_fit_the_device_and_the_patience_of_a_sweep(points):
    for each in points:
        network = network_of(each.workload, each.values)
        need = Core(network, each.values["weights"]).need(array_of(each.values))
        assert need.dsp <= SLICES and need.ramb36 <= DEVICE.capacity.ramb36 and need.lut <= LUT_WEIGHTS
        assert network.sigmoid is not None or each.values["sigmoid"] == "table"


def test_the_seed_decides():
    one, again, other = (sweep_points(3, 1, seed, DEVICE) for seed in (1, 1, 2))
    assert one == again != other
