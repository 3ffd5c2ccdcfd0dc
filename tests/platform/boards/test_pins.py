"""The constraints of the Nexys4 DDR against a table typed from Digilent's reference manual and master constraints
(revision C), not from the package that the pins come from: a wrong pin drives the wrong wire of a real board.
"""

import re

import pytest
from amaranth.hdl import Elaboratable, Module
from amaranth.lib import io

from varigate.gateware.engine.program import Array
from varigate.gateware.top import Top
from varigate.platform import boards

PORTS = {  # of the netlist: pins from 0 (the right), from a, or in the order of the braces
    "clk100_0__io": "E3",
    "rst_0__io": "C12",
    "uart_0__{rx,tx}__io": "C4 D4",  # as the FPGA sees them: UART_TXD_IN, UART_RXD_OUT
    "switch_{0…15}__io": "J15 L16 M13 R15 R17 T18 U18 R13 T8 U8 R16 T13 H6 U12 U11 V10",
    "led_{0…15}__io": "H17 K15 J13 N14 R18 V17 U17 U16 V16 T15 U14 T16 V15 V14 V12 V11",
    "button_{center,up,left,right,down}_0__io": "N17 M18 P17 M17 P18",
    "display_7seg_0__{a,b,c,d,e,f,g,dp}__io": "T10 R10 K16 K13 P15 T11 L18 H15",
    "display_7seg_an_0__io[{0…7}]": "J17 J18 T9 J14 P14 T14 K2 U13",
    "rgb_led_0__{r,g,b}__io": "N15 M16 R12",
    "rgb_led_1__{r,g,b}__io": "N16 R11 G14",
}
VGA = {
    "vga_0__r__io[{0…3}]": "A3 B4 C5 A4",
    "vga_0__g__io[{0…3}]": "C6 A5 B6 A6",
    "vga_0__b__io[{0…3}]": "B7 C7 D7 D8",
    "vga_0__{hs,vs}__io": "B11 B12",
}
AT_1V8 = {"switch_8__io", "switch_9__io"}  # in the bank of the memory; all else is at 3.3 V
ACTIVE_LOW = {"rst", "display_7seg", "display_7seg_an"}

PORT = re.compile(r"^set_property -dict \{PACKAGE_PIN (\w+) IOSTANDARD (\w+)\} \[get_ports \{(\S+)\}\]$", re.MULTILINE)
WIRE = re.compile(r"^  wire width (\d+) (?:input|output|inout) \d+ +\\(\S+)$", re.MULTILINE)


def table(groups):
    """(port, pin, I/O standard) of every bit, sorted."""
    lines = []
    for pattern, pins in groups.items():
        names = re.search(r"\{(.*)\}", pattern)
        if names is None:
            members = [pattern]
        else:
            start, dots, end = names[1].partition("…")
            each = range(int(start), int(end) + 1) if dots else names[1].split(",")
            members = [pattern.replace(names[0], str(name)) for name in each]
        lines += [(name, pin, "LVCMOS18" if name in AT_1V8 else "LVCMOS33")
                  for name, pin in zip(members, pins.split(), strict=True)]
    return sorted(lines)


def constrained(files):
    return sorted((name, pin, standard) for pin, standard, name in PORT.findall(files["top.xdc"]))


@pytest.fixture(scope="module")
def files(iris):
    """What is written for the design that ships."""
    board = boards.find("nexys4ddr")()
    return board.prepare(board.wrap(Top(iris, bytes(32), array=Array(8, 1))), "top").files


def test_every_port_is_constrained_once_as_the_manual_says(files):
    assert constrained(files) == table(PORTS)
    assert files["top.xdc"].count("PACKAGE_PIN") == len(table(PORTS))  # no other form of line places a pin


def test_the_ports_are_those_of_the_top_module(files):
    module, = re.findall(r"^attribute \\top 1\nmodule .*?^end$", files["top.il"], re.MULTILINE | re.DOTALL)
    ports = [name if width == "1" else f"{name}[{bit}]" for width, name in WIRE.findall(module)
             for bit in range(int(width))]
    assert sorted(ports) == [name for name, *_ in table(PORTS)]


def test_no_pin_has_two_ports():
    pins = [pin for _, pin, _ in table(PORTS | VGA)]
    assert len(set(pins)) == len(pins)


class Picture(Elaboratable):
    """Drives the VGA connector."""

    def elaborate(self, platform):
        m = Module()
        vga = platform.request("vga", dir="-")
        for name in ("r", "g", "b", "hs", "vs"):
            m.submodules[name] = pin = io.Buffer("o", getattr(vga, name))
            m.d.comb += pin.o.eq(0)
        return m


def test_the_pins_of_the_vga_connector():
    board = boards.find("nexys4ddr")()
    assert constrained(board.prepare(Picture(), "top").files) == table(VGA)


@pytest.mark.parametrize("name", ["clk100", "rst", "uart", "display_7seg", "display_7seg_an", "vga", "button_center",
                                  "button_up", "button_left", "button_right", "button_down"])
def test_what_is_active_low(name):
    assert inversions(name, 0) == {name in ACTIVE_LOW}


@pytest.mark.parametrize(("name", "count"), [("switch", 16), ("led", 16), ("rgb_led", 2)])
def test_switches_and_leds_are_active_high(name, count):
    assert set.union(*(inversions(name, number) for number in range(count))) == {False}


def inversions(name, number):
    """Whether the pins of a resource are inverted on the way in or out."""
    port = boards.find("nexys4ddr")().request(name, number, dir="-")
    members = [port] if isinstance(port, io.PortLike) else [
        each for each in vars(port).values() if isinstance(each, io.PortLike)]
    assert members
    return {inverted for member in members for inverted in member.invert}
