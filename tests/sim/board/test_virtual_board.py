import asyncio
import time

import numpy as np
import pytest

from varigate.gateware.engine.program import Array
from varigate.model.errors import UserError
from varigate.model.fixedpoint import epsilon
from varigate.model.network import integer
from varigate.model.protocol.frames import REPLY, Command, Decoder, encode
from varigate.model.protocol.replies import Info
from varigate.model.protocol.text import line
from varigate.sim.board.seven_segment import spell
from varigate.sim.board.virtual_board import BUTTONS, RESET, Board
from varigate.sim.testbench.serial_line import Sender

STEP = 0.002  # seconds


@pytest.fixture
def board(iris):
    with Board(iris, Array(8, 1)) as board:
        yield board


def advance(board, seconds):
    return b"".join(board.advance(STEP) for _ in range(round(seconds / STEP)))


def choose(board, number):
    for place in range(8):
        board.switch(place, bool(number >> place & 1))


def test_a_flower_from_the_switches(board, iris):
    choose(board, 101)
    advance(board, 0.1)
    assert (spell(board.patterns), board.leds) == ("101.     ", 1 << 13)
    board.press("center")
    data = advance(board, 0.3)
    noise = epsilon.epsilon(iris.epsilon_table, iris.epsilon_seed, iris.latent, 0)
    found = integer.infer(iris, iris.examples[None, 100], noise[None])
    assert data.decode() == line(iris, 101, found.cls[0], found.z[0], found.output[0])
    assert (spell(board.patterns), board.leds) == ("101.virGi", 1 << 13 | 1 << 2)
    assert [entry.text for entry in board.transcript.since(0)] == [data.decode().strip()]


def test_the_pages_turn_in_real_seconds(board):
    choose(board, 1)
    board.press("right")
    advance(board, 0.5)
    first = spell(board.patterns)
    advance(board, 1.0)
    second = spell(board.patterns)
    advance(board, 1.0)
    assert first == spell(board.patterns) != second


def test_presses_wait_for_each_other_and_reset_resets(board):
    choose(board, 51)
    board.press("center")
    board.press("right")
    assert advance(board, 0.4).count(b"versicolor") == 2
    board.press(RESET)
    advance(board, 0.05)
    assert (board.pressed, board.leds) == (RESET, 0)
    advance(board, 0.2)
    assert (board.pressed, board.leds) == (None, 1 << 13)
    board.press("center")
    assert b"z=-1.44,-0.69" in advance(board, 0.4)  # the first ε again


def test_buttons_without_a_meaning_are_held_and_do_nothing(board):
    choose(board, 51)
    for name in set(BUTTONS) - {"center", "right"}:
        board.press(name)
        advance(board, 0.05)
        assert board.pressed == name
        assert advance(board, 0.2) == b""


def test_frames_are_answered_and_a_fresh_board_has_seen_no_bad_one(board, iris):
    advance(board, 0.05)
    board.write(encode(1, Command.INFO) + encode(2, Command.CLASSIFY, bytes(iris.examples[0].tolist())))
    frames = Decoder().feed(advance(board, 0.1))
    assert [frame.command for frame in frames] == [Command.INFO | REPLY, Command.CLASSIFY | REPLY]
    info = Info.unpack(frames[0].payload)
    assert (info.answered, info.bad) == (0, 0)
    assert frames[1].payload[-1] == integer.infer(iris, iris.examples[:1]).cls[0]


def test_bytes_in_advance_are_limited(board):
    room = board.room
    board.write(bytes(room))
    assert board.room == 0
    advance(board, 0.02)
    assert board.room > 0


@pytest.mark.parametrize("bit", [3, 1001])
def test_a_bit_time_that_no_line_has_is_refused(iris, bit):
    with pytest.raises(UserError, match=f"--bit must be 4…1000 clocks, not {bit}"):
        Board(iris, Array(8, 1), bit=bit)


class Idle(Board):
    """Nothing to simulate."""

    def __init__(self):
        self._sender = Sender(8)

    def advance(self, seconds):
        return b""


class Clock:
    """A monotonic clock that only sleeping moves, and a port that counts."""

    def __init__(self, monkeypatch, slow=0.0):
        self.now, self.slow, self.slept = 100.0, slow, []
        monkeypatch.setattr(time, "monotonic", lambda: self.now)
        monkeypatch.setattr(asyncio, "sleep", self.sleep)

    async def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds
        if len(self.slept) == 500:
            raise asyncio.CancelledError

    def read(self, limit):
        self.now += self.slow
        return b""


@pytest.mark.parametrize("slow", [0.0, 0.001])
def test_a_second_lasts_a_second(monkeypatch, slow):
    clock = Clock(monkeypatch, slow)
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(Idle().run(clock))
    assert clock.now - 100 == pytest.approx(1.0)
    assert np.allclose(clock.slept, STEP - slow)


def test_a_machine_that_is_too_slow_does_not_wait(monkeypatch):
    clock = Clock(monkeypatch, slow=0.01)
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(Idle().run(clock))
    assert not any(clock.slept)
