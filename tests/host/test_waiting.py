"""The time-out is one of silence: a slow line is waited for, a line that speaks for ever is not."""

import itertools
from functools import partial

import pytest

from varigate.host.client import Client, ForeignReplyError, NoAnswerError
from varigate.host.waiting import FOREIGN, STRAYS, Wait
from varigate.model.protocol.frames import REPLY, Frame, encode

GAP = 0.02  # seconds between two bytes


class SlowLine:
    """A port that gives a byte every `GAP` seconds of its own clock: what a board sends, or `babble` for ever."""

    def __init__(self, board=None, babble=b""):
        self.board, self.babble = board, itertools.cycle(babble)
        self.now, self.requests = 0.0, 0

    def write(self, data):
        self.requests += 1
        if self.board:
            self.board.write(data)

    def read(self, count):
        self.now += GAP
        if self.board:
            return self.board.read(1)
        return bytes(itertools.islice(self.babble, 1))


@pytest.fixture
def client(monkeypatch):
    """Makes a client of a slow line, with the line's clock."""
    def client(line, **options):
        monkeypatch.setattr("varigate.host.client.Wait", partial(Wait, clock=lambda: line.now))
        return Client(line, **options)
    return client


def test_a_reply_that_takes_longer_than_the_time_out_is_waited_for(client, network, fake_board):
    line = SlowLine(fake_board(network))
    assert client(line, timeout=0.05).info().inputs == network.inputs
    assert line.now > 10 * 0.05 and line.requests == 1


def test_a_series_of_slow_replies(client, network, fake_board):
    line = SlowLine(fake_board(network))
    assert len(client(line, timeout=0.05).generate(100)) == 100
    assert line.requests == 2


def test_text_in_between_is_no_silence(client, network, fake_board):
    line = SlowLine(fake_board(network, noise=b"flower 001: setosa\r\n" * 5))
    lines = []
    client(line, timeout=0.05, text=lines.append).info()
    assert len(lines) == 5 and line.requests == 1


def test_silence_ends_after_the_time_out(client):
    line = SlowLine()
    with pytest.raises(NoAnswerError, match="nothing answered"):
        client(line, timeout=0.5, retries=2).info()
    assert 3 * 0.5 < line.now < 3 * 0.5 + 0.1


@pytest.mark.parametrize("babble", [b"\x55\xAA\x13", b"\x00\x55\xAA", b"login: \r\n", b"\x00"])
def test_what_babbles_for_ever_is_not_listened_to_for_ever(client, babble):
    line = SlowLine(babble=babble)
    with pytest.raises(ForeignReplyError, match="does not speak this protocol"):
        client(line, timeout=0.5, retries=1).info()
    assert line.now < 2 * ((FOREIGN + 100) * GAP + 0.6)


def test_nor_is_what_sends_frames_of_somebody_else_for_ever(client):
    line = SlowLine(babble=encode(9, REPLY | 1, b"other"))
    with pytest.raises(NoAnswerError):
        client(line, timeout=0.5, retries=0).info()
    assert line.now < (STRAYS + 3) * 20 * GAP


def test_a_fast_flood_is_listened_to_for_the_time_out_all_the_same():
    now = [0.0]
    wait = Wait(1.0, 0.5, length=10, clock=lambda: now[0])
    wait.heard(100_000, [])
    now[0] = 1.4
    assert not wait.over
    now[0] = 1.5
    assert wait.over


def test_a_frame_ends_a_flood():
    now = [0.0]
    wait = Wait(1.0, 0.0, length=10, clock=lambda: now[0])
    wait.heard(100_000, [])
    now[0] = 0.5
    wait.heard(20, [Frame(1, REPLY)])
    now[0] = 1.4
    assert not wait.over
