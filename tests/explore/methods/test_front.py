"""Searches for the front of two objectives."""

import numpy as np
import pytest

from varigate.explore.methods import FRONT_METHODS, Guide
from varigate.explore.search.pareto import hypervolume
from varigate.explore.search.task import Task, run
from varigate.explore.spaces.space import Parameter, Space

SPACE = Space("toy", tuple(Parameter(name, (1, 2, 4, 8, 16)) for name in "abcd"))


def costs(labels):
    """Two log costs: `a` trades one for the other, the rest is best at 4, 0 and 2."""
    labels = np.asarray(labels, np.float64)
    waste = 0.2 * np.abs(labels[..., 1:] - (4, 0, 2)).sum(-1)
    return np.stack([labels[..., 0] ** 2 / 8 + waste, (4 - labels[..., 0]) ** 2 / 8 + waste], -1)


class Model:
    """Knows the truth: z is the labels, scaled."""

    def encode(self, labels):
        return labels / 2 - 1

    def decode(self, z):
        return np.clip(np.round(2 * z + 2), 0, 4).astype(np.int64)

    def predict(self, z, conditions):
        return costs(2 * z + 2)

    def objective_gradient(self, z, conditions, weights):
        steps = 1e-6 * np.eye(4)
        values = self.predict(z, None) @ weights
        return values, np.stack([(self.predict(z + step, None) @ weights - values) / 1e-6 for step in steps], 1)


@pytest.fixture(scope="module")
def volumes():
    task = Task("toy", SPACE, SPACE.labels(np.arange(SPACE.size)), costs, np.zeros(1), objectives=2)
    guide = Guide(Model(), task, np.eye(2))
    traces = {
        name: [run(method, task, 60, np.random.default_rng(seed), guide) for seed in range(3)]
        for name, method in FRONT_METHODS.items()
    }
    assert all(len(set(each.numbers)) == 60 for runs in traces.values() for each in runs)
    return {name: np.mean([hypervolume(each.values, (3, 3)) for each in runs]) for name, runs in traces.items()}


def test_learning_beats_chance(volumes):
    best = hypervolume(costs(SPACE.labels(np.arange(SPACE.size))), (3, 3))
    assert volumes["random"] < volumes["nsga2"] < best
    assert volumes["latent-front"] == pytest.approx(best)
