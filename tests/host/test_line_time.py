"""A time-out is about silence: what the bytes take on the line comes on top."""

from functools import partial

import pytest

from varigate.host.client import Client, NoAnswerError
from varigate.host.waiting import Wait
from varigate.model.network import network_file

NETWORK = network_file.load(network_file.SHIPPED / "mnist.npz")
IMAGE = [7] * 784


class SlowLine:
    """A board behind a line of `pace` bits a second, and the clock of both, which only waiting moves on."""

    def __init__(self, board, pace: int):
        self.board, self.byte, self.now, self.free = board, 10 / pace, 0.0, 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float):
        self.now += seconds

    def write(self, data: bytes):
        """Returns at once, as drivers do that have a buffer; the line is busy for longer."""
        self.free = self.now + self.byte * len(data)
        self.board.write(data)

    def read(self, count: int) -> bytes:
        if self.now < self.free or not self.board.pending:
            self.now += 0.01
            return b""
        self.now += self.byte
        return self.board.read(1)


@pytest.fixture
def client(fake_board, monkeypatch):
    def client(baud: int, pace: int) -> Client:
        line = SlowLine(fake_board(NETWORK), pace)
        monkeypatch.setattr("varigate.host.client.time", line)
        monkeypatch.setattr("varigate.host.client.Wait", partial(Wait, clock=line.monotonic))
        return Client(line, timeout=0.1, retries=0, baud=baud)
    return client


@pytest.mark.parametrize("baud", [300, 9600, 115_200, 3_000_000])
def test_images_come_through_at_any_rate(client, baud):
    board = client(baud, baud)
    assert board.reconstruct(IMAGE).index == 0  # at 300 baud a minute
    assert len(board.classify(IMAGE).mu) == 16
    assert len(board.generate(3)) == 3


def test_a_line_at_half_its_rate_is_waited_for(client):
    assert client(9600, 4800).reconstruct(IMAGE).index == 0


def test_a_line_far_slower_than_it_should_be_is_too_late(client):
    board = client(9600, 1200)
    board.info()
    with pytest.raises(NoAnswerError):
        board.reconstruct(IMAGE)
