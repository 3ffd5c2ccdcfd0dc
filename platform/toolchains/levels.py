"""Levels of logic between registers: a measure of speed that needs no place and route.

A LUT is a level, and so is a read of a memory in LUTs. A carry chain is one, and one more for each further 8 CARRY4. A
wide multiplexer (MUXF7, MUXF8) is none: it lies in the slice of its LUTs. Paths begin and end at flip-flops, block
RAMs, write ports of memories in LUTs and the registers of DSP slices; the logic of a DSP slice behind the last of its
registers, or without any, is a level. No path begins or ends at a pad, which is asynchronous to the clock.

A path is the core's if a register at either of its ends is. Serial port, panel and screen work far below the clock's
pace, and have buffers between them and the core.
"""

from collections import defaultdict
from dataclasses import dataclass

from varigate.platform.toolchains.arcs import GATES, combinational_arcs
from varigate.platform.toolchains.netlist import Cell, Netlist

__all__ = ["CORE", "Path", "longest_paths"]

CORE = "core"  # the instance
FREE = {"MUXF7", "MUXF8", "BUF", "BUFG", "BUFGCTRL", "IBUF", "OBUF", "OBUFT"}
LEVEL, CHAINED = 8, 1  # in eighths: a CARRY4 behind another one is the eighth part of a level


@dataclass(frozen=True)
class Path:
    """A path from register to register.

    levels : of logic
    start, end : names of a net (of a register's output) or of a cell and pin
    cells : types of the cells between them

    >>> print(Path(2, "a", "b", ("LUT6", "CARRY4")))
    2 levels from a to b through LUT6, CARRY4
    """

    levels: int
    start: str
    end: str
    cells: tuple[str, ...]

    def __str__(self):
        return f"{self.levels} levels from {self.start} to {self.end}" + (
            f" through {', '.join(self.cells)}" if self.cells else "")


def _is_register(cell: Cell) -> bool:
    """Whether paths end, and perhaps begin, at a cell."""
    return cell.type not in GATES and cell.type != "CARRY4"


def _start(cell: Cell) -> int:
    """The delay with which the outputs of a register begin, in eighths of a level."""
    return LEVEL if cell.type == "DSP48E1" and int(str(cell.parameters.get("PREG", "1")), 2) == 0 else 0


class _Graph:
    """The combinational arcs of a netlist: the sources of each net, and an order of the nets in which sources come
    first."""

    def __init__(self, netlist: Netlist):
        self.netlist = netlist
        self.driver = {bit: name for name, cell in netlist.cells.items()
                       for bits in cell.outputs.values() for bit in bits if isinstance(bit, int)}
        carries = {bit for cell in netlist.cells.values() if cell.type == "CARRY4"
                   for bit in cell.outputs.get("CO", [])}
        self.sources = defaultdict(dict)  # net: {source: eighths of a level}
        for cell in netlist.cells.values():
            chained = {bit for bit in cell.inputs.get("CI", []) if bit in carries} if cell.type == "CARRY4" else ()
            for inputs, outputs in combinational_arcs(cell):
                for output in (bit for bit in outputs if isinstance(bit, int)):
                    self.sources[output].update({
                        bit: 0 if cell.type in FREE else CHAINED if bit in chained else LEVEL
                        for bit in inputs if isinstance(bit, int)})
        self.order = self._sorted()

    def _sorted(self) -> list[int]:
        """Order the nets that follow others, sources first; the netlist has been checked to have no loop."""
        order, done = [], set()
        for net in self.sources:
            waiting = [net]
            while waiting:
                top = waiting[-1]
                missing = [] if top in done else [bit for bit in self.sources[top]
                                                  if bit in self.sources and bit not in done]
                if missing:
                    waiting.extend(missing)
                    continue
                waiting.pop()
                if top not in done:
                    done.add(top)
                    order.append(top)
        return order

    def arrivals(self, begins: dict) -> tuple[dict, dict]:
        """Compute the eighths of a level at which each net is settled, and the net on which it waits longest.

        `begins` are the arrivals at the registers' outputs.
        """
        arrival, before = dict(begins), {}
        for net in self.order:
            for source, delay in self.sources[net].items():
                if source not in arrival:
                    continue
                reached = arrival[source] + delay
                if delay != CHAINED:
                    reached -= arrival[source] % LEVEL
                if reached > arrival.get(net, -1):
                    arrival[net], before[net] = reached, source
        return arrival, before

    def path(self, levels: int, net: int, pin: str, register: str, before: dict) -> Path:
        """Trace the path over `net` to a pin of a register."""
        cells, names = self.netlist.cells, self.netlist.names
        nets = [net]
        while nets[-1] in before:
            nets.append(before[nets[-1]])
        outputs = [bit for bits in cells[register].outputs.values() for bit in bits]
        end = names.get(outputs[0], register) if register.startswith("$") and outputs else register
        return Path(levels, names.get(nets[-1], self.driver[nets[-1]]), f"{end} ({cells[register].type} {pin})",
                    tuple(cells[self.driver[each]].type for each in reversed(nets[:-1])))


def _is_inside(name: str, instance: str) -> bool:
    """Whether a cell is inside an instance: flattening puts the path before its name."""
    return instance in name.removeprefix("$flatten\\").split(".")


def longest_paths(netlist: Netlist, *, instance: str | None = None, count: int = 1) -> list[Path]:
    """Find the paths of the most levels that begin or end inside `instance`, each to another register, the longest
    first.

    Parameters
    ----------
    netlist : Netlist
        checked.
    instance : str or None
        None for all paths.
    count : int
        at most this many paths.

    Examples
    --------
    >>> cells = {name: Cell("FDRE", {}, {"D": [d], "C": [9]}, {"Q": [q]}) for name, d, q in (("a", 3, 1), ("b", 2, 4))}
    >>> cells["c"] = Cell("LUT1", {}, {"I0": [1]}, {"O": [2]})
    >>> names = {1: "x", 4: "y"}
    >>> print(longest_paths(Netlist(cells, names, inputs=(3, 9), outputs=(4,)))[0])
    1 levels from x to b (FDRE D) through LUT1
    """
    graph = _Graph(netlist)
    registers = {name: instance is None or _is_inside(name, instance)
                 for name, cell in netlist.cells.items() if _is_register(cell)}

    def begins(names):
        return {bit: _start(netlist.cells[name]) for name in names
                for bits in netlist.cells[name].outputs.values() for bit in bits if isinstance(bit, int)}

    # From any register to those inside, and from those inside to any.
    from_any = graph.arrivals(begins(registers))
    from_inside = graph.arrivals(begins(name for name, inside in registers.items() if inside))
    ends = []
    for name, inside in registers.items():
        arrival, before = from_any if inside else from_inside
        reached = [(arrival[bit] // LEVEL, bit, pin) for pin, bits in netlist.cells[name].inputs.items()
                   for bit in bits if bit in arrival]
        if reached:
            ends.append((*max(reached), name, before))
    ends.sort(key=lambda end: -end[0])
    return [graph.path(*end) for end in ends[:count]]
