"""The energy model: by hand for one design, and what every constant moves."""

import numpy as np
import pytest

from varigate.explore.costs import energy as model
from varigate.explore.costs.energy import energy
from varigate.explore.spaces.workloads import Workload
from varigate.gateware.engine.program import Array
from varigate.gateware.estimate.structure import NetworkStructure

DYNAMIC = ("MULTIPLY", "SLICE_SUM", "ADD", "LUT_READ", "BLOCK_READ", "CLOCK")


@pytest.fixture(scope="module")
def engine():
    return NetworkStructure(Workload.parse("4-8-z2-c3").network())


def test_one_design_by_hand(engine):
    """8×1: 24 steps of 8 multiplications, 27 results, 27 words of the drain's table (see `test_structure`)."""
    core = engine.on(Array(8, 1), "lut")
    assert (engine.activation_bits, engine.accumulator, engine.shifts, core.table_bits) == (9, 18, 4, 27)
    add = 0.1 / 32
    multiplications = 24 * 8 * (0.2 / 64 * 8 * 9 + 48 * add)
    reads = (24 * 64 + 24 * 9 + 27 * 27) * 14 * add  # weights, activations, the table: a look-up table a bit
    lanes = 27 * 18 * (1 + 1 + 4) * 14 * add
    clocks = 1000 * 40 * add
    static = 0.1 * 40 / 100e6 * 1e9  # W · s in nJ
    assert energy(core, 40, 1000) == pytest.approx((multiplications + reads + lanes + clocks) / 1e3 + static, rel=1e-12)


def test_time_costs_clocks_and_leakage(engine):
    core = engine.on(Array(8, 1), "lut")
    assert energy(core, 80, 1000) - energy(core, 40, 1000) == pytest.approx(1000 * 40 * 0.1 / 32 / 1e3 + 40)
    assert energy(core, 41, 1000) > energy(core, 40, 1000) > energy(core, 40, 999)


@pytest.mark.parametrize("style", ["lut", "block"])
def test_every_constant_counts_once(engine, monkeypatch, style):
    """With one constant doubled the energy grows by its share, and the shares are all that there is."""
    core = engine.on(Array(4, 2, packed=True), style)
    before, grown = energy(core, 50, 500), {}
    for name in (*DYNAMIC, "STATIC"):
        with monkeypatch.context() as patch:
            patch.setattr(model, name, 2 * getattr(model, name))
            grown[name] = energy(core, 50, 500) - before
    assert sum(grown.values()) == pytest.approx(before)
    assert {name for name, more in grown.items() if more == 0} == ({"BLOCK_READ"} if style == "lut" else set())


def test_a_multiplier_of_two_weights_is_wider(engine):
    one, two = (engine.on(Array(8, 1, packed=packed), "lut") for packed in (False, True))
    assert (one.slices, two.slices) == (8, 4)
    saved = 24 * 4 * model.SLICE_SUM  # half of the adders
    wider = 24 * (4 * (17 + 8) - 8 * 8) * 9 * model.MULTIPLY
    soft = 24 * (two.split_bits + two.accumulator_bits) * 14 * model.ADD
    np.testing.assert_allclose(energy(two, 40, 0) - energy(one, 40, 0), (wider + soft - saved) / 1e3)
