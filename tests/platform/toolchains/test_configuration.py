import argparse
from pathlib import Path

import numpy as np
import pytest

from varigate.gateware.engine.program import Array
from varigate.gateware.estimate.resources import Core, around
from varigate.model.errors import UserError
from varigate.model.network.random_network import random_network
from varigate.platform.toolchains.configuration import Configuration, add_options
from varigate.platform.toolchains.device import DEVICES

XC7A100T = DEVICES["xc7a100t"]


def given(*arguments):
    parser = argparse.ArgumentParser()
    add_options(parser)
    return Configuration.load(parser.parse_args(arguments))


def load(tmp_path, text, *arguments):
    path = tmp_path / "build.toml"
    path.write_text(text)
    return given("--config", str(path), *arguments)


def test_defaults():
    assert given() == Configuration(None, None, None, None, cascade=True, dsps=131, baud=115_200, weights=None)


def test_a_file_changes_the_defaults_and_options_change_the_file(tmp_path):
    text = 'rows = 16\ndrain = 2\nbaud = 2_000_000\nweights = "block"\ncascade = false\n'
    assert load(tmp_path, text) == Configuration(16, None, 2, None, False, 131, 2_000_000, "block")
    assert load(tmp_path, text, "--array", "4x3", "--no-packed") == Configuration(4, 3, 2, False, False, 131, 2_000_000,
                                                                             "block")
    assert load(tmp_path, text, "--drain", "4", "--weights", "lut", "--packed", "--dsps", "99") == Configuration(
        16, None, 4, True, False, 99, 2_000_000, "lut")


@pytest.mark.parametrize("settings", [
    Configuration(), Configuration(rows=16, columns=8, drain=4, packed=True, cascade=False, weights="block",
                                   buffers=1, bits=4, sigmoid="line", epsilon="linear"),
    Configuration(packed=False, baud=9600, dsps=240, bits=8, sigmoid="table", epsilon="quadratic", buffers=2)])
def test_what_is_written_is_read(tmp_path, settings):
    text = settings.as_toml()
    assert load(tmp_path, text) == settings
    assert text.endswith("\n") and "None" not in text


def test_units_and_bits_by_option(tmp_path):
    text = 'buffers = 2\nbits = 8\nsigmoid = "table"\nepsilon = "quadratic"\n'
    options = ["--buffers", "1", "--bits", "6", "--sigmoid", "parabola", "--epsilon", "linear"]
    expected = Configuration(buffers=1, bits=6, sigmoid="parabola", epsilon="linear")
    assert load(tmp_path, text, *options) == given(*options) == expected


@pytest.mark.parametrize(("text", "message"), [
    ("buffers = 3", "buffers must be 1 or 2, not 3"), ("buffers = true", "buffers must be 1 or 2, not True"),
    ("bits = 5", "bits must be 8 or 6 or 4, not 5"), ("bits = 8.0", "bits must be 8 or 6 or 4, not 8.0"),
    ('sigmoid = "cubic"', "sigmoid must be 'table' or 'line' or 'parabola', not 'cubic'"),
    ("epsilon = 1", "epsilon must be 'quadratic' or 'linear', not 1"),
    ("sigmoid = [1]", r"sigmoid must be 'table' or 'line' or 'parabola', not \[1\]")])
def test_other_units_are_refused(tmp_path, text, message):
    with pytest.raises(UserError, match=f"build.toml: {message}$"):
        load(tmp_path, text)


def test_one_buffer(iris):
    assert Configuration(buffers=1).choose(iris, XC7A100T) == (Array(8, 1, buffers=1), "lut")
    assert Configuration(rows=4, buffers=1).choose(iris, XC7A100T) == (Array(4, 1, buffers=1), "lut")


def test_an_array_is_changed_by_what_was_given():
    settings = Configuration(drain=2, packed=True, buffers=1, cascade=False)
    assert settings.change(Array(8, 1)) == Array(8, 1, 2, packed=True, cascade=False, buffers=1)
    assert Configuration(rows=4).change(Array(8, 3, 2, packed=True)) == Array(4, 3, 2, packed=True)
    assert Configuration().change(Array(8, 3, 2, True, True, 1)) == Array(8, 3, 2, True, True, 1)
    with pytest.raises(UserError, match="a drain that divides the rows"):
        Configuration(drain=3).change(Array(8, 1))


@pytest.fixture(scope="module")
def images():
    """A network of 8×8 images."""
    return random_network(np.random.default_rng(1), inputs=64, hidden=(32,), latent=8, classes=10, signed_input=False,
                          output_activation="sigmoid", segments=128, extreme=False, activation="relu")


def test_a_network_that_is_no_images_gets_a_small_array(iris):
    assert Configuration().choose(iris, XC7A100T) == (Array(8, 1), "lut")
    assert Configuration(rows=4, columns=2, drain=2).choose(iris, XC7A100T) == (Array(4, 2, 2), "lut")
    assert Configuration(drain=4, weights="block").choose(iris, XC7A100T) == (Array(8, 1, 4), "block")


