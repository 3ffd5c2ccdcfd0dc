import pytest
from amaranth.hdl import Fragment, Module, Signal
from amaranth.lib import stream, wiring

from varigate.gateware.lib.number import Fixed, connect
from varigate.model.fixedpoint.formats import Format

S8_4, S8_3 = Fixed(Format.parse("s8.4")), Fixed(Format.parse("s8.3"))


def test_assignment_between_formats_is_refused():
    a, b, c = Signal(S8_4), Signal(S8_4), Signal(S8_3)
    a.eq(b)
    with pytest.raises(TypeError, match=r"s8\.4"):
        a.eq(c)
    with pytest.raises(TypeError):
        a.eq(Signal(8))
    a.eq(S8_4(c.raw))


def test_connection_between_formats_of_equal_width_is_refused():
    m = Module()
    source = stream.Signature(S8_4).create()
    connect(m, source, wiring.flipped(stream.Signature(S8_4).create()))
    with pytest.raises(wiring.ConnectionError, match=r"s8\.4.*s8\.3"):
        connect(m, source, wiring.flipped(stream.Signature(S8_3).create()))
    with pytest.raises(wiring.ConnectionError):
        connect(m, source, wiring.flipped(stream.Signature(8).create()))
    Fragment.get(m, None)


def test_constants_are_codes():
    assert Signal(S8_4, init=-5).as_value().init == -5
    assert S8_4.from_bits(0xFB) == -5
