import json
from functools import cache

import numpy as np
import pytest
from scipy.stats import kstest

from varigate.__main__ import main
from varigate.model.errors import UserError
from varigate.model.fixedpoint.distribution import CODES
from varigate.model.fixedpoint.sampling import EPSILON
from varigate.sim.units import battery
from varigate.sim.units.battery import FALSE_ALARM, LAGS, SEEDS, Battery, generator

MARGINALS = {"χ², 0.0625 σ", "χ², 1 LSB", "Kolmogorov–Smirnov", "Anderson–Darling", "mean", "mean square",
             "beyond 3 σ", "beyond 4 σ", "beyond 5 σ"}


def true_gaussian(seed, count, start):
    """NumPy's normals, rounded: what the hypothesis says."""
    return EPSILON.quantise(np.random.default_rng([seed, start]).standard_normal(count))


def group(name):
    return name.partition(", lag")[0]


GROUPS = 13


def check_p_values(reports, level):
    """Those of each test, and those of all lags of one autocorrelation, are uniform: a KS test of each group, at
    `level`. Those of small counts are uniform or greater."""
    p, counted = {}, {}
    for report in reports:
        for result in report.results:
            (p if result.continuous else counted).setdefault(group(result.name), []).append(result.p)
    assert len(p) + len(counted) == GROUPS and set(counted) == {"beyond 3 σ", "beyond 4 σ", "beyond 5 σ"}
    for name, values in p.items():
        assert kstest(values, "uniform").pvalue > level, name
    for name, values in counted.items():
        assert kstest(values, "uniform", alternative="greater").pvalue > level, name


@cache
def truth():
    return [battery.run(true_gaussian, seed, 20_000) for seed in range(1000, 1500)]


def test_p_values_of_true_gaussians_are_uniform():
    check_p_values(truth(), FALSE_ALARM / GROUPS)


def test_true_gaussians_pass():
    """500 runs of which one in a thousand may fail: four or more would be an accident of 0.2 %."""
    assert sum(bool(report.failures) for report in truth()) <= 3


def test_the_family_is_all_that_is_run():
    report = truth()[0]
    assert len(report.results) == len({result.name for result in report.results}) == 9 + 2 * 64 + 2
    assert report.threshold * len(report.results) == FALSE_ALARM
    assert SEEDS == (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)


def failures(name, count, seed=SEEDS[0]):
    return {result.name for result in battery.run(generator(name), seed, count).failures}


def test_the_sum_of_uniforms_fails_by_its_shape():
    """Its tails are thin and its flanks too wide; its samples are independent."""
    failed = failures("clt", 1_000_000)
    assert {"χ², 0.0625 σ", "beyond 3 σ", "beyond 4 σ", "Anderson–Darling"} <= failed <= MARGINALS


def test_the_one_bit_shift_fails_by_its_memory():
    """z keeps its distribution, but large values come together: z² has a correlation of 0.55."""
    report = battery.run(generator("shift"), SEEDS[0], 100_000)
    failed = {result.name for result in report.failures}
    assert {f"autocorrelation of z², lag {lag}" for lag in range(1, 5)} <= failed
    assert all(name.startswith("autocorrelation of z²") for name in failed)
    first = next(result for result in report.results if result.name == "autocorrelation of z², lag 1")
    assert first.statistic == pytest.approx(0.55, abs=0.03)


def test_the_number_of_ones_fails_by_its_steps():
    failed = failures("popcount", 1_000_000)
    assert {"χ², 0.0625 σ", "χ², 1 LSB", "Kolmogorov–Smirnov", "Anderson–Darling", "beyond 3 σ"} <= failed <= MARGINALS


def test_dependence_fails_the_tests_of_dependence():
    x = true_gaussian(1, 100_001, 0)
    tests = Battery()
    tests.add(EPSILON.quantise((x[1:] + 0.1 * x[:-1]) * EPSILON.step / np.sqrt(1.01)))
    failed = {result.name for result in tests.results() if result.p < 1e-6}
    assert failed == {"autocorrelation of z, lag 1", "runs of the sign"}
    tests = Battery()
    tests.add(np.sort(np.abs(x))[:-1] * np.where(np.arange(100_000) % 2, 1, -1))
    failed = {result.name for result in tests.results() if result.p < 1e-6}
    assert {"runs of |z|", "runs of the sign", "autocorrelation of z², lag 64"} <= failed


