"""The payloads of replies: `Info`, and the `Answer` of an operation. `docs/protocol.md` has the tables."""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np

from varigate.model.errors import UserError
from varigate.model.fixedpoint.formats import Format
from varigate.model.network.network import Network
from varigate.model.protocol.frames import Command
from varigate.model.protocol.operations import PARTS, Op, Part, counts
from varigate.model.protocol.requests import request_lengths

__all__ = ["FIXED_BYTES", "INFO_BYTES", "LIVE", "VERSION", "Answer", "Info", "pack_answer", "reply_length",
           "unpack_answer"]

VERSION = 1  # of the protocol
_FIXED = struct.Struct("<BHHBBBBbBbH32s")
FIXED_BYTES = _FIXED.size  # of an info reply; the fields of `LIVE` follow, which change from one to the next
LIVE = {"epsilon_on": 1, "epsilon_index": 4, "answered": 4, "bad": 4}  # bytes of each, in order
INFO_BYTES = FIXED_BYTES + sum(LIVE.values())


@dataclass(frozen=True)
class Info:
    """The reply to `info`: the board's network, formats and counters.

    Parameters
    ----------
    version : int
        version of the protocol.
    inputs, outputs, latent, classes : int
        sizes of the network; 0 classes: it has no class head.
    z_frac : int
        fraction bits of z, which is signed with 8 bits.
    input, output : Format
        formats of the input and output bytes; the width is 8, even where the network uses fewer bits.
    longest : int
        payload bytes of the longest legal request.
    digest : bytes
        SHA-256 of the network (`model.network.network_file.digest`).
    epsilon_on : bool
        whether `reconstruct` samples.
    epsilon_index : int
        index of the ε that the next sampling operation would take first.
    answered, bad : int
        requests answered, and bad frames, since reset; modulo 2**32.

    Examples
    --------
    >>> from varigate.model.network.network_file import find, load
    >>> iris = load(find("iris"))
    >>> info = Info.of(iris, digest=bytes(32))
    >>> info.inputs, str(info.input), len(info.pack())
    (4, 'u8.0', 59)
    >>> Info.unpack(info.pack()) == info
    True
    """

    version: int
    inputs: int
    outputs: int
    latent: int
    classes: int
    z_frac: int
    input: Format
    output: Format
    longest: int
    digest: bytes
    epsilon_on: bool = True
    epsilon_index: int = 0
    answered: int = 0
    bad: int = 0

    @classmethod
    def of(cls, network: Network, digest: bytes) -> "Info":
        """The info of a board that has just been reset and holds `network`."""
        source, result = (Format(each.signed, 8, each.frac) for each in (network.input, network.output))
        longest = max(request_lengths(network.inputs, network.latent).values())
        return cls(VERSION, network.inputs, network.outputs, network.latent, network.classes, network.z.frac,
                   source, result, longest, digest)

    def pack(self) -> bytes:
        """Pack the payload of the reply: `FIXED_BYTES` bytes that never change, then the fields of `LIVE`."""
        return _FIXED.pack(self.version, self.inputs, self.outputs, self.latent, self.classes, self.z_frac,
                           self.input.signed, self.input.frac, self.output.signed, self.output.frac, self.longest,
                           self.digest) + b"".join(int(getattr(self, name)).to_bytes(size, "little")
                                                for name, size in LIVE.items())

    @classmethod
    def unpack(cls, payload: bytes) -> "Info":
        """Unpack the info in a reply's `payload`.

        Raises
        ------
        UserError
            if the protocol version, the length or a format is wrong.
        """
        if payload[:1] != bytes([VERSION]):
            raise UserError(f"the board speaks protocol version {payload[0] if payload else 'none'}, this program "
                            f"speaks {VERSION}: use the program that the board was built with")
        if len(payload) != INFO_BYTES:
            raise UserError(f"an info reply has {INFO_BYTES} bytes, not {len(payload)}")
        *counts, in_signed, in_frac, out_signed, out_frac, longest, digest = _FIXED.unpack_from(payload)
        live, position = {}, FIXED_BYTES
        for name, size in LIVE.items():
            live[name] = int.from_bytes(payload[position:position + size], "little")
            position += size
        try:
            formats = Format(bool(in_signed), 8, in_frac), Format(bool(out_signed), 8, out_frac)
        except ValueError as error:
            raise UserError(f"the board's info makes no sense: {error}") from error
        return cls(*counts, *formats, longest, digest, **live | {"epsilon_on": bool(live["epsilon_on"])})


