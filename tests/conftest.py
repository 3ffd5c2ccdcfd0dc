"""Fixtures that several folders of tests use."""

import pytest
from amaranth.hdl import Module, Signal
from amaranth.lib import data, wiring
from amaranth.lib.cdc import FFSynchronizer
from amaranth.lib.wiring import In, Out

from varigate.model.network import network_file


@pytest.fixture(scope="session")
def iris():
    """The shipped Iris network."""
    return network_file.load(network_file.find("iris"))


class Blinker(wiring.Component):
    """Stands in for `gateware.top.Top`: echoes the UART, counts, and shows the count. With `dark`, all is off."""

    rx: In(1)
    tx: Out(1)
    leds: Out(16)
    switches: In(16)
    buttons: In(data.StructLayout({"center": 1, "up": 1, "down": 1, "left": 1, "right": 1}))
    segments: Out(8)
    anodes: Out(8)

    def __init__(self, network=None, digest=None, *, dark=False, **options):
        super().__init__()
        self.network, self.digest, self.options, self.dark = network, digest, options, dark

    def elaborate(self, platform):
        m = Module()
        if self.dark:
            return m
        received = Signal(init=1)
        m.submodules.receive = FFSynchronizer(self.rx, received, init=1)
        count = Signal(24)
        m.d.sync += [count.eq(count + 1), self.tx.eq(received), self.leds.eq(count[8:] ^ self.switches)]
        m.d.comb += [self.segments.eq(count), self.anodes.eq(count[8:] + self.buttons.as_value())]
        return m


@pytest.fixture(scope="session")
def blinker():
    return Blinker
