"""A reference model of the core: integer inference with the seed and the number of ε taken, as in the hardware."""

from dataclasses import dataclass, field

import numpy as np

from varigate.model.fixedpoint.epsilon import epsilon
from varigate.model.fixedpoint.sampling import prior_latent
from varigate.model.network.integer import decode, infer
from varigate.model.network.network import Network
from varigate.model.protocol.operations import OPERATIONS, Op, Part
from varigate.model.protocol.replies import Answer

__all__ = ["Job", "Reference"]

BLOCK = 1 << 12  # samples of ε that are computed at once


@dataclass(frozen=True)
class Job:
    """An operation and its input codes."""

    op: Op
    codes: tuple[int, ...] = field(default=())


class Reference:
    """A reference model of the core, from its reset on.

    Parameters
    ----------
    network : Network

    Members
    -------
    epsilon_on : bool
    index : int
        of the next ε.
    """

    def __init__(self, network: Network):
        self.network, self.epsilon_on = network, True
        self.seed(network.epsilon_seed)

    def seed(self, seed: int):
        """Starts ε anew: the next sample taken is sample 0."""
        self._seed, self.index, self._first, self._block = seed, 0, 0, np.zeros(0, np.int64)

    def _take(self) -> np.ndarray:
        index, count = self.index, self.network.latent
        if index + count > self._first + len(self._block):
            self._first = index
            self._block = epsilon(self.network.epsilon_table, self._seed, max(BLOCK, count), index)
        self.index += count
        return self._block[index - self._first:self.index - self._first]

    def run(self, op: Op, codes=()) -> Answer:
        """The answer to `op` on the input `codes`, and intermediate integers."""
        network, index = self.network, self.index
        when = OPERATIONS[op].epsilon
        sample = self._take() if when == "always" or (when == "when on" and self.epsilon_on) else None
        if OPERATIONS[op].takes == "input":
            found = infer(network, np.array([codes]), None if sample is None else sample[np.newaxis])
            return Answer(index, found.mu[0], found.v[0], found.scores[0], int(found.cls[0]), found.z[0],
                          found.output[0])
        z = np.array(codes) if sample is None else prior_latent(sample, network.z)
        return Answer(index=index, z=z, output=decode(network, z)[1])

    def answer(self, job: Job) -> list[tuple[Part, int]]:
        """The numbers of the core's answer to `job`, each with its part."""
        return self.run(job.op, job.codes).numbers(job.op, self.network)
