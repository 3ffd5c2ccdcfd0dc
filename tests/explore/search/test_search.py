"""One search for one user."""

from dataclasses import replace

import numpy as np
import pytest

from varigate.explore.search.search import best_designs, best_of_layer, evaluator_task, front
from varigate.explore.spaces import vaesa
from varigate.explore.spaces.varigate import SPACE
from varigate.model.errors import UserError
from varigate.platform.toolchains.device import DEVICES

SHAPE = "4-8-z2-c3"
pytestmark = pytest.mark.usefixtures("few")


def search(evaluator, joint, **changes):
    return best_designs(evaluator, joint, **{"objective": "edp", "method": "random", "budget": 15, "seed": 3,
                                             "count": 4} | changes)


@pytest.fixture(scope="module")
def evaluator(evaluator_of):
    return evaluator_of(SHAPE)


def test_the_best_of_what_was_evaluated_come_first(evaluator, joint):
    proposals, found = search(evaluator, joint)
    assert len(found) == 15 == len(set(found.numbers))
    costs = [each.costs.edp for each in proposals]
    np.testing.assert_allclose(np.log(costs), np.sort(found.values)[:4])
    assert all(not each.costs.sizes.broken for each in proposals)
    again, other = (search(evaluator, joint, seed=seed)[1] for seed in (3, 4))
    assert again.numbers == found.numbers != other.numbers


@pytest.mark.parametrize("objective", ["latency", "energy", "interval"])
def test_an_objective_is_the_logarithm_of_a_cost(evaluator, objective):
    task = evaluator_task(evaluator, (objective,))
    design = task.candidates[70]
    assert task.evaluate(design) == np.log(getattr(evaluator(SPACE.values(design)), objective))


def test_only_what_keeps_the_limits_is_searched(evaluator, evaluator_of, joint):
    device = replace(DEVICES["xc7a100t"], capacity=replace(DEVICES["xc7a100t"].capacity, dsp=20))
    task, every = (evaluator_task(each, ("latency", "energy")) for each in (evaluator_of(SHAPE, device), evaluator))
    assert 0 < len(task) < len(every)
    sizes = [evaluator_of(SHAPE, device).sizes(SPACE.values(row)) for row in task.candidates]
    assert all(each.dsp <= 20 and not each.broken for each in sizes)
    assert np.isfinite(task.evaluate(task.candidates[-1])).all()


def test_where_nothing_fits_the_limit_is_named(evaluator_of, joint):
    device = replace(DEVICES["xc7a100t"], capacity=replace(DEVICES["xc7a100t"].capacity, ramb36=0))
    with pytest.raises(UserError, match=r"none of the [\d,]+ designs keeps all limits; .* break the limit of RAMB36"):
        search(evaluator_of(SHAPE, device), joint)
    with pytest.raises(UserError, match="keeps all limits"):
        front(evaluator_of(SHAPE, device), joint, method="random", budget=6, seed=0)


@pytest.mark.parametrize("method", ["latent-bo", "latent-gd"])
def test_the_joint_model_guides(evaluator, joint, method):
    proposals, found = search(evaluator, joint, method=method, budget=8, count=1)
    assert len(found) == 8 and np.log(proposals[0].costs.edp) == pytest.approx(found.values.min())


def test_a_front_goes_from_the_fastest_to_the_thriftiest(evaluator, joint):
    proposals, found = front(evaluator, joint, method="random", budget=30, seed=1)
    pairs = np.log([[each.costs.latency, each.costs.energy] for each in proposals])
    assert (np.diff(pairs[:, 0]) >= 0).all() and (np.diff(pairs[:, 1]) <= 0).all()
    for cost in found.values:
        assert not ((cost <= pairs).all(1) & (cost < pairs).any(1)).any()


def test_unknown_methods_are_named(evaluator, joint):
    with pytest.raises(UserError, match=r"--method is one of random, gp, .*, not 'nearest'"):
        search(evaluator, joint, method="nearest")
    with pytest.raises(UserError, match=r"--method is one of .*, not 'gp'"):
        front(evaluator, joint, method="gp", budget=3, seed=0)


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    return vaesa.PublishedTable(rng.integers(1, 9, (3, 9)).astype(float), *rng.uniform(1, 9, (2, 3, vaesa.SPACE.size)))


def test_a_published_layer(table):
    weights = np.array([1.0, 1.0])
    result = best_of_layer(table, 1, None, weights, method="random", budget=40, seed=5)
    assert result["evaluations"] == 40 and result["layer"] == table.layers[1].tolist()
    number = int(vaesa.SPACE.index(vaesa.SPACE.design(result["design"])))
    assert (result["cycles"], result["energy"]) == (table.cycles[1, number], table.energy[1, number])
    above = 100 * (table.edp[1, number] / table.edp[1].min() - 1)
    assert result["above_the_best_per_cent"] == pytest.approx(above) and above > 0
    whole = best_of_layer(table, 1, None, weights, method="random", budget=vaesa.SPACE.size, seed=5)
    assert whole["above_the_best_per_cent"] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(("layer", "method", "message"), [
    (3, "random", r"--layer is one of 0…2, not 3"), (-1, "random", "--layer is one of"),
    (0, "latent-bo", "needs a joint model: name one with --model"), (0, "nearest", "--method is one of")])
def test_wrong_wishes_are_named(table, layer, method, message):
    with pytest.raises(UserError, match=message):
        best_of_layer(table, layer, None, np.ones(2), method=method, budget=3, seed=0)
