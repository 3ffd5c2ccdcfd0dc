"""The study of a network: kept in a folder, and right about small tables."""

import json

import numpy as np
import pytest

from varigate.explore.costs.cost_table import FIGURES, CostTable
from varigate.explore.spaces.varigate import SPACE, candidates
from varigate.explore.studies import study_varigate as module
from varigate.explore.studies.study_varigate import Study

SHAPE = "4-8-z2-c3"


@pytest.fixture(scope="module")
def table():
    """Costs that were made up: latency goes up with the design's place, energy down; the first ones break limits."""
    labels = candidates([8], sigmoid=False)[::100]
    place = np.arange(len(labels))
    figures = dict.fromkeys(FIGURES, 100.0 + place) | {"energy": 1e6 / (100.0 + place) ** 1.5}
    broken = ["DSP48E1", "8-bit weights' accuracy", "DSP48E1", *[""] * (len(labels) - 3)]
    return CostTable(labels, figures, broken)


@pytest.fixture
def study(tmp_path, evaluator_of, table, joint):
    joint.save(tmp_path / "model.npz")
    made = Study(evaluator_of(SHAPE), tmp_path / "model.npz", tmp_path / "work", seeds=2, processes=1)
    table.write(made.costs)
    return made


def test_a_table_that_is_there_is_not_made_again(study, table, monkeypatch):
    monkeypatch.setattr(module, "tabulate", None)
    np.testing.assert_equal(study.table().labels, table.labels)


def test_the_space_is_told_with_the_limits_that_break(study, table):
    found = study.space(table)
    assert (found["grid"], found["designs"], found["feasible"]) == (SPACE.size, len(table.labels),
                                                                     len(table.labels) - 3)
    assert sum(found["broken"].values()) == 3 and next(iter(found["broken"].items())) == ("DSP48E1", 2)


def test_the_best_is_the_least_that_keeps_the_limits(study, table):
    assert study.best(table, "latency").values == {
        name: value for name, value in SPACE.values(table.labels[3]).items() if name != "sigmoid"}
    edp = table.figures["latency"] * table.figures["energy"]
    place = 3 + int(np.argmin(edp[3:]))
    assert SPACE.values(table.labels[place])["rows"] == study.best(table).values["rows"]


def test_contests_are_kept_and_their_regrets_are_to_the_optimum(study, table, monkeypatch):
    monkeypatch.setattr(module, "BUDGET", 30)
    traces = study.contest(methods=("random",))
    assert list(traces) == ["random"] and [len(each) for each in traces["random"].values] == [30, 30]
    monkeypatch.setattr("varigate.explore.studies.contest.run", None)
    again = study.contest(methods=("random",))
    np.testing.assert_equal(again["random"].values, traces["random"].values)
    rows = study.regrets(table, traces)
    assert {row["method"] for row in rows} == {"random"} and len(rows) >= 1


def test_fronts_are_measured_by_their_share_of_the_hypervolume(study, table, monkeypatch):
    monkeypatch.setattr(module, "BUDGET", len(table.labels))
    monkeypatch.setattr(module, "FRONT_METHODS", {"random": None})
    traces, (row,) = study.front(table)
    assert list(traces) == ["random"] and row["method"] == "random"
    assert row["least"] == pytest.approx(1) == row["greatest"]  # all designs were evaluated
    monkeypatch.setattr(module, "BUDGET", 3)
    assert 0 <= study.front(table)[1][0]["mean"] < 1


def test_results_are_kept_as_json(study):
    study.keep("space", {"grid": 7})
    assert json.loads((study.folder / "space.json").read_text("utf-8")) == {"grid": 7}
