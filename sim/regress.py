"""A network's core against the integer reference, on the network's real data."""

import time
from dataclasses import asdict, dataclass

import numpy as np
from tqdm import tqdm

from gateware.program import Array
from model.errors import UserError
from model.network import Network
from sim.bulk import answers_of
from sim.engines import DEFAULT, ENGINES

__all__ = ["PASSES", "Regression", "examples_of", "regress"]

PASSES = 4  # over all examples; the first has ε as after reset, the others are seeded 1, 2, …


@dataclass(frozen=True)
class Regression:
    """The outcome. A sample is one RECONSTRUCT: it mismatches when any number of its answer is not equal."""

    network: str
    engine: str
    samples: int
    mismatches: int
    cycles: int
    cycles_per_second: float  # of this process's CPU time

    def as_dict(self) -> dict:
        return asdict(self)


def examples_of(network: Network) -> np.ndarray:
    """(n, inputs), n > 0; or a UserError."""
    if not len(network.examples):
        raise UserError(f"network {network.name} holds no examples to run; train it with its data, or add some")
    return network.example_codes


def regress(network: Network, array: Array, *, engine: str = DEFAULT, count: int | None = None, weights: str = "lut",
            stall: float = 0.0, trace=None, progress: bool = False) -> Regression:
    """All examples, again and again with other ε: ε index, μ, v, class scores, class, z and reconstruction.

    Parameters
    ----------
    network : Network
    array : Array
    engine : str
        of `sim.engines.ENGINES`.
    count : int
        samples; the default is every example in `PASSES` passes. Fewer stop early, more go on with further seeds.
    stall : float
        probability that the client pauses, in each cycle and on each stream.
    trace : path
        of a VCD to write.
    progress : bool
        a bar on standard error.
    """
    inputs = examples_of(network)
    count = PASSES * len(inputs) if count is None else count
    if count < 1:
        raise UserError(f"the number of samples is at least 1, not {count}")
    if not 0 <= stall < 1:
        raise UserError(f"a probability of stalls is at least 0 and less than 1, not {stall}")
    mismatches, samples, cycles, seconds = 0, 0, 0, 0.0
    with ENGINES[engine](network, array, weights=weights, trace=trace) as core, \
            tqdm(total=count, unit="sample", disable=not progress) as bar:
        for place in range(-(-count // len(inputs))):
            codes, seed = inputs[:count - samples], place or None
            start = time.process_time()
            answers, passed = core.reconstruct(codes, seed, stall=stall)
            seconds += time.process_time() - start
            mismatches += int((answers != answers_of(network, codes, seed)).any(axis=1).sum())
            samples += len(codes)
            cycles += passed
            bar.update(len(codes))
    return Regression(network.name, engine, samples, mismatches, cycles, round(cycles / seconds, 1))
