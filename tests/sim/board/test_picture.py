"""The way of an image: from the UART's pins to a PNG by the host's reply, and from the VGA pins to a picture."""

import numpy as np
import pytest
from matplotlib.image import imread

from varigate.gateware.engine.program import Array
from varigate.gateware.video.screen_layout import IMAGE_GROUPS
from varigate.model.errors import UserError
from varigate.model.network import network_file
from varigate.model.protocol.frames import REPLY, Command, Decoder, Frame, encode
from varigate.sim.board.screenshot import screenshot
from varigate.sim.board.virtual_board import PIECE, Board
from varigate.sim.testbench.reference import Job, Op, Part, Reference


def drawn(picture, family: str, x: int, y: int, side: int) -> np.ndarray:
    """The grey levels 0…15 (side, side) of the image in a box of the screen, at the middle of each of its pixels."""
    box = IMAGE_GROUPS[family]
    scale = box.box // side
    middles = (box.box - scale * side) // 2 + scale * np.arange(side) + scale // 2
    pixels = picture[np.ix_(box.y[y] + middles, box.x[x] + middles)]
    assert (pixels == pixels[..., :1]).all(), "grey"
    return pixels[..., 0]


def walk(board, seconds: float) -> bytes:
    return b"".join(board.advance(PIECE) for _ in range(round(seconds / PIECE)))


def check(name: str, array: Array, weights: str):
    network = network_file.load(network_file.find(name))
    side = round(network.outputs ** 0.5)
    reference = Reference(network)
    with Board(network, array, weights=weights) as board:
        board.write(encode(5, Command.GENERATE, b"\2"))
        decoder, replies = Decoder(), []
        while len(replies) < 2:
            replies += [item for item in decoder.feed(board.advance(PIECE)) if isinstance(item, Frame)]
        board.switch(0, True)
        walk(board, 0.1)
        board.press("center")
        walk(board, 1.0)
        frames = board.monitor.frames
        while board.monitor.frames < frames + 2:
            board.advance(PIECE)
        picture = board.monitor.picture
    for place, reply in enumerate(replies):
        assert reply.command == Command.GENERATE | REPLY
        output = [value for part, value in reference.answer(Job(Op.GENERATE)) if part == Part.OUTPUT]
        assert list(reply.payload[-network.outputs:]) == output
        assert np.array_equal(drawn(picture, "wall", place, 0, side).ravel(), np.array(output) >> 4)
    codes = network.example_codes[0]
    output = [value for part, value in reference.answer(Job(Op.RECONSTRUCT, tuple(codes))) if part == Part.OUTPUT]
    assert np.array_equal(drawn(picture, "big", 0, 0, side).ravel(), codes >> 4)
    assert np.array_equal(drawn(picture, "big", 0, 1, side).ravel(), np.array(output) >> 4)


def test_generated_digits_are_on_the_screen():
    check("digits", Array(8, 1), "lut")


@pytest.mark.long
def test_generated_digits_of_mnist_are_on_the_screen():
    check("mnist", Array(8, 1, packed=True), "block")


def test_a_picture_by_command_is_that_of_the_screen(tmp_path):
    network = network_file.load(network_file.find("digits"))
    screenshot(network, Array(8, 1), tmp_path / "screen.png", weights="lut", example=2)
    picture = np.rint(imread(tmp_path / "screen.png")[..., :3] * 15).astype(int)
    assert picture.shape == (480, 640, 3)
    assert np.array_equal(drawn(picture, "big", 0, 0, 8).ravel(), network.example_codes[1] >> 4)


def test_networks_without_images_have_no_screen(iris, tmp_path):
    with pytest.raises(UserError, match="network iris has no screen"):
        screenshot(iris, Array(8, 1), tmp_path / "screen.png", weights="lut")
    digits = network_file.load(network_file.find("digits"))
    with pytest.raises(UserError, match="--example must be 1…255 for network digits, not 256"):
        screenshot(digits, Array(8, 1), tmp_path / "screen.png", weights="lut", example=256)
    assert not list(tmp_path.iterdir())
