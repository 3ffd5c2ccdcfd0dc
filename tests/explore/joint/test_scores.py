import numpy as np
import pytest
from scipy.stats import spearmanr

from varigate.explore.joint import presets, scores, splits
from varigate.explore.spaces import vaesa


def test_spearman_is_that_of_each_column_with_ties_averaged():
    rng = np.random.default_rng(0)
    one, other = rng.integers(0, 6, (40, 3)), rng.integers(0, 4, (40, 3))
    expected = [spearmanr(one[:, index], other[:, index]).statistic for index in range(3)]
    np.testing.assert_allclose(scores.spearman(one, other), expected)
    np.testing.assert_allclose(scores.spearman(one, -2.0 * one), -1)
    np.testing.assert_array_equal(scores.spearman(np.ones((40, 3)), other), 0)


def test_ranks_are_taken_within_layers_and_by_part():
    true = np.random.default_rng(0).uniform(1, 2, (2304, 5)) * 10.0 ** np.arange(5)
    split = splits.Split(np.arange(4), np.array([4]), np.arange(2000), np.arange(2000, 2304))
    predicted = true.copy()
    predicted[2000:, :4] *= -1
    found = scores.ranks(predicted, true, split)
    assert found == pytest.approx({"fitted": 1, "seen": -1, "unseen": 1, "unseen_held_out": 1})
    layers_only = 10.0 ** np.arange(5) + 1e-9 * np.random.default_rng(1).normal(size=true.shape)
    assert abs(scores.ranks(layers_only, true, split)["fitted"]) < 0.1  # a pooled figure would be near 1


class Forgetful:
    """A model whose latent space is the labels themselves, and which forgets the last parameter."""

    def encode(self, labels):
        return labels.astype(float)

    def decode(self, z):
        return np.concatenate([z[:, :-1], 0 * z[:, -1:]], 1).astype(np.int64)


def test_a_design_counts_as_decoded_when_all_of_it_is_right():
    labels = vaesa.SPACE.labels(np.arange(2304))
    assert scores.decoded(Forgetful(), labels) == 1 / 4


@pytest.fixture(scope="module")
def table():
    """Five layers on which designs differ by what all but the PEs are."""
    rng, labels = np.random.default_rng(0), vaesa.SPACE.labels(np.arange(2304))
    layers = 2.0 ** rng.integers(0, 8, (5, 9))
    weights = 0.2 + 0.1 * np.log2(layers[:, :5])
    return vaesa.PublishedTable(layers, np.exp(-weights @ labels[:, 1:].T),
                                np.exp(0.5 * weights[::-1] @ labels[:, 1:].T))


def test_boosting_learns_from_the_training_rows_alone(table, monkeypatch):
    monkeypatch.setattr(scores, "ROUNDS", 40)
    split = splits.folds(5, splits.groups_without(vaesa.SPACE, "arith_meshX"), seed=1)[0]
    spoilt = vaesa.PublishedTable(table.layers, table.cycles.copy(), table.energy)
    spoilt.cycles[split.unseen] = 1.0
    spoilt.cycles[:, split.held_out] = 1.0
    one, other = (scores.boosting(each, split, 0) for each in (table, spoilt))
    np.testing.assert_array_equal(one, other)
    assert scores.ranks(one, table.edp.T, split)["seen"] > 0.9


def test_the_model_learns_from_the_training_rows_alone(table):
    split = splits.folds(5, splits.groups_without(vaesa.SPACE, "arith_meshX"), seed=1)[0]
    spoilt = vaesa.PublishedTable(table.layers, table.cycles.copy(), table.energy)
    spoilt.cycles[split.unseen] = 1.0
    spoilt.cycles[:, split.held_out] = 1.0
    made = [presets.trainer(each, split, presets.options(epochs=1)) for each in (table, spoilt)]
    for each in made:
        each.train()
    assert all(np.array_equal(value, made[1].model.parameters[name])
               for name, value in made[0].model.parameters.items())
    assert all(np.array_equal(value, vars(made[1].model.scales)[name])
               for name, value in vars(made[0].model.scales).items())


def test_a_study_has_a_row_a_split_and_a_summary(table, monkeypatch):
    monkeypatch.setattr(scores, "ROUNDS", 2)
    rows = scores.study(table, presets.options(epochs=1), parts=2)
    assert [row["split"] for row in rows] == [0, 1]
    assert set(rows[0]) >= {"decoded", "decoded_held_out", "seen", "unseen", "unseen_held_out", "boosting_seen"}
    found = scores.summary([{"split": 0, "seen": 0.5}, {"split": 1, "seen": 0.7}])
    assert found == {"seen": pytest.approx([0.6, 0.02**0.5])}
