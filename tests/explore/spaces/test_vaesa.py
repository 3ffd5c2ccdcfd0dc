import gzip
import os
from pathlib import Path

import numpy as np
import pytest

from varigate.explore.search.task import Evaluations, SpentError, layer_task
from varigate.explore.spaces import vaesa
from varigate.model.data.images import ENVIRONMENT
from varigate.model.errors import UserError

HEADER = ["name", *vaesa.COLUMNS.values(), "mem0_ent", *vaesa.SPACE.names, *vaesa.DIMENSIONS]
LAYERS = [[3, 3, 56, 56, 64, 64, 1, 1, 1], [1, 1, 1, 1, 2048, 1000, 1, 1, 1]]


@pytest.fixture(autouse=True)
def nowhere_else(tmp_path, monkeypatch):
    """The environment and the user's cache folder hold no data."""
    given = os.environ.get(ENVIRONMENT)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "cache"))
    monkeypatch.delenv(ENVIRONMENT, raising=False)
    return given


@pytest.fixture(scope="module")
def rows():
    """Two layers' rows in some order; cycles and energy tell layer and design."""
    found = []
    for layer, dimensions in enumerate(LAYERS):
        for number, labels in enumerate(vaesa.SPACE.labels(np.arange(vaesa.SPACE.size))):
            found.append(["arch", 1 + number, 0.5 + layer, 1, *vaesa.SPACE.values(labels).values(), *dimensions])
    return [found[index] for index in np.random.default_rng(0).permutation(len(found))]


def write(path, rows, header=HEADER):
    text = "\n".join(",".join(map(str, row)) for row in [header, *rows]) + "\n"
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz"])
def test_rows_come_in_the_order_of_layers_and_of_the_grid(tmp_path, rows, name):
    table = vaesa.read(write(tmp_path / name, rows))
    assert table.layers.tolist() == sorted(LAYERS)
    np.testing.assert_array_equal(table.cycles, np.tile(1.0 + np.arange(2304), (2, 1)))
    np.testing.assert_array_equal(table.energy, np.repeat([[1.5], [0.5]], 2304, 1))
    np.testing.assert_array_equal(table.edp, table.cycles * table.energy)
    assert table.logs.shape == (2304, 2, 2) and np.allclose(table.logs.sum(-1), np.log(table.edp).T)


def test_the_file_is_found_by_the_environment_and_in_the_cache(tmp_path, rows, monkeypatch):
    with pytest.raises(UserError, match=r"per-layer tables of the VAESA project.*--dataset-path.*VARIGATE_DATA"):
        vaesa.read()
    write(tmp_path / vaesa.FILE, rows)
    monkeypatch.setenv(ENVIRONMENT, str(tmp_path))
    assert len(vaesa.read().layers) == 2


def test_columns_and_rows_that_are_not_as_they_should_be_are_named(tmp_path, rows):
    def refused(message, rows, header=HEADER):
        with pytest.raises(UserError, match=message) as caught:
            vaesa.read(write(tmp_path / "t.csv", rows, header))
        assert "\n" not in str(caught.value)

    def changed(column, value):
        row = list(rows[5])
        row[HEADER.index(column)] = value
        return [*rows[:5], row, *rows[6:]]

    refused("0 columns 'prob_3'", rows, ["other" if name == "prob_3" else name for name in HEADER])
    refused("2 columns 'prob_3'", rows, ["prob_3" if name == "prob_4" else name for name in HEADER])
    refused("not a number.*'seven'", changed("prob_3", "seven"))
    refused("unique_energy_sum = nan in its data row 6", changed("unique_energy_sum", "nan"))
    refused("unique_cycle_sum = 0 in its data row 6", changed("unique_cycle_sum", 0))
    refused("mem1_ent = 33; the space has 32, 64, 128, 256", changed("mem1_ent", 33))
    refused("0 rows of the design arith_meshX = ", [*rows[:5], *rows[6:]])
    refused("2 rows of the design arith_meshX = ", [*rows, rows[5]])
    refused("has no rows", [])
    refused("not a number", [row[:9] for row in rows])
    refused("0 columns", [], [])


def test_damage_is_refused_in_one_line(tmp_path, rows):
    path = write(tmp_path / "t.csv.gz", rows)
    for content in (b"no gzip", path.read_bytes()[:5000]):
        path.write_bytes(content)
        with pytest.raises(UserError, match="cannot read"):
            vaesa.read(path)


def test_a_task_looks_up_and_repeats_are_free(tmp_path, rows):
    task = layer_task(vaesa.read(write(tmp_path / "t.csv", rows)), 0)
    evaluations = Evaluations(task, 3)
    assert evaluations(7) == evaluations(7) == pytest.approx(np.log(8 * 1.5)) and len(evaluations) == 1
    assert task.snap(task.candidates[[3, 2303]]).tolist() == [3, 2303]
    evaluations(2)
    with pytest.raises(SpentError):
        evaluations(1)
    assert evaluations.best == 1 and task.conditions.tolist() == sorted(LAYERS)[0]


def test_the_published_table(nowhere_else):
    if not nowhere_else or not (Path(nowhere_else) / vaesa.FILE).is_file():
        pytest.skip(f"{vaesa.FILE} is not in the folder {ENVIRONMENT}")
    table = vaesa.read(Path(nowhere_else) / vaesa.FILE)
    assert table.layers.shape == (57, 9) and table.edp.shape == (57, 2304)
    assert (table.cycles.min(), table.cycles.max()) == (9216, pytest.approx(3.78e6, rel=0.01))
    by_count = table.edp.reshape(57, 3, 768)
    np.testing.assert_array_equal(by_count, np.repeat(by_count[:, :1], 3, 1))  # the number of PEs changes nothing
