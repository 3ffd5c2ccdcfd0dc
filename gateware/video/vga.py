"""A VGA signal: the place of the beam, and its colours and synchronisation pulses on the pins."""

from dataclasses import dataclass

from amaranth.hdl import Cat, Module, Mux, Signal
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from varigate.gateware.lib.checks import check_integer

__all__ = ["PINS", "VESA", "Axis", "Colour", "Geometry", "Vga"]

Colour = data.StructLayout({"red": 4, "green": 4, "blue": 4})


PINS = {"red": Out(4), "green": Out(4), "blue": Out(4), "hsync": Out(1, init=1), "vsync": Out(1, init=1)}


@dataclass(frozen=True)
class Axis:
    """One direction of a frame, in pixels or lines, in the order in which the beam passes them.

    >>> VESA.line.total
    800
    """

    visible: int
    front: int  # porch before the synchronisation pulse
    sync: int
    back: int  # porch after it

    @property
    def total(self) -> int:
        return self.visible + self.front + self.sync + self.back


@dataclass(frozen=True)
class Geometry:
    """A frame: `line` is a line's pixels, `frame` the frame's lines."""

    line: Axis
    frame: Axis


VESA = Geometry(Axis(640, 16, 96, 48), Axis(480, 10, 2, 33))
"""640×480 at 60 Hz, both pulses negative: 25.175 MHz a pixel; with 25 MHz, 59.5 frames a second, as monitors bear."""


class Vga(wiring.Component):
    """Asks for the colour of one pixel after the other, each for `clocks` clocks, and sends it to the pins.

        x        638 ╳ 639 ╳ 640 ╳ … ╳ 799 ╳ 0    y counts when x returns to 0
        hsync    1                0…0 at x = 656…751; vsync likewise by lines, from x = 0 on
        colours  of the pixel, 0 if x or y is not visible

    Parameters
    ----------
    clocks : int
        clocks of a pixel: 4 for 25 MHz from 100 MHz.
    latency : int
        clocks from `x` and `y` to `colour`.
    geometry : Geometry

    Members
    -------
    x, y : Out
        count through the whole frame, what is not visible included.
    colour : In(Colour)
        of the pixel x, y, `latency` clocks later and for as long.
    red, green, blue : Out(4)
    hsync, vsync : Out(1)
        low during the pulse.

    Cycles
    ------
    The pins follow `x` and `y` by `latency` + 1 clocks, colours and pulses alike. A pixel lasts `clocks` clocks, a
    frame clocks · line.total · frame.total.

    Raises
    ------
    TypeError, ValueError
        if `clocks` is not a positive integer, or `latency` is not an integer of at least 0.

    Examples
    --------
    >>> Vga(clocks=4, latency=4).geometry.line.total
    800
    """

    def __init__(self, *, clocks: int = 4, latency: int = 0, geometry: Geometry = VESA):
        check_integer("number of clocks of a pixel", clocks)
        check_integer("latency of the colours", latency, 0)
        self.clocks, self.latency, self.geometry = clocks, latency, geometry
        super().__init__({
            "x": Out(range(geometry.line.total)), "y": Out(range(geometry.frame.total)), "colour": In(Colour),
            **PINS,
        })

    def elaborate(self, platform):
        m = Module()
        line, frame = self.geometry.line, self.geometry.frame
        clock = Signal(range(self.clocks))
        m.d.sync += clock.eq(clock + 1)
        with m.If(clock == self.clocks - 1):
            m.d.sync += [clock.eq(0), self.x.eq(self.x + 1)]
            with m.If(self.x == line.total - 1):
                m.d.sync += [self.x.eq(0), self.y.eq(Mux(self.y == frame.total - 1, 0, self.y + 1))]

        def pulse(position, axis):
            start = axis.visible + axis.front
            return (position >= start) & (position < start + axis.sync)

        beam = Signal(3)
        m.d.comb += beam.eq(Cat(~pulse(self.x, line), ~pulse(self.y, frame),
                                (self.x < line.visible) & (self.y < frame.visible)))
        for stage in range(self.latency):
            before, beam = beam, Signal(3, init=0b011, name=f"beam_{stage}")
            m.d.sync += beam.eq(before)
        m.d.sync += Cat(self.hsync, self.vsync).eq(beam)
        for name in Colour.members:
            m.d.sync += getattr(self, name).eq(Mux(beam[2], self.colour[name], 0))
        return m
