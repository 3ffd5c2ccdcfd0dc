import re
import threading
import time
from functools import reduce
from operator import xor

import numpy as np
import pytest
from amaranth.back import rtlil
from amaranth.hdl import Module, Signal
from amaranth.lib import memory, wiring
from amaranth.lib.wiring import In, Out

from varigate.model.errors import UserError
from varigate.sim.simulators import compiler, cxxrtl
from varigate.sim.simulators.compiled import Simulation

# Two flip-flops, one of them on the falling edge: what a netlist may have, and Amaranth's RTLIL of one domain has not.
TWO_EDGES = r"""
module \anything
  wire input 1 \clk
  wire width 4 input 2 \i
  wire width 4 output 3 \o
  wire width 4 \half
  cell $dff $1
    parameter \WIDTH 4
    parameter \CLK_POLARITY 1'0
    connect \CLK \clk
    connect \D \i
    connect \Q \half
  end
  cell $dff $2
    parameter \WIDTH 4
    parameter \CLK_POLARITY 1'1
    connect \CLK \clk
    connect \D \half
    connect \Q \o
  end
end
"""


class Delay(wiring.Component):
    """Two registers one behind the other."""

    i: In(8)
    o: Out(8)

    def elaborate(self, platform):
        m = Module()
        middle = Signal(8)
        m.d.sync += [middle.eq(self.i), self.o.eq(middle)]
        return m


class Kept(wiring.Component):
    """A register behind a memory that is written in every clock."""

    i: In(8)
    o: Out(8)

    def elaborate(self, platform):
        m = Module()
        m.submodules.kept = kept = memory.Memory(shape=8, depth=4, init=[])
        read, write = kept.read_port(domain="comb"), kept.write_port()
        m.d.comb += [write.addr.eq(self.i[:2]), write.data.eq(self.i), write.en.eq(1), read.addr.eq(self.i[2:4])]
        m.d.sync += self.o.eq(read.data)
        return m


@pytest.fixture
def counted(tmp_path, monkeypatch):
    """An empty cache, and a list of what is compiled into it, by a compiler that only writes a word."""
    monkeypatch.setenv("VARIGATE_CACHE", str(tmp_path / "cache"))
    compiled = []

    def compile_shared(source, out, include, defines=(), options=()):
        compiled.append(defines)
        out.write_text("made")

    monkeypatch.setattr(compiler, "compile_shared", compile_shared)
    return compiled


def test_a_hit_compiles_nothing(counted, tmp_path):
    first = cxxrtl.library(TWO_EDGES)
    assert cxxrtl.library(TWO_EDGES) == first and len(counted) == 1
    assert list((tmp_path / "cache").iterdir()) == [first]


def test_the_key_is_all_that_the_object_depends_on(counted, monkeypatch):
    paths = [cxxrtl.library(TWO_EDGES), cxxrtl.library(TWO_EDGES + "\n"), cxxrtl.library(TWO_EDGES, trace=True)]
    monkeypatch.setattr(compiler, "find", lambda: compiler.Compiler(("other",), "1"))
    paths.append(cxxrtl.library(TWO_EDGES))
    monkeypatch.setattr(compiler, "find", lambda: compiler.Compiler(("other",), "2"))
    paths.append(cxxrtl.library(TWO_EDGES))
    monkeypatch.setattr(compiler, "FLAGS", (*compiler.FLAGS, "-O0"))
    paths.append(cxxrtl.library(TWO_EDGES))
    monkeypatch.setattr(cxxrtl.importlib.metadata, "version", lambda name: "99")
    paths.append(cxxrtl.library(TWO_EDGES))
    assert len(set(paths)) == len(paths) == len(counted)


def test_one_evaluation_a_clock_only_where_nothing_else_than_its_rising_edge_counts(counted):
    cxxrtl.library(rtlil.convert(Delay()))
    cxxrtl.library(TWO_EDGES)
    cxxrtl.library(rtlil.convert(Delay()), trace=True)
    assert counted == [("ONE_EVALUATION",), ("OTHER_EDGES",), ("TRACE",)]


def test_registers_are_stored_unasked_where_one_evaluation_is_enough(tmp_path, monkeypatch):
    monkeypatch.setenv("VARIGATE_CACHE", str(tmp_path))
    designs = []

    def compile_shared(source, out, include, defines=(), options=()):
        designs.append((include[0] / "design.cc").read_text("utf-8"))
        out.write_text("made")

    monkeypatch.setattr(compiler, "compile_shared", compile_shared)
    cxxrtl.library(rtlil.convert(Kept()))
    cxxrtl.library(rtlil.convert(Kept()), trace=True)
    stored, asked = "p_o.curr = p_o.next;", "if (p_o.commit(observer)) changed = true;"
    unasked, traced = designs
    assert stored in unasked and "changed = true;" not in unasked
    assert len(re.findall(r"\tmemory_\w+\.commit\(observer\);", unasked)) == 1
    assert asked in traced and stored not in traced


