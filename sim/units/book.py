"""Writes the book of units, `docs/units.md` (`varigate units`). The text is the same every time."""

from pathlib import Path

import numpy as np

from varigate.model.files import check_writable, write_bytes
from varigate.model.fixedpoint.distribution import (
    Distribution,
    chi_square_distance,
    exact,
    kolmogorov_distance,
    rounded_gaussian,
    rounded_tail,
    total_variation,
)
from varigate.model.fixedpoint.epsilon import epsilon_table
from varigate.model.fixedpoint.sampling import EPSILON
from varigate.model.progress import track
from varigate.sim.units import figures
from varigate.sim.units.goodness import LEAST_EXPECTED
from varigate.sim.units.measure import SIGMAS, SIGMOIDS, SOURCES, Unit, measure

__all__ = ["write"]

SIGMAS_OF_TAILS = (3, 4, 5, 5.5, 6)

TEXT = """# The book of units

Written by `varigate units`. Every figure below is computed: errors over all input codes against the real function
(mpmath), the distribution of ε over all 2³² draws, areas by Yosys for the XC7A100T (LUTs include those used as memory;
a RAMB18 counts as half a block RAM). An *ulp* is a unit in the last place of the unit's output. A latency is in clock
cycles; *interval* is the number of cycles between results.

## Sigmoid

{sigmoids}

`classic` is the series of textbooks, for comparison; its error is that of the series. `byte` is the unit of
networks trained with `--activation sigmoid` (`taylor` uses `classic`; the shipped Iris network has ReLUs and no
sigmoid). `compact` is the smallest, but takes the most cycles. *Misrounded* counts the codes whose result differs
from the real value, rounded to the nearest and saturated.

![Errors of the sigmoid units](figures/units.sigmoid.png)

## σ = 2^v

{sigmas}

![Errors of σ](figures/units.sigma.png)

The networks use the table.

## ε

{sources}

The networks use `quadratic`.

The exact distribution of ε (every input of the table, weighted by the number of the 2³² draws that lead to it) and
the Gaussian, rounded to s16.11.

{distribution}

![Density of ε](figures/units.density.png)

![Tails of ε](figures/units.tail.png)

The autocorrelation of ε over {samples:,} samples. A word that is shifted by one bit per sample passes every test of
the distribution, and fails here.

![Autocorrelation of ε and of its square](figures/units.autocorrelation.png)

`varigate epsilon` runs the statistical tests on a stream of 10⁸ samples, with `--generator clt`, `shift` or
`popcount` on poor sources, which fail.
"""


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _number(value: float) -> str:
    return f"{value:g}"


def _area(unit: Unit) -> list[str]:
    found = measure(unit)
    used = found.resources
    return [str(used.lut), str(used.ff), str(used.dsp), _number(used.ramb36 + used.ramb18 / 2), str(found.latency),
            str(found.interval)]


AREA = ["LUT", "FF", "DSP", "block RAM", "latency", "interval"]


def _units(units: tuple[Unit, ...], errors: dict[str, np.ndarray], bar) -> str:
    rows = []
    for unit in units:
        error = np.abs(errors[unit.name])
        rows.append([unit.name, unit.form, f"{error.max():.3f}", f"{error.mean():.3f}",
                     f"{unit.misrounded(errors[unit.name]):,} of {len(error):,}", *_area(unit)])
        bar.update()
    return _table(["unit", "", "max error (ulp)", "mean error", "misrounded", *AREA], rows)


def _sources(bar) -> str:
    rows = []
    for unit in SOURCES:
        rows.append([unit.name, unit.form, *_area(unit)])
        bar.update()
    return _table(["source", "", *AREA], rows)


def _excess(distribution: Distribution, count: int) -> float:
    """The mean excess of χ² at 1 LSB over that of a perfect source, in standard deviations, for `count` samples."""
    ideal = rounded_gaussian()
    least = LEAST_EXPECTED / count
    return count * chi_square_distance(distribution.probability, ideal, least) / (2 * (ideal > least).sum()) ** 0.5


def _distribution(distributions: dict[str, Distribution]) -> str:
    ideal = rounded_gaussian()
    columns = list(distributions.values())
    rows = [
        ["mean", *(f"{float(each.mean):.2e}" for each in columns), "0"],
        ["variance − 1", *(f"{float(each.variance - 1):+.2e}" for each in columns), f"{EPSILON.step**2 / 12:+.2e}"],
        ["kurtosis − 3", *(f"{float(each.kurtosis - 3):+.2e}" for each in columns), "0"],
        ["greatest \\|ε\\|", *(f"{each.greatest:.4f}" for each in columns), "16"],
        *([f"P(\\|ε\\| ≥ {sigmas:g})", *(f"{float(each.tail(sigmas)):.5e}" for each in columns),
           f"{rounded_tail(sigmas):.5e}"] for sigmas in SIGMAS_OF_TAILS),
        ["Kolmogorov distance", *(f"{kolmogorov_distance(each.probability, ideal):.2e}" for each in columns), "0"],
        ["χ² at 1 LSB, 10⁸ samples: excess in standard deviations",
         *(f"{_excess(each, 10**8):.1f}" for each in columns), "0"],
        ["total variation", *(f"{total_variation(each.probability, ideal):.2e}" for each in columns), "0"],
    ]
    return _table(["", *(f"`{name}`" for name in distributions), "Gaussian"], rows)


def write(directory: Path, *, progress: bool = False) -> Path:
    """Writes `directory`/units.md and its figures; returns the page's path.

    Parameters
    ----------
    directory : Path
    progress : bool
        a bar on standard error.
    """
    for name in ("units.md", "figures/units.sigmoid.png"):
        check_writable(directory / name)
    with track("units", 2 * len((*SIGMOIDS, *SIGMAS)) + len(SOURCES) + 2, "step", shown=progress) as bar:
        errors = {}
        for unit in (*SIGMOIDS, *SIGMAS):
            errors[unit.name, unit.form] = unit.errors()
            bar.update()
        by_name = [{unit.name: errors[unit.name, unit.form] for unit in units} for units in (SIGMOIDS, SIGMAS)]
        distributions = {kind: exact(epsilon_table(kind)) for kind in ("quadratic", "linear")}
        bar.update()
        page = TEXT.format(
            sigmoids=_units(SIGMOIDS, by_name[0], bar), sigmas=_units(SIGMAS, by_name[1], bar), sources=_sources(bar),
            distribution=_distribution(distributions), samples=figures.SAMPLES)
        figures.draw(directory / "figures", *by_name, distributions)
        bar.update()
    path = directory / "units.md"
    write_bytes(path, page.encode())
    return path
