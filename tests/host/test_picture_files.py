"""Pictures to a board and back: the network is `digits`, 8×8, with a class head."""

import json

import numpy as np
import pytest
from PIL import Image

from varigate.model.data import images
from varigate.model.fixedpoint.epsilon import epsilon
from varigate.model.fixedpoint.sampling import mean_latent, prior_latent
from varigate.model.network import integer, network_file

DIGITS = network_file.load(network_file.SHIPPED / "digits.npz")
TEST = images.digits()[1]
INK = TEST.codes[3].reshape(8, 8)


@pytest.fixture
def ask(talk, tmp_path, monkeypatch):
    """Runs a command, with JSON if wanted, against a board of digits, in a folder of its own."""
    network_file.save(DIGITS, tmp_path / "digits.npz")
    monkeypatch.chdir(tmp_path)

    def ask(*arguments, network=DIGITS, **options):
        return talk(*arguments, network=network, **options)

    ask.boards = talk.boards
    return ask


def sent(ask):
    """The inputs that the last board got."""
    return [list(request.payload) for request in ask.boards[-1].requests if len(request.payload) == 64]


def pixels(path):
    with Image.open(path) as picture:
        assert (picture.format, picture.mode) == ("PNG", "L")
        return np.asarray(picture)


def picture(codes, name="digit.png", mode="L"):
    Image.fromarray(np.asarray(codes, np.uint8)).convert(mode).save(name)
    return name


def test_what_is_saved_equals_the_answers_codes(ask):
    status, out, err = ask("--json", "reconstruct", picture(INK), "--save", "new/out.png")
    draw = epsilon(DIGITS.epsilon_table, DIGITS.epsilon_seed, DIGITS.latent)
    expected = integer.infer(DIGITS, INK.reshape(1, -1).astype(int), draw[np.newaxis]).output[0]
    assert (status, err, sent(ask)) == (0, "wrote new/out.png\n", [INK.ravel().tolist()])
    np.testing.assert_array_equal(pixels("new/out.png").ravel(), expected)
    np.testing.assert_array_equal(256 * np.array(json.loads(out)["reconstruction"]), expected)


def test_what_is_saved_can_be_read_again(ask):
    ask("generate", "--save", "one.png")
    status, out, _ = ask("--json", "classify", "one.png", "--save", "mean.PNG")
    assert sent(ask) == [pixels("one.png").ravel().tolist()]
    expected = integer.infer(DIGITS, pixels("one.png").reshape(1, -1).astype(int))
    z = mean_latent(expected.mu[0], DIGITS.z)
    np.testing.assert_array_equal(pixels("mean.PNG").ravel(), integer.decode(DIGITS, z)[1])
    assert (status, json.loads(out)["class"]) == (0, DIGITS.class_names[expected.cls[0]])


@pytest.mark.parametrize(("count", "rows", "columns"), [(1, 1, 1), (2, 1, 2), (5, 2, 3), (9, 3, 3)])
def test_several_are_a_grid(ask, count, rows, columns):
    assert ask("generate", str(count), "--save", "grid.png")[0] == 0
    grid = pixels("grid.png")
    assert grid.shape == (10 * rows - 2, 10 * columns - 2)
    draws = epsilon(DIGITS.epsilon_table, DIGITS.epsilon_seed, count * DIGITS.latent).reshape(count, -1)
    for number, draw in enumerate(draws):
        top, left = 10 * (number // columns), 10 * (number % columns)
        expected = integer.decode(DIGITS, prior_latent(draw, DIGITS.z))[1]
        np.testing.assert_array_equal(grid[top:top + 8, left:left + 8].ravel(), expected)


def test_a_given_point_is_saved(ask):
    assert ask("generate", "--z", "-1" + ",0.5" * 7, "--save", "z.png")[0] == 0
    z = DIGITS.z.quantise([-1] + [0.5] * 7)
    np.testing.assert_array_equal(pixels("z.png").ravel(), integer.decode(DIGITS, z)[1])


def test_people_get_the_size_and_json_the_numbers(ask):
    for command in (["reconstruct", picture(INK)], ["classify", "digit.png"], ["generate", "2"]):
        out = ask(*command)[1]
        assert "8×8 pixels (--save FILE.png, or --json)" in out
        assert max(map(len, out.splitlines())) < 160
        found = json.loads(ask("--json", *command)[1])
        assert len((found if isinstance(found, dict) else found[0])["reconstruction"]) == 64
    assert "class" in ask("classify", "digit.png")[1].splitlines()[0]
    assert ask("generate", "--save", "out.png")[1].endswith("8×8 pixels\n")
    assert set(json.loads(ask("--json", "encode", "digit.png")[1])) == {"mean", "sigma"}


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "LA", "CMYK"])
def test_every_kind_of_grey_is_the_same(ask, mode):
    name = picture(INK, "digit.tiff" if mode == "CMYK" else "digit.png", mode)
    assert ask("encode", name)[0] == 0
    np.testing.assert_array_equal(sent(ask), [INK.ravel()])


def test_black_ink_on_white_paper_is_inverted(ask):
    assert ask("encode", picture(255 - INK), "--invert")[0] == 0
    assert sent(ask) == [INK.ravel().tolist()]


