"""A model of the block RAMs of the 7 series, RAMB18E1 and RAMB36E1."""

from amaranth.hdl import Cat, ClockDomain, Const, Module, Mux, Signal, Value
from amaranth.lib import memory, wiring
from amaranth.lib.wiring import In, Out
from amaranth.utils import exact_log2

from varigate.platform.toolchains.netlist import Cell
from varigate.sim.simulators.ramb import Ramb, RambPort, parse

__all__ = ["BlockRam"]


class BlockRam(wiring.Component):
    """Behaves like a RAMB18E1 or RAMB36E1 with the parameters of a cell, at the pins that the cell connects.

    Supported: true and simple dual port, every width, the write modes, byte enables, initial contents and outputs,
    the resets, the output registers, inverted enables and resets. In widths up to 9 the lowest write enable counts,
    as in the vendor's model. If one port reads what the other one writes at the same edge, and the mode is not
    READ_FIRST, the device does not define the value: this model gives the inverse of the old bits, so that a design
    that relies on them fails. Two writes to one place at the same edge have no defined outcome, here as in the device.

    Parameters
    ----------
    cell : Cell
        a cell of a netlist.

    Raises
    ------
    UserError
        in `elaborate`, for unsupported parameters; see `sim.simulators.ramb.parse`.
    """

    def __init__(self, cell: Cell):
        self._cell = cell
        super().__init__({name: direction(len(bits)) for direction, pins in ((In, cell.inputs), (Out, cell.outputs))
                          for name, bits in pins.items()})

    def elaborate(self, platform):
        ramb = parse(self._cell)
        m = Module()
        m.domains.port = domain = ClockDomain("port", reset_less=True, local=True)
        m.d.comb += domain.clk.eq(getattr(self, ramb.ports[0].pins.clock))
        m.submodules.rows = rows = memory.Memory(shape=ramb.data + ramb.parity, depth=len(ramb.rows), init=ramb.rows)
        sides = [_Side(self, ramb, port) for port in ramb.ports]
        for side in sides:
            side.write(m, rows)
        for side in sides:
            side.read(m, rows, [other for other in sides if other is not side])
        return m


class _Side:
    """The logic of one port."""

    def __init__(self, pins: BlockRam, ramb: Ramb, port: RambPort):
        self._pins, self._ramb, self._port = pins, ramb, port
        address = self._input(port.pins.address)
        self._row = address[exact_log2(ramb.data):ramb.address_bits]
        self._place = address[:exact_log2(ramb.data)]  # in the row, in bits
        self._enable = self._bit(port.pins.enable)
        self._mask = Signal(ramb.data + ramb.parity)  # of the row: the bits that are written at the next edge
        self._data = Signal.like(self._mask)

    def _input(self, name: str) -> Value:
        if name not in self._pins.signature.members:
            return Const(0, 64)
        value = getattr(self._pins, name)
        return ~value if name in self._ramb.inverted else value

    def _bit(self, name: str) -> Value:
        return self._input(name)[0]

    def _word(self, names: tuple[str, ...], width: int) -> Value:
        return Cat(self._input(name) for name in names)[:width]

    def _words(self, word: Value, width: int) -> list[Value]:
        """The row with `word` at its place and zeros elsewhere; `width` is that of the port's data."""
        return [Mux(self._place[exact_log2(width):] == place, word, 0) for place in range(self._ramb.data // width)]

    def write(self, m: Module, rows: memory.Memory):
        port = self._port
        data, parity = port.write
        if not data:
            return
        enables = self._input(port.pins.write)[:max(parity, 1)] & self._enable.replicate(max(parity, 1))
        bits = Cat(enable.replicate(min(data, 8)) for enable in enables)
        m.d.comb += [
            self._mask.eq(Cat(self._words(bits, data), self._words(enables, data) if parity else ())),
            self._data.eq(Cat(self._words(self._word(port.data_in, data), data),
                              self._words(self._word(port.parity_in, parity), data) if parity else ()))]
        writer = rows.write_port(domain="port", granularity=1)
        m.d.comb += [writer.addr.eq(self._row), writer.data.eq(self._data), writer.en.eq(self._mask)]

    def read(self, m: Module, rows: memory.Memory, others: list["_Side"]):
        port, ramb = self._port, self._ramb
        data, parity = port.read
        if not data:
            return
        reader = rows.read_port(domain="comb")
        m.d.comb += reader.addr.eq(self._row)
        row = reader.data
        if port.write[0] and port.mode == "WRITE_FIRST":
            row = row & ~self._mask | self._data & self._mask
        for other in others:
            if other._port.write[0] and other._port.mode != "READ_FIRST":
                row ^= Mux(other._row == self._row, other._mask, 0)
        place = self._place[exact_log2(data):]
        word = Cat(row[:ramb.data].word_select(place, data),
                   row[ramb.data:].word_select(place, parity) if parity else ())
        output = Signal(data + parity, init=port.init)
        with m.If(self._enable):
            with m.If(self._bit(port.pins.reset)):
                m.d.port += output.eq(port.reset_value)
            with m.Elif(~self._mask.any() if port.mode == "NO_CHANGE" else 1):
                m.d.port += output.eq(word)
        if port.registered:
            latch, output = output, Signal.like(output)
            enable, reset = self._bit(port.pins.register_enable), self._bit(port.pins.register_reset)
            with m.If(reset if port.reset_first else reset & enable):
                m.d.port += output.eq(port.reset_value)
            with m.Elif(enable):
                m.d.port += output.eq(latch)
        for names, bits in ((port.data_out, output[:data]), (port.parity_out, output[data:])):
            width = -(-len(bits) // len(names))
            for place, name in enumerate(names):
                if name in self._pins.signature.members:
                    m.d.comb += getattr(self._pins, name).eq(bits[place * width:(place + 1) * width])
