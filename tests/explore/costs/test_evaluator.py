"""What a design costs, and which limit it breaks."""

import re
from dataclasses import replace

import pytest

from varigate.explore.costs.energy import energy
from varigate.explore.costs.evaluator import Evaluator
from varigate.explore.spaces.family import Family, Tolerance, family
from varigate.explore.spaces.varigate import array_of
from varigate.gateware.estimate import timing
from varigate.gateware.estimate.resources import Core, around
from varigate.platform.toolchains.device import DEVICES

SHAPE = "20-12-z3-c3"
LARGE = DEVICES["xc7a100t"]


@pytest.fixture(scope="module")
def evaluator(evaluator_of):
    return evaluator_of(SHAPE)


def device(**capacity):
    return replace(LARGE, name="TINY", capacity=replace(LARGE.capacity, **capacity))


def test_cycles_and_exact_resources_are_the_generators(evaluator, design):
    for values in (design(), design(rows=8, columns=4, drain=2, packed=True, weights="block", buffers=1, bits=6)):
        costs, network, array = evaluator(values), evaluator.network(values), array_of(values)
        counted = timing.cycles(network, array)
        assert (costs.latency, costs.interval) == (counted.latency, counted.interval)
        need = Core(network, values["weights"]).need(array) + around(network)
        assert (costs.sizes.dsp, costs.sizes.ramb36) == (need.dsp, need.ramb36)
        assert costs.edp == costs.energy * costs.latency


def test_predicted_area_is_that_of_the_core_and_of_what_is_around_it(evaluator, calibration, design):
    values = design()
    structure = evaluator._unit(values).engine.on(array_of(values), "lut")
    around_it = calibration.around(evaluator.network(values))
    sizes = evaluator.sizes(values)
    assert sizes.ff == pytest.approx(sizes.core_ff + around_it["ff"]) and around_it["ff"] > 0
    costs = evaluator(values)
    assert costs.energy == energy(structure, costs.interval, sizes.core_ff)


def test_designs_of_one_key_have_the_same_cycles(evaluator, design):
    one, other = design(bits=8, weights="lut"), design(bits=4, weights="block", epsilon="linear")
    assert evaluator.key(one) == evaluator.key(other) != evaluator.key(design(buffers=1))
    assert timing.cycles(evaluator.network(one), array_of(one)) == timing.cycles(evaluator.network(other),
                                                                                 array_of(other))


def test_cycles_that_were_learnt_are_believed(evaluator_of, design):
    evaluator, values = evaluator_of(SHAPE), design()
    evaluator.learn({evaluator.key(values): timing.Cycles(1, 2, 3.0, 0.5)})
    assert (evaluator(values).latency, evaluator(values).interval) == (2, 3)


@pytest.mark.parametrize(("capacity", "changes", "message"), [
    ({"dsp": 5}, {}, "11 DSP48E1; the TINY has 5"),
    ({"ramb36": 0}, {}, "1 RAMB36; the TINY has 0"),
    ({"lut": 50}, {}, r"\d+ LUT; the TINY has 50"),
    ({"ff": 50}, {}, r"\d+ flip-flops; the TINY has 50"),
    ({"dsp": 1000}, {"rows": 64, "columns": 20}, r"1,283 DSP48E1; the TINY has 1,000")])
def test_an_infeasible_design_names_its_limit(evaluator_of, design, capacity, changes, message):
    broken = evaluator_of(SHAPE, device(**capacity)).sizes(design(**changes)).broken
    assert re.fullmatch(message, broken), broken


def test_a_design_that_fits_breaks_nothing(evaluator, design):
    assert evaluator.sizes(design()).broken == ""


def test_the_users_tolerance_decides_about_bits(calibration, design):
    networks = family(SHAPE)
    lossy = Family(SHAPE, networks.networks, {4: {"points": 0.5, "nats": 0.1}, 6: {"nats": 0.9}})

    def broken(bits, tolerance=None):
        evaluator = Evaluator(lossy, LARGE, calibration.area, calibration.around(networks.networks[8]), tolerance)
        return evaluator.sizes(design(bits=bits)).broken

    assert broken(8) == ""
    assert broken(4) == "4-bit weights lose 0.50 points of accuracy, more than 0.3"
    assert broken(6) == "6-bit weights lose 0.90 nats, more than 0.35"
    assert broken(4, Tolerance(points=0.5)) == "" == broken(6, Tolerance(nats=1))
    assert broken(4, Tolerance(0.6, 0.05)) == "4-bit weights lose 0.10 nats, more than 0.05"
