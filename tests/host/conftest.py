import numpy as np
import pytest

from model import epsilon, integer, network_file, sampling
from model.examples import random_network
from model.frames import NEGATIVE, REPLY, UNKNOWN, Command, Reason, encode
from model.replies import Answer, Info, pack_answer
from model.requests import judge, request_lengths


class FakeBoard:
    """A board in memory: a port to read from and write to. `mishaps` are functions that change what it sends, one for
    each request; `noise` is sent before each answer."""

    def __init__(self, network, *, mishaps=(), noise=b""):
        self.network = network
        self.state = {"epsilon_on": True, "epsilon_index": 0, "answered": 0, "bad": 0}
        self.seed = network.epsilon_seed
        self.mishaps, self.noise = list(mishaps), noise
        self.pending, self.chunk, self.requests, self.closed = bytearray(), bytearray(), [], False

    @property
    def info(self):
        return Info(**{**vars(Info.of(self.network, network_file.digest(self.network))), **self.state})

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
            lengths = request_lengths(self.network.inputs, self.network.latent)
            request, refusal = judge(bytes(self.chunk), lengths)
            self.chunk.clear()
            if refusal:
                self.pending += encode(refusal.seq, refusal.command, refusal.payload)
            if request:
                self.requests.append(request)
                sent = b"".join(encode(request.seq, request.command | REPLY, payload)
                                for payload in self.answer(request.command, request.payload))
                mishap = self.mishaps.pop(0) if self.mishaps else None
                self.pending += self.noise + (mishap(request, sent) if mishap else sent)

    def answer(self, command, payload):
        self.state["answered"] += 1
        if command == Command.INFO:
            self.state["answered"] -= 1
            yield self.info.pack()
            self.state["answered"] += 1
        elif command == Command.SEED:
            self.seed, self.state["epsilon_index"] = int.from_bytes(payload, "little"), 0
            yield b""
        elif command == Command.EPSILON:
            self.state["epsilon_on"] = payload == b"\x01"
            yield b""
        elif command == Command.GENERATE:
            for turn in range(payload[0]):
                index, values = self.draw()
                z = sampling.prior_latent(values, self.network.z)
                yield bytes([turn]) + self.pack(command, index=index, z=z, output=integer.decode(self.network, z)[1])
        elif command == Command.DECODE:
            z = np.frombuffer(payload, np.int8).astype(int)
            yield self.pack(command, output=integer.decode(self.network, z)[1])
        else:
            sampled = command == Command.RECONSTRUCT and self.state["epsilon_on"]
            index, values = self.draw() if sampled else (self.state["epsilon_index"], None)
            x = np.frombuffer(payload, np.int8 if self.network.input.signed else np.uint8).astype(int)
            found = integer.infer(self.network, x[None], None if values is None else values[None])
            yield self.pack(command, index=index, mu=found.mu[0], v=found.v[0], scores=found.scores[0],
                            cls=found.cls[0], z=found.z[0], output=found.output[0])

    def draw(self):
        index, count = self.state["epsilon_index"], self.network.latent
        self.state["epsilon_index"] += count
        return index, epsilon.epsilon(self.network.epsilon_table, self.seed, count, index)

    def pack(self, command, **parts):
        return pack_answer(command, self.info, Answer(**parts))


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
def refusal():
    return refuse
