"""The model of the block RAMs: memories as synthesised against the same memories in RTL, and what Yosys never emits."""

import json
from typing import NamedTuple

import numpy as np
import pytest
from amaranth.hdl import Cat, Module, Mux, Signal
from amaranth.lib import memory, wiring
from amaranth.lib.wiring import In, Out

from varigate.model.errors import UserError
from varigate.platform.toolchains.netlist import Cell
from varigate.sim.simulators import gate
from varigate.sim.simulators.compiled import Simulation
from varigate.sim.simulators.ramb import parse

CYCLES = 3000


class Shape(NamedTuple):
    """A memory: `byte` is the granularity of its write enables, `sides` how often it is read and written."""

    width: int
    depth: int
    byte: int | None = None
    writes: bool = True
    transparent: bool = False
    shared: bool = False  # the address of reads and writes is one
    sides: int = 1
    read_enable: bool = True


SHAPES = [
    Shape(18, 1024, writes=False), Shape(72, 512, writes=False, read_enable=False), Shape(7, 4096, writes=False),
    Shape(1, 16384), Shape(2, 8192), Shape(4, 4096), Shape(5, 4096), Shape(9, 2048), Shape(8, 4096, transparent=True),
    Shape(18, 1024, byte=9), Shape(36, 512, byte=9), Shape(32, 1024, byte=8), Shape(72, 512, byte=9),
    Shape(64, 512, byte=8, read_enable=False), Shape(40, 1024, transparent=True), Shape(16, 2048, byte=8, shared=True),
    Shape(36, 1024, shared=True, transparent=True), Shape(18, 1024, shared=True, sides=2),
    Shape(9, 4096, shared=True, sides=2, transparent=True), Shape(1, 32768, shared=True, sides=2),
]


INPUTS = {"noise": In(60), "write": In(8), "read": In(2), "address_a": In(15), "address_b": In(15)}


class Memories(wiring.Component):
    """All shapes with the same stimulus, each with the words turned by another number of bits."""

    def __init__(self, shapes=tuple(SHAPES)):
        self._shapes = shapes
        super().__init__(INPUTS | {f"q{place}_{side}_{half}": Out(36) for place, shape in enumerate(shapes)
                          for side in range(shape.sides) for half in range(2)})

    def elaborate(self, platform):
        m = Module()
        rng = np.random.default_rng(1)
        for place, shape in enumerate(self._shapes):
            init = [int.from_bytes(rng.bytes(9), "little") % (1 << shape.width) for _ in range(shape.depth)]
            m.submodules[f"memory_{place}"] = ram = memory.Memory(
                shape=shape.width, depth=shape.depth, init=init, attrs={"ram_style": "block"})
            addresses = [self.address_a, self.address_b]
            for side in range(shape.sides):
                word = Cat(self.noise, ~self.noise).rotate_left(7 * place + 31 * side)[:shape.width]
                transparent = []
                if shape.writes:
                    port = ram.write_port(granularity=shape.byte)
                    clash = side & (self.address_a == self.address_b)  # two writes to one place: undefined
                    m.d.comb += [port.addr.eq(addresses[side]), port.data.eq(word),
                                 port.en.eq(Mux(clash, 0, self.write.rotate_left(side)))]
                    transparent = [port] if shape.transparent else []
                port = ram.read_port(transparent_for=transparent)
                value = Signal(72)
                m.d.comb += [port.addr.eq(addresses[side if shape.shared else 1 - side]), value.eq(port.data),
                             port.en.eq(self.read[side] if shape.read_enable else 1),
                             *[getattr(self, f"q{place}_{side}_{half}").eq(value[36 * half:]) for half in range(2)]]
        return m


def stimulus(rng) -> dict:
    """Two addresses a cycle out of a few, so that reads and writes meet."""
    some = rng.integers(0, 1 << 9, 12) * 0x49
    return {"address_a": rng.choice(some, CYCLES), "address_b": rng.choice(some, CYCLES),
              **{name: rng.integers(0, 1 << INPUTS[name].shape, CYCLES) for name in ("noise", "write", "read")}}


