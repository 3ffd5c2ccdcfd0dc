"""Random errors on a serial line, and the requests and negative replies that must result."""

from varigate.model.protocol.frames import Command, Frame, cobs_encode, crc16, encode
from varigate.model.protocol.requests import judge

__all__ = ["BROKEN", "CLEAN", "clean", "corruption", "random_request", "reference", "wire"]

CLEAN, BROKEN = 0, 1  # line errors


def clean(data) -> list[tuple[int, int]]:
    """Bytes as (byte, line error) pairs without errors."""
    return [(byte, CLEAN) for byte in data]


def random_request(rng, lengths) -> Frame:
    """A good request to a board that takes payloads of these `lengths`."""
    command = rng.choice(list(lengths))
    payload = bytes(rng.choice((0, 1, rng.randrange(256))) for _ in range(lengths[command]))
    if command in (Command.EPSILON, Command.GENERATE):
        payload = b"\x01"
    return Frame(rng.randrange(256), command, payload)


def wire(frame: Frame) -> bytes:
    """The bytes of `frame` with both delimiters."""
    return encode(frame.seq, frame.command, frame.payload)


def corruption(rng, lengths) -> list[tuple[int, int]]:
    """A bad frame or noise of a random kind, as (byte, line error) pairs, with or without delimiters."""
    good = random_request(rng, lengths)
    longest = max(lengths.values())
    data = bytearray(wire(good))
    place = rng.randrange(len(data))
    kind = rng.randrange(14)
    if kind == 0:
        for _ in range(rng.choice((1, 1, 2, 5))):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    elif kind == 1:
        del data[place:]
    elif kind == 2:
        data[place:place] = rng.randbytes(rng.randrange(1, 4))
    elif kind == 3:
        del data[place:place + rng.randrange(1, 4)]
    elif kind == 4:  # oversize, with a right check sum or none
        payload = rng.randbytes(longest + rng.choice((1, 2, 16, 296)))
        data = bytearray(encode(good.seq, good.command, payload))
        if rng.random() < 0.3:
            data[-2] ^= 1 + rng.randrange(1)
    elif kind == 5:
        body = bytes([good.seq, good.command]) + good.payload
        wrong = crc16(body) ^ 1 << rng.randrange(16)
        data = bytearray(b"\0" + cobs_encode(body + wrong.to_bytes(2, "little")) + b"\0")
    elif kind == 6:
        data = bytearray(encode(good.seq, rng.choice((0x03, 0x0F, 0x15, 0x41, 0x7F, 0x80, 0x90, 0xFF)), good.payload))
    elif kind == 7:
        data = bytearray(encode(good.seq, good.command, rng.randbytes(rng.randrange(longest + 2))))
    elif kind == 8:
        data = bytearray(rng.randbytes(rng.randrange(40)))
    elif kind == 9:
        data = bytearray(rng.choice((b"help\r\n", b"AT", b"classify 5.1 3.5\t1.4 0.2\r\n", b"x" * 60)))
    elif kind == 10:
        data = bytearray(encode(good.seq, *rng.choice(((Command.GENERATE, b"\0"), (Command.EPSILON, b"\x02")))))
    elif kind == 11:
        data = bytearray(rng.choice((bytes(9), b"\0\xFF\0", bytes(rng.choices((0, 1, 2, 255), k=30)))))
    items = clean(data)
    if kind == 12:  # a break, alone or anywhere in a frame
        items = [*items[:place], (0, BROKEN), *items[place:]] if rng.random() < 0.8 else [(0, BROKEN)]
    elif kind == 13:
        items[place] = (items[place][0], BROKEN)
    return items


def reference(items, lengths) -> tuple[list[Frame], list[Frame]]:
    """The requests and negative replies that `model.protocol.requests.judge` finds in (byte, line error) pairs."""
    requests, negatives, chunk, broken = [], [], bytearray(), 0
    for byte, error in items:
        if error:
            broken += 1
        elif byte:
            chunk.append(byte)
        else:
            request, negative = judge(bytes(chunk), lengths, broken)
            requests += [request] if request else []
            negatives += [negative] if negative else []
            chunk, broken = bytearray(), 0
    return requests, negatives
