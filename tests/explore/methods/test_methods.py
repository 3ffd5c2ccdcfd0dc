"""Search methods on a toy task, guided by a toy model."""

import itertools

import numpy as np
import pytest

from varigate.explore.methods import GUIDED, METHODS, Guide
from varigate.explore.search.task import Task, run
from varigate.explore.spaces.space import Parameter, Space

SPACE = Space("toy", (*(Parameter(name, (1, 2, 4, 8, 16)) for name in "abc"), Parameter("unit", ("x", "y", "z"))))
BEST = np.array([3, 1, 4, 2])


def cost(labels):
    """Log costs: one smooth valley with its bottom, 0, at `BEST`."""
    scale = np.array([1.0, 0.5, 0.2, 0.3])
    return ((np.asarray(labels) - BEST) ** 2 * scale).sum(-1)


class Model:
    """A joint model of the toy: z is the labels, scaled; the prediction is off by a wave."""

    def __init__(self, error=0.0, factor=1.0):
        self.error, self.factor = error, factor
        self.half = (np.array(SPACE.shape) - 1) / 2

    def encode(self, labels):
        return labels / self.half - 1

    def decode(self, z):
        return np.clip(np.round((z + 1) * self.half), 0, 2 * self.half).astype(np.int64)

    def predict(self, z, conditions):
        assert conditions.shape == (2,)
        half = self.factor * cost((z + 1) * self.half) / 2 + self.error * np.sin(5 * z.sum(1))
        return np.stack([half, half], 1)

    def objective_gradient(self, z, conditions, weights):
        steps = 1e-6 * np.eye(z.shape[1])
        values = self.predict(z, conditions) @ weights
        ahead = [self.predict(z + step, conditions) @ weights for step in steps]
        return values, (np.stack(ahead, 1) - values[:, None]) / 1e-6


def toy(evaluate=cost, every=1):
    return Task("toy", SPACE, SPACE.labels(np.arange(0, SPACE.size, every)), evaluate, np.zeros(2))


def guides(task, name, error=0.2):
    if name in GUIDED:
        return Guide(Model(error), task, (1, 1))
    return np.arange(len(task))[::-1] if name == "nearest" else None


@pytest.mark.parametrize("name", METHODS)
def test_a_method_spends_its_budget_on_different_designs_and_repeats_itself(name):
    task = toy()
    first, second = (run(METHODS[name], task, 40, np.random.default_rng(3), guides(task, name)) for _ in range(2))
    assert len(first) == len(set(first.numbers)) == 40
    assert first.numbers == second.numbers
    np.testing.assert_array_equal(first.values, cost(task.candidates[first.numbers]))


@pytest.mark.parametrize("name", METHODS)
def test_a_method_can_see_everything(name):
    task = toy(every=7)
    trace = run(METHODS[name], task, 10**6, np.random.default_rng(0), guides(task, name))
    assert sorted(trace.numbers) == list(range(len(task)))


@pytest.mark.parametrize("name", [each for each in METHODS if each not in ("random", "nearest")])
def test_a_method_that_learns_is_better_than_chance(name):
    """Random search needs 188 evaluations on average to find the best of 375 designs."""
    task = toy()
    runs = [run(METHODS[name], task, 300, np.random.default_rng(s), guides(task, name), target=0.0) for s in range(5)]
    assert np.mean([len(each) for each in runs]) < 94


@pytest.mark.parametrize("name", METHODS)
def test_a_method_survives_broken_limits(name):
    task = toy(lambda labels: np.inf if labels[0] < 3 else float(cost(labels)))
    trace = run(METHODS[name], task, 30, np.random.default_rng(5), guides(task, name))
    assert np.isfinite(trace.values).any()


@pytest.mark.parametrize("name", GUIDED)
def test_a_perfect_model_leads_straight_to_the_best(name):
    task = toy()
    trace = run(METHODS[name], task, 5, np.random.default_rng(1), guides(task, name, error=0.0), target=0.0)
    assert trace.values[0] == 0


@pytest.mark.parametrize(("name", "most"), [("gp-warm", 14), ("latent-bo", 30)])
def test_a_model_that_is_wrong_is_not_believed_for_long(name, most):
    """It praises what is worst: by its order alone the best design is the last of 375."""
    task = toy()
    guide = Guide(Model(factor=-1.0), task, (1, 1))
    assert task.candidates[guide.order[-1]].tolist() == BEST.tolist()
    assert len(run(METHODS[name], task, 375, np.random.default_rng(0), guide, target=0.0)) <= most


def test_a_large_space_is_sampled(monkeypatch):
    monkeypatch.setattr("varigate.explore.methods.pool.EXHAUSTIVE", 50)
    monkeypatch.setattr("varigate.explore.methods.pool.SAMPLE", 20)
    task = toy()
    for name in ("gp", "gp-warm", "latent-bo"):
        trace = run(METHODS[name], task, 100, np.random.default_rng(2), guides(task, name, 1.0), target=0.0)
        assert trace.values.min() == 0, name


def test_the_seed_matters():
    task = toy()
    traces = [run(METHODS["gp"], task, 20, np.random.default_rng(seed)).numbers for seed in range(4)]
    assert all(one != other for one, other in itertools.combinations(traces, 2))
