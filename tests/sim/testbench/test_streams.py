"""The testbench helpers must themselves be able to fail."""

import pytest
from amaranth.hdl import Module
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from varigate.sim.testbench.streams import transact


class Faulty(wiring.Component):
    """Passes bytes on, with one fault."""

    def __init__(self, fault):
        self.fault = fault
        super().__init__({"i": In(stream.Signature(8)), "o": Out(stream.Signature(8))})

    def elaborate(self, platform):
        m = Module()
        m.d.comb += self.i.ready.eq(~self.o.valid | self.o.ready)
        with m.If(self.i.ready & (self.fault != "silent")):
            m.d.sync += [self.o.valid.eq(self.i.valid), self.o.payload.eq(self.i.payload)]
        with m.Elif(~self.i.ready & (self.fault == "changes")):
            m.d.sync += self.o.payload.eq(self.o.payload + 1)
        with m.Elif(~self.i.ready & (self.fault == "withdraws")):
            m.d.sync += self.o.valid.eq(0)
        return m


def test_a_register_passes():
    assert transact(Faulty(None), range(200), 200, stall=0.4) == list(range(200))


@pytest.mark.parametrize("fault", ["changes", "withdraws"])
def test_an_item_that_does_not_hold_is_noticed(fault):
    with pytest.raises(AssertionError, match="hold"):
        transact(Faulty(fault), range(200), 200, stall=0.4)


def test_silence_ends_at_the_deadline():
    with pytest.raises(TimeoutError, match="50 cycles"):
        transact(Faulty("silent"), range(20), 20, deadline=50)
