"""Contests: the same traces however they are run, and none made twice."""

import sys
from dataclasses import replace

import numpy as np
import pytest

from varigate.explore.studies.contest import Contest, run_missing

MODULE = '''
import numpy as np
from explore.studies.contest import Entry
from explore.spaces.space import Parameter, Space
from explore.search.task import Task

SPACE = Space("toy", (Parameter("a", (1, 2, 4, 8)), Parameter("b", (1, 2, 4, 8, 16))))

def prepare(name, best):
    def cost(labels):
        return float(((labels - best) ** 2).sum())
    task = Task(name, SPACE, SPACE.labels(np.arange(SPACE.size)), cost, np.zeros(1))
    return Entry(task, {"nearest": np.arange(len(task))}, target=0.0)

def vectors(name):
    cost = lambda labels: np.array([labels.sum(), -labels.sum()], float)
    return Entry(Task(name, SPACE, SPACE.labels(np.arange(SPACE.size)), cost, np.zeros(1), 2), {})
'''


@pytest.fixture
def toys(tmp_path, monkeypatch):
    (tmp_path / "contest_toys.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    import contest_toys

    yield contest_toys
    del sys.modules["contest_toys"]


def equal(one, other):
    return one.keys() == other.keys() and all(
        len(one[key].numbers) == len(other[key].numbers)
        and all(map(np.array_equal, one[key].numbers, other[key].numbers))
        and all(map(np.array_equal, one[key].values, other[key].values))
        for key in one
    )


def test_processes_and_files_change_nothing(toys, tmp_path, capfd):
    contest = Contest(toys.prepare, (2,), ("one", "another/layer"), ("random", "nearest"), seeds=3, budget=15)
    here = run_missing(contest, tmp_path / "here", progress=True)
    there = run_missing(contest, tmp_path / "there", processes=2, progress=True)
    assert equal(here, there) and equal(here, run_missing(contest, tmp_path / "here"))
    assert [len(here["one", method].numbers) for method in ("random", "nearest")] == [3, 1]
    assert len(here["one", "nearest"].numbers[0]) == 13  # stopped at the target, label (2, 2)
    assert max(len(each) for each in here["one", "random"].numbers) <= 15
    assert not equal(here, run_missing(replace(contest, settings=(1,)), tmp_path / "here"))
    captured = capfd.readouterr()
    assert not captured.out and "4/4" in captured.err


def test_what_is_there_is_not_made_again(toys, tmp_path, monkeypatch):
    contest = Contest(toys.prepare, (2,), ("one",), ("random",), seeds=2, budget=5)
    first = run_missing(contest, tmp_path)
    (path,) = tmp_path.glob("*.npz")
    monkeypatch.setattr("varigate.explore.studies.contest.run", None)
    assert equal(first, run_missing(contest, tmp_path))
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(TypeError):  # a broken file is made again
        run_missing(contest, tmp_path)


def test_fronts_are_searched_for_too(toys, tmp_path):
    traces = run_missing(Contest(toys.vectors, (), ("two",), ("random", "nsga2"), seeds=1, budget=12), tmp_path)
    assert traces["two", "nsga2"].values[0].shape == (12, 2)
