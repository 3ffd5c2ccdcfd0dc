"""The check sum of the frames, CRC-16/IBM-3740, a byte a clock. The function is `model.protocol.frames.crc16`."""

from amaranth.lib.crc import Processor
from amaranth.lib.crc.catalog import CRC16_IBM_3740

__all__ = ["crc16"]


def crc16() -> Processor:
    """Make a check-sum unit with ports `start` (begins anew), `data`, `valid`, and `crc`, which follows one cycle
    later.

    >>> crc16().crc.shape()
    unsigned(16)
    """
    return CRC16_IBM_3740(data_width=8).create()
