"""The payloads of replies: `Info`, and the `Answer` of an operation. `docs/protocol.md` has the tables."""

import struct
from dataclasses import dataclass, fields

import numpy as np

from varigate.model.errors import UserError
from varigate.model.fixedpoint.formats import Format
from varigate.model.network.network import Network
from varigate.model.protocol.frames import Command
from varigate.model.protocol.requests import request_lengths

__all__ = ["FIXED_BYTES", "PARTS", "VERSION", "Answer", "Info", "answer_length", "pack_answer", "unpack_answer"]

VERSION = 1  # of the protocol
_FIXED = struct.Struct("<BHHBBBBbBbH32s")
_LIVE = struct.Struct("<BIII")
FIXED_BYTES = _FIXED.size  # of an info reply; what follows changes from one to the next

# What each operation answers with, in order, and the little-endian type of each number.
PARTS = {
    Command.CLASSIFY: ("mu", "scores", "cls"),
    Command.ENCODE: ("mu", "v"),
    Command.RECONSTRUCT: ("index", "mu", "v", "scores", "cls", "z", "output"),
    Command.GENERATE: ("index", "z", "output"),
    Command.DECODE: ("output",),
}
_TYPES = {"index": "<u4", "mu": "<i2", "v": "i1", "scores": "<i2", "cls": "u1", "z": "i1"}


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
                           self.digest) + _LIVE.pack(self.epsilon_on, self.epsilon_index, self.answered, self.bad)

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
        if len(payload) != _FIXED.size + _LIVE.size:
            raise UserError(f"an info reply has {_FIXED.size + _LIVE.size} bytes, not {len(payload)}")
        *counts, in_signed, in_frac, out_signed, out_frac, longest, digest = _FIXED.unpack_from(payload)
        on, *counters = _LIVE.unpack_from(payload, _FIXED.size)
        try:
            formats = Format(bool(in_signed), 8, in_frac), Format(bool(out_signed), 8, out_frac)
        except ValueError as error:
            raise UserError(f"the board's info makes no sense: {error}") from error
        return cls(*counts, *formats, longest, digest, bool(on), *counters)


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

    def __eq__(self, other):
        return isinstance(other, Answer) and all(
            np.array_equal(getattr(self, each.name), getattr(other, each.name)) for each in fields(self))

    __hash__ = None


def _layout(command: Command, info: Info):
    """(part, element type, count) of each part of the answer."""
    counts = {"mu": info.latent, "v": info.latent, "scores": info.classes, "cls": min(info.classes, 1),
              "z": info.latent, "output": info.outputs, "index": 1}
    for part in PARTS[command]:
        kind = _TYPES.get(part, "i1" if info.output.signed else "u1")
        if counts[part]:
            yield part, np.dtype(kind), counts[part]


def answer_length(command: Command, info: Info) -> int:
    """Payload bytes of the reply to `command`, without the leading counter of `GENERATE`."""
    return sum(dtype.itemsize * count for _, dtype, count in _layout(command, info))


def pack_answer(command: Command, info: Info, answer: Answer) -> bytes:
    """The numbers of `answer`, in the operation's order."""
    return b"".join(np.asarray(getattr(answer, part)).astype(dtype).tobytes()
                    for part, dtype, _ in _layout(command, info))


def unpack_answer(command: Command, info: Info, payload: bytes) -> Answer:
    """The inverse of `pack_answer`.

    Raises
    ------
    UserError
        when the length is not that of the operation.
    """
    if len(payload) != answer_length(command, info):
        raise UserError(f"a reply to {command.name.lower()} has {answer_length(command, info)} bytes, "
                        f"not {len(payload)}: reset the board")
    values, position = {}, 0
    for part, dtype, count in _layout(command, info):
        numbers = np.frombuffer(payload, dtype, count, position).astype(np.int64)
        values[part] = int(numbers[0]) if part in ("index", "cls") else numbers
        position += dtype.itemsize * count
    return Answer(**values)
