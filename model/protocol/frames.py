"""Frames on the serial line: CRC, COBS, commands, reasons. `docs/protocol.md` is the specification.

In hardware: `gateware.link.cobs.CobsEncoder`, `gateware.link.cobs.CobsDecoder`, `gateware.link.framer.Framer`.
"""

from dataclasses import dataclass
from enum import IntEnum

from varigate.model.protocol.operations import Op

__all__ = ["NEGATIVE", "OPERATION", "PRINTABLE", "REPLY", "UNKNOWN", "Command", "Decoder", "Frame", "Reason",
           "cobs_decode", "cobs_encode", "crc16", "encode", "parse"]

REPLY = 0x80  # a reply's command is the request's with this bit set
NEGATIVE = 0x7F  # the command of a negative reply: reason byte, offending command byte
UNKNOWN = 0xFF  # the offending command when it cannot be told, since no CRC vouches for it
OPERATION = 0x10  # set in the commands that ask for an operation of the core, whose number is in the bits below
PRINTABLE = frozenset([*range(0x20, 0x7F), 0x09, 0x0A, 0x0D])


class Command(IntEnum):
    """A command of the protocol: an operation of the core, or one of the protocol's own.

    Examples
    --------
    >>> Command.DECODE.operation, Command.SEED.operation
    (<Op.DECODE: 4>, None)
    """

    INFO = 0x00
    SEED = 0x01
    EPSILON = 0x02
    CLASSIFY = OPERATION | Op.CLASSIFY
    ENCODE = OPERATION | Op.ENCODE
    RECONSTRUCT = OPERATION | Op.RECONSTRUCT
    GENERATE = OPERATION | Op.GENERATE
    DECODE = OPERATION | Op.DECODE

    @property
    def operation(self) -> Op | None:
        """The operation of the core that the command asks for; None for `INFO`, `SEED` and `EPSILON`."""
        return Op(self ^ OPERATION) if self & OPERATION else None


class Reason(IntEnum):
    """The reason in a negative reply.

    Examples
    --------
    >>> Reason(5)
    <Reason.LENGTH: 5>
    """

    CRC = 1  # the check sum is wrong
    COBS = 2  # the chunk ends within a COBS block
    OVERSIZE = 3  # longer than the longest legal request
    COMMAND = 4  # no such command
    LENGTH = 5  # the payload is too short or too long for the command
    LINE = 6  # a byte without a stop bit, or a break, inside the chunk
    ARGUMENT = 7  # n = 0, or ε neither 0 nor 1
    BUSY = 8  # one request is being answered and another one waits already


@dataclass(frozen=True)
class Frame:
    """The contents of a frame: sequence number, 0…255, command, 0…255, and payload.

    Examples
    --------
    >>> Frame(seq=1, command=Command.INFO).payload
    b''
    """

    seq: int
    command: int
    payload: bytes = b""


def crc16(data: bytes) -> int:
    """Compute CRC-16/IBM-3740: polynomial 0x1021, initial value 0xFFFF, most significant bit first.

    Examples
    --------
    >>> hex(crc16(b"123456789"))  # the check value of its definition
    '0x29b1'
    """
    crc = 0xFFFF
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = crc << 1 ^ (0x11021 if crc & 0x8000 else 0)
    return crc


def cobs_encode(data: bytes) -> bytes:
    """Encode `data` as bytes without a zero: consistent overhead byte stuffing (S. Cheshire and M. Baker, 1999).

    A full block (254 bytes) that ends the data is not followed by an empty one.

    Examples
    --------
    >>> cobs_encode(bytes([1, 0, 2])).hex(" ")
    '02 01 02 02'
    """
    blocks, rest = [], bytes(data) + b"\0"  # every block but the last stands for its bytes and a zero
    while rest:
        zero = rest.index(0)
        if zero < 254:
            blocks.append(bytes([zero + 1]) + rest[:zero])
            rest = rest[zero + 1:]
        else:
            blocks.append(b"\xFF" + rest[:254])
            rest = b"" if rest[254:] == b"\0" else rest[254:]
    return b"".join(blocks)


def cobs_decode(chunk: bytes) -> bytes:
    """Decode what `cobs_encode` encoded; an empty last block after a full one is accepted, too.

    Raises
    ------
    ValueError
        when the chunk holds a zero or ends within a block.

    Examples
    --------
    >>> cobs_decode(bytes([2, 1, 2, 2])).hex(" ")
    '01 00 02'
    """
    if 0 in chunk:
        raise ValueError("a COBS chunk holds no zero")
    data, position, code = bytearray(), 0, 0xFF
    while position < len(chunk):
        if code != 0xFF:
            data.append(0)
        code = chunk[position]
        block = chunk[position + 1:position + code]
        if len(block) != code - 1:
            raise ValueError("a COBS chunk ends within a block")
        data += block
        position += code
    return bytes(data)


def encode(seq: int, command: int, payload: bytes = b"") -> bytes:
    """Encode a frame as the bytes on the line, with both delimiters.

    Examples
    --------
    >>> encode(1, Command.INFO).hex(" ")
    '00 02 01 03 3e 2e 00'
    """
    body = bytes([seq, command]) + bytes(payload)
    return b"\0" + cobs_encode(body + crc16(body).to_bytes(2, "little")) + b"\0"


def parse(chunk: bytes) -> Frame | Reason:
    """Parse the bytes between two delimiters; returns their frame, or what is wrong with them: `CRC` or `COBS`.

    Examples
    --------
    >>> parse(encode(1, Command.CLASSIFY, b"abcd")[1:-1])
    Frame(seq=1, command=16, payload=b'abcd')
    >>> parse(bytes([5, 1, 2, 3, 4]))
    <Reason.CRC: 1>
    """
    try:
        data = cobs_decode(chunk)
    except ValueError:
        return Reason.COBS
    if len(data) < 4 or crc16(data[:-2]) != int.from_bytes(data[-2:], "little"):
        return Reason.CRC
    return Frame(data[0], data[1], data[2:-2])


class Decoder:
    """Separates a byte stream into frames and lines of text.

    Text counts from the line feed on, without waiting for the next delimiter: in no frame of this protocol are the
    first three bytes printable, since the third, at the latest, is a command.

    Members
    -------
    damaged : int
        chunks so far that were neither frame nor text.

    Examples
    --------
    >>> decoder = Decoder()
    >>> decoder.feed(b"hello" + bytes([13, 10]) + encode(1, Command.INFO)[:4])
    ['hello']
    >>> decoder.feed(encode(1, Command.INFO)[4:])
    [Frame(seq=1, command=0, payload=b'')]
    """

    def __init__(self):
        self._chunk = bytearray()
        self.damaged = 0  # chunks that were neither frame nor text

    def feed(self, data: bytes) -> list[Frame | str]:
        """Take more bytes; returns the frames and lines (without line ends) that `data` completes, in order."""
        found = []
        for byte in data:
            if byte:
                self._chunk.append(byte)
                if byte == 0x0A and len(self._chunk) > 3 and PRINTABLE.issuperset(self._chunk):
                    found += self._text()
                continue
            if self._chunk:
                item = parse(bytes(self._chunk))
                if isinstance(item, Frame):
                    found.append(item)
                elif PRINTABLE.issuperset(self._chunk):
                    found += self._text()
                else:
                    self.damaged += 1
            self._chunk.clear()
        return found

    def _text(self) -> list[str]:
        lines = [line for line in self._chunk.decode("ascii").splitlines() if line.strip()]
        self._chunk.clear()
        return lines
