"""The output registers of block RAMs. Yosys never uses them: a flip-flop directly behind an output is moved in here.

Without it an output comes some 2 ns after the clock, with it under 1 ns (XC7A100T, DS181). The number of registers
stays the same: the memory's own latches and the output register behind them (UG473, chapter 1).
"""

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from varigate.platform.toolchains.netlist import Netlist

__all__ = ["fold", "fold_file", "memory_bits"]

BLOCK_RAMS = ("RAMB18E1", "RAMB36E1")
FLIP_FLOPS = {"FDRE": "R", "FDSE": "S", "FDCE": "CLR", "FDPE": "PRE"}  # type to the pin of its reset


@dataclass(frozen=True)
class RamOutput:
    """The pins of a block RAM's port that matter here. In simple dual-port mode A reads, with the outputs of both."""

    clock: str
    enable: str
    outputs: tuple[str, ...]
    registers: tuple[str, ...]
    register_enable: str
    register_reset: str


A = RamOutput("CLKARDCLK", "ENARDEN", ("DOADO", "DOPADOP"), ("A",), "REGCEAREGCE", "RSTREGARSTREG")
B = RamOutput("CLKBWRCLK", "ENBWREN", ("DOBDO", "DOPBDOP"), ("B",), "REGCEB", "RSTREGB")
WIDE = RamOutput(A.clock, A.enable, A.outputs + B.outputs, ("A", "B"), A.register_enable, A.register_reset)


def _ports(parameters: dict) -> tuple[RamOutput, ...]:
    return (WIDE,) if parameters.get("RAM_MODE", "TDP").strip() == "SDP" else (A, B)


def _is(parameters: dict, name: str, *values: str) -> bool:
    """Whether all digits of a parameter are among `values`; a missing parameter is 0."""
    return set(str(parameters.get(name, "0"))) <= set(values)


def _loads(module: dict) -> dict:
    """Map each net number to the (cell, pin) pairs that it drives; the pins of the module itself belong to the cell
    None."""
    loads = defaultdict(list)
    for name, cell in module["cells"].items():
        for pin, bits in cell["connections"].items():
            if cell["port_directions"][pin] != "output":
                for bit in bits:
                    loads[bit].append((name, pin))
    for name, port in module["ports"].items():
        if port["direction"] != "input":
            for bit in port["bits"]:
                loads[bit].append((None, name))
    return loads


def _enable_of(cell: dict, clock: list):
    """Return the enable of a flip-flop that could be an output register at this clock: [net number] or ["1"]; else
    None."""
    reset = FLIP_FLOPS.get(cell["type"])
    parameters, pins = cell["parameters"], cell["connections"]
    if reset is None or pins["C"] != clock or pins.get(reset, ["0"]) != ["0"] or cell["attributes"].get("keep"):
        return None
    straight = all(_is(parameters, f"IS_{pin}_INVERTED", "0") for pin in ("C", "D", reset))
    return pins.get("CE", ["1"]) if straight and _is(parameters, "INIT", "0", "x") else None


def _followers(module: dict, loads: dict, ram: dict, port: RamOutput):
    """Map each output bit of the port that is used to its flip-flop, and return the enable of all.

    None if a bit drives anything else, or if the flip-flops cannot be the output register.
    """
    parameters, pins = ram["parameters"], ram["connections"]
    registered = any(not _is(parameters, f"DO{side}_REG", "0") for side in port.registers)
    preset = any(not _is(parameters, f"INIT_{side}", "0", "x") for side in port.registers)
    if registered or preset or not _is(parameters, f"IS_{port.clock}_INVERTED", "0"):
        return None
    inverted = not _is(parameters, f"IS_{port.enable}_INVERTED", "0")
    enables = [["1"]] if inverted else [["1"], pins.get(port.enable)]
    followers, enable = {}, None
    for bit in (bit for pin in port.outputs for bit in pins.get(pin, []) if loads.get(bit)):
        (name, pin), *others = loads[bit]
        own = _enable_of(module["cells"][name], pins[port.clock]) if name and pin == "D" and not others else None
        if own is None or own not in enables or enable not in (None, own):
            return None
        followers[bit], enable = name, own
    return (followers, enable) if followers else None


def fold(module: dict) -> int:
    """Move flip-flops into the block RAMs that they follow, in a module of the JSON that Yosys writes.

    A port is changed where each of its outputs that is used drives nothing but the D pin of a flip-flop with the port's
    clock, no reset, an initial 0, and an enable that is constant or the port's own; the same for all.

    Returns
    -------
    int
        the number of flip-flops that were moved.
    """
    loads, moved = _loads(module), 0
    dropped = set()
    for ram in [cell for cell in module["cells"].values() if cell["type"] in BLOCK_RAMS]:
        for port in _ports(ram["parameters"]):
            found = _followers(module, loads, ram, port)
            if found is None:
                continue
            followers, enable = found
            outputs = {bit: module["cells"].pop(name)["connections"]["Q"][0] for bit, name in followers.items()}
            pins = ram["connections"]
            for pin in pins.keys() & set(port.outputs):
                pins[pin] = [outputs.get(bit, bit) for bit in pins[pin]]
            for side in port.registers:
                initial = ram["parameters"].get(f"INIT_{side}", "0")
                ram["parameters"] |= {f"DO{side}_REG": format(1, "032b"), f"INIT_{side}": "0" * len(initial)}
            pins |= {port.register_enable: enable, port.register_reset: ["0"]}
            ram["port_directions"] |= {port.register_enable: "input", port.register_reset: "input"}
            dropped |= outputs.keys()
            moved += len(outputs)
    for name, net in list(module["netnames"].items()):
        if not dropped.isdisjoint(net["bits"]):
            net["bits"] = ["x" if bit in dropped else bit for bit in net["bits"]]
            if set(net["bits"]) == {"x"}:
                del module["netnames"][name]
    return moved


def fold_file(path: Path, top: str = "top") -> int:
    """Apply `fold` to module `top` of a file; return the number of flip-flops that were moved."""
    design = json.loads(path.read_text(encoding="utf-8"))
    moved = fold(design["modules"][top])
    if moved:
        path.write_text(json.dumps(design, indent=1), encoding="utf-8")
    return moved


def memory_bits(netlist: Netlist, part: str) -> tuple[int, int]:
    """Count the bits read from the block RAMs inside any module `part`, and those of them without output register."""
    used = {bit for cell in netlist.cells.values() for bits in cell.inputs.values() for bit in bits}
    used.update(netlist.outputs)
    read = unregistered = 0
    for name, cell in netlist.cells.items():
        # Amaranth tells instances of the same name apart by a number after a $.
        if cell.type not in BLOCK_RAMS or part not in (scope.split("$")[0] for scope in name.split(".")):
            continue
        for port in _ports(cell.parameters):
            outputs = [bit for pin in port.outputs for bit in cell.outputs.get(pin, [])]
            bits = sum(isinstance(bit, int) and bit in used for bit in outputs)
            read += bits
            unregistered += bits * any(_is(cell.parameters, f"DO{side}_REG", "0") for side in port.registers)
    return read, unregistered
