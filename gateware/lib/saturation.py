"""Saturation: a number limited to a format. The integer function is `model.fixedpoint.formats.saturate`."""

from amaranth.hdl import Mux

from varigate.model.fixedpoint.formats import Format
from varigate.model.fixedpoint.intervals import signed_bits

__all__ = ["saturate"]


def saturate(value, target: Format, interval: tuple[int, int] | None = None):
    """Limit `value` to the format `target`, in no more bits than that, by a look at the bits above.

    Parameters
    ----------
    value : value
        an integer, signed or not.
    target : Format
    interval : (int, int) or None
        the least and the greatest that `value` can be; None for all that it has bits for. An end of the format that it
        cannot pass costs nothing.

    Examples
    --------
    >>> from amaranth.hdl import Signal, signed
    >>> saturate(Signal(signed(12)), Format.parse("u8.0")).shape()
    unsigned(8)
    """
    shape = value.shape()
    low, high = interval or (-(shape.signed << shape.width >> 1), (1 << shape.width - shape.signed) - 1)
    # Bits that the interval does not ask for are not looked at.
    value = value[:signed_bits(low, high)].as_signed() if low < 0 else value[:max(high.bit_length(), 1)]
    above = value[min(target.bits - target.signed, len(value) - 1):]
    fits = ~above.any()
    if target.signed and low < 0:
        fits |= above.all()
    if low < target.low and high > target.high:
        value = Mux(fits, value, Mux(value[-1], target.low, target.high))
    elif low < target.low:
        value = Mux(fits, value, target.low)
    elif high > target.high:
        value = Mux(fits, value, target.high)
    if len(value) < target.bits:
        return value
    return value[:target.bits].as_signed() if target.signed else value[:target.bits]
