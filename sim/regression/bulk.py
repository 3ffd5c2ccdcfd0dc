"""Runs many RECONSTRUCT jobs through a simulated core, and computes the answers that it must give."""

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

BATCH = 1 << 20  # input codes and answers that are kept in memory at a time

VALUE, LAST = 3, 35  # the places of `value` and `last` in gateware.core.job.Result
VALUE_MASK = (1 << LAST - VALUE) - 1


def pack(part, value, last) -> np.ndarray:
    """Packs the elements of an answer as words of the stream `client.result`, uint64.

    Examples
    --------
    >>> pack(1, -1, True) == 1 | VALUE_MASK << VALUE | 1 << LAST
    np.True_
    """
    value = (np.asarray(value, dtype=np.int64) & VALUE_MASK).astype(np.uint64)
    return np.asarray(part, np.uint64) | value << np.uint64(VALUE) | np.asarray(last, np.uint64) << np.uint64(LAST)


def answers_of(network: Network, codes, seed: int | None, start: int = 0) -> np.ndarray:
    """The answers that the core must give to RECONSTRUCT of `codes`, from the integer inference.

    Parameters
    ----------
    codes : array
        (n, inputs), integers in `network.input`.
    seed : int
        the seed of ε, which the n jobs take in order; None: the seed after reset.
    start : int
        index of the first ε taken.

    Returns
    -------
    array
        uint64 (n, numbers), see `pack`: ε index, μ, v, class scores and class if there is a head, z, output.

    Examples
    --------
    >>> from varigate.model.network import network_file
    >>> iris = network_file.load(network_file.find("iris"))
    >>> answers_of(iris, iris.example_codes[:3], seed=1).shape == (3, numbers(iris))
    True
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
    """The number of elements of an answer to RECONSTRUCT."""
    return sum(counts(Op.RECONSTRUCT, network).values())


class StreamCore:
    """A core in the compiled simulator, as RTL or as a netlist.

    Parameters
    ----------
    simulation : Simulation
        of a `FoldedVae`; it is closed together with this object.
    network : Network
    """

    def __init__(self, simulation: Simulation, network: Network):
        self._simulation, self._network = simulation, network

    def __enter__(self) -> "StreamCore":
        return self

    def __exit__(self, *exception):
        self._simulation.close()

    def reconstruct(self, codes, seed: int | None, *, stall: float = 0.0) -> tuple[np.ndarray, int]:
        """Resets the core (`seed` None) or seeds ε, then runs a job for each row of `codes` (n, inputs).

        Jobs are given without pauses, except those of `stall`, the probability of a pause in a cycle.

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
    """A core in the Amaranth simulator, like `StreamCore`; each call starts a new simulation.

    Parameters
    ----------
    make : function
        makes a new `FoldedVae`; no arguments.
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
