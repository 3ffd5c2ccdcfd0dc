import pytest
from amaranth.hdl import Module
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import Out

from varigate.gateware.lib.number import Fixed, connect
from varigate.gateware.units.gaussian import InverseCdf
from varigate.gateware.units.gaussian_baselines import ShiftRegister, SumOfUniforms
from varigate.model.fixedpoint import gaussian_baselines
from varigate.model.fixedpoint.epsilon import epsilon_table
from varigate.model.fixedpoint.sampling import EPSILON
from varigate.model.fixedpoint.uniform import uniforms
from varigate.sim.testbench.streams import get, run, transact

TABLE = epsilon_table()


def taken(component, count, stall=0.0):
    """The first `count` items of a component that has no input."""
    received = []

    async def testbench(ctx):
        received.extend(await get(ctx, component.o, count, stall=stall))

    run(component, testbench)
    return received


@pytest.mark.parametrize("stall", [0, 0.4])
def test_the_sum_of_uniforms_equals_the_reference(stall):
    draws = uniforms(3, 1200).tolist()
    assert transact(SumOfUniforms(), draws, 200, stall=stall) == gaussian_baselines.clt(3, 200).tolist()


def test_the_sum_of_uniforms_at_its_ends():
    """The greatest sum is 12·65535, twice its mean; the quotient is rounded half up."""
    received = transact(SumOfUniforms(), [0] * 6 + [0xFFFFFFFF] * 6, 2)
    assert received == [(-393_210 + 16) // 32, (393_210 + 16) // 32]


def test_the_sum_of_uniforms_comes_a_clock_after_its_last_draw_and_every_six():
    unit, seen = SumOfUniforms(), []

    async def testbench(ctx):
        ctx.set(unit.i.valid, 1)
        ctx.set(unit.o.ready, 1)
        for _ in range(19):
            *_, valid = await ctx.tick().sample(unit.o.valid)
            seen.append(valid)

    run(unit, testbench)
    assert seen == [*[0] * 5, 0, 1] + [*[0] * 5, 1] * 2


@pytest.mark.parametrize("stall", [0, 0.4])
@pytest.mark.parametrize("seed", [0, 77, 0xFFFFFFFF])
def test_the_shift_register_equals_the_reference(seed, stall):
    assert taken(ShiftRegister(seed), 500, stall=stall) == gaussian_baselines.shift_words(seed, 500).tolist()


class ShiftSource(wiring.Component):
    """The one-bit-shift LFSR behind the inverse CDF."""

    o: Out(stream.Signature(Fixed(EPSILON)))

    def elaborate(self, platform):
        m = Module()
        m.submodules.words = words = ShiftRegister(5)
        m.submodules.gaussian = gaussian = InverseCdf(TABLE)
        connect(m, words.o, gaussian.i)
        connect(m, gaussian.o, wiring.flipped(self.o))
        return m


def test_the_shift_source_equals_the_reference():
    assert taken(ShiftSource(), 2000) == gaussian_baselines.shift(TABLE, 5, 2000).tolist()
