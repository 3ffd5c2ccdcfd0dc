"""The dispatcher: gives requests to the core, and turns its answers into packets of bytes."""

from amaranth.hdl import Cat, Const, Module, Signal, unsigned
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from varigate.gateware.core.job import Client
from varigate.gateware.link.cobs import Octet
from varigate.gateware.link.requests import NegativeReply, Request
from varigate.model.protocol.frames import NEGATIVE, OPERATION, REPLY, Command
from varigate.model.protocol.operations import PARTS, codes_taken
from varigate.model.protocol.replies import FIXED_BYTES, LIVE, Info
from varigate.model.protocol.requests import request_lengths

__all__ = ["Dispatcher"]


class Dispatcher(wiring.Component):
    """Answers one request after the other, and sends negative replies in between, also between the frames of a
    `generate`.

    Everything goes out through one 32-bit register, so that a number is never seen to change between its bytes.

    Parameters
    ----------
    info : Info
        the facts of the network that the command `info` tells.

    Members
    -------
    i : In(stream of Request)
        taken at the end of its reply.
    i_payload : In(stream of 8 bits)
    i_negative : In(stream of NegativeReply)
    o : Out(stream of Octet)
        sequence number, command and payload of the replies.
    core : Out(Client)
    seed : Out(stream of 32 bits)
    epsilon_on : Out(1)
        on after reset.
    epsilon_index, bad : In(32)
        told by the command `info`.
    answered : Out(32)
        requests answered since reset.

    Cycles
    ------
    A number of b bytes takes b + 1 cycles when nobody stalls. The core's job follows a request after 3 cycles: one to
    begin, and one for each byte of the reply's header (4 cycles for `generate`, whose header has 3 bytes).

    Examples
    --------
    >>> from varigate.model.network import network_file
    >>> iris = network_file.load(network_file.find("iris"))
    >>> Dispatcher(Info.of(iris, network_file.digest(iris))).answered.shape()
    unsigned(32)
    """

    i: In(stream.Signature(Request))
    i_payload: In(stream.Signature(unsigned(8)))
    i_negative: In(stream.Signature(NegativeReply))
    o: Out(stream.Signature(Octet))
    core: Out(Client)
    seed: Out(stream.Signature(unsigned(32)))
    epsilon_on: Out(1, init=1)
    epsilon_index: In(32)
    bad: In(32)
    answered: Out(32)

    def __init__(self, info: Info):
        self._info = info
        super().__init__()

    def elaborate(self, platform):
        m = Module()
        lengths = request_lengths(self._info.inputs, self._info.latent)
        fixed = self._info.pack()[:FIXED_BYTES]
        command = self.i.p.command

        word = Signal(32, reset_less=True)
        left = Signal(2, reset_less=True)  # bytes of the word after this one
        ends = Signal(reset_less=True)  # the packet ends with this word
        begun = Signal()  # the core has accepted the job
        refusing = Signal()  # a negative reply is being sent
        turn = Signal(8)  # frames of this generate that are complete
        count = Signal(range(max(FIXED_BYTES + len(LIVE), *lengths.values()) + 1))

        def say(value, size: int, last=0):
            return [word.eq(value), left.eq(size - 1), ends.eq(last)]

        # The payload runs to the core by itself, while the state machine waits for the first result.
        job = command[OPERATION.bit_length() - 1]
        m.d.comb += [
            self.core.data.payload.eq(self.i_payload.payload),
            self.core.data.valid.eq(begun & (count != 0)),
            self.seed.payload.eq(word),
        ]
        with m.If(self.core.data.valid & self.core.data.ready):
            m.d.comb += self.i_payload.ready.eq(1)
            m.d.sync += count.eq(count - 1)

        with m.FSM():
            with m.State("IDLE"):
                m.d.sync += [count.eq(0), refusing.eq(self.i_negative.valid)]
                with m.If(self.i_negative.valid):
                    negative = self.i_negative.p
                    reason = Cat(negative.reason, Const(0, 4))
                    m.d.comb += self.i_negative.ready.eq(1)
                    m.d.sync += say(Cat(negative.seq, Const(NEGATIVE, 8), reason, negative.command), 4, 1)
                    m.next = "WORD"
                with m.Elif(self.i.valid):
                    m.d.sync += say(Cat(self.i.p.seq, command | REPLY, turn), 2)
                    m.next = "WORD"
                    with m.Switch(command):
                        with m.Case(Command.GENERATE):
                            m.d.sync += left.eq(2)
                        with m.Case(Command.EPSILON):
                            m.d.sync += [self.epsilon_on.eq(self.i_payload.payload[0]), ends.eq(1)]
                        with m.Case(Command.SEED):
                            m.next = "SEED"

            with m.State("SEED"):
                m.d.comb += self.i_payload.ready.eq(1)
                m.d.sync += [word.eq(Cat(word[8:], self.i_payload.payload)), count.eq(count + 1)]
                with m.If(count == lengths[Command.SEED] - 1):
                    m.next = "SEEDED"
            with m.State("SEEDED"):
                m.d.comb += self.seed.valid.eq(1)
                with m.If(self.seed.ready):
                    m.d.sync += say(Cat(self.i.p.seq, command | REPLY), 2, 1)
                    m.next = "WORD"

            with m.State("INFO"):
                m.d.sync += count.eq(count + 1)
                with m.Switch(count):
                    for index, byte in enumerate(fixed):
                        with m.Case(index):
                            m.d.sync += say(byte, 1)
                    for index, (name, size) in enumerate(LIVE.items(), FIXED_BYTES):
                        ends_here = index == FIXED_BYTES + len(LIVE) - 1
                        with m.Default() if ends_here else m.Case(index):
                            m.d.sync += say(getattr(self, name), size, ends_here)
                m.next = "WORD"

            with m.State("JOB"):
                m.d.comb += self.core.job.valid.eq(1)
                with m.If(self.core.job.ready):
                    m.d.sync += begun.eq(1)
                    m.next = "RESULT"
                with m.Switch(command):
                    for code in Command:
                        if code.operation is not None:
                            with m.Case(code):
                                m.d.comb += self.core.job.payload.eq(code.operation)
                                m.d.sync += count.eq(codes_taken(code.operation, self._info.inputs, self._info.latent))
            with m.State("RESULT"):
                m.d.comb += self.core.result.ready.eq(1)
                m.d.sync += say(self.core.result.p.value, 1, self.core.result.p.last)
                with m.Switch(self.core.result.p.part):
                    for part, layout in PARTS.items():
                        with m.Case(part):
                            m.d.sync += left.eq(layout.number(self._info).bits // 8 - 1)
                with m.If(self.core.result.valid):
                    m.next = "WORD"

            with m.State("WORD"):
                m.d.comb += [self.o.valid.eq(1), self.o.p.data.eq(word[:8]), self.o.p.last.eq(ends & (left == 0))]
                with m.If(self.o.ready):
                    m.d.sync += [word.eq(word >> 8), left.eq(left - 1)]
                    with m.If(left == 0):
                        m.next = "INFO"
                        with m.If(ends):
                            m.next = "END"
                        with m.Elif(job):
                            m.next = "JOB"
                            with m.If(begun):
                                m.next = "RESULT"
            with m.State("END"):
                again = (command == Command.GENERATE) & (turn + 1 != self.i_payload.payload)
                m.d.sync += begun.eq(0)
                with m.If(~refusing):
                    m.d.sync += turn.eq(turn + 1)
                    with m.If(~again):
                        m.d.comb += self.i.ready.eq(1)
                        m.d.sync += [self.answered.eq(self.answered + 1), turn.eq(0)]
                m.next = "IDLE"
        return m
