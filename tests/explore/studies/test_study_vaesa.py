"""The study of the published space, on a table of random numbers."""

import json

import numpy as np
import pytest

from varigate.explore.methods import METHODS
from varigate.explore.spaces import vaesa
from varigate.explore.studies import arena, study_vaesa
from varigate.explore.studies.contest import Traces
from varigate.explore.studies.efficiency import target
from varigate.explore.studies.study_vaesa import OURS, PublishedStudy


@pytest.fixture
def study(tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    table = vaesa.PublishedTable(rng.integers(1, 9, (6, 9)).astype(float), *rng.uniform(1, 9, (2, 6, vaesa.SPACE.size)))
    monkeypatch.setattr(vaesa, "read", lambda path: table)
    monkeypatch.setattr(study_vaesa, "LAYERS", 4)
    monkeypatch.setattr(study_vaesa, "PARTS", 3)
    (tmp_path / "t.csv").write_text("a table", "utf-8")
    return PublishedStudy(tmp_path / "t.csv", tmp_path / "work", seed=2, processes=1)


def test_layers_are_drawn_by_the_seed(study, tmp_path):
    assert len(study.layers) == 4 == len({*study.layers}) and study.layers == sorted(study.layers)
    again, other = (PublishedStudy(study.dataset, tmp_path / "other", seed=seed).layers for seed in (2, 5))
    assert again == study.layers != other


def test_scores_are_made_once(study, monkeypatch):
    monkeypatch.setattr(study_vaesa.scores, "study", lambda *arguments, **options: [{"split": 0, "rank": 0.5}])
    monkeypatch.setattr(study_vaesa.scores, "summary", lambda rows: {"rank": (0.5, 0.0)})
    first = study.scores()
    monkeypatch.setattr(study_vaesa.scores, "study", None)
    assert study.scores() == first == {"splits": [{"split": 0, "rank": 0.5}], "summary": {"rank": [0.5, 0.0]}}


def test_a_model_a_fold_is_trained_once(study, monkeypatch):
    made = []

    class Trainer:
        """Stands in for training."""

        def __init__(self, split):
            self.split, self.model = split, self
            made.append(self)

        def train(self, progress):
            assert not progress

        def save(self, path):
            path.write_text(json.dumps(sorted(int(layer) for layer in self.split.layers)))

    monkeypatch.setattr(study_vaesa.presets, "trainer", lambda table, split, options: Trainer(split))
    paths = study.models()
    assert len(paths) == 3 == len(made) and paths == study.models() and len(made) == 3
    for path, split in zip(paths, arena.layer_folds(6, 3, 2), strict=True):
        assert not {*json.loads(path.read_text())} & {*map(int, split.unseen)}


def test_evaluations_are_counted_to_within_one_per_cent_of_the_best(study):
    """Every run of every method finds the best at the second evaluation; ours at the first."""
    traces = {}
    for layer in study.layers:
        best = study.table.logs[:, layer].sum(-1).min()
        for method in METHODS:
            values = np.array([best] if method == OURS else [best + 1, best + 0.009])
            runs = 1 if method == "nearest" else 3
            traces[str(layer), method] = Traces([np.arange(len(values))] * runs, [values] * runs)
    counts = study.counts(traces)
    assert set(counts) == set(METHODS)
    assert (counts[OURS][0] == 1).all() and (counts["gp"][0] == 2).all() and not counts["gp"][1].any()
    assert counts["gp"][0].shape == (4, 3) and counts["nearest"][0].shape == (4, 1)
    found = study.efficiency(traces)
    json.dumps(found)
    assert found["ratios"]["gp-warm"]["better"] and not found["ratios"]["gp-warm"]["worse"]
    assert OURS not in found["ratios"] and found["layers"] == study.layers


def test_random_search_is_expected_exactly(study):
    costs = study.table.logs.sum(-1)
    for layer, (found,) in zip(study.layers, study.expectations(), strict=True):
        good = (costs[:, layer] <= target(costs[:, layer].min())).sum()
        assert found == (2304 + 1) / (good + 1)


def test_nothing_of_another_seed_or_table_is_taken_for_this_one(study, tmp_path):
    other = PublishedStudy(study.dataset, tmp_path / "work", seed=3)
    (tmp_path / "u.csv").write_text("another table", "utf-8")
    changed = PublishedStudy(tmp_path / "u.csv", tmp_path / "work", seed=2)
    assert len({study.folder, other.folder, changed.folder}) == 3
    assert PublishedStudy(study.dataset, tmp_path / "work", seed=2).folder == study.folder
