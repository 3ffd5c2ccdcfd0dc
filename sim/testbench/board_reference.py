"""A reference model of a board: the protocol (`docs/protocol.md`) on top of integer inference."""

import dataclasses

import numpy as np

from varigate.model.network import network_file
from varigate.model.network.network import Network
from varigate.model.protocol.frames import Command, Frame
from varigate.model.protocol.operations import OPERATIONS
from varigate.model.protocol.replies import Info, pack_answer
from varigate.model.protocol.requests import request_lengths
from varigate.sim.testbench.reference import Reference

__all__ = ["BoardReference"]


class BoardReference:
    """A reference model of a board, from its reset on.

    Parameters
    ----------
    network : Network

    Members
    -------
    core : Reference
    answered, bad : int
        requests answered, bad frames. Who judges the frames counts `bad`.
    """

    def __init__(self, network: Network):
        self.network, self.core = network, Reference(network)
        self.lengths = request_lengths(network.inputs, network.latent)
        self._info = Info.of(network, network_file.digest(network))
        self.answered, self.bad = 0, 0

    @property
    def info(self) -> Info:
        """The board's present answer to `info`."""
        return dataclasses.replace(self._info, epsilon_on=self.core.epsilon_on, epsilon_index=self.core.index,
                                   answered=self.answered, bad=self.bad)

    def answer(self, request: Frame) -> list[bytes]:
        """The payloads of the replies to a good `request`: several for `generate`, otherwise one."""
        command, payload = Command(request.command), request.payload
        own = {Command.INFO: self._tell, Command.SEED: self._seed, Command.EPSILON: self._switch}
        if command in own:
            payloads = [own[command](payload)]
        elif command == Command.GENERATE:
            payloads = [bytes([turn]) + self._run(command) for turn in range(payload[0])]
        else:
            payloads = [self._run(command, payload)]
        self.answered += 1
        return payloads

    def _tell(self, payload: bytes) -> bytes:
        return self.info.pack()

    def _seed(self, payload: bytes) -> bytes:
        self.core.seed(int.from_bytes(payload, "little"))
        return b""

    def _switch(self, payload: bytes) -> bytes:
        self.core.epsilon_on = payload == b"\x01"
        return b""

    def _run(self, command: Command, payload: bytes = b"") -> bytes:
        signed = OPERATIONS[command.operation].takes == "z" or self.network.input.signed
        codes = np.frombuffer(payload, np.int8 if signed else np.uint8).astype(int)
        return pack_answer(command, self._info, self.core.run(command.operation, codes))
