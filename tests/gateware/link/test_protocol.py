import random

import numpy as np
import pytest
from amaranth.hdl import Module
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from varigate.gateware.link.protocol import Protocol
from varigate.gateware.link.uart import UartReceiver, UartTransmitter
from varigate.model.network.random_network import random_network
from varigate.model.protocol.frames import NEGATIVE, REPLY, Command, Decoder, Frame, Reason, encode
from varigate.model.protocol.operations import Op
from varigate.model.protocol.replies import Info, pack_answer
from varigate.sim.testbench.fake_core import FakeCore
from varigate.sim.testbench.streams import run

DIGEST = bytes(range(32))
SIZES = {"inputs": 4, "hidden": (3,), "latent": 2, "outputs": 5, "classes": 3}


def protocol(**sizes):
    return Protocol(random_network(np.random.default_rng(1), **SIZES | sizes), DIGEST)


def converse(component, wire, frames, jobs, *, gap=0, stall=0.0, seeds=0, index=0):
    """Sends bytes, `gap` idle cycles after each, until `frames` frames are back and `jobs` jobs are done.

    Returns the frames, the core, the seeds, and the status outputs: answered, bad, error.
    """
    core, decoder, found, taken = FakeCore(component.core, component.info, stall=stall), Decoder(), [], []
    rng, status = random.Random(7), []

    async def sender(ctx):
        ctx.set(component.epsilon_index, index)
        for byte in wire:
            ctx.set(component.i.payload, {"data": byte, "error": 0})
            ctx.set(component.i.valid, 1)
            await ctx.tick()
            ctx.set(component.i.valid, 0)
            if gap:
                await ctx.tick().repeat(gap)

    async def receiver(ctx):
        while len(found) < frames:
            ready = rng.random() >= stall
            ctx.set(component.o.ready, ready)
            *_, valid, octet = await ctx.tick().sample(component.o.valid, component.o.payload)
            if ready and valid:
                before = len(found)
                found.extend(decoder.feed(bytes([octet.data])))
                assert octet.last == (len(found) > before), "last does not mark the end of a frame"
        ctx.set(component.o.ready, 1)
        await ctx.tick().repeat(60)
        assert not ctx.get(component.o.valid)
        status.append((ctx.get(component.answered), ctx.get(component.bad), ctx.get(component.error)))

    async def serve(ctx):
        await core.serve(ctx, jobs)

    async def reseed(ctx):
        for _ in range(seeds):
            await ctx.tick().until(component.seed.valid)
            for _ in range(9):
                await ctx.tick()
                assert ctx.get(component.seed.valid), "a seed waits until it is taken"
            ctx.set(component.seed.ready, 1)
            *_, seed = await ctx.tick().sample(component.seed.payload)
            ctx.set(component.seed.ready, 0)
            assert not ctx.get(component.seed.valid)
            taken.append(seed)

    run(component, sender, receiver, serve, reseed, deadline=60_000)
    assert decoder.damaged == 0
    return found, core, taken, status[0]


def requests(*frames):
    return b"".join(encode(frame.seq, frame.command, frame.payload) for frame in frames)


def expected(info, frames, core):
    """The replies to good operation requests, with what the fake core said."""
    answers, replies = iter(core.answers), []
    for frame in frames:
        generating = frame.command == Command.GENERATE
        for turn in range(frame.payload[0] if generating else 1):
            payload = pack_answer(frame.command, info, next(answers))
            replies.append(Frame(frame.seq, frame.command | REPLY, bytes([turn] * generating) + payload))
    return replies


@pytest.mark.parametrize("classes", [3, 0])
@pytest.mark.parametrize("stall", [0.0, 0.5])
def test_operations_reach_the_core_and_their_answers_the_line(stall, classes):
    component, rng = protocol(classes=classes), random.Random(8)
    lengths = {Command.CLASSIFY: 4, Command.ENCODE: 4, Command.RECONSTRUCT: 4, Command.DECODE: 2}
    frames = [Frame(rng.randrange(256), command, rng.randbytes(length)) for command, length in lengths.items()]
    frames.insert(2, Frame(9, Command.GENERATE, b"\x03"))
    found, core, _, counts = converse(component, requests(*frames), 7, 7, gap=12 if stall == 0 else 40, stall=stall)
    assert found == expected(component.info, frames, core)
    jobs = [(frame.command.operation, list(frame.payload)) for frame in frames]
    assert core.jobs == [*jobs[:2], *[(Op.GENERATE, [])] * 3, *jobs[3:]]
    assert counts == (5, 0, 0)


def test_seed_epsilon_and_info():
    component = protocol()
    wire = requests(Frame(1, Command.SEED, b"\x78\x56\x34\x92"), Frame(2, Command.EPSILON, b"\0"),
                    Frame(3, Command.INFO), Frame(4, 0x33), Frame(5, Command.EPSILON, b"\x01"),
                    Frame(6, Command.INFO))
    found, _, seeds, counts = converse(component, wire, 6, 0, gap=40, seeds=1, index=0xFEDCBA98)
    assert seeds == [0x92345678]
    first, second = (Info.unpack(found[place].payload) for place in (2, 5))
    assert found == [Frame(1, 0x81), Frame(2, 0x82), Frame(3, 0x80, first.pack()), Frame(4, NEGATIVE, b"\x04\x33"),
                     Frame(5, 0x82), Frame(6, 0x80, second.pack())]
    network = random_network(np.random.default_rng(1), **SIZES)
    constant = Info.of(network, DIGEST).pack()[:-13]
    assert (first.pack()[:-13], second.pack()[:-13]) == (constant, constant)
    assert (first.epsilon_on, first.epsilon_index, first.answered, first.bad) == (False, 0xFEDCBA98, 2, 0)
    assert (second.epsilon_on, second.epsilon_index, second.answered, second.bad) == (True, 0xFEDCBA98, 4, 1)
    assert counts == (5, 1, 0)


