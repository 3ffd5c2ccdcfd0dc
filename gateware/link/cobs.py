"""Consistent overhead byte stuffing (COBS) on streams.

The functions are `model.protocol.frames.cobs_encode` and `cobs_decode`.
"""

from amaranth.hdl import Module, Signal, unsigned
from amaranth.lib import data, memory, stream, wiring
from amaranth.lib.wiring import In, Out

from varigate.gateware.lib.checks import check_integer

__all__ = ["CobsDecoder", "CobsEncoder", "Decoded", "Octet"]

FULL = 254  # data bytes of the longest block

Octet = data.StructLayout({"data": 8, "last": 1})
"""A byte of a packet; `last` marks the packet's final one."""

Decoded = data.StructLayout({"data": 8, "end": 1, "bad": 1})
"""A byte, or the `end` of a chunk, then with `bad` when the chunk ended within a block."""


class CobsDecoder(wiring.Component):
    """Decodes bytes from the wire, zeros between chunks, to the contents of the chunks.

    The function is `model.protocol.frames.cobs_decode`.

    Members
    -------
    i : In(stream of 8 bits)
    o : Out(stream of Decoded)

    Cycles
    ------
    Combinational, one byte a clock. Each byte on the wire gives one element or none.

    Examples
    --------
    >>> CobsDecoder().o.payload.shape() is Decoded
    True
    """

    i: In(stream.Signature(unsigned(8)))
    o: Out(stream.Signature(Decoded))

    def elaborate(self, platform):
        m = Module()
        left = Signal(8)  # bytes of the block that are to come
        quiet = Signal(init=1)  # no zero follows the block before, if there is one
        delimiter = self.i.payload == 0
        code = left == 0
        m.d.comb += [
            self.o.p.data.eq(self.i.payload),
            self.o.p.end.eq(delimiter),
            self.o.p.bad.eq(~code),
            self.o.valid.eq(self.i.valid & (delimiter | ~code | ~quiet)),
            self.i.ready.eq(self.o.ready | ~self.o.valid),
        ]
        with m.If(code):
            m.d.comb += self.o.p.data.eq(0)
        with m.If(self.i.valid & self.i.ready):
            with m.If(delimiter):
                m.d.sync += [left.eq(0), quiet.eq(1)]
            with m.Elif(code):
                m.d.sync += [left.eq(self.i.payload - 1), quiet.eq(self.i.payload == FULL + 1)]
            with m.Else():
                m.d.sync += left.eq(left - 1)
        return m


class CobsEncoder(wiring.Component):
    """Encodes packets, without delimiters; `last` marks the final byte on both sides.

    A block is collected, then sent after its length; nothing is taken meanwhile. The function is
    `model.protocol.frames.cobs_encode`.

    Parameters
    ----------
    longest : int
        bytes of the longest packet; the buffer holds no more than a block can.

    Members
    -------
    i : In(stream of Octet)
    o : Out(stream of Octet)

    Cycles
    ------
    A block of n bytes other than zero takes n cycles to collect (one more for the zero that ends it), n + 1 to send,
    and one in between blocks.

    Raises
    ------
    TypeError, ValueError
        if `longest` is not a positive integer.

    Examples
    --------
    >>> CobsEncoder(longest=20).i.payload.shape() is Octet
    True
    """

    i: In(stream.Signature(Octet))
    o: Out(stream.Signature(Octet))

    def __init__(self, longest: int = FULL):
        check_integer("length of the longest packet", longest)
        self._limit = min(longest, FULL)
        super().__init__()

    def elaborate(self, platform):
        m = Module()
        depth = 1 << (self._limit - 1).bit_length()
        m.submodules.block = block = memory.Memory(shape=unsigned(8), depth=depth, init=[],
                                                   attrs={"ram_style": "distributed"})
        write, read = block.write_port(), block.read_port(domain="comb")
        count = Signal(range(self._limit + 1))
        index = Signal(range(self._limit), reset_less=True)
        final = Signal()  # this is the packet's last block
        extra = Signal()  # the packet ended with a zero: an empty block comes after this one
        m.d.comb += [
            write.addr.eq(count),
            write.data.eq(self.i.p.data),
            read.addr.eq(index),
        ]
        with m.FSM():
            with m.State("COLLECT"):
                m.d.comb += self.i.ready.eq(1)
                with m.If(self.i.valid):
                    with m.If(self.i.p.data == 0):
                        m.d.sync += extra.eq(self.i.p.last)
                        m.next = "CODE"
                    with m.Else():
                        m.d.comb += write.en.eq(1)
                        m.d.sync += [count.eq(count + 1), final.eq(self.i.p.last)]
                        with m.If(self.i.p.last | (count == self._limit - 1)):
                            m.next = "CODE"
            with m.State("CODE"):
                m.d.comb += [
                    self.o.valid.eq(1),
                    self.o.p.data.eq(count + 1),
                    self.o.p.last.eq(final & (count == 0)),
                ]
                m.d.sync += index.eq(0)
                with m.If(self.o.ready):
                    m.next = "BYTES"
                    with m.If(count == 0):
                        m.next = "NEXT"
            with m.State("BYTES"):
                m.d.comb += [
                    self.o.valid.eq(1),
                    self.o.p.data.eq(read.data),
                    self.o.p.last.eq(final & (index == count - 1)),
                ]
                with m.If(self.o.ready):
                    m.d.sync += index.eq(index + 1)
                    with m.If(index == count - 1):
                        m.next = "NEXT"
            with m.State("NEXT"):
                m.d.sync += [count.eq(0), final.eq(extra), extra.eq(0)]
                m.next = "COLLECT"
                with m.If(extra):
                    m.next = "CODE"
        return m
