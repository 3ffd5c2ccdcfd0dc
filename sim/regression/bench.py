"""Measures the speed of the simulators."""

import os
import tempfile
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass

import numpy as np

from varigate.gateware.engine.program import Array
from varigate.model.network.network import Network
from varigate.model.progress import counted
from varigate.sim.regression.bulk import answers_of
from varigate.sim.regression.engines import ENGINES
from varigate.sim.regression.regress import examples_of

__all__ = ["BASE", "Speed", "bench", "table"]

BASE = "pysim"  # the speed that ratios refer to
SECONDS = 2.0  # of CPU time, at least, for each engine


@dataclass(frozen=True)
class Speed:
    """The speed of an engine (a simulator) on one core.

    Parameters
    ----------
    engine : str
    build_seconds : float
        wall-clock time of elaboration and compilation, without a cache.
    samples, cycles : int
        simulated in `cpu_seconds`.
    cpu_seconds, cycles_per_second : float
        in CPU time of this process.
    ratio : float
        of `cycles_per_second` to that of `BASE`.
    """

    engine: str
    build_seconds: float
    samples: int
    cycles: int
    cpu_seconds: float
    cycles_per_second: float
    ratio: float = 1.0

    def as_dict(self) -> dict:
        """The fields by name, for JSON."""
        return asdict(self)


@contextmanager
def _empty_cache():
    """Replaces the cache of compiled designs by an empty one."""
    before = os.environ.get("VARIGATE_CACHE")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:  # Windows keeps loaded libraries
        os.environ["VARIGATE_CACHE"] = folder
        try:
            yield
        finally:
            os.environ.pop("VARIGATE_CACHE")
            if before is not None:
                os.environ["VARIGATE_CACHE"] = before


def measure(engine: str, network: Network, array: Array, seconds: float = SECONDS) -> Speed:
    """Runs more and more examples until a run takes `seconds` of CPU time; its speed.

    Raises an `AssertionError` if an answer is wrong.
    """
    examples = examples_of(network)
    with _empty_cache():
        start = time.perf_counter()
        with ENGINES[engine](network, array) as core:
            build, count = time.perf_counter() - start, 16
            while True:
                codes = np.resize(examples, (count, network.inputs))
                start = time.process_time()
                answers, cycles = core.reconstruct(codes, None)
                passed = time.process_time() - start
                if not np.array_equal(answers, answers_of(network, codes, None)):
                    raise AssertionError(f"{engine} gives wrong answers: no speed is measured")
                if passed >= seconds:
                    return Speed(engine, round(build, 2), count, cycles, round(passed, 3), round(cycles / passed, 1))
                count *= max(2, min(64, int(seconds / max(passed, 1e-3))))


def bench(network: Network, array: Array, *, seconds: float = SECONDS, progress: bool = False) -> list[Speed]:
    """The speed of every engine on one core, `BASE` first. `progress`: a bar on standard error."""
    names = [BASE, *(name for name in ENGINES if name != BASE)]
    speeds = [measure(name, network, array, seconds)
              for name in counted(names, "bench", len(names), "simulator", shown=progress)]
    return [Speed(**speed.as_dict() | {"ratio": round(speed.cycles_per_second / speeds[0].cycles_per_second, 1)})
            for speed in speeds]


def table(speeds: list[Speed]) -> str:
    """The speeds as a table of text.

    Examples
    --------
    >>> print(table([Speed("pysim", 1.5, 16, 3000, 2.0, 1500.0)]))
    engine       build s   samples        cycles    CPU s   cycles / CPU s    ratio
    pysim            1.5        16         3,000     2.00            1,500      1.0
    """
    head = ("engine", "build s", "samples", "cycles", "CPU s", "cycles / CPU s", "ratio")
    lines = ["{:<10}{:>10}{:>10}{:>14}{:>9}{:>17}{:>9}".format(*head)]
    lines += [f"{s.engine:<10}{s.build_seconds:>10.1f}{s.samples:>10,}{s.cycles:>14,}{s.cpu_seconds:>9.2f}"
              f"{s.cycles_per_second:>17,.0f}{s.ratio:>9,.1f}" for s in speeds]
    return "\n".join(lines)
