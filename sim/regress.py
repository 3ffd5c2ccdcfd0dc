"""A network's core against the integer reference, on the network's real data."""

import time
from dataclasses import asdict, dataclass

import numpy as np
from tqdm import tqdm

from gateware.job import Op
from gateware.program import Array
from gateware.vae import FoldedVae
from model.errors import UserError
from model.network import Network
from sim.core import run_jobs
from sim.reference import Job, Reference

__all__ = ["EPSILON_SEEDS", "Regression", "regress"]

EPSILON_SEEDS = (None, 1, 2, 3)  # None: as after reset, with the network's own seed


@dataclass(frozen=True)
class Regression:
    """The outcome. A sample is one RECONSTRUCT: it mismatches when any number of its answer is not equal."""

    network: str
    engine: str
    samples: int
    mismatches: int
    cycles: int
    cycles_per_second: float

    def as_dict(self) -> dict:
        return asdict(self)


def _inputs(network: Network) -> np.ndarray:
    if not len(network.examples):
        raise UserError(f"network {network.name} holds no examples to run; train it with its data, or add some")
    return network.example_codes


def regress(network: Network, array: Array, *, count: int | None = None, weights: str = "lut",
            progress: bool = False) -> Regression:
    """All examples × `EPSILON_SEEDS` through the core: ε index, μ, v, class scores, class, z and reconstruction.

    Parameters
    ----------
    network : Network
    array : Array
    count : int
        samples; the default is every example with every seed. Fewer stop early, more go on with further seeds.
    progress : bool
        a bar on standard error.
    """
    inputs = _inputs(network)
    count = len(EPSILON_SEEDS) * len(inputs) if count is None else count
    if count < 1:
        raise UserError(f"the number of samples is at least 1, not {count}")
    mismatches, samples, cycles, seconds = 0, 0, 0, 0.0
    with tqdm(total=count, unit="sample", disable=not progress) as bar:
        for place in range(-(-count // len(inputs))):
            seed = EPSILON_SEEDS[place] if place < len(EPSILON_SEEDS) else place
            jobs = [Job(Op.RECONSTRUCT, tuple(x.tolist())) for x in inputs[:count - samples]]
            reference = Reference(network, capacity=network.latent * len(jobs))
            if seed is not None:
                reference.seed(seed)
            start = time.process_time()
            answers, marks = run_jobs(FoldedVae(network, array, weights=weights), jobs,
                                      seeds={} if seed is None else {0: seed})
            seconds += time.process_time() - start
            mismatches += sum(answer != reference.answer(job) for answer, job in zip(answers, jobs, strict=True))
            samples += len(jobs)
            cycles += max(marks[-1].values())
            bar.update(len(jobs))
    return Regression(network.name, "pysim", samples, mismatches, cycles, round(cycles / seconds, 1))
