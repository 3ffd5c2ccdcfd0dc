"""The framer: turns replies into frames on the wire, with check sum, COBS and delimiters.

The function is `model.protocol.frames.encode`.
"""

from amaranth.hdl import Module, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from varigate.gateware.lib.checks import check_integer
from varigate.gateware.link.cobs import CobsEncoder, Octet
from varigate.gateware.link.crc import crc16

__all__ = ["Framer"]


class Framer(wiring.Component):
    """Turns a packet (sequence number, command, payload) into a frame with both delimiters.

    The function is `model.protocol.frames.encode`.

    Parameters
    ----------
    longest : int
        bytes of the longest packet, without its check sum.

    Members
    -------
    i : In(stream of Octet)
        the packet, without its check sum.
    o : Out(stream of Octet)
        the frame; `last` marks its closing delimiter.

    Cycles
    ------
    At most three for each byte on the wire, when neither side stalls.

    Raises
    ------
    TypeError, ValueError
        if `longest` is not a positive integer.

    Examples
    --------
    >>> Framer(longest=20).o.payload.shape() is Octet
    True
    """

    i: In(stream.Signature(Octet))
    o: Out(stream.Signature(Octet))

    def __init__(self, longest: int):
        check_integer("length of the longest packet", longest)
        self._longest = longest + 2
        super().__init__()

    def elaborate(self, platform):
        m = Module()
        m.submodules.crc = crc = crc16()
        m.submodules.cobs = cobs = CobsEncoder(self._longest)

        m.d.comb += crc.data.eq(self.i.p.data)
        with m.FSM(name="packet"):
            with m.State("PACKET"):
                m.d.comb += [
                    cobs.i.valid.eq(self.i.valid),
                    cobs.i.p.data.eq(self.i.p.data),
                    self.i.ready.eq(cobs.i.ready),
                    crc.valid.eq(self.i.valid & self.i.ready),
                ]
                with m.If(self.i.valid & self.i.ready & self.i.p.last):
                    m.next = "LOW"
            with m.State("LOW"):
                m.d.comb += [cobs.i.valid.eq(1), cobs.i.p.data.eq(crc.crc[:8])]
                with m.If(cobs.i.ready):
                    m.next = "HIGH"
            with m.State("HIGH"):
                m.d.comb += [cobs.i.valid.eq(1), cobs.i.p.data.eq(crc.crc[8:]), cobs.i.p.last.eq(1)]
                with m.If(cobs.i.ready):
                    m.d.comb += crc.start.eq(1)
                    m.next = "PACKET"

        opened, closing = Signal(), Signal()
        with m.If(opened & ~closing):
            m.d.comb += [
                self.o.valid.eq(cobs.o.valid),
                self.o.p.data.eq(cobs.o.p.data),
                cobs.o.ready.eq(self.o.ready),
            ]
            with m.If(cobs.o.valid & cobs.o.ready & cobs.o.p.last):
                m.d.sync += closing.eq(1)
        with m.Else():
            m.d.comb += [self.o.valid.eq(closing | cobs.o.valid), self.o.p.last.eq(closing)]
            with m.If(self.o.valid & self.o.ready):
                m.d.sync += [opened.eq(~closing), closing.eq(0)]
        return m