def every_cycle(simulation: Simulation, inputs: dict) -> dict[str, np.ndarray]:
    """All outputs in all cycles, with inputs of one value a cycle."""
    outputs = [name for name, port in simulation.ports.items() if not port.is_input]
    changes = simulation.play(CYCLES, {name: (np.arange(CYCLES), column) for name, column in inputs.items()}, outputs)
    return {name: values[np.searchsorted(times, np.arange(CYCLES), "right") - 1]
            for name, (times, values) in changes.items()}


@pytest.fixture(scope="module")
def mapped() -> str:
    return gate.synthesised(Memories())


@pytest.fixture(scope="module")
def rtl() -> tuple[dict, dict]:
    """Stimulus, and what the memories in RTL make of it."""
    inputs = stimulus(np.random.default_rng(3))
    with Simulation(Memories()) as simulation:
        return inputs, every_cycle(simulation, inputs)


def block_rams(netlist: str) -> list[dict]:
    cells = json.loads(netlist)["modules"]["top"]["cells"].values()
    return [cell for cell in cells if cell["type"].startswith("RAMB")]


def test_synthesised_memories_equal_their_rtl(mapped, rtl):
    inputs, expected = rtl
    assert all(len(np.unique(expected[f"q{place}_0_0"])) > 1 for place in range(len(SHAPES)))
    with Simulation.from_rtlil(gate.flat(mapped)) as simulation:
        found = every_cycle(simulation, inputs)
    assert found.keys() == expected.keys()
    assert [name for name in found if (found[name] != expected[name]).any()] == []


def test_the_shapes_become_both_primitives_in_all_widths(mapped):
    rams = block_rams(mapped)
    used = {name: {ram["parameters"][name] for ram in rams} for name in ("RAM_MODE", "WRITE_MODE_A")}
    assert used == {"RAM_MODE": {"SDP", "TDP"}, "WRITE_MODE_A": {"READ_FIRST", "WRITE_FIRST"}}
    assert {ram["type"] for ram in rams} == {"RAMB18E1", "RAMB36E1"}
    widths = {int(ram["parameters"][f"{way}_WIDTH_{side}"], 2)
              for ram in rams for way in ("READ", "WRITE") for side in "AB"}
    assert widths == {0, 1, 2, 4, 9, 18, 36, 72}


def test_a_wrong_bit_in_the_contents_or_a_lost_write_enable_is_seen(mapped, rtl):
    inputs, expected = rtl
    design = json.loads(mapped)
    cells = design["modules"]["top"]["cells"]
    row = int(inputs["address_b"][1]) & 1023  # what memory 0, of 18 bits, reads when it is first enabled
    name, place = f"INIT_{row // 16:02X}", -1 - 16 * (row % 16)
    bits = [*cells["memory_0.0.0"]["parameters"][name]]
    bits[place] = "10"[int(bits[place])]
    cells["memory_0.0.0"]["parameters"][name] = "".join(bits)
    cells["memory_12.0.0"]["connections"]["WEBWE"][5] = "0"
    with Simulation.from_rtlil(gate.flat(json.dumps(design))) as simulation:
        found = every_cycle(simulation, inputs)
    assert {name for name in found if (found[name] != expected[name]).any()} == {"q0_0_0", "q12_0_1"}


# Primitives as no synthesis makes them, with both ports 18 bits wide.
PINS = {"ENARDEN": 1, "ENBWREN": 1, "RSTRAMARSTRAM": 1, "RSTRAMB": 1, "REGCEAREGCE": 1, "REGCEB": 1,
        "RSTREGARSTREG": 1, "RSTREGB": 1, "ADDRARDADDR": 14, "ADDRBWRADDR": 14, "DIADI": 16, "DIBDI": 16,
        "DIPADIP": 2, "DIPBDIP": 2, "WEA": 2, "WEBWE": 4}
OUTPUTS = {"DOADO": 16, "DOBDO": 16, "DOPADOP": 2, "DOPBDOP": 2}
NAMES = {"A": ("ENARDEN", "RSTRAMARSTRAM", "REGCEAREGCE", "RSTREGARSTREG", "ADDRARDADDR", "DIADI", "DIPADIP", "WEA"),
         "B": ("ENBWREN", "RSTRAMB", "REGCEB", "RSTREGB", "ADDRBWRADDR", "DIBDI", "DIPBDIP", "WEBWE")}
COMMON = {f"{way}_WIDTH_{side}": 18 for way in ("READ", "WRITE") for side in "AB"} | {
    "RAM_MODE": "TDP", "INIT_A": 0x2_1234, "INIT_B": 0x1_4321, "SRVAL_A": 0x3_0FF0, "SRVAL_B": 0x0_8001}
