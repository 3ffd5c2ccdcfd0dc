"""The pass that moves flip-flops into block RAMs, on real netlists: the gates do the same before and after."""

import json

import numpy as np
import pytest
from amaranth.back import rtlil
from amaranth.hdl import Module, Signal
from amaranth.lib import memory, wiring
from amaranth.lib.wiring import In, Out

from varigate.gateware.lib.rom import RegisteredRom
from varigate.platform.toolchains import output_registers, yosys
from varigate.sim.simulators import gate
from varigate.sim.simulators.compiled import Simulation


class EnabledRom(wiring.Component):
    """A memory and a register behind it that share an enable."""

    def __init__(self, words, width):
        self._words = words
        super().__init__({"address": In(range(len(words))), "enable": In(1), "data": Out(width)})

    def elaborate(self, platform):
        m = Module()
        m.submodules.memory = rom = memory.Memory(shape=len(self.data), depth=len(self._words), init=self._words,
                                                  attrs={"ram_style": "block"})
        port = rom.read_port()
        output = Signal.like(self.data, reset_less=True)
        m.d.comb += [port.addr.eq(self.address), port.en.eq(self.enable), self.data.eq(output)]
        with m.If(self.enable):
            m.d.sync += output.eq(port.data)
        return m


def words(rng, depth, width):
    return [int.from_bytes(rng.bytes(16), "little") % (1 << width) for _ in range(depth)]


def outputs(netlist, stimuli):
    """The data after each clock, beginning with the third: before that a memory's latches are not defined."""
    seen = []
    with Simulation.from_rtlil(gate.flat(netlist)) as simulation:
        for inputs in stimuli:
            for name, value in inputs.items():
                simulation.set(name, value)
            simulation.step()
            seen.append(simulation.get("data"))
    return seen[2:]


@pytest.mark.parametrize(("depth", "width", "enabled"), [
    (40, 30, False),  # RAMB18E1, simple dual port, both ports' outputs
    (300, 72, False),  # RAMB36E1, the same
    (1000, 40, False),  # RAMB36E1 of 36 bits, RAMB18E1 of 4, one port
    (2000, 18, False),
    (300, 50, True),
    (1000, 36, True)])
def test_nothing_changes(tmp_path, monkeypatch, depth, width, enabled):
    rng = np.random.default_rng(depth + width)
    content = words(rng, depth, width)
    component = EnabledRom(content, width) if enabled else RegisteredRom(content, width, "block")
    (tmp_path / "top.il").write_text(rtlil.convert(component, emit_src=False))
    with monkeypatch.context() as without:
        without.setattr(output_registers, "fold_file", lambda path, top: None)
        plain = yosys.synthesise(tmp_path)
    assert plain.resources.ff == width
    before = (tmp_path / "top.json").read_text()
    assert output_registers.fold_file(tmp_path / "top.json") == width
    after = (tmp_path / "top.json").read_text()
    cells = json.loads(after)["modules"]["top"]["cells"].values()
    assert {cell["type"] for cell in cells} <= {"RAMB18E1", "RAMB36E1"}

    addresses = rng.integers(depth, size=300).tolist()
    stimuli = [{"address": address} | ({"enable": int(rng.integers(4) > 0 or index < 3)} if enabled else {})
               for index, address in enumerate(addresses)]
    seen = outputs(after, stimuli)
    assert seen == outputs(before, stimuli)
    if not enabled:
        assert seen == [content[address] for address in addresses[1:-1]]
