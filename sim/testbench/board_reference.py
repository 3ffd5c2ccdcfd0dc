"""What a board answers to requests: the protocol (`docs/protocol.md`) on top of integer inference."""

import numpy as np

from varigate.model.fixedpoint import sampling
from varigate.model.fixedpoint.epsilon import epsilon
from varigate.model.network import integer, network_file
from varigate.model.network.network import Network
from varigate.model.protocol.frames import Command, Frame
from varigate.model.protocol.replies import Answer, Info, pack_answer
from varigate.model.protocol.requests import request_lengths

__all__ = ["BoardReference"]

BLOCK = 1 << 12  # samples of ε that are computed at once


class BoardReference:
    """A board in integers, from its reset on.

    Parameters
    ----------
    network : Network

    Members
    -------
    epsilon_on : bool
    index : int
        of the next ε.
    answered, bad : int
        requests answered, bad frames. Who judges the frames counts `bad`.
    """

    def __init__(self, network: Network):
        self.network = network
        self.lengths = request_lengths(network.inputs, network.latent)
        self._info = Info.of(network, network_file.digest(network))
        self.epsilon_on, self.answered, self.bad = True, 0, 0
        self._start(network.epsilon_seed)

    def _start(self, seed: int):
        self._seed, self.index, self._first, self._block = seed, 0, 0, np.zeros(0, np.int64)

    def _take(self) -> tuple[int, np.ndarray]:
        index, count = self.index, self.network.latent
        if index + count > self._first + len(self._block):
            self._first = index
            self._block = epsilon(self.network.epsilon_table, self._seed, max(BLOCK, count), index)
        self.index += count
        return index, self._block[index - self._first:self.index - self._first]

    @property
    def info(self) -> Info:
        """What the board says of itself, now."""
        return Info(**vars(self._info) | {"epsilon_on": self.epsilon_on, "epsilon_index": self.index,
                                          "answered": self.answered, "bad": self.bad})

    def answer(self, request: Frame) -> list[bytes]:
        """The payloads of the replies to a good `request`; one, but for `generate`."""
        payloads = list(self._payloads(Command(request.command), request.payload))
        self.answered += 1
        return payloads

    def _payloads(self, command: Command, payload: bytes):
        network = self.network
        if command == Command.INFO:
            yield self.info.pack()
        elif command == Command.SEED:
            self._start(int.from_bytes(payload, "little"))
            yield b""
        elif command == Command.EPSILON:
            self.epsilon_on = payload == b"\x01"
            yield b""
        elif command == Command.GENERATE:
            for turn in range(payload[0]):
                index, values = self._take()
                z = sampling.prior_latent(values, network.z)
                output = integer.decode(network, z)[1]
                yield bytes([turn]) + pack_answer(command, self._info, Answer(index=index, z=z, output=output))
        elif command == Command.DECODE:
            output = integer.decode(network, np.frombuffer(payload, np.int8).astype(int))[1]
            yield pack_answer(command, self._info, Answer(output=output))
        else:
            sampled = command == Command.RECONSTRUCT and self.epsilon_on
            index, values = self._take() if sampled else (self.index, None)
            x = np.frombuffer(payload, np.int8 if network.input.signed else np.uint8).astype(int)
            found = integer.infer(network, x[np.newaxis], None if values is None else values[np.newaxis])
            yield pack_answer(command, self._info, Answer(
                index=index, mu=found.mu[0], v=found.v[0], scores=found.scores[0], cls=found.cls[0], z=found.z[0],
                output=found.output[0]))
