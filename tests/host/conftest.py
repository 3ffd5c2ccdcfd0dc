import dataclasses

import numpy as np
import pytest

from varigate.__main__ import main
from varigate.model.network import network_file
from varigate.model.network.random_network import random_network
from varigate.model.protocol.frames import NEGATIVE, REPLY, UNKNOWN, Reason, encode
from varigate.model.protocol.requests import judge
from varigate.sim.testbench.board_reference import BoardReference


class FakeBoard:
    """A board in memory: a port to read from and write to. `mishaps` are functions that change what it sends, one for
    each request; `noise` is sent before each answer."""

    def __init__(self, network, *, mishaps=(), noise=b""):
        self.board = BoardReference(network)
        self.mishaps, self.noise = list(mishaps), noise
        self.pending, self.chunk, self.requests, self.closed = bytearray(), bytearray(), [], False

    @property
    def in_waiting(self):
        return len(self.pending)

    def read(self, count):
        found = bytes(self.pending[:count])
        del self.pending[:count]
        return found

    def close(self):
        self.closed = True

    def write(self, data):
        for byte in data:
            if byte:
                self.chunk.append(byte)
                continue
            request, negative = judge(bytes(self.chunk), self.board.lengths)
            self.chunk.clear()
            if negative:
                self.pending += encode(negative.seq, negative.command, negative.payload)
            if request:
                self.requests.append(request)
                sent = b"".join(encode(request.seq, request.command | REPLY, payload)
                                for payload in self.board.answer(request))
                mishap = self.mishaps.pop(0) if self.mishaps else None
                self.pending += self.noise + (mishap(request, sent) if mishap else sent)


def refuse(reason, *, known=True):
    """A mishap: the negative reply instead."""
    def mishap(request, sent):
        seq, command = (request.seq, request.command) if known else (0, UNKNOWN)
        return encode(seq, NEGATIVE, bytes([Reason(reason), command]))
    return mishap


@pytest.fixture(scope="module")
def network():
    return random_network(np.random.default_rng(3), inputs=4, hidden=(5,), latent=2, classes=3, signed_input=False)


@pytest.fixture
def fake_board():
    return FakeBoard


@pytest.fixture
def negative():
    return refuse


@pytest.fixture
def flowers(network, tmp_path, monkeypatch):
    """A network in centimetres, shipped as `flowers`."""
    named = dataclasses.replace(
        network, name="flowers", input_offset=np.zeros(4), input_step=np.full(4, 0.1), unit="cm", noun="flower",
        feature_names=("sepal length", "sepal width", "petal length", "petal width"),
        class_names=("setosa", "versicolor", "virginica"))
    network_file.save(named, tmp_path / "flowers.npz")
    monkeypatch.setattr(network_file, "SHIPPED", tmp_path)
    return named


@pytest.fixture
def talk(flowers, fake_board, capsys, monkeypatch):
    """Runs a command against a board; returns the exit status, standard output, standard error. `boards` are those so
    far."""
    def talk(*arguments, network=flowers, **options):
        board = fake_board(network, **options)
        talk.boards.append(board)
        monkeypatch.setattr("varigate.commands.host.open_port", lambda name, baud: board)
        status = main(["host", "--port", "P", "--timeout", "0.02", *arguments])
        assert board.closed or status == 2
        return status, *capsys.readouterr()

    talk.boards = []
    return talk


@pytest.fixture
def headless(flowers):
    """The same without a class head."""
    return dataclasses.replace(flowers, head=None, class_names=())
