"""Number formats as hardware types: a port says what its bits mean, and a mismatch is an elaboration error."""

from amaranth.hdl import Const, Shape, ShapeCastable, Value, ValueCastable
from amaranth.lib import data, wiring

from varigate.model.fixedpoint.formats import Format

__all__ = ["Fixed", "FixedValue", "connect"]


class Fixed(ShapeCastable):
    """The shape of a fixed-point number. Initial values and constants are given as integer codes.

    Parameters
    ----------
    number : Format

    Examples
    --------
    >>> Fixed(Format(True, 8, 4)).as_shape()
    signed(8)
    >>> Fixed(Format(True, 8, 4)) == Fixed(Format(True, 8, 3))
    False
    """

    def __init__(self, number: Format):
        self.number = number

    def as_shape(self):
        return Shape(self.number.bits, self.number.signed)

    def const(self, init):
        return Const(0 if init is None else init, self.as_shape())

    def from_bits(self, raw):
        return Const(raw, self.as_shape()).value

    def __call__(self, target):
        return FixedValue(self, target)

    def __eq__(self, other):
        return isinstance(other, Fixed) and self.number == other.number

    def __hash__(self):
        return hash(self.number)

    def __repr__(self):
        return f"Fixed({self.number})"


class FixedValue(ValueCastable):
    """A value with a format, which can be assigned from a value of the same format only.

    Arithmetic is done on `raw`, whose width and signedness the hardware language tracks; the result is given a format
    again by `Fixed(...)(value)` once it has been rounded.

    >>> from amaranth.hdl import Signal
    >>> x = Signal(Fixed(Format(True, 8, 4)))
    >>> x.raw.shape(), (x.raw + 1).shape()
    (signed(8), signed(9))
    """

    def __init__(self, shape: Fixed, target):
        self._shape = shape
        self._target = Value.cast(target)

    def shape(self):
        return self._shape

    def as_value(self):
        return self._target

    @property
    def raw(self):
        """The integer code as a plain value. (A field of a structure is a slice of bits, which has no sign.)"""
        return self._target.as_signed() if self._shape.number.signed else self._target

    def eq(self, other):
        shape = getattr(other, "shape", lambda: None)()
        if shape != self._shape:
            raise TypeError(f"a number of format {self._shape.number} cannot be assigned from {shape!r}")
        return self._target.eq(other.as_value())


def _payload_shape(stream):
    return getattr(stream.payload, "shape", lambda: None)()


def connect(m, source, sink):
    """Connect two streams, after checking that their payloads are of one and the same type.

    Raises
    ------
    wiring.ConnectionError
        if the formats (or structures) differ, even if the widths agree.
    """
    out, into = _payload_shape(source), _payload_shape(sink)
    structured = isinstance(out, (Fixed, data.Layout)) or isinstance(into, (Fixed, data.Layout))
    if structured and out != into:
        raise wiring.ConnectionError(f"cannot connect a stream of {out!r} to a stream of {into!r}")
    wiring.connect(m, source, sink)
