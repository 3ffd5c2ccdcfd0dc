"""The board-independent top, wired to a board's pins."""

from amaranth.hdl import Cat, Elaboratable, Module
from amaranth.lib import io

__all__ = ["BoardTop"]

SEGMENTS = "abcdefg"
BUTTONS = ("center", "up", "down", "left", "right")
VGA = {"red": "r", "green": "g", "blue": "b", "hsync": "hs", "vsync": "vs"}  # the top's ports, the board's names


class BoardTop(Elaboratable):
    """Connects `top` to UART, LEDs, switches, buttons, display and, if it has one, screen; keeps the RGB LEDs dark.

    Pins are active high inside: the board's table says which are inverted outside. Nothing is synchronised here; `top`
    does that.

    Parameters
    ----------
    top : wiring.Component
        with `rx`, `tx`, `leds`, `switches`, `buttons`, `segments`, `anodes` (see `gateware.top`); with all of `VGA`, or
        none.

    Cycles
    ------
    Combinational: pins and ports are connected by buffers alone.

    Examples
    --------
    >>> from varigate.platform.boards.nexys4ddr import Nexys4DDR
    >>> from varigate.gateware.engine.program import Array
    >>> from varigate.gateware.top import Top
    >>> from varigate.model.network import network_file
    >>> iris = network_file.load(network_file.find("iris"))
    >>> top = Top(iris, network_file.digest(iris), array=Array(8, 1))
    >>> Nexys4DDR().wrap(top).top is top
    True
    """

    def __init__(self, top):
        self.top = top

    def elaborate(self, platform):
        m = Module()
        m.submodules.top = top = self.top

        def input_pin(name, port):
            m.submodules[name] = pin = io.Buffer("i", port)
            return pin.i

        def output_pin(name, port, value):
            m.submodules[name] = pin = io.Buffer("o", port)
            m.d.comb += pin.o.eq(value)

        uart = platform.request("uart", dir="-")
        m.d.comb += top.rx.eq(input_pin("rx", uart.rx))
        output_pin("tx", uart.tx, top.tx)
        for index in range(16):
            output_pin(f"led_{index}", platform.request("led", index, dir="-"), top.leds[index])
            switch = input_pin(f"switch_{index}", platform.request("switch", index, dir="-"))
            m.d.comb += top.switches[index].eq(switch)
        for button in BUTTONS:
            pressed = input_pin(f"button_{button}", platform.request(f"button_{button}", dir="-"))
            m.d.comb += top.buttons[button].eq(pressed)
        display = platform.request("display_7seg", dir="-")
        for index, segment in enumerate([*SEGMENTS, "dp"]):
            output_pin(f"segment_{segment}", getattr(display, segment), top.segments[index])
        output_pin("anodes", platform.request("display_7seg_an", dir="-"), Cat(top.anodes))
        if VGA.keys() <= top.signature.members.keys():
            screen = platform.request("vga", dir="-")
            for port, name in VGA.items():
                output_pin(port, getattr(screen, name), getattr(top, port))
        for index in range(2):
            rgb = platform.request("rgb_led", index, dir="-")
            for colour in "rgb":
                output_pin(f"rgb_{index}_{colour}", getattr(rgb, colour), 0)
        return m
