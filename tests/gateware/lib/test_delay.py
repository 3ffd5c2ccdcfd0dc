import pytest
from amaranth.hdl import Module, ResetInserter, Signal, signed

from varigate.gateware.lib.delay import delay
from varigate.sim.testbench.streams import run

ITEMS = [3, -8, 7, 0, -1, 5, 2, -3]


@pytest.mark.parametrize("cycles", [1, 3])
def test_a_value_comes_out_cycles_later(cycles):
    m, value, seen = Module(), Signal(signed(4)), []
    late = delay(m, value, cycles=cycles)
    assert late.shape() == value.shape()

    async def follow(ctx):
        for item in ITEMS:
            ctx.set(value, item)
            seen.append(ctx.get(late))
            await ctx.tick()

    run(m, follow)
    assert seen == [0] * cycles + ITEMS[:-cycles]


def test_time_stands_still_while_it_is_not_enabled():
    m, value, enable, seen = Module(), Signal(signed(4)), Signal(), []
    late = delay(m, value, cycles=2, enable=enable)

    async def follow(ctx):
        for clock, item in enumerate(ITEMS):
            ctx.set(value, item)
            ctx.set(enable, clock % 2)
            seen.append(ctx.get(late))
            await ctx.tick()

    run(m, follow)
    assert seen == [0, 0, 0, 0, ITEMS[1], ITEMS[1], ITEMS[3], ITEMS[3]]


@pytest.mark.parametrize("reset_less", [False, True])
def test_reset_clears_marks_and_leaves_data(reset_less):
    m, value, reset = Module(), Signal(signed(4)), Signal()
    late = delay(m, value, cycles=2, reset_less=reset_less)

    async def follow(ctx):
        ctx.set(value, 5)
        await ctx.tick().repeat(2)
        ctx.set(reset, 1)
        await ctx.tick()
        assert ctx.get(late) == (5 if reset_less else 0)

    run(ResetInserter(reset)(m), follow)
