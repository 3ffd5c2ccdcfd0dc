"""Synthesis of small designs, sound and broken. Each run of Yosys takes about three seconds."""

import re

import pytest
from amaranth.back import rtlil
from amaranth.hdl import ClockDomain, Instance, Module, Signal
from amaranth.lib import memory

from varigate.model.errors import UserError
from varigate.platform.toolchains.yosys import synthesise

HEADER = """
module \\top
  wire width 1 input 0 \\a
  wire width 1 input 1 \\b
  wire width 1 output 2 \\y
  wire width 2 \\inner
"""
GATE = """
  cell {kind} {name}
    parameter \\A_SIGNED 0
    parameter \\A_WIDTH 1
    parameter \\B_SIGNED 0
    parameter \\B_WIDTH 1
    parameter \\Y_WIDTH 1
    connect \\A {a}
    connect \\B {b}
    connect \\Y {y}
  end
"""
LATCH = """
  cell $dlatch \\hold
    parameter \\WIDTH 1
    parameter \\EN_POLARITY 1
    connect \\EN \\a
    connect \\D \\b
    connect \\Q \\inner [0]
  end
"""


def gate(name, a, b, y, kind="$and"):
    return GATE.format(kind=kind, name=name, a=a, b=b, y=y)


BROKEN = {
    "latch": (LATCH + "  connect \\y \\inner [0]\n", "the design has a latch on net inner$"),
    "loop": (gate("$1", "\\a", "\\inner [1]", "\\inner [0]") + gate("$2", "\\b", "\\inner [0]", "\\inner [1]", "$or")
             + "  connect \\y \\inner [0]\n", "the design has a combinational loop through net inner$"),
    "undriven": (gate("$1", "\\a", "\\inner [1]", "\\y"), r"the design has no driver on net inner \[1\]$"),
    "two drivers": (gate("$1", "\\a", "\\b", "\\y") + gate("$2", "\\a", "\\b", "\\y", "$or"),
                    "the design has more than one driver on net y$"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_design_is_refused(tmp_path, name):
    body, message = BROKEN[name]
    (tmp_path / "top.il").write_text(HEADER + body + "end\n")
    with pytest.raises(UserError, match=message) as error:
        synthesise(tmp_path)
    assert "\n" not in str(error.value)


def primitives(kind):
    """A design of instances, into which Yosys does not look before mapping."""
    m = Module()
    m.domains.sync = ClockDomain(reset_less=True)
    a, y, inner = Signal(name="a"), Signal(name="y"), Signal(name="inner")
    if kind == "latch":
        m.submodules.hold = Instance("LDCE", i_D=a, i_G=a, i_GE=1, i_CLR=0, o_Q=y)
    else:
        m.submodules.one = Instance("LUT2", p_INIT=0b0110, i_I0=a, i_I1=y, o_O=inner)
        m.submodules.two = Instance("LUT1", p_INIT=0b01, i_I0=inner, o_O=y)
    return rtlil.convert(m, ports=[a, y], emit_src=False)


@pytest.mark.parametrize(("kind", "message"), [
    ("latch", r"the netlist has a latch: hold \(LDCE\)$"),
    ("loop", r"the netlist has a combinational loop through net (y|inner)$"),
])
def test_broken_primitives_are_refused(tmp_path, kind, message):
    (tmp_path / "top.il").write_text(primitives(kind))
    with pytest.raises(UserError, match=message):
        synthesise(tmp_path)


def test_inference_and_verilog(tmp_path):
    """A multiplier goes to a DSP48E1, a block memory to a RAMB; Vivado is told the same of the memories."""
    m = Module()
    a, b, p, word = Signal(8), Signal(10), Signal(16), Signal(18)
    m.domains.sync = domain = ClockDomain(reset_less=True)
    m.d.sync += p.eq(a.as_signed() * b[:8].as_signed())
    for name, style, depth in (("large", "block", 1024), ("small", "logic", 32)):
        m.submodules[name] = rom = memory.Memory(shape=9, depth=depth, init=[7 * index % 509 for index in range(depth)],
                                                 attrs={"ram_style": style})
        port = rom.read_port()
        m.d.comb += [port.addr.eq(b), word.word_select(name == "large", 9).eq(port.data)]
    (tmp_path / "top.il").write_text(rtlil.convert(m, ports=[a, b, p, word, domain.clk], emit_src=False))
    resources = synthesise(tmp_path).resources
    assert resources.dsp == 1
    assert (resources.ramb36, resources.ramb18) == (0, 1)
    verilog = (tmp_path / "top.v").read_text()
    assert re.findall(r'rom_style = "(\w+)"', verilog) == ["block", "distributed"]
    assert re.findall(r'ram_style = "(\w+)"', verilog) == ["block"]


def test_output_is_for_every_tool(built):
    directory, _ = built
    text = (directory / "top.json").read_text()
    assert "$scopeinfo" not in text and '"top"' in text
    assert text.count('"ports"') == 1  # the design alone, no library
    assert 'ASYNC_REG = "TRUE"' in (directory / "top.v").read_text()


def test_yosys_of_the_users(tmp_path, tools, monkeypatch):
    monkeypatch.setenv("YOSYS", "my-yosys")
    with pytest.raises(UserError, match="YOSYS is 'my-yosys', and there is no such program"):
        synthesise(tmp_path)
    tools.add("my-yosys", status=1)
    with pytest.raises(UserError, match="Yosys stopped: no message"):
        synthesise(tmp_path)
    assert tools.arguments("my-yosys")[:4] == ["-q", "-l", "yosys.log", "-p"]


def test_an_error_of_yosys_is_one_line(tmp_path):
    (tmp_path / "top.il").write_text("module \\top\n  wire what\nend\n")
    with pytest.raises(UserError, match=r"^Yosys stopped: .*ERROR: [^\n]*$"):
        synthesise(tmp_path)
