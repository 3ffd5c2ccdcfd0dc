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
    """What the board says of itself.

    Parameters
    ----------
    version : int
        of the protocol.
    inputs, outputs, latent, classes : int
        how many numbers there are of each kind.
    z_frac : int
        fraction bits of z, which is signed with 8 bits.
    input, output : Format
        of the input and output bytes; the width says 8, also where the network uses fewer.
    longest : int
        payload bytes of the longest legal request.
    digest : bytes
        SHA-256 of the network (`model.network.network_file.digest`).
    epsilon_on : bool
        whether `reconstruct` samples.
    epsilon_index : int
        of the ε that the next sampling operation would take first.
    answered, bad : int
        requests answered, and bad frames, since reset; modulo 2**32.
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
        """The payload, `FIXED_BYTES` bytes that never change and those that do."""
        return _FIXED.pack(self.version, self.inputs, self.outputs, self.latent, self.classes, self.z_frac,
                           self.input.signed, self.input.frac, self.output.signed, self.output.frac, self.longest,
                           self.digest) + b"".join(int(getattr(self, name)).to_bytes(size, "little")
                                                for name, size in LIVE.items())

    @classmethod
    def unpack(cls, payload: bytes) -> "Info":
        """The info in a reply's `payload`.

        Raises
        ------
        UserError
            for another protocol version, or a payload that is none.
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
    """The integers that an operation answers with; None for parts that it does not have.

    mu, v, z: (latent,); scores: (classes,); output: (outputs,); int64.
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
        """The answer with the numbers of these parts."""
        return cls(**{PARTS[part].field: int(numbers[0]) if part in (Part.INDEX, Part.CLASS) else np.array(numbers, int)
                      for part, numbers in parts.items()})

    def numbers(self, op: Op, sizes) -> list[tuple[Part, int]]:
        """What the core tells of it in answer to `op`, number by number; `sizes` as for `counts`."""
        return [(part, int(number)) for part in counts(op, sizes)
                for number in np.atleast_1d(getattr(self, PARTS[part].field))]

    def __eq__(self, other):
        return isinstance(other, Answer) and all(
            np.array_equal(getattr(self, each.name), getattr(other, each.name)) for each in fields(self))

    __hash__ = None


def reply_length(command: Command, info: Info | None) -> int:
    """Payload bytes of a reply to `command`; `info` is needed for those to operations."""
    if command.operation is None:
        return INFO_BYTES if command == Command.INFO else 0
    return (command == Command.GENERATE) + _answer_bytes(command.operation, info)


def pack_answer(command: Command, info: Info, answer: Answer) -> bytes:
    """The numbers of `answer`, in the operation's order."""
    return b"".join(np.asarray(getattr(answer, PARTS[part].field)).astype(dtype).tobytes()
                    for part, dtype, _ in _layout(command.operation, info))


def unpack_answer(command: Command, info: Info, payload: bytes) -> Answer:
    """The inverse of `pack_answer`.

    Raises
    ------
    UserError
        when the length is not that of the operation.
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
