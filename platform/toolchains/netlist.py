"""A mapped netlist of primitives: reading it, counting its cells, and checking it for errors."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from varigate.model import json_text
from varigate.model.errors import UserError
from varigate.platform.toolchains.arcs import combinational_arcs
from varigate.platform.toolchains.device import Resources

__all__ = ["Cell", "Netlist", "check", "read"]

# LUTs that a primitive occupies (7 Series Libraries Guide, UG953; CLB User Guide, UG474, table 2-3).
LOGIC_LUTS = {**{f"LUT{inputs}": 1 for inputs in range(1, 7)}, "LUT6_2": 1, "INV": 1}
MEMORY_LUTS = {
    "RAM32X1S": 1, "RAM64X1S": 1, "RAM128X1S": 2, "RAM256X1S": 4, "RAM32X1D": 2, "RAM64X1D": 2, "RAM128X1D": 4,
    "RAM32M": 4, "RAM64M": 4, "SRL16E": 1, "SRLC16E": 1, "SRLC32E": 1, "CFGLUT5": 1,
}
FLIP_FLOPS = ("FDRE", "FDSE", "FDCE", "FDPE", "FDRE_1", "FDSE_1", "FDCE_1", "FDPE_1")
LATCHES = ("LDCE", "LDPE")


@dataclass(frozen=True)
class Cell:
    """One primitive; `inputs` and `outputs` map a port to its bits: net numbers, or the constants "0", "1", "x"."""

    type: str
    parameters: dict
    inputs: dict
    outputs: dict


@dataclass(frozen=True)
class Netlist:
    """A flat netlist of primitives.

    Parameters
    ----------
    cells : dict
        name to Cell.
    names : dict
        net number to the name of the net.
    inputs, outputs : tuples of net numbers
        of the ports, an inout in both.

    Examples
    --------
    >>> one = Netlist({"u": Cell("LUT2", {}, {"I0": [1], "I1": [2]}, {"O": [3]})}, {}, inputs=(1, 2), outputs=(3,))
    >>> one.resources.lut
    1
    """

    cells: dict
    names: dict
    inputs: tuple
    outputs: tuple

    @cached_property
    def types(self) -> Counter:
        return Counter(cell.type for cell in self.cells.values())

    def count(self, types) -> int:
        """Count the cells of these types; with a dict, weighted by its values."""
        weights = types if isinstance(types, dict) else dict.fromkeys(types, 1)
        return sum(weight * self.types[name] for name, weight in weights.items())

    @cached_property
    def resources(self) -> Resources:
        """The netlist's resources. LUTs are not the final count: two small ones may share a LUT6, carry chains may want
        more."""
        memory = self.count(MEMORY_LUTS)
        return Resources(lut=self.count(LOGIC_LUTS) + memory, ff=self.count(FLIP_FLOPS), carry4=self.types["CARRY4"],
                         dsp=self.types["DSP48E1"], ramb36=self.types["RAMB36E1"], ramb18=self.types["RAMB18E1"],
                         lutram=memory)


def read(path: Path, top: str = "top") -> Netlist:
    """Read the JSON that Yosys writes for module `top`."""
    module = json_text.parse(path.read_bytes())["modules"][top]
    cells = {}
    for name, cell in module["cells"].items():
        directions = cell["port_directions"]
        ports = {way: {port: bits for port, bits in cell["connections"].items() if directions[port] in (way, "inout")}
                 for way in ("input", "output")}
        cells[name] = Cell(cell["type"], cell.get("parameters", {}), ports["input"], ports["output"])
    names = {}
    for name, net in sorted(module["netnames"].items(), key=lambda item: (item[1]["hide_name"], len(item[0]))):
        for index, bit in enumerate(net["bits"]):
            names.setdefault(bit, name if len(net["bits"]) == 1 else f"{name}[{index}]")
    pads = {way: tuple(bit for port in module["ports"].values() if port["direction"] in (way, "inout")
                       for bit in port["bits"]) for way in ("input", "output")}
    return Netlist(cells, names, pads["input"], pads["output"])


def _nets(ports: dict):
    """Yield the net numbers in a cell's ports, without constants."""
    return (bit for bits in ports.values() for bit in bits if isinstance(bit, int))


def _find_loop(netlist: Netlist):
    """Find a net number on a combinational loop, or None.

    By Kahn's algorithm: nets that cannot be ordered lead back to a loop.
    """
    sources, sinks = defaultdict(set), defaultdict(set)
    for cell in netlist.cells.values():
        for inputs, outputs in combinational_arcs(cell):
            for output in (bit for bit in outputs if isinstance(bit, int)):
                sources[output].update(bit for bit in inputs if isinstance(bit, int))
    for output, inputs in sources.items():
        for bit in inputs:
            sinks[bit].add(output)
    waiting = {output: len(inputs) for output, inputs in sources.items()}
    ready = [bit for bit in {*sinks, *sources} if not waiting.get(bit)]
    while ready:
        bit = ready.pop()
        waiting.pop(bit, None)
        for output in sinks[bit]:
            waiting[output] -= 1
            if waiting[output] == 0:
                ready.append(output)
    if not waiting:
        return None
    seen, bit = set(), min(waiting)
    while bit not in seen:
        seen.add(bit)
        bit = min(source for source in sources[bit] if source in waiting)
    return bit


def check(netlist: Netlist):
    """Refuse an unmapped cell, a latch, a net without or with two drivers, and a combinational loop.

    Raises
    ------
    UserError
        naming the cell or the net.
    """
    for name, cell in netlist.cells.items():
        if cell.type.startswith("$"):
            raise UserError(f"the netlist has an unmapped cell: {name} ({cell.type})")
        if cell.type in LATCHES:
            raise UserError(f"the netlist has a latch: {name} ({cell.type})")
    drivers = Counter(bit for bit in netlist.inputs if isinstance(bit, int))
    pads = set(netlist.inputs) & set(netlist.outputs)  # a buffer of an inout port does not drive the port twice
    for cell in netlist.cells.values():
        drivers.update(bit for bit in _nets(cell.outputs) if bit not in pads)
    loads = {bit for cell in netlist.cells.values() for bit in _nets(cell.inputs)}
    loads.update(bit for bit in netlist.outputs if isinstance(bit, int))
    for bit, count in sorted(drivers.items()):
        if count > 1:
            raise UserError(f"the netlist has {count} drivers on net {netlist.names.get(bit, bit)}")
    for bit in sorted(loads - drivers.keys()):
        raise UserError(f"the netlist has no driver on net {netlist.names.get(bit, bit)}")
    if "x" in netlist.outputs:
        raise UserError("the netlist has an output port without a driver")
    loop = _find_loop(netlist)
    if loop is not None:
        raise UserError(f"the netlist has a combinational loop through net {netlist.names.get(loop, loop)}")
