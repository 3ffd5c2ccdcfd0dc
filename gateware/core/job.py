"""The streams between the core and those who use it, protocol and panel.

`model.protocol.operations` says what they carry.
"""

from amaranth.hdl import signed, unsigned
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from varigate.gateware.lib.enumeration import shape_of
from varigate.model.protocol.operations import Op, Part

__all__ = ["Client", "OpShape", "PartShape", "Result"]

OpShape, PartShape = shape_of(Op), shape_of(Part)


Result = data.StructLayout({"part": PartShape, "value": signed(32), "last": unsigned(1)})
"""One number of an answer, sign-extended; `last` marks the last one of the operation."""


Client = wiring.Signature({
    "job": Out(stream.Signature(OpShape)),
    "data": Out(stream.Signature(unsigned(8))),
    "result": In(stream.Signature(Result)),
})
"""The interface of a user of the core: the protocol, the panel. `job` carries operations; after each one, `data`
carries the codes that it takes, as raw bytes."""
