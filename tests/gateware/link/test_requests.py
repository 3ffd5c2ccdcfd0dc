import random

from varigate.gateware.link.requests import Requests
from varigate.model.protocol.frames import NEGATIVE, Command, Frame, Reason, encode
from varigate.model.protocol.requests import request_lengths
from varigate.sim.testbench.corruption import BROKEN, CLEAN, clean, corruption, random_request, reference, wire
from varigate.sim.testbench.streams import run

INPUTS, LATENT = 4, 2
LENGTHS = request_lengths(INPUTS, LATENT)


def negative_frame(item):
    return Frame(item.seq, NEGATIVE, bytes([item.reason, item.command]))


def exchange(component, items, count, lengths=LENGTHS):
    """Sends a byte a clock; takes negative replies at once, and `count` requests, each with its payload."""
    requests, negatives = [], []

    async def sender(ctx):
        for byte, error in items:
            ctx.set(component.i.payload, {"data": byte, "error": error})
            ctx.set(component.i.valid, 1)
            await ctx.tick()
        ctx.set(component.i.valid, 0)
        await ctx.tick().repeat(400)
        assert not ctx.get(component.o.valid)

    async def taker(ctx):
        for _ in range(count):
            request, = await ctx.tick().sample(component.o.payload).until(component.o.valid)
            ctx.set(component.o_payload.ready, 1)
            payload = []
            for _ in range(lengths[request.command]):
                payload.append(ctx.get(component.o_payload.payload))
                await ctx.tick()
            ctx.set(component.o_payload.ready, 0)
            requests.append(Frame(request.seq, request.command, bytes(payload)))
            ctx.set(component.o.ready, 1)
            await ctx.tick()
            ctx.set(component.o.ready, 0)

    async def refused(ctx):
        ctx.set(component.o_negative.ready, 1)
        async for *_, valid, item in ctx.tick().sample(component.o_negative.valid, component.o_negative.payload):
            if valid:
                negatives.append(negative_frame(item))

    run(component, sender, taker, processes=[refused], deadline=100_000)
    return requests, negatives


def test_a_thousand_corruptions_lose_nothing():
    rng, items, goods = random.Random(4), clean(b"\0"), []
    for _ in range(1000):
        items += corruption(rng, LENGTHS)
        good = random_request(rng, LENGTHS)
        goods.append(good)
        shared = items[-1] == (0, CLEAN) and rng.random() < 0.5
        items += clean(wire(good)[shared:])
    requests, negatives = reference(items, LENGTHS)
    remaining = iter(requests)
    assert all(good in remaining for good in goods)  # the model itself answers each of them, in order
    assert {frame.payload[0] for frame in negatives} == set(Reason) - {Reason.BUSY}
    found = exchange(Requests(INPUTS, LATENT), items, len(requests))
    assert found == (requests, negatives)


def printable_frame():
    """A frame on the wire without an unprintable byte between its delimiters; it is oversize."""
    for first in range(0x21, 0x7F):
        for second in range(0x21, 0x7F):
            chunk = encode(0x41, 0x42, bytes([first, second]) + b"x" * 30)
            if all(0x20 <= byte < 0x7F for byte in chunk[1:-1]):
                return chunk
    raise AssertionError


def test_the_limits_of_what_counts_as_typed_text():
    items = clean(b"\0" + printable_frame())
    for byte in range(1, 256):
        items += clean(b"text" + bytes([byte, 0]))
        if byte >= 0x20:
            items += [*clean(b"text"), (byte, BROKEN), (0, CLEAN)]
    requests, negatives = reference(items, LENGTHS)
    assert not requests
    assert negatives[0] == Frame(0x41, NEGATIVE, bytes([Reason.OVERSIZE, 0x42]))
    assert exchange(Requests(INPUTS, LATENT), items, 0) == (requests, negatives)


