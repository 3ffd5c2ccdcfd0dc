"""Saves the VGA picture of a virtual board."""

from pathlib import Path

from varigate.gateware.engine.program import Array
from varigate.gateware.video.screen_layout import image_side
from varigate.model.errors import UserError
from varigate.model.files import check_writable, write_bytes
from varigate.model.network.network import Network
from varigate.model.progress import track
from varigate.model.protocol.frames import REPLY, Command, Decoder, Frame, encode
from varigate.sim.board.virtual_board import PIECE, Board
from varigate.sim.testbench.vga import png

__all__ = ["screenshot"]

PATIENCE = 60.0  # simulated seconds for an answer


def screenshot(network: Network, array: Array, out: Path, *, weights: str, example: int = 1, generated: int = 0,
               progress: bool = False):
    """Runs a built-in example and generates images, then writes the screen (640 × 480 pixels) to `out`.

    The example is chosen by switches and button, the images are requested over the serial line.

    Raises
    ------
    UserError
        for a network without a screen, or an example that it does not have.
    """
    if image_side(network) is None:
        raise UserError(f"network {network.name} has no screen: its inputs and outputs are not images")
    if not 1 <= example <= len(network.examples):
        raise UserError(f"--example must be 1…{len(network.examples)} for network {network.name}, not {example}")
    if not 0 <= generated <= 255:
        raise UserError(f"--generate must be 0…255, not {generated}")
    check_writable(out)
    with Board(network, array, weights=weights) as board, \
            track("generating", generated, "image", shown=progress) as work:
        for number in range(8):
            board.switch(number, bool(example >> number & 1))
        board.advance(0.1)
        board.press("center")
        _until(board, lambda data: b"\n" in data)
        if generated:
            decoder, answers = Decoder(), [0]

            def count(data: bytes) -> bool:
                frames = [item for item in decoder.feed(data) if isinstance(item, Frame)]
                found = sum(frame.command == Command.GENERATE | REPLY for frame in frames)
                answers[0] += found
                work.update(found)
                return answers[0] >= generated

            board.write(encode(1, Command.GENERATE, bytes([generated])))
            _until(board, count)
        frames = board.monitor.frames
        while board.monitor.frames < frames + 2:  # the first of them may have begun before
            board.advance(PIECE)
        write_bytes(out, png(board.monitor.picture))


def _until(board: Board, ready):
    """Simulates until `ready` is true for the bytes that the board has sent."""
    for _ in range(round(PATIENCE / PIECE)):
        if ready(board.advance(PIECE)):
            return
    raise UserError(f"the board has not answered within {PATIENCE:.0f} simulated seconds")
