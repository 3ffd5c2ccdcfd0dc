"""Sends the line of text after a run from the panel; `model.protocol.text.line` is its definition."""

from amaranth.hdl import Const, Module, Mux, Signal, unsigned
from amaranth.lib import memory, stream, wiring
from amaranth.lib.wiring import In, Out

from varigate.gateware.core.arbiter import Message
from varigate.gateware.panel.decimals import reader, slots
from varigate.model.network.network import Network
from varigate.model.protocol.text import decimals, separators

__all__ = ["Text", "class_shape"]

END = 0x80  # set in the last byte of a string in the memory


def class_shape(network: Network):
    """The shape of a class's index: at least one bit, also without classes.

    >>> from varigate.model.network import network_file
    >>> class_shape(network_file.load(network_file.find("iris")))
    range(0, 3)
    """
    return range(max(2, network.classes))


class Text(wiring.Component):
    """Sends one line of text for each class index that comes in; the numbers are read from `values` (see
    `gateware.panel.decimals`).

    A line is strings from a memory, alternating with numbers. The class index is taken with the line's last byte, and
    the values must hold until then. The function is `model.protocol.text.line`.

    Parameters
    ----------
    network : Network

    Members
    -------
    i : In(stream of class indices)
    o : Out(stream of Message)
    values : Out(`reader(network)`)

    Cycles
    ------
    `latency` = 2 from a class index to the first byte. A line takes 1 clock, and 1 for each byte, each string, each
    number that has no sign and each digit that is not printed.

    Examples
    --------
    >>> from varigate.model.network import network_file
    >>> iris = network_file.load(network_file.find("iris"))
    >>> Text(iris).latency
    2
    """

    latency = 2

    def __init__(self, network: Network):
        self._network = network
        super().__init__({
            "i": In(stream.Signature(unsigned(len(Const(0, class_shape(network)))))),
            "o": Out(stream.Signature(Message)),
            "values": Out(reader(network)),
        })

    def _strings(self):
        """Return for each class the addresses of its strings in order, and the memory's bytes."""
        content, found = [], {}

        def place(string):
            if string not in found:
                found[string] = len(content)
                content.extend([*string[:-1].encode(), ord(string[-1]) | END])
            return found[string]

        classes = range(max(1, self._network.classes))
        return [[place(string) for string in separators(self._network, cls)] for cls in classes], content

    def elaborate(self, platform):
        m = Module()
        network, cls, count = self._network, self.i.payload, slots(self._network)
        starts, content = self._strings()
        m.submodules.strings = strings = memory.Memory(shape=8, depth=len(content), init=content)
        string = strings.read_port(domain="comb")

        at = Signal(range(len(content)), reset_less=True)
        slot = Signal(range(count + 1), reset_less=True)  # the value that comes after the string
        value = self.values.value
        position = Signal(range(len(value.digits)), reset_less=True)
        seen = Signal(reset_less=True)  # a digit that is not zero was sent
        digit = Signal(4)
        is_z, is_output = Signal(), Signal()
        unit, tenths = Signal.like(position), decimals(network)  # the unit's position is always printed
        m.d.comb += [
            string.addr.eq(at),
            self.values.slot.eq(slot),
            digit.eq(value.digits[position]),
            is_output.eq(slot > network.latent),
            is_z.eq((slot != 0) & ~is_output),
            unit.eq(Mux(is_output, tenths, 2)),
        ]

        send = self.o.payload
        sent = Signal()
        m.d.comb += sent.eq(self.o.valid & self.o.ready)
        with m.FSM():
            with m.State("IDLE"):
                m.d.sync += slot.eq(0)
                with m.If(self.i.valid):
                    m.next = "NEXT"

            with m.State("NEXT"):
                with m.Switch(slot):
                    for index in range(count + 1):
                        with m.Case(index):
                            for each, addresses in enumerate(starts):
                                with m.If(cls == each) if index == 1 and network.classes else m.If(each == 0):
                                    m.d.sync += at.eq(addresses[index])
                m.next = "STRING"

            with m.State("STRING"):
                end = string.data[-1]
                m.d.comb += [
                    self.o.valid.eq(1),
                    send.data.eq(string.data[:-1]),
                    send.last.eq(end & (slot == count)),
                    self.i.ready.eq(sent & send.last),
                ]
                with m.If(sent):
                    with m.If(~end):
                        m.d.sync += at.eq(at + 1)
                    with m.Elif(slot == count):
                        m.next = "IDLE"
                    with m.Else():
                        m.next = "SIGN"

            with m.State("SIGN"):
                m.d.comb += [
                    self.o.valid.eq(is_z | value.negative),
                    send.data.eq(Mux(value.negative, ord("-"), ord("+"))),
                ]
                m.d.sync += [position.eq(len(value.digits) - 1), seen.eq(0)]
                with m.If(sent | ~self.o.valid):
                    m.next = "DIGIT"

            with m.State("DIGIT"):
                m.d.comb += [
                    self.o.valid.eq(seen | (digit != 0) | (position <= unit)),
                    send.data.eq(ord("0") | digit),
                ]
                with m.If(sent | ~self.o.valid):
                    m.d.sync += [seen.eq(self.o.valid), position.eq(position - 1)]
                    with m.If(position == 0):
                        m.d.sync += slot.eq(slot + 1)
                        m.next = "NEXT"
                    with m.Elif((position == unit) & (slot != 0)):
                        m.next = "POINT"

            with m.State("POINT"):
                m.d.comb += [self.o.valid.eq(1), send.data.eq(ord("."))]
                with m.If(sent):
                    m.next = "DIGIT"
        return m
