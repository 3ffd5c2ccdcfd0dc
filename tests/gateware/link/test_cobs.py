import random

import pytest

from varigate.gateware.link.cobs import CobsDecoder, CobsEncoder
from varigate.gateware.link.framer import Framer
from varigate.model.protocol.frames import cobs_encode, encode
from varigate.sim.testbench.streams import run, transact

RNG = random.Random(2)
PACKETS = [b"\0", b"\0\0", b"\x01", b"\x01\0", b"\0\x01", b"\x07" * 253, b"\x07" * 254, b"\x07" * 255,
           b"\x07" * 254 + b"\0", b"\0" + b"\x07" * 254 + b"\0\0", b"\x07" * 600,
           *(bytes(RNG.choice((0, 0, 1, 255, RNG.randrange(256))) for _ in range(RNG.randrange(1, 20)))
             for _ in range(60))]


def octets(packet):
    return [{"data": byte, "last": index == len(packet) - 1} for index, byte in enumerate(packet)]


def stream(component, packets, count, stall=0.0):
    """Packets in, bytes and the positions of `last` out."""
    items = transact(component, [item for packet in packets for item in octets(packet)], count, stall=stall)
    return bytes(item.data for item in items), [index for index, item in enumerate(items) if item.last]


@pytest.mark.parametrize("stall", [0.0, 0.4])
def test_encoder_equals_the_model(stall):
    expected = [cobs_encode(packet) for packet in PACKETS]
    ends = [sum(map(len, expected[:index + 1])) - 1 for index in range(len(expected))]
    wire, lasts = stream(CobsEncoder(600), PACKETS, sum(map(len, expected)), stall)
    assert wire == b"".join(expected)
    assert lasts == ends


def test_encoder_with_a_small_buffer():
    packets = [packet for packet in PACKETS if len(packet) <= 20]
    expected = b"".join(map(cobs_encode, packets))
    assert stream(CobsEncoder(20), packets, len(expected))[0] == expected


def test_encoder_takes_the_documented_cycles():
    component, cycles = CobsEncoder(8), 0
    blocks = [b"\x01\x02\x03\0", b"\x04\0", b"\x05\x06"]

    async def testbench(ctx):
        nonlocal cycles
        ctx.set(component.o.ready, 1)
        items = octets(b"".join(blocks))
        ctx.set(component.i.valid, 1)
        while not ctx.get(component.o.valid & component.o.p.last):
            if items and ctx.get(component.i.ready):
                ctx.set(component.i.payload, items.pop(0))
            await ctx.tick()
            cycles += 1
        assert not items

    run(component, testbench)
    assert cycles == sum(len(block) + len(block.rstrip(b"\0")) + 1 for block in blocks) + len(blocks) - 1 - 1


@pytest.mark.parametrize("stall", [0.0, 0.4])
def test_decoder_inverts_the_model_and_finds_malformed_chunks(stall):
    expected, wire = [], b""
    for packet in PACKETS:
        chunk = cobs_encode(packet)
        cut = chunk[:-1]
        wire += chunk + b"\0"
        expected.append((packet, False))
        if cut and chunk[-1] != 1:  # the last block lost its end
            wire += cut + b"\0"
            expected.append((packet[:-1], True))
    count = sum(len(packet) + 1 for packet, _ in expected)
    items = iter(transact(CobsDecoder(), list(wire), count, stall=stall))
    for packet, bad in expected:
        found = bytearray()
        while not (item := next(items)).end:
            found.append(item.data)
        assert (bytes(found), item.bad) == (packet, bad)


def test_decoder_accepts_an_empty_block_after_a_full_one():
    wire = b"\xFF" + b"\x07" * 254 + b"\x01\0"
    items = transact(CobsDecoder(), list(wire), 255)
    assert bytes(item.data for item in items[:-1]) == b"\x07" * 254
    assert items[-1].end
    assert not items[-1].bad


@pytest.mark.parametrize("stall", [0.0, 0.4])
def test_framer_equals_the_model(stall):
    packets = [packet for packet in PACKETS if len(packet) >= 2]
    expected = [encode(packet[0], packet[1], packet[2:]) for packet in packets]
    wire, lasts = stream(Framer(600), packets, sum(map(len, expected)), stall)
    assert wire == b"".join(expected)
    assert lasts == [sum(map(len, expected[:index + 1])) - 1 for index in range(len(expected))]


@pytest.mark.parametrize("packet", [bytes(40), b"\x01" * 40, b"\x01" * 300, b"\x01\x02"])
def test_framer_takes_at_most_three_cycles_a_byte(packet):
    wire = encode(packet[0], packet[1], packet[2:])
    transact(Framer(600), octets(packet), len(wire), deadline=3 * len(wire) + 2)  # two are the testbench's own