VARIANTS = [
    {"WRITE_MODE_A": "NO_CHANGE", "WRITE_MODE_B": "READ_FIRST"},
    {"WRITE_MODE_A": "WRITE_FIRST", "WRITE_MODE_B": "NO_CHANGE", "DOA_REG": 1, "DOB_REG": 1},
    {"WRITE_MODE_A": "READ_FIRST", "WRITE_MODE_B": "READ_FIRST", "DOA_REG": 1, "DOB_REG": 1,
     "RSTREG_PRIORITY_A": "REGCE", "IS_RSTREGB_INVERTED": 1},
    {"WRITE_MODE_A": "WRITE_FIRST", "WRITE_MODE_B": "WRITE_FIRST", "DOB_REG": 1, "RSTREG_PRIORITY_B": "REGCE",
     "IS_ENARDEN_INVERTED": 1, "IS_RSTRAMB_INVERTED": 1, "IS_ENBWREN_INVERTED": 1, "IS_RSTRAMARSTRAM_INVERTED": 1},
]


def primitives() -> str:
    """A netlist of all variants side by side, inputs shared."""
    numbers = iter(range(2, 1 << 16))
    ports = {name: {"direction": "input", "bits": [next(numbers) for _ in range(width)]}
             for name, width in {"clk": 1, **PINS}.items()}
    inputs = {name: port["bits"] for name, port in ports.items() if name != "clk"}
    inputs |= dict.fromkeys(("CLKARDCLK", "CLKBWRCLK"), ports["clk"]["bits"])
    cells = {}
    for place, variant in enumerate(VARIANTS):
        outputs = {name: [next(numbers) for _ in range(width)] for name, width in OUTPUTS.items()}
        ports |= {f"{name}_{place}": {"direction": "output", "bits": bits} for name, bits in outputs.items()}
        cells[f"ram_{place}"] = {
            "type": "RAMB18E1", "parameters": {name: f"{value:032b}" if isinstance(value, int) else value
                                               for name, value in (COMMON | variant).items()},
            "port_directions": dict.fromkeys(inputs, "input") | dict.fromkeys(outputs, "output"),
            "connections": inputs | outputs}
    return json.dumps({"modules": {"top": {"ports": ports, "cells": cells, "netnames": {}}}})


def reference(variant: dict, inputs: dict) -> dict[str, list[int]]:
    """UG473 in words of 18 bits; the outputs of both ports before each clock edge."""
    rows, values = {}, COMMON | variant
    latches = {side: values[f"INIT_{side}"] for side in "AB"}
    registers, seen = dict(latches), {"A": [], "B": []}
    for cycle in range(CYCLES):
        now = {}
        for side, names in NAMES.items():
            seen[side].append((registers if values.get(f"DO{side}_REG") else latches)[side])
            pins = [int(inputs[name][cycle]) ^ values.get(f"IS_{name}_INVERTED", 0) for name in names]
            enable, reset, regce, rstreg, address, data, parity, write = pins
            mask = sum((0x1_00FF << 8 * byte if byte == 0 else 0x2_FF00) for byte in range(2) if enable & write >> byte)
            now[side] = enable, reset, regce, rstreg, address >> 4, data | parity << 16, mask
        for side, (enable, reset, regce, rstreg, row, data, mask) in now.items():
            *_, other_row, _, other_mask = now["BA"["AB".index(side)]]
            other_mode = values[f"WRITE_MODE_{'BA'['AB'.index(side)]}"]
            mode, value = values[f"WRITE_MODE_{side}"], rows.get(row, 0)
            if mode == "WRITE_FIRST":
                value = value & ~mask | data & mask
            if other_row == row and other_mode != "READ_FIRST":
                value ^= other_mask
            if rstreg and (regce or values.get(f"RSTREG_PRIORITY_{side}") != "REGCE"):
                registers[side] = values[f"SRVAL_{side}"]
            elif regce:
                registers[side] = latches[side]
            if enable and reset:
                latches[side] = values[f"SRVAL_{side}"]
            elif enable and not (mode == "NO_CHANGE" and mask):
                latches[side] = value
        for *_, row, data, mask in now.values():
            rows[row] = rows.get(row, 0) & ~mask | data & mask
    return seen