@pytest.mark.parametrize(("ink", "options"), [(255, []), (0, ["--invert"])])
def test_transparent_places_are_background(ask, ink, options):
    layers = [np.full_like(INK, ink)] * 3 + [INK]  # one colour throughout: only the opacity draws
    Image.fromarray(np.stack(layers, axis=2)).save("clear.png")
    assert ask("encode", "clear.png", *options)[0] == 0
    assert sent(ask) == [INK.ravel().tolist()]


def test_a_larger_picture_is_averaged_down(ask):
    large = np.random.default_rng(5).integers(0, 256, (24, 24))
    assert ask("encode", picture(large))[0] == 0
    mean = large.reshape(8, 3, 8, 3).mean(axis=(1, 3)).ravel()
    assert np.abs(np.array(sent(ask)[0]) - mean).max() <= 1  # rounded once along each axis


def test_an_example_of_the_network(ask):
    assert ask("reconstruct", "--example", "7")[0] == 0
    assert sent(ask) == [DIGITS.examples[6].tolist()]


@pytest.mark.parametrize(("arguments", "message"), [
    (["none.png"], "there is no file none.png"), (["."], "cannot read .: Is a directory"),
    (["text.png"], "cannot read text.png: it is not a picture, or damaged"), (["cut.png"], "not a picture, or damaged"),
    (["wide.png"], "wide.png has 9×8 pixels; it must be a square"),
    (["small.png"], "small.png has 7×7 pixels; at least 8×8 are needed"),
    (["deep.png"], "deep.png has more than 8 bits per pixel"), (["huge.png"], "at most 4096×4096"),
    (["digit.png", "digit.png"], "encode takes numbers, or one FILE"), ([], "numbers, a FILE, or --example K"),
    (["digit.png", "--example", "1"], "give only one"), (["--example", "256"], "no example 256: the network has 255"),
    (["--example", "0"], "at least 1"), (["--example", "1", "--invert"], "--invert is only for a picture"),
])
def test_refusals_are_one_line_and_nothing_is_computed(ask, tmp_path, arguments, message):
    for name, size in (("digit", (8, 8)), ("wide", (8, 9)), ("small", (7, 7)), ("huge", (4097, 4097))):
        picture(np.zeros(size), f"{name}.png")
    Image.fromarray(np.zeros((8, 8), np.uint16)).save("deep.png")
    (tmp_path / "text.png").write_text("no picture")
    noise = np.random.default_rng(1).integers(0, 256, (64, 64))
    (tmp_path / "cut.png").write_bytes((tmp_path / picture(noise, "whole.png")).read_bytes()[:600])
    status, out, err = ask("encode", *arguments)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("varigate host: ") and message in err
    assert not ask.boards[-1].requests or {request.command for request in ask.boards[-1].requests} == {0}


def test_pictures_are_saved_as_png_only(ask):
    status, _, err = ask("generate", "--save", "out.jpg")
    assert status == 2 and "must be named FILE.png, not out.jpg" in err and not ask.boards[-1].requests


def test_a_network_without_images(talk, tmp_path, flowers):
    picture(INK, tmp_path / "digit.png")
    for arguments in (["classify", str(tmp_path / "digit.png")], ["generate", "--save", str(tmp_path / "out.png")],
                      ["classify", "digits"]):
        status, out, err = talk(*arguments)
        assert (status, out, err) == (2, "", "varigate host: the board's network is not one of images: it takes 4 "
                                             "numbers and gives 4\n")
    assert not (tmp_path / "out.png").exists()


def test_the_test_images_are_classified(ask):
    report = json.loads(ask("--json", "classify", "digits", "--count", "30")[1])
    found = integer.infer(DIGITS, TEST.codes[:30].astype(int)).cls
    assert (report["samples"], report["accuracy"]) == (30, np.mean(found == TEST.labels[:30]))
    assert [each["class"] for each in report["results"]] == [str(cls) for cls in found]
    assert [each["label"] for each in report["results"]] == [str(label) for label in TEST.labels[:30]]
    assert set(report["results"][0]) == {"image", "class", "label", "scores", "mean"}
    assert ask("classify", "digits")[1].splitlines()[0].split(" right")[0].endswith("of 100")


@pytest.mark.parametrize(("arguments", "message"), [
    (["digits", "--count", "501"], "digits has only 500 test images, not 501"),
    (["digits", "--out", "x.csv"], "--out is"),
    (["digits", "--save", "x.png"], "--save is only for a single input"), (["digits", "--count", "0"], "at least 1"),
    (["iris", "--count", "5"], "--count is only for the test images"), (["mnist", "--data", "."], "MNIST is not in"),
])
def test_refusals_about_test_images(ask, arguments, message):
    status, out, err = ask("classify", *arguments)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert message in err


def test_images_of_another_size_are_refused(ask, monkeypatch):
    other = images.Images("mnist", np.zeros((200, 784), np.uint8), np.zeros(200, int), (28, 28))
    monkeypatch.setitem(images.IMAGES, "mnist", lambda folder: (other, other))
    assert "images of 8×8 pixels, not mnist's of 28×28" in ask("classify", "mnist")[2]


def test_a_failure_names_the_image(ask):
    status, _, err = ask("classify", "digits", mishaps=[None] * 4 + [lambda *_: b""] * 3)
    assert status == 2 and err.startswith("varigate host: image 4 (3 of 100 are done): ")
