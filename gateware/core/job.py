"""Jobs of the core and their answers: the vocabulary that core, protocol and panel share."""

from amaranth.hdl import signed, unsigned
from amaranth.lib import data, enum, stream, wiring
from amaranth.lib.wiring import In, Out

__all__ = ["ANSWERS", "Client", "Op", "Part", "Result"]


class Op(enum.Enum, shape=3):
    """An operation of the core. After it is accepted the core takes `inputs` bytes (`latent` for DECODE, none for
    GENERATE), and only then answers, in the parts of `ANSWERS`.

    RECONSTRUCT takes `latent` values of ε, none when ε is off; GENERATE takes as many whether ε is on or off: z = ε.
    The others take none.
    """

    CLASSIFY = 0
    ENCODE = 1
    RECONSTRUCT = 2
    GENERATE = 3
    DECODE = 4


class Part(enum.Enum, shape=3):
    """The part of an answer that a number belongs to; on the wire the least significant byte of a number goes first."""

    INDEX = 0  # one 32-bit number: the index of the first ε that this operation takes, or would take
    MU = 1  # `latent` numbers s16.8
    V = 2  # `latent` numbers s8.4
    SCORE = 3  # `classes` numbers, signed 16 bits
    CLASS = 4  # one byte
    Z = 5  # `latent` numbers s8
    OUTPUT = 6  # `outputs` bytes


ANSWERS = {
    Op.CLASSIFY: (Part.MU, Part.SCORE, Part.CLASS),
    Op.ENCODE: (Part.MU, Part.V),
    Op.RECONSTRUCT: (Part.INDEX, Part.MU, Part.V, Part.SCORE, Part.CLASS, Part.Z, Part.OUTPUT),
    Op.GENERATE: (Part.INDEX, Part.Z, Part.OUTPUT),
    Op.DECODE: (Part.OUTPUT,),
}
"""The parts of each answer, in order. Networks without a class head leave SCORE and CLASS out."""

Result = data.StructLayout({"part": Part, "value": signed(32), "last": unsigned(1)})
"""One number of an answer, sign-extended; `last` marks the last one of the operation."""


Client = wiring.Signature({
    "job": Out(stream.Signature(Op)),
    "data": Out(stream.Signature(unsigned(8))),
    "result": In(stream.Signature(Result)),
})
"""The interface of a user of the core: the protocol, the panel. `data` carries input codes as raw bytes."""
