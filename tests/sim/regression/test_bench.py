import json
from functools import partial

import numpy as np
import pytest

from varigate.__main__ import main
from varigate.gateware.engine.program import Array
from varigate.sim.regression import bench
from varigate.sim.regression.bulk import answers_of


class Instant:
    """An engine that knows the answers; `wrong` of their bits are not right."""

    def __init__(self, network, array, wrong=0):
        self._network, self._wrong = network, wrong

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        pass

    def reconstruct(self, codes, seed):
        return answers_of(self._network, codes, seed) ^ np.uint64(self._wrong), 10 * len(codes)


def test_the_table_has_every_engine_in_one_run(monkeypatch, capsys):
    monkeypatch.setattr(bench, "ENGINES", {"compiled": Instant, "pysim": Instant})
    monkeypatch.setattr("varigate.commands.bench.bench", partial(bench.bench, seconds=0.01))
    assert main(["bench", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["engine"] for row in rows] == ["pysim", "compiled"] and rows[0]["ratio"] == 1
    for row in rows:
        assert list(row) == ["engine", "build_seconds", "samples", "cycles", "cpu_seconds", "cycles_per_second",
                             "ratio"]
        assert row["cycles"] == 10 * row["samples"] and row["cpu_seconds"] >= 0.01
        assert row["cycles_per_second"] == pytest.approx(row["cycles"] / row["cpu_seconds"], rel=0.1)
    assert main(["bench"]) == 0
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.split()[0] == "engine" and [line.split()[0] for line in lines] == ["pysim", "compiled"]


def test_the_speed_of_wrong_answers_means_nothing(monkeypatch, iris):
    monkeypatch.setattr(bench, "ENGINES", {"pysim": lambda network, array: Instant(network, array, wrong=1)})
    with pytest.raises(AssertionError, match="pysim gives wrong answers: no speed is measured"):
        bench.bench(iris, Array(8, 1))


def test_a_build_is_measured_without_the_cache(monkeypatch, tmp_path, iris):
    monkeypatch.setenv("VARIGATE_CACHE", str(tmp_path))
    seen = []

    def look(network, array):
        seen.append(bench.os.environ["VARIGATE_CACHE"])
        return Instant(network, array)

    monkeypatch.setattr(bench, "ENGINES", {"pysim": look})
    bench.bench(iris, Array(8, 1), seconds=1e-6)
    assert seen[0] != str(tmp_path) == bench.os.environ["VARIGATE_CACHE"] and not [*tmp_path.iterdir()]


@pytest.mark.long
def test_the_compiled_simulator_is_fast_enough(iris):
    """Acceptance: a million cycles a CPU-second, and 200 times Amaranth's simulator, in one run."""
    speeds = {speed.engine: speed for speed in bench.bench(iris, Array(8, 1))}
    assert speeds["compiled"].cycles_per_second >= 1e6 and speeds["compiled"].ratio >= 200
