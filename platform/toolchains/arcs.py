"""The combinational arcs of XC7 primitives: outputs that follow inputs without waiting for a clock."""

from itertools import chain

__all__ = ["combinational_arcs"]

GATES = {"INV", "BUF", "BUFG", "BUFGCTRL", "IBUF", "OBUF", "OBUFT", "MUXF7", "MUXF8", "LUT6_2",
         *(f"LUT{inputs}" for inputs in range(1, 7))}
READ_PORTS = {  # memories in LUTs: the address that each output follows
    **{name: {"O": "A"} for name in ("RAM128X1S", "RAM256X1S")},
    "RAM128X1D": {"SPO": "A", "DPO": "DPRA"},
    **{name: {f"DO{port}": f"ADDR{port}" for port in "ABCD"} for name in ("RAM32M", "RAM64M")},
    "SRLC32E": {"Q": "A"},
}
SCALAR_ADDRESS = {  # memories in LUTs whose address has a port for each bit: A0, A1, …
    **{name: {"O": "A"} for name in ("RAM32X1S", "RAM64X1S")},
    **{name: {"SPO": "A", "DPO": "DPRA"} for name in ("RAM32X1D", "RAM64X1D")},
    **{name: {"Q": "A"} for name in ("SRL16E", "SRLC16E")},
}


def _number(value) -> int:
    """Read a parameter, which Yosys writes as a string of binary digits."""
    return int(value, 2) if isinstance(value, str) else value


def _carry4(cell):
    """Yield the arcs of a CARRY4: at bit i CO and O follow the carry inputs, and DI and S up to i (DI for O only below
    i)."""
    bits = cell.inputs
    carry = [*bits.get("CI", []), *bits.get("CYINIT", [])]
    for index in range(4):
        below = [*carry, *bits["S"][:index], *bits["DI"][:index], bits["S"][index]]
        yield below, cell.outputs.get("O", [])[index:index + 1]
        yield [*below, bits["DI"][index]], cell.outputs.get("CO", [])[index:index + 1]


def _dsp48e1(cell):
    """Yield the arcs of a DSP48E1: none with an output register; else P follows the cascade, C, and those of A, B, D
    that have no register."""
    registers = {name: _number(cell.parameters.get(f"{name}REG", 1)) for name in "PMABCD"}
    if registers["P"]:
        return
    behind_multiplier = registers["M"] and "NONE" not in str(cell.parameters.get("USE_MULT", ""))
    ports = ["PCIN", "CARRYIN", "CARRYCASCIN"]
    ports += [port for port in "ABD" if not registers[port] and not behind_multiplier]
    ports += [] if registers["C"] else ["C"]
    yield ([bit for port in ports for bit in cell.inputs.get(port, [])],
           [bit for port in ("P", "PCOUT", "CARRYOUT", "PATTERNDETECT") for bit in cell.outputs.get(port, [])])


def combinational_arcs(cell):
    """Yield (input bits, output bits) pairs of a `netlist.Cell`: each of the outputs may follow each of the inputs.

    A cell of an unknown type (a flip-flop, a block RAM) has none.

    >>> from varigate.platform.toolchains.netlist import Cell
    >>> list(combinational_arcs(Cell("LUT2", {}, {"I0": [1], "I1": [2]}, {"O": [3]})))
    [([1, 2], [3])]
    """
    if cell.type in GATES:
        yield list(chain(*cell.inputs.values())), list(chain(*cell.outputs.values()))
    elif cell.type == "CARRY4":
        yield from _carry4(cell)
    elif cell.type == "DSP48E1":
        yield from _dsp48e1(cell)
    for output, address in READ_PORTS.get(cell.type, {}).items():
        yield cell.inputs.get(address, []), cell.outputs.get(output, [])
    for output, prefix in SCALAR_ADDRESS.get(cell.type, {}).items():
        address = [bits for port, bits in cell.inputs.items() if port.removeprefix(prefix).isdigit()]
        yield list(chain(*address)), cell.outputs.get(output, [])
