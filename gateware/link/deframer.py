"""The deframer: judges the bytes between two delimiters.

With `gateware.link.requests` it computes `model.protocol.requests.judge`.
"""

from amaranth.hdl import Cat, Module, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from varigate.gateware.lib.checks import check_integer
from varigate.gateware.lib.enumeration import shape_of
from varigate.gateware.link.cobs import CobsDecoder
from varigate.gateware.link.crc import crc16
from varigate.gateware.link.uart import Received
from varigate.model.protocol.frames import UNKNOWN, Reason
from varigate.model.protocol.requests import LEAST_WIRE

__all__ = ["GOOD", "Deframer", "ReasonShape"]

OVERHEAD = 4  # sequence number, command, check sum

ReasonShape = shape_of(Reason, GOOD=0)
"""Why a chunk is no request, `GOOD` where nothing is wrong."""
GOOD = ReasonShape.GOOD


class Deframer(wiring.Component):
    """Takes a byte a clock, never stalls, and judges every chunk at its closing delimiter.

    Chunks shorter than a frame, and chunks of printable characters without a right check sum, give no verdict.

    Parameters
    ----------
    longest : int
        payload bytes of the longest legal request.

    Members
    -------
    i : In(stream of Received, always ready)
    o_payload : Out(stream of {data, index}, always ready)
        the payload of the frame that is being received, good or not, as far as it is legal: `index` < `longest`.
    o_verdict : Out(stream of {reason, seq, command, length}, always ready)
        `reason` is GOOD, CRC, COBS, OVERSIZE or LINE. `length` counts the payload bytes and is right when the reason is
        GOOD; `seq` is 0 and `command` UNKNOWN if no check sum vouches for them.

    Cycles
    ------
    The verdict is combinational: it is given in the cycle of the delimiter. A payload byte is given in the cycle in
    which the second byte after it is decoded (the two bytes that are held back at the end are the check sum).

    Raises
    ------
    TypeError, ValueError
        if `longest` is not a positive integer.

    Examples
    --------
    >>> Deframer(longest=5).o_verdict.payload.shape()["length"]
    Field(range(0, 6), 20)
    """

    def __init__(self, longest: int):
        check_integer("length of the longest payload", longest)
        self._longest = longest
        payload = data.StructLayout({"data": 8, "index": range(longest)})
        verdict = data.StructLayout({"reason": ReasonShape, "seq": 8, "command": 8, "length": range(longest + 1)})
        super().__init__({
            "i": In(stream.Signature(Received, always_ready=True)),
            "o_payload": Out(stream.Signature(payload, always_ready=True)),
            "o_verdict": Out(stream.Signature(verdict, always_ready=True)),
        })

    def elaborate(self, platform):
        m = Module()
        m.submodules.cobs = cobs = CobsDecoder()
        m.submodules.crc = crc = crc16()
        m.d.comb += [
            cobs.i.payload.eq(self.i.p.data),
            cobs.i.valid.eq(self.i.valid & ~self.i.p.error),
            cobs.o.ready.eq(1),
        ]
        end = cobs.o.valid & cobs.o.p.end
        byte = cobs.o.valid & ~cobs.o.p.end

        # Facts about the bytes on the wire, before any decoding.
        wire = Signal(range(LEAST_WIRE + 1))  # holds at LEAST_WIRE
        broken = Signal()
        text = Signal(init=1)
        received = self.i.p.data
        printable = ((received >= 0x20) & (received < 0x7F)) | received.matches(0x09, 0x0A, 0x0D)
        with m.If(end):
            m.d.sync += [wire.eq(0), broken.eq(0), text.eq(1)]
        with m.Elif(self.i.valid):
            with m.If(wire != LEAST_WIRE):
                m.d.sync += wire.eq(wire + 1)
            m.d.sync += broken.eq(broken | self.i.p.error)
            with m.If(self.i.p.error | ~printable):
                m.d.sync += text.eq(0)

        # Two bytes are held back; those that leave are sequence number, command, payload.
        held = Signal(16, reset_less=True)
        count = Signal(range(OVERHEAD + self._longest + 2))  # decoded bytes; holds at the greatest
        oversize = count == OVERHEAD + self._longest + 1
        seq, command = Signal(8, reset_less=True), Signal(8, reset_less=True)
        leaving = held[8:]
        m.d.comb += [
            crc.data.eq(leaving),
            crc.valid.eq(byte & (count >= 2)),
            crc.start.eq(end),
            self.o_payload.p.data.eq(leaving),
            self.o_payload.p.index.eq(count - OVERHEAD),
            self.o_payload.valid.eq(byte & (count >= OVERHEAD) & (count < OVERHEAD + self._longest)),
        ]
        with m.If(end):
            m.d.sync += count.eq(0)
        with m.Elif(byte):
            m.d.sync += held.eq(Cat(cobs.o.p.data, held))
            with m.If(~oversize):
                m.d.sync += count.eq(count + 1)
            with m.If(count == 2):
                m.d.sync += seq.eq(leaving)
            with m.If(count == 3):
                m.d.sync += command.eq(leaving)

        sound = ~cobs.o.p.bad & (crc.crc == Cat(leaving, held[:8])) & ~broken
        m.d.comb += [
            self.o_verdict.valid.eq(end & (wire == LEAST_WIRE) & (sound | ~text)),
            self.o_verdict.p.seq.eq(0),
            self.o_verdict.p.command.eq(UNKNOWN),
            self.o_verdict.p.length.eq(count - OVERHEAD),
        ]
        with m.If(sound):
            m.d.comb += [self.o_verdict.p.seq.eq(seq), self.o_verdict.p.command.eq(command)]
        with m.If(broken):
            m.d.comb += self.o_verdict.p.reason.eq(Reason.LINE)
        with m.Elif(oversize):
            m.d.comb += self.o_verdict.p.reason.eq(Reason.OVERSIZE)
        with m.Elif(cobs.o.p.bad):
            m.d.comb += self.o_verdict.p.reason.eq(Reason.COBS)
        with m.Elif(~sound):
            m.d.comb += self.o_verdict.p.reason.eq(Reason.CRC)
        return m
