"""The table of all costs."""

import numpy as np
import pytest

from varigate.explore.costs.cost_table import FIGURES, CostTable, tabulate
from varigate.explore.spaces.varigate import SPACE, candidates
from varigate.model import archive
from varigate.model.errors import UserError
from varigate.platform.toolchains.device import DEVICES


@pytest.fixture(scope="module")
def labels():
    """Some designs of 8-bit weights without a sigmoid, a few of which do not fit."""
    return candidates([8], sigmoid=False)[::700]


@pytest.fixture(scope="module")
def asked(evaluator_of):
    return evaluator_of("6-8-z2-c3")


@pytest.fixture(scope="module")
def table(asked, labels):
    return tabulate(asked, labels, workers=1)


def test_the_table_is_the_evaluator_asked_one_by_one(evaluator_of, labels, table):
    evaluator, device = evaluator_of("6-8-z2-c3"), DEVICES["xc7a100t"].name
    assert 0 < table.feasible.sum() < len(labels) and list(table.figures) == list(FIGURES)
    for place, row in enumerate(labels):
        costs = evaluator(SPACE.values(row))
        found = {name: each[place] for name, each in table.figures.items()}
        sizes = {name: getattr(costs.sizes, name) for name in ("dsp", "ramb36", "lut", "ff")}
        assert table.broken[place] == costs.sizes.kind
        if costs.sizes.broken:
            assert device in costs.sizes.broken and costs.sizes.kind in costs.sizes.broken
            sizes |= dict.fromkeys(("latency", "interval", "energy"), np.nan)
        else:
            sizes |= {name: getattr(costs, name) for name in ("latency", "interval", "energy")}
        np.testing.assert_equal(found, sizes)


def test_objectives_are_logarithms_and_infinite_where_a_limit_is_broken(table):
    good, figures = table.feasible, table.figures
    np.testing.assert_allclose(np.exp(table.objective("latency")[good]), figures["latency"][good])
    np.testing.assert_allclose(np.exp(table.objective("edp")[good]), (figures["latency"] * figures["energy"])[good])
    assert np.isinf(table.objective("edp")[~good]).all() and (~good).any()


def test_the_evaluator_knows_the_cycles_afterwards(asked, table, monkeypatch):
    monkeypatch.setattr("varigate.explore.costs.evaluator.cycles", None)
    for row in table.labels[table.feasible]:
        asked(SPACE.values(row))


def test_a_file_brings_it_back(tmp_path, table):
    path = tmp_path / "costs.npz"
    table.write(path)
    again = CostTable.read(path)
    np.testing.assert_equal((again.labels, again.figures, again.broken), (table.labels, table.figures, table.broken))


def test_files_of_something_else_are_refused(tmp_path, table):
    path = tmp_path / "costs.npz"
    table.write(path)
    arrays = archive.read(path)
    meta = archive.unpack_json(arrays["meta"])
    for change in ({"version": 0}, {"space": "vaesa"}, {"sizes": [1, 2]}, {"broken": []}):
        archive.write(path, arrays | {"meta": archive.pack_json(meta | change)})
        with pytest.raises(UserError, match="not a table of costs of this space"):
            CostTable.read(path)
    archive.write(path, {name: each for name, each in arrays.items() if name != "figures.lut"})
    with pytest.raises(UserError, match="not a table of costs of this space"):
        CostTable.read(path)
    with pytest.raises(UserError, match="there is no file"):
        CostTable.read(tmp_path / "absent.npz")
