"""A network's core against the integer reference, on the network's real data."""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass

import numpy as np
from tqdm import tqdm

from varigate.gateware.engine.program import Array
from varigate.model.errors import UserError
from varigate.model.network.network import Network
from varigate.sim.regression.bulk import answers_of
from varigate.sim.regression.engines import DEFAULT, ENGINES

__all__ = ["PASSES", "Regression", "examples_of", "regress"]

PASSES = 4  # over all examples
RUN = 2500  # samples from one seed at most: the first run has ε as after reset, the others are seeded 1, 2, …


@dataclass(frozen=True)
class Regression:
    """The outcome. A sample is one RECONSTRUCT: it mismatches when any number of its answer is not equal."""

    network: str
    engine: str
    samples: int
    mismatches: int
    cycles: int
    cycles_per_second: float  # of this process's CPU time
    array: dict  # the fields of `gateware.engine.program.Array`

    def as_dict(self) -> dict:
        return asdict(self)


def examples_of(network: Network) -> np.ndarray:
    """(n, inputs), n > 0; or a UserError."""
    if not len(network.examples):
        raise UserError(f"network {network.name} holds no examples to run; train it with its data, or add some")
    return network.example_codes


def regress(network: Network, array: Array, *, inputs: np.ndarray | None = None, engine: str = DEFAULT,
            count: int | None = None, weights: str = "lut", stall: float = 0.0, trace=None,
            progress: bool = False) -> Regression:
    """All inputs, again and again with other ε: ε index, μ, v, class scores, class, z and reconstruction.

    Parameters
    ----------
    network : Network
    array : Array
    inputs : array
        (n, inputs), input codes; by default the network's examples.
    engine : str
        of `sim.regression.engines.ENGINES`.
    count : int
        samples; the default is every example in `PASSES` passes, but `inputs` once. Fewer stop early, more go on with
        further seeds.
    stall : float
        probability that the client pauses, in each cycle and on each stream.
    trace : path
        of a VCD to write.
    progress : bool
        a bar on standard error.
    """
    if count is None:
        count = PASSES * len(examples_of(network)) if inputs is None else len(inputs)
    inputs = examples_of(network) if inputs is None else inputs
    if count < 1:
        raise UserError(f"the number of samples is at least 1, not {count}")
    if not 0 <= stall < 1:
        raise UserError(f"a probability of stalls is at least 0 and less than 1, not {stall}")
    runs = _runs(inputs, count)
    local = threading.local()
    with ExitStack() as stack, tqdm(total=count, unit="sample", disable=not progress) as bar:

        def run(codes, seed):
            """Mismatches, cycles and CPU seconds of some samples, on this thread's own core."""
            if not hasattr(local, "core"):
                local.core = stack.enter_context(ENGINES[engine](network, array, weights=weights, trace=trace))
            start = time.thread_time()
            answers, cycles = local.core.reconstruct(codes, seed, stall=stall)
            seconds = time.thread_time() - start
            bar.update(len(codes))
            return int((answers != answers_of(network, codes, seed)).any(axis=1).sum()), cycles, seconds

        # Compiled code runs beside other threads; waveforms, and Amaranth's simulator, want one.
        workers = 1 if trace is not None or engine == "pysim" else min(os.cpu_count() or 1, len(runs))
        with ThreadPoolExecutor(workers) as pool:
            mismatches, cycles, seconds = np.sum(list(pool.map(lambda each: run(*each), runs)), axis=0)
    return Regression(network.name, engine, count, int(mismatches), int(cycles), round(cycles / seconds, 1),
                      asdict(array))


def _runs(inputs: np.ndarray, count: int) -> list[tuple[np.ndarray, int | None]]:
    """So many samples as pairs of input codes and a seed of ε, None for the network's own: every run has another."""
    runs = []
    while count > 0:
        for start in range(0, len(inputs), RUN):
            codes = inputs[start:start + RUN][:count]
            if len(codes):
                runs.append((codes, len(runs) or None))
            count -= len(codes)
    return runs
