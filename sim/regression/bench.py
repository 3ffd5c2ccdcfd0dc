"""How fast the simulators are: one table, measured in one run."""

import os
import tempfile
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass

import numpy as np
from tqdm import tqdm

from varigate.gateware.engine.program import Array
from varigate.model.network.network import Network
from varigate.sim.regression.bulk import answers_of
from varigate.sim.regression.engines import ENGINES
from varigate.sim.regression.regress import examples_of

__all__ = ["BASE", "Speed", "bench", "table"]

BASE = "pysim"  # what the others are compared with
SECONDS = 2.0  # of CPU time, at least, for each engine


@dataclass(frozen=True)
class Speed:
    """An engine's speed on one core. Seconds are those of this process's CPU, but for `build_seconds`: by the clock,
    elaboration and compilation, nothing of it from the cache. `ratio` is to `BASE`."""

    engine: str
    build_seconds: float
    samples: int
    cycles: int
    cpu_seconds: float
    cycles_per_second: float
    ratio: float = 1.0

    def as_dict(self) -> dict:
        return asdict(self)


@contextmanager
def _empty_cache():
    """An empty cache of compiled designs, for a while."""
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
    """Runs examples, twice as many each time, until a run takes `seconds` of CPU time. All answers must be right."""
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
                    raise AssertionError(f"{engine} is not equal to the reference: its speed means nothing")
                if passed >= seconds:
                    return Speed(engine, round(build, 2), count, cycles, round(passed, 3), round(cycles / passed, 1))
                count *= max(2, min(64, int(seconds / max(passed, 1e-3))))


def bench(network: Network, array: Array, *, seconds: float = SECONDS, progress: bool = False) -> list[Speed]:
    """All engines on one core, `BASE` first; `progress`: a bar on standard error."""
    names = [BASE, *(name for name in ENGINES if name != BASE)]
    speeds = [measure(name, network, array, seconds)
              for name in tqdm(names, unit="simulator", disable=not progress)]
    return [Speed(**speed.as_dict() | {"ratio": round(speed.cycles_per_second / speeds[0].cycles_per_second, 1)})
            for speed in speeds]


def table(speeds: list[Speed]) -> str:
    """For people to read."""
    head = ("engine", "build s", "samples", "cycles", "CPU s", "cycles / CPU s", "ratio")
    lines = ["{:<10}{:>10}{:>10}{:>14}{:>9}{:>17}{:>9}".format(*head)]
    lines += [f"{s.engine:<10}{s.build_seconds:>10.1f}{s.samples:>10,}{s.cycles:>14,}{s.cpu_seconds:>9.2f}"
              f"{s.cycles_per_second:>17,.0f}{s.ratio:>9,.1f}" for s in speeds]
    return "\n".join(lines)