@dataclass(frozen=True, eq=False)
class Answer:
    """The integers of an operation's answer; None for parts that it does not have.

    mu, v, z: (latent,); scores: (classes,); output: (outputs,); int64. Their formats are those of
    `model.protocol.operations.PARTS`.

    Examples
    --------
    >>> answer = Answer.of({Part.MU: [25, -3], Part.V: [1, 2]})
    >>> answer.mu, answer.z
    (array([25, -3]), None)
    """

    index: int | None = None
    mu: np.ndarray | None = None
    v: np.ndarray | None = None
    scores: np.ndarray | None = None
    cls: int | None = None
    z: np.ndarray | None = None
    output: np.ndarray | None = None

    @classmethod
    def of(cls, parts: dict[Part, Sequence[int]]) -> "Answer":
        """Make an answer from the numbers of its parts."""
        return cls(**{PARTS[part].field: int(numbers[0]) if part in (Part.INDEX, Part.CLASS) else np.array(numbers, int)
                      for part, numbers in parts.items()})

    def numbers(self, op: Op, sizes) -> list[tuple[Part, int]]:
        """List (part, number) of the answer to `op`, in the order in which the core sends them.

        `sizes` is a Network or an Info.
        """
        return [(part, int(number)) for part in counts(op, sizes)
                for number in np.atleast_1d(getattr(self, PARTS[part].field))]

    def __eq__(self, other):
        return isinstance(other, Answer) and all(
            np.array_equal(getattr(self, each.name), getattr(other, each.name)) for each in fields(self))

    __hash__ = None


def reply_length(command: Command, info: Info | None) -> int:
    """Count the payload bytes of a reply to `command`; `info` is needed for operations only.

    Examples
    --------
    >>> from varigate.model.network.network_file import find, load
    >>> iris = load(find("iris"))
    >>> reply_length(Command.SEED, None), reply_length(Command.ENCODE, Info.of(iris, bytes(32)))
    (0, 6)
    """
    if command.operation is None:
        return INFO_BYTES if command == Command.INFO else 0
    return (command == Command.GENERATE) + _answer_bytes(command.operation, info)


def pack_answer(command: Command, info: Info, answer: Answer) -> bytes:
    """Pack the numbers of `answer`, in the order of the operation's parts, little-endian.

    Examples
    --------
    >>> from varigate.model.network.network_file import find, load
    >>> iris = load(find("iris"))
    >>> answer = Answer.of({Part.MU: [1, -1], Part.V: [2, 3]})
    >>> pack_answer(Command.ENCODE, Info.of(iris, bytes(32)), answer).hex(" ")
    '01 00 ff ff 02 03'
    """
    return b"".join(np.asarray(getattr(answer, PARTS[part].field)).astype(dtype).tobytes()
                    for part, dtype, _ in _layout(command.operation, info))


def unpack_answer(command: Command, info: Info, payload: bytes) -> Answer:
    """Unpack an answer that `pack_answer` packed.

    Raises
    ------
    UserError
        when the payload has another length than answers to `command`.

    Examples
    --------
    >>> from varigate.model.network.network_file import find, load
    >>> iris = load(find("iris"))
    >>> unpack_answer(Command.ENCODE, Info.of(iris, bytes(32)), bytes([1, 0, 255, 255, 2, 3])).mu
    array([ 1, -1])
    """
    length = _answer_bytes(command.operation, info)
    if len(payload) != length:
        raise UserError(f"a reply to {command.name.lower()} has {length} bytes, not {len(payload)}: reset the board")
    parts, position = {}, 0
    for part, dtype, count in _layout(command.operation, info):
        parts[part] = np.frombuffer(payload, dtype, count, position)
        position += dtype.itemsize * count
    return Answer.of(parts)


def _layout(op: Op, info: Info) -> Iterator[tuple[Part, np.dtype, int]]:
    """(part, element type, count) of each part of the answer."""
    for part, count in counts(op, info).items():
        number = PARTS[part].number(info)
        yield part, np.dtype(f"<{'i' if number.signed else 'u'}{number.bits // 8}"), count


def _answer_bytes(op: Op, info: Info) -> int:
    return sum(dtype.itemsize * count for _, dtype, count in _layout(op, info))
