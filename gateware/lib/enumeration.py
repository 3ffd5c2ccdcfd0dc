"""Python's enumerations as shapes of signals."""

from enum import IntEnum

from amaranth.lib import enum

__all__ = ["shape_of"]


def shape_of(members: type[IntEnum], **others: int) -> enum.EnumType:
    """The shape of a signal that holds one of `members`, with their names in waveforms; as wide as the greatest needs.

    `others` are values beside them, such as a name for 0 where no member has it: a signal must be able to start as 0.

    >>> from amaranth.hdl import Signal
    >>> from varigate.model.protocol.operations import Op
    >>> Signal(shape_of(Op)).shape()
    unsigned(3)
    """
    body = enum.EnumType.__prepare__(members.__name__, (enum.IntEnum,))
    for name, value in (others | {each.name: each.value for each in members}).items():
        body[name] = value
    return enum.EnumType(members.__name__, (enum.IntEnum,), body, shape=max(members).bit_length())
