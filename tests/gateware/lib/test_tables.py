import numpy as np
import pytest
from amaranth.hdl import Module, Signal, Value, signed, unsigned
from amaranth.sim import Simulator

from varigate.gateware.lib.tables import select


@pytest.mark.parametrize(("values", "shape"), [
    ([7], unsigned(3)), ([0], unsigned(1)), ([-3], signed(3)), ([1, 0, 1], unsigned(1)), ([3, 255, 0], unsigned(8)),
    ([True, False], unsigned(1)), ([-1, 127, 3, 4], signed(8)), (np.array([200, 3], np.uint8), unsigned(8))])
def test_every_entry_comes_out_in_no_more_bits_than_the_table_needs(values, shape):
    m, index = Module(), Signal(range(max(len(values), 2)))
    found = Value.cast(select(values, index))
    assert found.shape() == shape
    entry, seen = Signal(shape), []
    m.d.comb += entry.eq(found)

    async def read(ctx):
        for place in range(len(values)):
            ctx.set(index, place)
            seen.append(ctx.get(entry))

    simulator = Simulator(m)
    simulator.add_testbench(read)
    simulator.run()
    assert seen == list(values)