def test_the_buffer_holds_two_requests_and_refuses_the_third():
    component, rng = Requests(INPUTS, LATENT), random.Random(5)
    frames = [Frame(seq, Command.CLASSIFY, rng.randbytes(4)) for seq in range(6)]

    async def send(ctx, data):
        for byte in data:
            ctx.set(component.i.payload, {"data": byte, "error": 0})
            ctx.set(component.i.valid, 1)
            await ctx.tick()
        ctx.set(component.i.valid, 0)

    async def take(ctx, expected):
        assert ctx.get(component.o.valid)
        assert (ctx.get(component.o.p.seq), ctx.get(component.o.p.command)) == (expected.seq, expected.command)
        ctx.set(component.o_payload.ready, 1)
        for byte in expected.payload:
            assert ctx.get(component.o_payload.payload) == byte
            await ctx.tick()
        ctx.set(component.o_payload.ready, 0)
        await release(ctx)

    async def release(ctx):
        ctx.set(component.o.ready, 1)
        await ctx.tick()
        ctx.set(component.o.ready, 0)

    async def testbench(ctx):
        await send(ctx, wire(frames[0]) + wire(frames[1])[1:] + wire(frames[2]) + wire(frames[3]))
        await ctx.tick()
        assert negative_frame(ctx.get(component.o_negative.payload)) == Frame(2, NEGATIVE, b"\x08\x10")
        assert ctx.get(component.o_negative.valid)
        ctx.set(component.o_negative.ready, 1)
        await ctx.tick()
        ctx.set(component.o_negative.ready, 0)
        assert not ctx.get(component.o_negative.valid)  # the one for frame 3 was dropped
        # A half that becomes free in the middle of a frame is too late for its payload ...
        data = wire(frames[4])
        await send(ctx, data[:7])
        await take(ctx, frames[0])
        await send(ctx, data[7:])
        assert negative_frame(ctx.get(component.o_negative.payload)) == Frame(4, NEGATIVE, b"\x08\x10")
        # ... but in time for the next frame.
        await send(ctx, wire(frames[5]))
        await take(ctx, frames[1])
        await take(ctx, frames[5])
        assert not ctx.get(component.o.valid)
        assert ctx.get(component.bad) == 0
        assert ctx.get(component.error) == 0

    run(component, testbench)


def test_error_is_set_by_a_bad_frame_and_cleared_by_a_good_one():
    component = Requests(INPUTS, LATENT)

    async def testbench(ctx):
        async def send(data, error=0):
            for byte in data:
                ctx.set(component.i.payload, {"data": byte, "error": error})
                ctx.set(component.i.valid, 1)
                await ctx.tick()
            ctx.set(component.i.valid, 0)
            await ctx.tick()
            return ctx.get(component.error), ctx.get(component.bad)

        assert await send(b"\0hello there\r\n\0") == (0, 0)
        assert await send(b"\x90\x91\x92\x93\x94\0") == (1, 1)
        assert await send(b"", 1) == (1, 1)
        assert await send(b"who is there?\r\n\0") == (1, 1)
        assert await send(encode(1, Command.INFO)) == (0, 1)
        assert await send(encode(1, 0x55)) == (1, 2)
        assert await send(encode(2, Command.GENERATE, b"\x07")) == (0, 2)

    run(component, testbench)


def test_long_requests():
    rng = random.Random(6)
    frames = [Frame(1, Command.ENCODE, rng.randbytes(300)), Frame(2, Command.ENCODE, rng.randbytes(301)),
              Frame(3, Command.DECODE, rng.randbytes(17)), Frame(4, Command.ENCODE, bytes(300))]
    items = [item for frame in frames for item in clean(wire(frame))]
    assert exchange(Requests(300, 17), items, 3, request_lengths(300, 17)) == (
        [frames[0], frames[2], frames[3]], [Frame(2, NEGATIVE, bytes([Reason.OVERSIZE, Command.ENCODE]))])
