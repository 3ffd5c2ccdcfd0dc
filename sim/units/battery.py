"""A battery of statistical tests of ε, which reads a stream of samples of any length once, in blocks.

The tests are χ² in bins of 1/16 σ and at 1 LSB, Kolmogorov–Smirnov, Anderson–Darling, mean and mean square, the
numbers beyond 3, 4 and 5 σ, autocorrelation of z and z² at lags 1 to 64, runs of the sign and of |z| about its median.
The formulas are in `sim.units.goodness`.

A run fails if any p-value is below `FALSE_ALARM` divided by the number of tests (Bonferroni), so that a perfect
source fails with probability at most `FALSE_ALARM`. The seeds are the numbers 1 to 10, fixed before any of them
was run.

The tables of the inverse CDF are not perfect: at 10⁸ samples their own error adds about one (quadratic) or two (linear)
standard deviations to χ² at 1 LSB, in proportion to the number of samples. From about 4·10⁸ samples on, this test
detects even the error of the quadratic table, as it should.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache, partial

import numpy as np

from varigate.model.errors import UserError
from varigate.model.fixedpoint import gaussian_baselines
from varigate.model.fixedpoint.distribution import CODES
from varigate.model.fixedpoint.epsilon import KINDS, epsilon, epsilon_table
from varigate.model.fixedpoint.sampling import EPSILON
from varigate.model.progress import track
from varigate.sim.units import goodness

__all__ = ["FALSE_ALARM", "GENERATORS", "LAGS", "SEEDS", "Battery", "BatteryReport", "generator", "run"]

FALSE_ALARM = 1e-3
SEEDS = tuple(range(1, 11))
LAGS = range(1, 65)
BLOCK = 1 << 17
LEAST = 10_000  # samples, for the laws of many samples to hold
MEDIAN = 0.6744897501960817  # of |z|

GENERATORS = (*KINDS, "clt", "shift", "popcount")


@cache
def generator(name: str) -> Callable[[int, int, int], np.ndarray]:
    """The function (seed, count, start) → integers of `EPSILON` (count,), for a name in `GENERATORS`."""
    if name in KINDS:
        return partial(epsilon, epsilon_table(name))
    return partial(gaussian_baselines.shift, epsilon_table()) if name == "shift" else getattr(gaussian_baselines, name)


class Battery:
    """Collects the statistics of a stream of samples, block by block, and computes the tests.

    Examples
    --------
    >>> battery = Battery()
    >>> battery.add(generator("quadratic")(1, 1000, 0))
    >>> battery.results()[0].p > 1e-6
    True
    """

    def __init__(self):
        self.counts = np.zeros(CODES.size, dtype=np.int64)
        self._before = {name: np.zeros(LAGS[-1]) for name in ("z", "z²")}  # zeros add nothing to a sum of products
        self._products = {name: np.zeros(LAGS[-1] + 1) for name in self._before}  # by lag, from 0 on
        self._last = {}
        self._changes = {"runs of the sign": 0, "runs of |z|": 0}
        self._high = dict.fromkeys(self._changes, 0)

    def add(self, codes):
        """Adds the next samples of the stream, integers of `EPSILON`, (n,)."""
        if not len(codes):
            return
        self.counts += np.bincount(codes - EPSILON.low, minlength=CODES.size)
        z = EPSILON.real(codes)
        for name, block in (("z", z), ("z²", z * z - 1)):
            joined = np.concatenate([self._before[name], block])
            for lag in (0, *LAGS):  # einsum: a thread pool costs more than so short a product
                self._products[name][lag] += np.einsum("i,i->", block, joined[LAGS[-1] - lag:joined.size - lag])
            self._before[name] = joined[-LAGS[-1]:]
        for name, high in (("runs of the sign", z < 0), ("runs of |z|", np.abs(z) > MEDIAN)):
            self._changes[name] += int(np.count_nonzero(high[1:] != high[:-1])) + bool(
                self._last.get(name, high[0]) != high[0])
            self._high[name] += int(np.count_nonzero(high))
            self._last[name] = high[-1]

    def results(self) -> list[goodness.GoodnessResult]:
        """The results of all tests on the samples so far."""
        counts, count = self.counts, int(self.counts.sum())
        return [
            goodness.chi_square(counts, (1 << EPSILON.frac) // 16),
            goodness.chi_square(counts, 1),
            goodness.kolmogorov_smirnov(counts),
            goodness.anderson_darling(counts),
            *goodness.moments(counts),
            *(goodness.tail(counts, sigmas) for sigmas in (3, 4, 5)),
            *(goodness.correlation(name, lag, products[lag], products[0], count)
              for name, products in self._products.items() for lag in LAGS),
            *(goodness.runs(name, changes, self._high[name], count) for name, changes in self._changes.items()),
        ]


@dataclass(frozen=True)
class BatteryReport:
    """The results of all tests on `count` samples of a generator; see `run`."""

    generator: str
    seed: int
    count: int
    results: list

    @property
    def threshold(self) -> float:
        """The p-value below which a test fails."""
        return FALSE_ALARM / len(self.results)

    @property
    def failures(self) -> list:
        """The results with a p-value below the threshold."""
        return [result for result in self.results if result.p < self.threshold]

    def as_dict(self) -> dict:
        """The report for JSON."""
        return {"generator": self.generator, "seed": self.seed, "count": self.count, "false_alarm": FALSE_ALARM,
                "threshold": self.threshold, "failures": [result.name for result in self.failures],
                "results": [asdict(result) for result in self.results]}

    def table(self) -> str:
        """The results as a table of text; of the autocorrelations, only those with the least p."""
        lines, groups = [], {}
        for result in self.results:
            groups.setdefault(result.name.partition(", lag")[0], []).append(result)
        for name, group in groups.items():
            worst = min(group, key=lambda result: result.p)
            failed = sum(result.p < self.threshold for result in group)
            note = f", the least of {len(group)}, lag{worst.name.rpartition('lag')[2]}" if len(group) > 1 else ""
            lines.append(f"{name:24} {worst.detail + note:46} p = {worst.p:<9.2g} {'FAILED' if failed else 'passed'}"
                         + (f" ({failed} of {len(group)})" if failed and len(group) > 1 else ""))
        return "\n".join([
            f"{self.generator}, seed {self.seed}, {self.count:,} samples", *lines,
            f"{len(self.results)} tests, {len(self.failures)} failed (p below {self.threshold:.2g}: a perfect source "
            f"fails one with a probability of at most {FALSE_ALARM:g})"])


def run(source: Callable[[int, int, int], np.ndarray], seed: int, count: int, *, name: str = "",
        progress: bool = False) -> BatteryReport:
    """Runs the battery on samples 0 … count − 1 of `source(seed, count, start)`, in constant memory.

    Raises a `UserError` for fewer than `LEAST` samples. `progress`: a bar on standard error.
    """
    if count < LEAST:
        raise UserError(f"--count must be at least {LEAST:,} for the statistics of ε, not {count:,}")
    battery = Battery()
    with track("ε", count, "sample", shown=progress) as work:
        for start in range(0, count, BLOCK):
            size = min(BLOCK, count - start)
            battery.add(source(seed, size, start))
            work.update(size)
    return BatteryReport(name, seed, count, battery.results())
