import numpy as np
import pytest
from amaranth.hdl import Cat, Elaboratable, Module, Signal

from varigate.gateware.video.vga import PINS, VESA, Axis, Geometry, Vga
from varigate.sim.testbench.streams import run
from varigate.sim.testbench.vga import clocks_needed, decode, record

SMALL = Geometry(Axis(9, 2, 3, 4), Axis(6, 1, 2, 3))


class Picture(Elaboratable):
    """A VGA signal of a picture that is a function of the coordinates, so many clocks late."""

    def __init__(self, clocks, latency, geometry):
        self.vga = Vga(clocks=clocks, latency=latency, geometry=geometry)

    def elaborate(self, platform):
        m = Module()
        m.submodules.vga = vga = self.vga
        colour = Cat(vga.x[:4], vga.y[:4], vga.x[:4] ^ ~vga.y[:4])
        for stage in range(vga.latency):
            before, colour = colour, Signal(12, name=f"colour_{stage}")
            m.d.sync += colour.eq(before)
        m.d.comb += vga.colour.as_value().eq(colour)
        return m


def picture(geometry):
    y, x = np.indices((geometry.frame.visible, geometry.line.visible))
    return np.stack([x & 15, y & 15, (x ^ ~y) & 15], axis=-1)


def recorded(clocks, latency, geometry, cycles):
    dut, pins = Picture(clocks, latency, geometry), {}

    async def bench(ctx):
        pins.update(await record(ctx, dut.vga, cycles))

    run(dut, bench, deadline=cycles + 10)
    return pins


@pytest.mark.parametrize(("clocks", "latency"), [(1, 0), (1, 4), (2, 3), (4, 4), (4, 0), (3, 7)])
def test_a_monitor_sees_every_pixel(clocks, latency):
    """`decode` counts every pulse, period and pixel."""
    pins = recorded(clocks, latency, SMALL, clocks_needed(clocks, SMALL) + 10)
    assert np.array_equal(decode(pins, clocks, SMALL), picture(SMALL))


def test_the_first_line_after_reset_by_the_clock():
    """Times typed from VESA's 640×480 at 60 Hz: hsync is low for the pixels 656…751 of 800."""
    clocks, latency = 4, 4
    pins = recorded(clocks, latency, VESA, 4 * 1700)
    delay = latency + 1
    times, values = pins["hsync"]
    assert times.tolist() == [0, *(4 * pixel + delay for pixel in (656, 752, 1456, 1552))]
    assert values.tolist() == [1, 0, 1, 0, 1]
    assert [pins["vsync"][0].tolist(), pins["vsync"][1].tolist()] == [[0], [1]]
    times, values = pins["red"]
    assert np.array_equal(times[1:640], 4 * np.arange(1, 640) + delay)
    assert values[:640].tolist() == [x % 16 for x in range(640)] and (times[640], values[640]) == (4 * 640 + delay, 0)


def test_vesa():
    assert (VESA.line.total, VESA.frame.total) == (800, 525)
    assert 59 < 25_000_000 / (VESA.line.total * VESA.frame.total) < 61


@pytest.mark.long
def test_a_frame_of_full_size():
    pins = recorded(1, 4, VESA, clocks_needed(1))
    assert np.array_equal(decode(pins, 1), picture(VESA))
    assert set(pins) == set(PINS)
