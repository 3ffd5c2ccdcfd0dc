"""Counting cycles without the gateware; `test_vae` holds the counts equal to what the gateware does."""

import numpy as np
import pytest

from varigate.gateware.engine.program import Array
from varigate.gateware.estimate.timing import cycles, run
from varigate.model.network.random_network import random_network


def random_pair(rng):
    """A small network on a small array."""
    widths = {name: int(rng.integers(1, most)) for name, most in (("inputs", 30), ("outputs", 30), ("latent", 7))}
    network = random_network(rng, **widths, hidden=tuple(map(int, rng.integers(1, 25, rng.integers(0, 3)))),
                             classes=int(rng.integers(0, 5)), activation=str(rng.choice(["relu", "sigmoid"])))
    drain = int(rng.choice([1, 2, 4]))
    packed, cascade = map(bool, rng.integers(0, 2, 2))
    return network, Array(drain * int(rng.integers(1, 6)), int(rng.integers(1, 9)), drain, packed, cascade,
                          buffers=int(rng.integers(1, 3)))


@pytest.mark.parametrize("seed", range(40))
def test_jumps_count_as_clock_by_clock(seed):
    network, array = random_pair(np.random.default_rng([seed, 5]))
    assert run(network, array, 9) == run(network, array, 9, jumps=False)


@pytest.mark.parametrize("seed", range(12))
def test_the_interval_is_the_mean_over_whole_periods(seed):
    """Jobs take turns in periods of up to eight: the mean over 840 of them is that of a period of any length."""
    rng = np.random.default_rng([seed, 7])
    network = random_network(rng, inputs=16, hidden=(10, 9), latent=9, classes=3)
    rows, columns = int(rng.choice([2, 16])), int(rng.choice([14, 16, 32]))
    array = Array(rows, columns, packed=seed % 2 == 0, buffers=1 + seed // 2 % 2)
    outputs = run(network, array, 866)[2]
    assert cycles(network, array).interval == pytest.approx((outputs[860] - outputs[20]) / 840, rel=1e-12)


def test_jumps_over_large_layers():
    network = random_network(np.random.default_rng(1), inputs=200, hidden=(90,), latent=5, extreme=False)
    for array in (Array(4, 1), Array(8, 3, 4, packed=True, buffers=1), Array(90, 50, 2)):
        assert run(network, array, 5) == run(network, array, 5, jumps=False)


def test_cycles_depend_on_shapes_and_not_on_weights():
    networks = [random_network(np.random.default_rng(seed), segments=128, signed_input=False, extreme=False)
                for seed in (1, 2)]
    for array in (Array(8, 2, 2), Array(8, 2, 2, cascade=False), Array(4, 2, 2, buffers=1)):
        assert len({cycles(network, array) for network in networks}) == 1
