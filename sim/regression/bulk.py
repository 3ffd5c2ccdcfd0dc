"""The core's RECONSTRUCT in bulk: arrays of input codes in, arrays of answers out, and what they must be."""

import numpy as np

from varigate.gateware.core.vae import FoldedVae
from varigate.model.fixedpoint.epsilon import epsilon
from varigate.model.network.integer import infer
from varigate.model.network.network import Network
from varigate.model.protocol.operations import PARTS, Op, counts
from varigate.sim.simulators.compiled import Simulation
from varigate.sim.testbench.core import run_jobs
from varigate.sim.testbench.reference import Job

__all__ = ["AmaranthCore", "StreamCore", "answers_of", "pack"]

BATCH = 1 << 20  # input codes and numbers of answers at a time: what is kept in memory

VALUE, LAST = 3, 35  # the places of `value` and `last` in gateware.core.job.Result
VALUE_MASK = (1 << LAST - VALUE) - 1


def pack(part, value, last) -> np.ndarray:
    """Elements of an answer as the words of the stream `client.result`; uint64."""
    value = (np.asarray(value, dtype=np.int64) & VALUE_MASK).astype(np.uint64)
    return np.asarray(part, np.uint64) | value << np.uint64(VALUE) | np.asarray(last, np.uint64) << np.uint64(LAST)


def answers_of(network: Network, codes, seed: int | None, start: int = 0) -> np.ndarray:
    """What the core must answer to RECONSTRUCT of `codes`, from the integer inference.

    Parameters
    ----------
    codes : array
        (n, inputs), integers in `network.input`.
    seed : int
        of ε, which the n jobs take in order; None for the one after reset.
    start : int
        index of the first ε taken.

    Returns
    -------
    array
        uint64 (n, numbers), see `pack`: ε index, μ, v, class scores and class if there is a head, z, output.
    """
    count, latent = len(codes), network.latent
    draws = epsilon(network.epsilon_table, network.epsilon_seed if seed is None else seed, count * latent, start)
    result = infer(network, codes, draws.reshape(count, latent))
    values = vars(result) | {"index": start + latent * np.arange(count)}
    sizes = counts(Op.RECONSTRUCT, network)
    part = np.repeat(list(sizes), list(sizes.values()))
    last = np.arange(len(part)) == len(part) - 1
    return pack(part, np.concatenate([values[PARTS[each].field].reshape(count, -1) for each in sizes], axis=1), last)


def numbers(network: Network) -> int:
    """Length of an answer to RECONSTRUCT."""
    return sum(counts(Op.RECONSTRUCT, network).values())


class StreamCore:
    """A core in a simulation that has its ports: compiled RTL, or a netlist.

    Parameters
    ----------
    simulation : Simulation
        of a `FoldedVae`; closed with this.
    network : Network
    """

    def __init__(self, simulation: Simulation, network: Network):
        self._simulation, self._network = simulation, network

    def __enter__(self) -> "StreamCore":
        return self

    def __exit__(self, *exception):
        self._simulation.close()

    def reconstruct(self, codes, seed: int | None, *, stall: float = 0.0) -> tuple[np.ndarray, int]:
        """A reset (`seed` None) or a seed, and then the jobs, as a client gives them that never lets the core wait.

        Returns
        -------
        answers : array
            uint64 (n, numbers), see `pack`.
        cycles : int
        """
        simulation, start = self._simulation, self._simulation.cycle
        simulation.set("epsilon_on", 1)
        if seed is None:
            simulation.reset()
        else:
            simulation.transact({"seed": [seed]}, stall=stall, seed=seed)
        codes, length = np.asarray(codes), numbers(self._network)
        batch = max(1, BATCH // (length + self._network.inputs))
        answers = []
        for first in range(0, len(codes), batch):
            some = codes[first:first + batch]
            words, _ = simulation.transact(
                {"client__job": np.full(len(some), Op.RECONSTRUCT.value), "client__data": some.ravel() & 0xFF},
                {"client__result": len(some) * length}, stall=stall, seed=first)
            answers.append(words["client__result"].reshape(-1, length))
        return np.concatenate(answers), simulation.cycle - start


class AmaranthCore:
    """The same in the Amaranth simulator, which starts afresh for each call.

    Parameters
    ----------
    make : function
        of no arguments, makes a new `FoldedVae`.
    """

    def __init__(self, make):
        self._make = make

    def __enter__(self) -> "AmaranthCore":
        return self

    def __exit__(self, *exception):
        pass

    def reconstruct(self, codes, seed: int | None, *, stall: float = 0.0) -> tuple[np.ndarray, int]:
        """See `StreamCore.reconstruct`."""
        core: FoldedVae = self._make()
        jobs = [Job(Op.RECONSTRUCT, tuple(row.tolist())) for row in codes]
        answers, marks = run_jobs(core, jobs, seeds={} if seed is None else {0: seed}, stall=stall)
        words = [pack([part.value for part, _ in answer], [value for _, value in answer],
                      np.arange(len(answer)) == len(answer) - 1) for answer in answers]
        return np.array(words), max(marks[-1].values())
