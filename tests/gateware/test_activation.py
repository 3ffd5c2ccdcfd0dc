import numpy as np
import pytest

from gateware.activation import SigmoidUnit
from model.formats import Format
from model.sigmoid import taylor
from sim.streams import run, transact

UNITS = [(1, 5), (1, 1), (2, 3), (8, 2), (16, 1)]


@pytest.mark.parametrize("stall", [0, 0.3])
@pytest.mark.parametrize(("segments", "order"), UNITS)
def test_every_code(segments, order, stall):
    sigmoid, codes = taylor(segments, order), np.arange(-128, 128)
    assert transact(SigmoidUnit(sigmoid), codes.tolist(), 256, stall=stall) == sigmoid(codes).tolist()


def test_other_formats():
    sigmoid = taylor(32, 3, input=Format(True, 12, 8), output=Format(False, 12, 12), guard=6)
    codes = np.arange(-2048, 2048)
    assert transact(SigmoidUnit(sigmoid), codes.tolist(), len(codes)) == sigmoid(codes).tolist()


@pytest.mark.parametrize(("segments", "order"), UNITS)
def test_latency_and_rate(segments, order):
    unit, seen = SigmoidUnit(taylor(segments, order)), []

    async def testbench(ctx):
        ctx.set(unit.o.ready, 1)
        ctx.set(unit.i.valid, 1)
        for _ in range(3 + 2 * order + 4):
            *_, valid = await ctx.tick().sample(unit.o.valid)
            seen.append(valid)

    run(unit, testbench)
    assert seen == [0] * (3 + 2 * order) + [1] * 4
