"""Sweeps through Dask: the same table from here, from a cluster, and from one whose workers die."""

import os
import time
from pathlib import Path

import pytest
from distributed import LocalCluster

from varigate.explore.costs import sweep as module
from varigate.explore.costs.sweep import RETRIES, cluster, sweep
from varigate.explore.costs.synthesis import Point, measure
from varigate.explore.spaces.varigate import SPACE
from varigate.model.errors import UserError


@pytest.fixture(scope="module")
def address():
    """Of a cluster with two workers, as a user might have started it."""
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1",
                      dashboard_address=module.PAGE) as local:
        yield local.scheduler_address


@pytest.fixture(scope="module")
def points(design):
    return [Point("4-8-z2-c3", tuple(design(rows=rows).values())) for rows in SPACE.parameters[0].values]


def work_of(folder, kills=0, fails=()):
    """What takes the place of a synthesis: it gives the rows, fails on some, and dies at its first runs of 12 rows."""
    def work(point):
        rows = point.values["rows"]
        with (folder / f"{rows}").open("a") as file:
            print(os.getpid(), file=file)
        if rows == 12 and len((folder / "12").read_text().split()) <= kills:
            time.sleep(1)  # meanwhile the other worker does the rest
            os.kill(os.getpid(), 9)
        if rows in fails:
            raise ValueError(f"no {rows}\nand a second line")
        return {"lut": rows}

    return work


def runs(folder: Path):
    """How often each point was begun, and by how many processes in all."""
    found = {int(path.name): path.read_text().split() for path in folder.iterdir()}
    return {rows: len(pids) for rows, pids in found.items()}, len({pid for pids in found.values() for pid in pids})


@pytest.fixture
def expected(points):
    return [{"lut": point.values["rows"]} for point in points]


def test_the_processes_of_this_machine_give_the_table_in_order(points, expected, tmp_path):
    with cluster(workers=2) as client:
        assert sweep(points, client, work=work_of(tmp_path)) == expected
    counts, processes = runs(tmp_path)
    assert set(counts.values()) == {1} and 1 <= processes <= 2
    assert str(os.getpid()) not in (tmp_path / "12").read_text()


def test_a_cluster_gives_the_same_table(address, points, expected, tmp_path):
    with cluster(address) as client:
        assert len(client.scheduler_info()["workers"]) == 2
        assert sweep(points[::-1], client, work=work_of(tmp_path)) == expected[::-1]


def test_a_failed_point_is_told_and_costs_the_others_nothing(address, points, expected, tmp_path):
    with cluster(address) as client:
        found = sweep(points, client, work=work_of(tmp_path, fails=(8, 64)))
    assert [found[place] for place in (2, 8)] == [{"error": "ValueError: no 8"}, {"error": "ValueError: no 64"}]
    assert found[:2] + found[3:8] == expected[:2] + expected[3:8]


def test_a_killed_worker_costs_its_point_a_retry_and_nothing_else(address, points, expected, tmp_path):
    with cluster(address) as client:
        assert sweep(points, client, work=work_of(tmp_path, kills=1)) == expected
    counts, processes = runs(tmp_path)
    assert counts.pop(12) == 2 and set(counts.values()) == {1} and processes >= 2


@pytest.mark.long
def test_a_point_that_kills_every_worker_is_a_failed_one(points, expected, tmp_path):
    with cluster(workers=2) as client:
        found = sweep(points, client, work=work_of(tmp_path, kills=99))
    assert found[3]["error"].startswith("KilledWorker") and runs(tmp_path)[0][12] == RETRIES + 1
    assert found[:3] + found[4:] == expected[:3] + expected[4:]


@pytest.mark.parametrize("nobody", ["tcp://127.0.0.1:9", "nonsense", "smoke://signals:1"])
def test_nobody_at_an_address_is_one_line(monkeypatch, nobody):
    monkeypatch.setattr(module, "PATIENCE", "1s")
    with pytest.raises(UserError, match=r"no Dask scheduler answers at .*; start one with `dask scheduler`") as caught:
        with cluster(nobody):
            pass
    assert "\n" not in str(caught.value)


@pytest.mark.long
def test_real_syntheses_through_the_cluster_are_those_made_here(address, design, tmp_path, monkeypatch):
    """The cluster's workers keep what they made in the user's cache; here an empty one is used."""
    two = [Point("4-6-z2-c3", tuple(design(columns=1, cascade=False, bits=bits).values())) for bits in (4, 8)]
    with cluster(address) as client:
        found = sweep(two, client)
    monkeypatch.setenv("VARIGATE_CACHE", str(tmp_path))
    assert found == [measure(point) for point in two] and len(list((tmp_path / "synthesis").iterdir())) == 2
