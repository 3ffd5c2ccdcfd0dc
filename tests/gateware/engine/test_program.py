import pytest

from varigate.gateware.engine.program import Array


def test_an_array_is_what_it_is_written_as():
    for array in (Array(8, 1), Array(16, 2), Array(1, 128)):
        assert Array.parse(str(array)) == array
    assert Array.parse("4×3") == Array(4, 3)


@pytest.mark.parametrize("text", ["", "8", "8x", "x1", "8x1x1", "-8x1", "8by1", "0x1", "8x0", "8 x 1", "8x1\n", "٨x1"])
def test_another_text_is_refused(text):
    with pytest.raises(ValueError, match="an array is given as ROWSxCOLUMNS, say 8x1, not "):
        Array.parse(text)


@pytest.mark.parametrize("shape", [(0, 1), (1, 0), (8, 1, 0), (8, 1, 3)])
def test_a_shape_that_is_none_is_refused(shape):
    with pytest.raises(ValueError, match="at least one row and column"):
        Array(*shape)
    with pytest.raises(ValueError, match=r"1 or 2 buffers, not 3"):
        Array(1, 1, buffers=3)
