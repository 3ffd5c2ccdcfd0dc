"""Tables of constants in logic, to be indexed by a signal."""

from amaranth.hdl import Array, Const, signed

from varigate.model.fixedpoint.intervals import signed_bits

__all__ = ["select"]


def select(values, index):
    """Choose the integer of `values` at `index`; as wide as they demand, signed only if one is negative.

    An index beyond the last one gives the last value.

    Examples
    --------
    >>> from amaranth.hdl import Signal
    >>> select([3, -1, 4, 1], Signal(2)).shape()
    signed(4)
    """
    low, high = int(min(values)), int(max(values))
    shape = signed(signed_bits(low, high)) if low < 0 else max(high.bit_length(), 1)
    constants = [Const(int(value), shape) for value in values]
    return constants[0] if len(constants) == 1 else Array(constants)[index]
