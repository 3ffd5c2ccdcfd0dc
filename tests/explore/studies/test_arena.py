"""The tasks of contests."""

import numpy as np
import pytest

from varigate.explore.costs.cost_table import FIGURES, CostTable
from varigate.explore.joint.dataset import TARGETS
from varigate.explore.joint.model import JointModel, Shape
from varigate.explore.methods import GUIDED
from varigate.explore.search.task import Evaluations
from varigate.explore.spaces import vaesa, varigate
from varigate.explore.spaces.workloads import Workload
from varigate.explore.studies import arena
from varigate.explore.studies.efficiency import target

SHAPE = "4-8-z2-c3"


@pytest.fixture(scope="module")
def table():
    labels = varigate.candidates([8], sigmoid=False)[::300]
    figures = {name: 1.0 + np.arange(len(labels)) for name in FIGURES}
    figures["energy"] = figures["energy"][::-1].copy()
    return CostTable(labels, figures, ["", "LUT", *[""] * (len(labels) - 2)])


@pytest.fixture
def files(tmp_path, table, joint):
    table.write(tmp_path / "costs.npz")
    joint.save(tmp_path / "model.npz")
    return str(tmp_path / "costs.npz"), str(tmp_path / "model.npz")


def test_weights_name_the_targets_of_an_objective():
    named = {name: [target for target, weight in zip(TARGETS, weights, strict=True) if weight]
             for name, weights in varigate.WEIGHTS.items()}
    assert named == {"edp": ["latency", "energy"], "latency": ["latency"], "interval": ["interval"],
                     "energy": ["energy"]}


def test_a_task_looks_costs_up(table, files):
    entry = arena.varigate_entry(SHAPE, *files, "latency", "digest")
    assert set(entry.guides) == set(GUIDED) and entry.target == -np.inf
    evaluations = Evaluations(entry.task, 5)
    # The design number 1 breaks a limit and is no candidate.
    assert [evaluations(number) for number in (0, 8)] == pytest.approx([0, np.log(10)])
    assert len(entry.task) == len(table.labels) - 1
    np.testing.assert_equal(entry.task.candidates[1], table.labels[2])
    assert entry.task.conditions.tolist() == Workload.parse(SHAPE).conditions.tolist()


def test_a_front_has_two_costs(table, files):
    entry = arena.varigate_front(SHAPE, *files, "digest")
    count = len(table.labels)
    assert entry.task.objectives == 2 and list(entry.guides) == ["latent-front"]
    np.testing.assert_allclose(entry.task.evaluate(entry.task.candidates[2]), np.log([4, count - 3]))
    assert len(entry.task) == count - 1


def test_every_layer_is_unseen_once_and_trained_on_otherwise():
    splits = arena.layer_folds(7, 3, seed=2)
    assert sorted(layer for split in splits for layer in split.unseen) == list(range(7))
    for split in splits:
        assert sorted([*split.layers, *split.unseen]) == list(range(7))
        assert len(split.designs) == vaesa.SPACE.size


def test_a_published_layer_is_searched_with_the_model_that_has_not_seen_it(tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    known = vaesa.PublishedTable(rng.integers(1, 9, (5, 9)).astype(float), *rng.uniform(1, 9, (2, 5, vaesa.SPACE.size)))
    monkeypatch.setattr(vaesa, "read", lambda path: known)
    model = JointModel(vaesa.SPACE, 9, features="convolution", shape=Shape(nz=2, vae=(8,), predictor=(8,)))
    splits = arena.layer_folds(5, 2, seed=1)
    layer = 3
    number = next(number for number, split in enumerate(splits) if layer in split.unseen)
    model.initialise(rng).save(tmp_path / f"fold-{number}.npz")  # and no other
    entry = arena.vaesa_entry(str(layer), "any.csv", str(tmp_path), 2, 1, "digest")
    costs = np.log(known.edp[layer])
    assert entry.target == pytest.approx(target(costs.min()), rel=1e-12)
    assert entry.task.evaluate(entry.task.candidates[17]) == pytest.approx(costs[17])
    assert sorted(entry.guides["nearest"]) == list(range(vaesa.SPACE.size))
    assert entry.guides["nearest"][0] != int(costs.argmin())  # random tables tell nothing about another