@pytest.mark.parametrize("name", ["quadratic", "linear"])
def test_epsilon_passes(name):
    assert failures(name, 1_000_000) == set()


@pytest.mark.long
def test_epsilon_passes_with_ten_seeds():
    """10 × 10⁷ samples: 1,390 p-values and 13 tests of p-values, one false alarm in a thousand over all of them."""
    reports = [battery.run(generator("quadratic"), seed, 10_000_000) for seed in SEEDS]
    results = [result for report in reports for result in report.results]
    level = FALSE_ALARM / (len(results) + GROUPS)
    worst = min(results, key=lambda result: result.p)
    assert len(results) == 1390 and worst.p >= level, worst
    check_p_values(reports, level)


def test_blocks_make_one_stream():
    """In blocks of any size, also less than the greatest lag, every figure is that of the definition."""
    codes = true_gaussian(3, 20_000, 0)
    tests = Battery()
    for block in np.split(codes, [1, 1, 8, 60, 5000, 5001, 19_990]):
        tests.add(block)
    results = {result.name: result.statistic for result in tests.results()}
    z = EPSILON.real(codes)
    for lag in LAGS:
        for name, x in (("z", z), ("z²", z**2 - 1)):
            expected = (x[lag:] @ x[:-lag] / (x.size - lag)) / (x @ x / x.size)
            assert results[f"autocorrelation of {name}, lag {lag}"] == pytest.approx(expected, rel=1e-9)
    for name, high in (("runs of the sign", z < 0), ("runs of |z|", np.abs(z) > 0.6744897501960817)):
        assert results[name] == 1 + np.count_nonzero(np.diff(high))
    np.testing.assert_array_equal(tests.counts, np.bincount(codes + 32768, minlength=CODES.size))


def test_a_run_reads_its_source_once_in_order_and_in_blocks():
    asked = []

    def source(seed, count, start):
        asked.append((seed, count, start))
        return true_gaussian(seed, count, start)

    report = battery.run(source, 5, 300_000, name="mine")
    assert asked == [(5, 131_072, 0), (5, 131_072, 131_072), (5, 37_856, 262_144)]
    assert (report.generator, report.seed, report.count) == ("mine", 5, 300_000)


def test_few_samples_are_refused():
    with pytest.raises(UserError, match="at least 10,000 for the statistics of ε, not 9,999"):
        battery.run(true_gaussian, 1, 9_999)


def test_the_command_prints_a_table(capsys):
    assert main(["epsilon", "--count", "2e4", "--seed", "3"]) == 0
    captured = capsys.readouterr()
    lines = captured.out.splitlines()
    assert lines[0] == "quadratic, seed 3, 20,000 samples"
    assert lines[-1] == ("139 tests, 0 failed (p below 7.2e-06: a perfect source fails one with a probability of at "
                         "most 0.001)")
    assert len(lines) == 15 and all(line.endswith("passed") for line in lines[1:-1])
    assert captured.err == ""


def test_a_failure_fails_the_command(capsys):
    assert main(["epsilon", "--count", "20000", "--generator", "shift", "--json"]) == 1
    out = json.loads(capsys.readouterr().out)
    assert list(out) == ["generator", "seed", "count", "false_alarm", "threshold", "failures", "results"]
    assert (out["generator"], out["seed"], out["count"]) == ("shift", SEEDS[0], 20_000)
    assert "autocorrelation of z², lag 1" in out["failures"] and len(out["results"]) == 139
    assert main(["epsilon", "--count", "20000", "--generator", "shift"]) == 1
    assert "FAILED" in capsys.readouterr().out


@pytest.mark.parametrize(("arguments", "message"), [
    (["--count", "10"], "at least 10,000"),
    (["--seed", "-1"], "--seed must be 0…4294967295, not -1"),
    *((["--count", count], f"like 100000 or 1e8, not '{count}'") for count in ("1.5", "many", "inf", "nan")),
])
def test_bad_arguments_get_one_line(capsys, arguments, message):
    assert main(["epsilon", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.count("\n") == 1 and message in captured.err