def test_modes_resets_and_output_registers():
    rng = np.random.default_rng(4)
    inputs = {name: rng.integers(0, 1 << width, CYCLES) for name, width in PINS.items()}
    rows = {name: rng.integers(0, 5, CYCLES) for name in ("ADDRARDADDR", "ADDRBWRADDR")}
    for name, row in rows.items():
        inputs[name] = row << 4 | inputs[name] % 16  # the lowest bits do not count
    inputs["WEBWE"][np.equal(*rows.values())] = 0  # two writes to one place: undefined
    with Simulation.from_rtlil(gate.flat(primitives())) as simulation:
        found = every_cycle(simulation, inputs)
    for place, variant in enumerate(VARIANTS):
        for side, expected in reference(variant, inputs).items():
            word = found[f"DO{side}DO_{place}"] | found[f"DOP{side}DOP_{place}"] << 16
            assert (word == expected).all(), (place, side)


def test_the_output_register_takes_the_place_of_one_behind_the_memory(mapped, rtl):
    """As when a register with the memory's enable moves into the block RAM; widths 72, 7 and 36."""
    inputs, expected = rtl
    design = json.loads(mapped)
    places = {1: None, 2: 0, 10: 0}  # memory: bit of `read` that enables it
    for place in places:
        cell = design["modules"]["top"]["cells"][f"memory_{place}.0.0"]
        cell["parameters"] |= {"DOA_REG": "1", "DOB_REG": "1", "INIT_A": "0", "INIT_B": "0"}
        cell["connections"]["REGCEAREGCE"] = cell["connections"]["ENARDEN"]
    with Simulation.from_rtlil(gate.flat(json.dumps(design))) as simulation:
        found = every_cycle(simulation, inputs)
    for place, bit in places.items():
        enabled = np.ones(CYCLES, bool) if bit is None else (inputs["read"] >> bit & 1).astype(bool)
        for half in range(2):
            value, delayed = 0, []
            for now, loads in zip(expected[f"q{place}_0_{half}"], enabled, strict=True):
                delayed.append(value)
                value = now if loads else value
            assert (found[f"q{place}_0_{half}"] == delayed).all()


@pytest.mark.parametrize(("changes", "message"), [
    ({"RAM_EXTENSION_A": "LOWER"}, "RAM_EXTENSION_A = LOWER"), ({"EN_ECC_READ": "TRUE"}, "EN_ECC_READ = TRUE"),
    ({"READ_WIDTH_A": 3}, "READ_WIDTH_A = 3"), ({"READ_WIDTH_A": 36}, "READ_WIDTH_A = 36"),
    ({"WRITE_MODE_B": "LATER"}, "WRITE_MODE_B = LATER"), ({"RAM_MODE": "FIFO"}, "RAM_MODE = FIFO"),
    ({"RAM_MODE": "SDP"}, "WRITE_WIDTH_A in RAM_MODE SDP = 18"),
    ({"IS_CLKBWRCLK_INVERTED": 1}, "IS_CLKBWRCLK_INVERTED = 1"),
    ({"RAM_MODE": "SDP", "READ_WIDTH_A": 36, "READ_WIDTH_B": 0, "WRITE_WIDTH_A": 0, "DOA_REG": 1},
     "DOB_REG other than DOA_REG with READ_WIDTH_A = 36"),
    ({"RAM_MODE": "SDP", "READ_WIDTH_B": 0, "WRITE_WIDTH_A": 0, "WRITE_MODE_A": "NO_CHANGE"},
     "WRITE_MODE_A = NO_CHANGE"),
])
def test_what_is_not_supported_is_refused_by_name(changes, message):
    inputs = {"CLKARDCLK": [2], "CLKBWRCLK": [2]} | {name: [2] * width for name, width in PINS.items()}
    cell = Cell("RAMB18E1", COMMON | changes, inputs, {name: [3] * width for name, width in OUTPUTS.items()})
    with pytest.raises(UserError, match=message):
        parse(cell)


def test_two_clocks_are_refused():
    cell = Cell("RAMB18E1", COMMON, {"CLKARDCLK": [2], "CLKBWRCLK": [3]}, {})
    with pytest.raises(UserError, match="one clock for both ports; this cell has 2"):
        parse(cell)
