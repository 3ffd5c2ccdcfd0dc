"""Compares a network's core with the integer reference, on the network's real data."""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass

import numpy as np

from varigate.gateware.engine.program import Array
from varigate.model.errors import UserError
from varigate.model.network.network import Network
from varigate.model.progress import track
from varigate.sim.regression.bulk import answers_of
from varigate.sim.regression.engines import DEFAULT, ENGINES

__all__ = ["PASSES", "Regression", "examples_of", "regress"]

PASSES = 4  # through all examples
RUN = 2500  # the most samples per seed of ε: the first run has the seed after reset, the others 1, 2, …


@dataclass(frozen=True)
class Regression:
    """The outcome of a regression. A sample is one RECONSTRUCT; it mismatches if any number of its answer differs."""

    network: str
    engine: str
    samples: int
    mismatches: int
    cycles: int
    cycles_per_second: float  # of this process's CPU time
    array: dict  # the fields of `gateware.engine.program.Array`

    def as_dict(self) -> dict:
        """The fields by name, for JSON."""
        return asdict(self)


def examples_of(network: Network) -> np.ndarray:
    """The codes (n, inputs) of the network's examples; a `UserError` if it has none."""
    if not len(network.examples):
        raise UserError(f"network {network.name} has no examples to run; train it again with its data, or add some")
    return network.example_codes


def regress(network: Network, array: Array, *, inputs: np.ndarray | None = None, engine: str = DEFAULT,
            count: int | None = None, weights: str = "lut", stall: float = 0.0, trace=None,
            progress: bool = False) -> Regression:
    """Runs samples through the core, and compares each answer with the reference.

    An answer has the ε index, μ, v, class scores, class, z and the reconstruction. Inputs that are used again get
    another ε.

    Parameters
    ----------
    network : Network
    array : Array
    inputs : array
        (n, inputs), input codes; by default the network's examples.
    engine : str
        a name in `sim.regression.engines.ENGINES`.
    count : int
        samples; by default `PASSES` passes through the examples, or one through `inputs`. If there are more, inputs
        are repeated.
    stall : float
        probability that the client pauses, in each cycle and on each stream.
    trace : path
        the VCD that is written.
    progress : bool
        a bar on standard error.
    """
    if count is None:
        count = PASSES * len(examples_of(network)) if inputs is None else len(inputs)
    inputs = examples_of(network) if inputs is None else inputs
    if count < 1:
        raise UserError(f"--count must be at least 1, not {count}")
    if not 0 <= stall < 1:
        raise UserError(f"--stall must be at least 0 and less than 1, not {stall}")
    runs = _runs(inputs, count)
    local = threading.local()
    with ExitStack() as stack, track("regress", count, "sample", shown=progress) as work:

        def run(codes, seed):
            """Runs samples on this thread's own core; mismatches, cycles and CPU seconds."""
            if not hasattr(local, "core"):
                local.core = stack.enter_context(ENGINES[engine](network, array, weights=weights, trace=trace))
            start = time.thread_time()
            answers, cycles = local.core.reconstruct(codes, seed, stall=stall)
            seconds = time.thread_time() - start
            work.update(len(codes))
            return int((answers != answers_of(network, codes, seed)).any(axis=1).sum()), cycles, seconds

        # Compiled code can run in many threads; waveforms and Amaranth's simulator need a single one.
        workers = 1 if trace is not None or engine == "pysim" else min(os.cpu_count() or 1, len(runs))
        with ThreadPoolExecutor(workers) as pool:
            mismatches, cycles, seconds = np.sum(list(pool.map(lambda each: run(*each), runs)), axis=0)
    return Regression(network.name, engine, count, int(mismatches), int(cycles), round(cycles / seconds, 1),
                      asdict(array))


def _runs(inputs: np.ndarray, count: int) -> list[tuple[np.ndarray, int | None]]:
    """Splits `count` samples into runs (codes, seed of ε), each with another seed; None is the network's own."""
    runs = []
    while count > 0:
        for start in range(0, len(inputs), RUN):
            codes = inputs[start:start + RUN][:count]
            if len(codes):
                runs.append((codes, len(runs) or None))
            count -= len(codes)
    return runs
