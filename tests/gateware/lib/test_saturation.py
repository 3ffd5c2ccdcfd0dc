import numpy as np
import pytest
from amaranth.back import rtlil
from amaranth.hdl import Module, Shape, Signal, Value, signed, unsigned
from amaranth.sim import Simulator

from varigate.gateware.lib.saturation import saturate
from varigate.model.fixedpoint import formats
from varigate.model.fixedpoint.formats import Format


def every_code(shape: Shape):
    """All integers of the shape."""
    return np.arange(1 << shape.width) - (shape.signed << shape.width >> 1)


def limited(shape, target, codes, interval=None):
    """What `saturate` makes of each of the codes, and the shape that it gives."""
    m, value, result, seen = Module(), Signal(shape), Signal(signed(24)), []
    found = Value.cast(saturate(value, target, interval))
    m.d.comb += result.eq(found)

    async def follow(ctx):
        for code in codes.tolist():
            ctx.set(value, code)
            seen.append(ctx.get(result))

    simulator = Simulator(m)
    simulator.add_testbench(follow)
    simulator.run()
    return seen, found.shape()


@pytest.mark.parametrize("shape", [*map(signed, (2, 4, 5, 6, 9)), *map(unsigned, (1, 4, 5, 8))], ids=str)
@pytest.mark.parametrize("target", ["s5.2", "u5.5", "s2.0", "u1.0"])
def test_it_is_the_models_saturation_for_every_code_of_every_shape(shape, target):
    codes, target = every_code(shape), Format.parse(target)
    seen, found = limited(shape, target, codes)
    assert seen == formats.saturate(codes, target).tolist()
    assert found == Shape(target.bits, target.signed) or found.width < target.bits


@pytest.mark.parametrize("interval", [(-20, 15), (-16, 20), (-3, 3), (0, 40), (-32, 31), (16, 20)])
@pytest.mark.parametrize("target", ["s5.2", "u5.5"])
def test_a_known_interval(interval, target):
    codes, target = np.arange(interval[0], interval[1] + 1), Format.parse(target)
    seen, found = limited(signed(9), target, codes, interval)
    assert seen == formats.saturate(codes, target).tolist()
    assert found == Shape(target.bits, target.signed) or found.width < target.bits


def test_an_end_that_cannot_be_passed_costs_nothing():
    def multiplexers(interval):
        m, value, result = Module(), Signal(signed(9)), Signal(signed(5))
        m.d.comb += result.eq(saturate(value, Format.parse("s5.2"), interval))
        return rtlil.convert(m, ports=[value, result]).count("cell $mux")

    assert [multiplexers(interval) for interval in (None, (-20, 3), (-3, 20), (-3, 3))] == [2, 1, 1, 0]