def test_a_network_of_images_gets_the_fastest_array(images):
    array, weights = Configuration(dsps=20).choose(images, XC7A100T)
    assert array.packed and weights == "block"
    assert 10 < (Core(images, weights).need(array) + around(images)).dsp <= 20
    assert Configuration(dsps=20, cascade=False).choose(images, XC7A100T)[0].cascade is False
    assert Configuration(rows=8, columns=2).choose(images, XC7A100T)[0] == Array(8, 2, packed=True)
    assert Configuration(rows=8, columns=2, packed=False).choose(images, XC7A100T)[0] == Array(8, 2)


def test_many_weights_go_to_block_ram():
    network = random_network(np.random.default_rng(1), inputs=70, hidden=(150,), latent=2, extreme=False)
    assert Configuration().choose(network, XC7A100T) == (Array(8, 1), "block")


@pytest.mark.parametrize(("settings", "message"), [
    (Configuration(rows=16, columns=15, packed=False),
     "with a 16x15 array it needs 243 DSP48E1 and the XC7A100T has 240"),
    (Configuration(rows=8, columns=1, drain=3), "a drain that divides the rows; not 8 rows, 1 columns, drain 3$"),
    (Configuration(dsps=3), "^--dsps 3 is too few: the smallest array needs 4$"),
])
def test_what_does_not_fit_is_refused(images, settings, message):
    with pytest.raises(UserError, match=message):
        settings.choose(images, XC7A100T)


@pytest.mark.parametrize("weights", ["block", "lut", None])
def test_a_network_that_is_too_large_is_refused(weights):
    network = random_network(np.random.default_rng(1), inputs=1024, hidden=(700,), latent=2, extreme=False,
                             signed_input=False, activation="relu", output_activation="sigmoid", segments=128)
    with pytest.raises(UserError, match=r"the network does not fit: with a \d+x\d+ array it needs \d[\d,]* "
                                        r"(RAMB36|LUT) and the XC7A100T has [\d,]+ \([\d,]+ too many\)"):
        Configuration(weights=weights).choose(network, XC7A100T)


@pytest.mark.parametrize(("text", "message"), [
    ("row = 4", "unknown key 'row'; the keys are rows, columns, drain, packed, cascade, dsps, baud, weights, "
     "buffers, bits, sigmoid, epsilon$"),
    ("rows = 0", "build.toml: rows must be a positive whole number, not 0$"),
    ("rows = true", "rows must be a positive whole number, not True$"),
    ('baud = "fast"', "baud must be a positive whole number, not 'fast'$"),
    ("packed = 1", "packed must be true or false, not 1$"),
    ('weights = "flash"', "weights must be 'lut' or 'block', not 'flash'$"),
    ("rows = ", "build.toml is not a TOML file: "),
])
def test_a_bad_file_is_refused(tmp_path, text, message):
    with pytest.raises(UserError, match=message):
        load(tmp_path, text)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_file_may_begin_with_a_byte_order_mark(tmp_path, encoding):
    path = tmp_path / "build.toml"
    path.write_text("rows = 4 # für\n", encoding)
    assert given("--config", str(path)).rows == 4


@pytest.mark.parametrize(("content", "message"), [
    (b"\xff\xfer\0o\0w\0", "is not a TOML file: it is in UTF-16: save it in UTF-8"),
    (b"\xfe\xff\0r", "it is in UTF-16"), (b"r\0o\0w\0s\0", "is not a TOML file: "),
    (b"rows = 4 # f\xfcr", "it is not in UTF-8 (invalid start byte at byte 12): save it in UTF-8"),
    (b"rows = " + b"[" * 3000 + b"]" * 3000, "it is nested too deeply; a line is `rows = 8`"),
    (b"rows = " + b"{a=" * 3000, "is not a TOML file"),
    (b"rows." + b"a." * 3000 + b"b = 1", "rows must be a positive whole number, not {'a': {'a':"),
    (b"rows = " + b"9" * 5000, "is not a TOML file: "),
    (b"rows = 0x" + b"f" * 5000, "rows must be at most 1,000,000,000"),
    (b"bits = [0x" + b"f" * 5000 + b"]", "bits must be 8 or 6 or 4, not a list"),
    (b'packed = "' + b"f" * 5000 + b'"', "packed must be true or false, not 'fff"),
    (b"a" * 5000 + b" = 1", "unknown key 'aaa"),
], ids=range(12))
def test_a_strange_file_is_one_short_line(tmp_path, content, message):
    path = tmp_path / "build.toml"
    path.write_bytes(content)
    with pytest.raises(UserError) as caught:
        given("--config", str(path))
    text = str(caught.value)
    assert message in text and "\n" not in text and len(text) < 400


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(UserError, match=r"cannot read .*none.toml: No such file"):
        given("--config", str(Path(tmp_path, "none.toml")))


@pytest.mark.parametrize("array", ["8", "8x", "x1", "8x1x1", "-8x1", "axb", "8x0", "0x1", ""])
def test_a_bad_array_is_refused(array):
    with pytest.raises(UserError, match=f"an array is given as ROWSxCOLUMNS, say 8x1, not {array!r}"):
        given(f"--array={array}")
