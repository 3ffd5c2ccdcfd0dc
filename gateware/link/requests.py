"""Requests from received bytes: the checks of command, length and argument, and a buffer in two halves.

With `gateware.link.deframer` it computes `model.protocol.requests.judge`.
"""

from amaranth.hdl import Cat, Module, Mux, Signal, unsigned
from amaranth.lib import data, memory, stream, wiring
from amaranth.lib.wiring import In, Out

from varigate.gateware.lib.checks import check_integer
from varigate.gateware.link.deframer import GOOD, Deframer, ReasonShape
from varigate.gateware.link.uart import Received
from varigate.model.protocol.frames import Reason
from varigate.model.protocol.requests import ARGUMENTS, request_lengths

__all__ = ["NegativeReply", "Request", "Requests"]

Request = data.StructLayout({"seq": 8, "command": 8})
"""A sound request; its payload stands beside it."""

NegativeReply = data.StructLayout({"seq": 8, "command": 8, "reason": ReasonShape})
"""A negative reply that is to be sent."""


class Requests(wiring.Component):
    """Turns received bytes into requests. The function is `model.protocol.requests.judge`. Reception never stalls.

    Two requests fit: the one that is being answered, from its last byte to the end of its reply, and one that waits. A
    third is refused as `busy`. One negative reply waits to be sent; further ones are dropped meanwhile.

    Parameters
    ----------
    inputs, latent : int
        sizes of the network: they say how long requests are.

    Members
    -------
    i : In(stream of Received, always ready)
    o : Out(stream of Request)
        to be taken when the reply is complete: that frees its half.
    o_payload : Out(stream of 8 bits)
        payload of the request that `o` shows. Never ends: take as many bytes as the command has.
    o_negative : Out(stream of NegativeReply)
    error : Out(1)
        set by a bad frame, cleared by the next good one.
    bad : Out(32)
        bad frames since reset, those without a reply of their own included; requests refused as `busy` are none.

    Cycles
    ------
    `latency` = 1 from the closing delimiter of a request, or of a bad frame, to `o`, or to `o_negative`; the payload is
    given at a byte a clock.

    Raises
    ------
    TypeError, ValueError
        if `inputs` or `latent` is not a positive integer.

    Examples
    --------
    >>> Requests(inputs=4, latent=2).latency
    1
    """

    latency = 1

    def __init__(self, inputs: int, latent: int):
        check_integer("number of inputs", inputs)
        check_integer("number of latent variables", latent)
        self._lengths = request_lengths(inputs, latent)
        super().__init__({
            "i": In(stream.Signature(Received, always_ready=True)),
            "o": Out(stream.Signature(Request)),
            "o_payload": Out(stream.Signature(unsigned(8))),
            "o_negative": Out(stream.Signature(NegativeReply)),
            "error": Out(1),
            "bad": Out(32),
        })

    def elaborate(self, platform):
        m = Module()
        longest = max(self._lengths.values())
        m.submodules.deframer = deframer = Deframer(longest)
        wiring.connect(m, wiring.flipped(self.i), deframer.i)
        payload, verdict = deframer.o_payload, deframer.o_verdict

        bits = (longest - 1).bit_length()
        m.submodules.buffer = buffer = memory.Memory(shape=unsigned(8), depth=2 << bits, init=[])
        write, read = buffer.write_port(), buffer.read_port()
        full = Signal(2)
        filling = Signal()  # the half that is written
        showing = Signal()  # the half that is read
        free = ~full.bit_select(filling, 1)

        # The payload goes to the buffer as it comes. It counts only when its half was free from its first byte on.
        stored = Signal(reset_less=True)
        first = Signal(8, reset_less=True)
        start = payload.p.index == 0
        m.d.comb += [
            write.addr.eq(Cat(payload.p.index, filling)),
            write.data.eq(payload.p.data),
            write.en.eq(payload.valid & free),
        ]
        with m.If(payload.valid):
            m.d.sync += stored.eq(free & (start | stored))
            with m.If(start):
                m.d.sync += first.eq(payload.p.data)

        reason = Signal(ReasonShape)
        m.d.comb += reason.eq(verdict.p.reason)
        with m.If(verdict.p.reason == GOOD):
            with m.Switch(verdict.p.command):
                for command, length in self._lengths.items():
                    with m.Case(command):
                        _, legal = ARGUMENTS.get(command, (0, range(256)))
                        wrong = (first < legal.start) | (first >= legal.stop)
                        with m.If(verdict.p.length != length):
                            m.d.comb += reason.eq(Reason.LENGTH)
                        with m.Elif(wrong):
                            m.d.comb += reason.eq(Reason.ARGUMENT)
                        with m.Elif(~free | ((length != 0) & ~stored)):
                            m.d.comb += reason.eq(Reason.BUSY)
                with m.Default():
                    m.d.comb += reason.eq(Reason.COMMAND)

        halves = Signal(data.ArrayLayout(Request, 2), reset_less=True)
        with m.If(verdict.valid & (reason == GOOD)):
            m.d.sync += [
                halves[filling].seq.eq(verdict.p.seq),
                halves[filling].command.eq(verdict.p.command),
                full.bit_select(filling, 1).eq(1),
                filling.eq(~filling),
            ]
        good = (reason == GOOD) | (reason == Reason.BUSY)
        with m.If(verdict.valid):
            m.d.sync += self.error.eq(~good)
            with m.If(~good):
                m.d.sync += self.bad.eq(self.bad + 1)

        with m.If(self.o_negative.ready):
            m.d.sync += self.o_negative.valid.eq(0)
        with m.If(verdict.valid & (reason != GOOD) & ~self.o_negative.valid):
            m.d.sync += [
                self.o_negative.valid.eq(1),
                self.o_negative.p.seq.eq(verdict.p.seq),
                self.o_negative.p.command.eq(verdict.p.command),
                self.o_negative.p.reason.eq(reason),
            ]

        # The byte at the address of the next cycle is read in this one.
        address = Signal(bits)
        following = Signal(bits)
        done = self.o.valid & self.o.ready
        m.d.comb += [
            self.o.valid.eq(full.bit_select(showing, 1)),
            self.o.payload.eq(halves[showing]),
            self.o_payload.valid.eq(self.o.valid),
            self.o_payload.payload.eq(read.data),
            following.eq(Mux(done, 0, address + (self.o_payload.valid & self.o_payload.ready))),
            read.addr.eq(Cat(following, showing ^ done)),
            read.en.eq(1),
        ]
        m.d.sync += address.eq(following)
        with m.If(done):
            m.d.sync += [full.bit_select(showing, 1).eq(0), showing.eq(~showing)]
        return m