def test_two_at_once_make_one_object(tmp_path, monkeypatch):
    monkeypatch.setenv("VARIGATE_CACHE", str(tmp_path))
    begun, waiting, paths = [], threading.Barrier(2), []

    def compile_shared(source, out, include, defines=(), options=()):
        begun.append(out)
        time.sleep(0.5)  # long enough for the other one to want it too
        out.write_text("made")

    def make():
        waiting.wait(timeout=60)
        paths.append(cxxrtl.library(TWO_EDGES))

    monkeypatch.setattr(compiler, "compile_shared", compile_shared)
    threads = [threading.Thread(target=make) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(paths) == 2 and [*tmp_path.iterdir()] == list(set(paths))
    assert len(begun) == 1, "the other one waits"


@pytest.mark.parametrize(("change", "message"), [
    (("cell $dff $2", "cell \\no_such_cell $2"), "no_such_cell"),
    (("wire input 1 \\clk", "wire input 1 \\clk2"), "clk"),
    (("end", "{"), "Unexpected token"),
])
def test_what_yosys_refuses_leaves_nothing(counted, tmp_path, change, message):
    with pytest.raises(UserError, match=message):
        cxxrtl.library(TWO_EDGES.replace(*change))
    assert not counted and not [*(tmp_path / "cache").iterdir()]


def test_a_failed_compilation_leaves_nothing(counted, tmp_path, monkeypatch):
    def fail(source, out, include, defines=(), options=()):
        out.write_text("half")
        raise UserError("no space left")

    monkeypatch.setattr(compiler, "compile_shared", fail)
    with pytest.raises(UserError, match="no space left"):
        cxxrtl.library(TWO_EDGES)
    assert not [*(tmp_path / "cache").iterdir()]


def test_a_design_without_a_clock_is_refused(counted):
    with pytest.raises(ValueError, match="no input clk"):
        cxxrtl.library("module \\top\n  wire input 1 \\a\n  wire output 2 \\b\n  connect \\b \\a\nend\n")


def test_both_edges_of_a_design_from_elsewhere():
    """What is sent at a rising edge is stored at the falling edge behind it, and seen after the next rising edge."""
    with Simulation.from_rtlil(TWO_EDGES) as simulation:
        assert sorted(simulation.ports) == ["clk", "i", "o"]
        times, values = simulation.play(6, {"i": ([0, 1, 2, 3, 4], [3, 1, 4, 1, 5])}, ["o"])["o"]
        assert dict(zip(times.tolist(), values.tolist(), strict=True)) == {0: 0, 2: 3, 3: 1, 4: 4, 5: 1}


class Roms(wiring.Component):
    """Sixty-four block RAMs with contents: 2.4 Mbit."""

    addr: In(11)
    o: Out(18)

    def __init__(self, contents):
        super().__init__()
        self._contents = contents

    def elaborate(self, platform):
        m = Module()
        words = []
        for place, row in enumerate(self._contents.tolist()):
            m.submodules[f"rom_{place}"] = rom = memory.Memory(shape=18, depth=2048, init=row)
            read = rom.read_port()
            m.d.comb += read.addr.eq(self.addr)
            words.append(read.data)
        m.d.comb += self.o.eq(reduce(xor, words))
        return m


@pytest.mark.long
def test_the_weights_of_a_large_network_compile():
    contents = np.random.default_rng(3).integers(0, 1 << 18, (64, 2048))
    with Simulation(Roms(contents)) as simulation:
        simulation.play(2048, {"addr": (np.arange(2048), np.arange(2048))})
        assert simulation.get("o") == np.bitwise_xor.reduce(contents[:, 2047])
        _, values = simulation.play(2048, {"addr": (np.arange(2048), np.arange(2048))}, ["o"])["o"]
        assert values[2:].tolist() == np.bitwise_xor.reduce(contents)[1:len(values) - 1].tolist()


@pytest.mark.long
def test_ziglang_builds_it(monkeypatch, tmp_path):
    """A machine without a compiler: the whole way with the one from the Python package index."""
    monkeypatch.setenv("VARIGATE_CACHE", str(tmp_path))
    monkeypatch.delenv("CXX", raising=False)
    monkeypatch.setattr(compiler, "NAMES", ())
    assert compiler.find().command == compiler.ZIG
    with Simulation(Delay()) as simulation:
        simulation.set("i", 77)
        simulation.step(2)
        assert simulation.get("o") == 77
