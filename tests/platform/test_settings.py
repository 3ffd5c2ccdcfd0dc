import pytest

from model.errors import UserError
from toolchains.settings import Settings


def load(tmp_path, text, array=None):
    path = tmp_path / "build.toml"
    path.write_text(text)
    return Settings.load(path, array)


def test_defaults():
    assert Settings.load() == Settings(rows=8, columns=1, drain=1, baud=115_200, weights="lut")


def test_a_file_changes_the_defaults_and_the_array_changes_the_file(tmp_path):
    text = 'rows = 16\ndrain = 2\nbaud = 2_000_000\nweights = "block"\n'
    assert load(tmp_path, text) == Settings(16, 1, 2, 2_000_000, "block")
    assert load(tmp_path, text, "4x3") == Settings(4, 3, 2, 2_000_000, "block")


@pytest.mark.parametrize(("text", "message"), [
    ("row = 4", "unknown key 'row'; the keys are rows, columns, drain, baud, weights$"),
    ("rows = 0", "rows is a positive whole number, not 0$"),
    ("rows = true", "rows is a positive whole number, not True$"),
    ('baud = "fast"', "baud is a positive whole number, not 'fast'$"),
    ("drain = 3", "the drain divides the rows of the array; 3 does not divide 8$"),
    ('weights = "flash"', "weights is 'lut' or 'block', not 'flash'$"),
    ("rows = ", "build.toml is no TOML file: "),
])
def test_a_bad_file_is_refused(tmp_path, text, message):
    with pytest.raises(UserError, match=message):
        load(tmp_path, text)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(UserError, match=r"cannot read .*none.toml: No such file"):
        Settings.load(tmp_path / "none.toml")


@pytest.mark.parametrize("array", ["8", "8x", "x1", "8x1x1", "-8x1", "axb", "8x0", "0x1", ""])
def test_a_bad_array_is_refused(array):
    with pytest.raises(UserError, match=f"an array is given as ROWSxCOLUMNS, say 8x1, not {array!r}"):
        Settings.load(array=array)