def test_generate_255_times():
    component = protocol(inputs=1, outputs=1, latent=1, classes=0)
    frame = Frame(200, Command.GENERATE, b"\xFF")
    found, core, *_ = converse(component, requests(frame), 255, 255)
    assert found == expected(component.info, [frame], core)
    assert [reply.payload[0] for reply in found] == list(range(255))


def test_a_reply_longer_than_a_block():
    component = protocol(inputs=2, outputs=600)
    frames = [Frame(1, Command.RECONSTRUCT, b"\x01\x02"), Frame(2, Command.DECODE, b"\0\0")]
    found, core, *_ = converse(component, requests(*frames), 2, 2)
    assert found == expected(component.info, frames, core)


def test_a_burst_fills_the_buffer_and_the_rest_is_busy():
    component = protocol()
    # The first reply, of 28 bytes, takes longer than all the frames.
    frames = [Frame(seq, Command.RECONSTRUCT, bytes([seq] * 4)) for seq in range(1, 6)]
    found, core, _, counts = converse(component, requests(*frames), 3, 2)
    assert found[:1] + found[2:] == expected(component.info, frames[:2], core)
    assert found[1] == Frame(3, NEGATIVE, bytes([Reason.BUSY, Command.RECONSTRUCT]))  # 4 and 5 while 3's waits: nothing
    assert counts == (2, 0, 0)


def test_a_negative_reply_goes_between_the_frames_of_a_generate():
    component = protocol()
    wire = requests(Frame(1, Command.GENERATE, b"\x04"), Frame(2, 0x66))
    found, *_ = converse(component, wire, 5, 4)
    assert Frame(2, NEGATIVE, b"\x04\x66") in found[1:4]
    assert [frame.payload[0] for frame in found if frame.seq == 1] == [0, 1, 2, 3]


@pytest.mark.parametrize(("command", "payload", "cycles"), [
    (Command.ENCODE, bytes(4), 4), (Command.GENERATE, b"\x01", 5)])
def test_latency_from_delimiter_to_job(command, payload, cycles):
    component, waited = protocol(), []

    async def testbench(ctx):
        for byte in encode(1, command, payload):
            ctx.set(component.i.payload, {"data": byte, "error": 0})
            ctx.set(component.i.valid, 1)
            await ctx.tick()
        ctx.set(component.i.valid, 0)
        while not ctx.get(component.core.job.valid):
            waited.append(await ctx.tick())

    run(component, testbench)
    assert len(waited) + 1 == cycles


class Line(wiring.Component):
    """The protocol between a receiver and a transmitter, at 8 clocks a bit."""

    rx: In(1, init=1)
    tx: Out(1, init=1)

    def __init__(self, inner):
        self.protocol = inner
        super().__init__()

    def elaborate(self, platform):
        m = Module()
        m.submodules.receiver = receiver = UartReceiver(8, 1)
        m.submodules.transmitter = transmitter = UartTransmitter(8, 1)
        m.submodules.protocol = self.protocol
        wiring.connect(m, receiver.o, self.protocol.i)
        m.d.comb += [
            receiver.rx.eq(self.rx),
            self.tx.eq(transmitter.tx),
            transmitter.i.payload.eq(self.protocol.o.p.data),
            transmitter.i.valid.eq(self.protocol.o.valid),
            self.protocol.o.ready.eq(transmitter.i.ready),
        ]
        return m


def test_through_the_pins_with_a_break_in_a_frame():
    component, decoder, found = Line(protocol()), Decoder(), []
    core = FakeCore(component.protocol.core, component.protocol.info)
    frame = Frame(7, Command.ENCODE, b"\x01\x02\x03\x04")
    wire = requests(frame)

    async def host(ctx):
        bits = [1, 1]
        for part in (wire[:6], wire, wire):
            bits += [level for byte in part for level in (0, *(byte >> bit & 1 for bit in range(8)), 1)]
            bits += [0] * 14 + [1] if part == wire[:6] else []
        for level in bits:
            ctx.set(component.rx, level)
            await ctx.tick().repeat(8)

    async def board(ctx):
        while len(found) < 3:
            byte = 0
            await ctx.tick().until(~component.tx)
            await ctx.tick().repeat(4)
            for bit in range(8):
                await ctx.tick().repeat(8)
                byte |= ctx.get(component.tx) << bit
            await ctx.tick().repeat(8)
            assert ctx.get(component.tx) == 1
            found.extend(decoder.feed(bytes([byte])))

    async def serve(ctx):
        await core.serve(ctx, 2)

    run(component, host, board, serve, deadline=20_000)
    assert found == [Frame(0, NEGATIVE, bytes([Reason.LINE, 0xFF])),
                     *expected(component.protocol.info, [frame, frame], core)]
