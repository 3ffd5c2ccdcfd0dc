"""The streams between the core and those who use it, protocol and panel.

`model.protocol.operations` says what they carry.
"""

from enum import IntEnum

from amaranth.hdl import signed, unsigned
from amaranth.lib import data, enum, stream, wiring
from amaranth.lib.wiring import In, Out

from varigate.model.protocol.operations import Op, Part

__all__ = ["Client", "OpShape", "PartShape", "Result"]


def _shape(members: type[IntEnum]) -> enum.EnumType:
    """The shape of a signal that holds one of `members`, with their names in waveforms."""
    body = enum.EnumType.__prepare__(members.__name__, (enum.IntEnum,))
    for each in members:
        body[each.name] = each.value
    return enum.EnumType(members.__name__, (enum.IntEnum,), body, shape=max(members).bit_length())


OpShape, PartShape = _shape(Op), _shape(Part)


Result = data.StructLayout({"part": PartShape, "value": signed(32), "last": unsigned(1)})
"""One number of an answer, sign-extended; `last` marks the last one of the operation."""


Client = wiring.Signature({
    "job": Out(stream.Signature(OpShape)),
    "data": Out(stream.Signature(unsigned(8))),
    "result": In(stream.Signature(Result)),
})
"""The interface of a user of the core: the protocol, the panel. `job` carries operations; after each one, `data`
carries the codes that it takes, as raw bytes."""
