"""What the core must answer: the integer reference, in the order of `gateware.core.job`."""

from dataclasses import dataclass, field

import numpy as np

from varigate.gateware.core.job import Op, Part
from varigate.model.fixedpoint.epsilon import epsilon
from varigate.model.fixedpoint.sampling import prior_latent
from varigate.model.network.integer import decode, infer
from varigate.model.network.network import Network

__all__ = ["Job", "Reference"]


@dataclass(frozen=True)
class Job:
    """An operation and its input codes: `inputs` of them, `latent` for DECODE, none for GENERATE."""

    op: Op
    codes: tuple[int, ...] = field(default=())


class Reference:
    """A core in integers: keeps the seed and the number of ε taken, as the hardware does.

    Parameters
    ----------
    network : Network
    capacity : int
        the most samples of ε that will be taken after a seed.
    """

    def __init__(self, network: Network, capacity: int = 1 << 12):
        self.network, self.epsilon_on = network, True
        self._capacity = capacity
        self.seed(network.epsilon_seed)

    def seed(self, seed: int):
        """Starts ε anew: the next sample taken is sample 0."""
        self.index = 0
        self._epsilon = epsilon(self.network.epsilon_table, seed, self._capacity)

    def _take(self) -> np.ndarray:
        start, self.index = self.index, self.index + self.network.latent
        if self.index > self._capacity:
            raise ValueError(f"more than {self._capacity} samples of ε were taken")
        return self._epsilon[start:self.index]

    def answer(self, job: Job) -> list[tuple[Part, int]]:
        """The numbers that the core answers to `job`, each with its part."""
        parts, network = {}, self.network
        if job.op in (Op.RECONSTRUCT, Op.GENERATE):
            parts[Part.INDEX] = [self.index]
        if job.op == Op.DECODE:
            parts[Part.OUTPUT] = decode(network, np.array(job.codes))[1]
        elif job.op == Op.GENERATE:
            parts[Part.Z] = prior_latent(self._take(), network.z)
            parts[Part.OUTPUT] = decode(network, parts[Part.Z])[1]
        else:
            sampled = job.op == Op.RECONSTRUCT and self.epsilon_on
            result = infer(network, np.array([job.codes]), self._take()[np.newaxis] if sampled else None)
            parts[Part.MU] = result.mu[0]
            if job.op != Op.CLASSIFY:
                parts[Part.V] = result.v[0]
            if job.op != Op.ENCODE and network.classes:
                parts |= {Part.SCORE: result.scores[0], Part.CLASS: result.cls}
            if job.op == Op.RECONSTRUCT:
                parts |= {Part.Z: result.z[0], Part.OUTPUT: result.output[0]}
        return [(part, int(value)) for part, values in parts.items() for value in values]
