"""Tasks and their evaluations."""

import numpy as np
import pytest

from varigate.explore.search.task import Evaluations, SpentError, Task, run
from varigate.explore.spaces.space import Parameter, Space
from varigate.model.errors import UserError

SPACE = Space("toy", (Parameter("a", (1, 2, 4)), Parameter("unit", ("x", "y"))))


def task(candidates=((0, 0), (2, 1), (1, 0), (2, 0)), evaluate=lambda labels: float(10 - 3 * labels[0] - labels[1])):
    return Task("toy", SPACE, np.array(candidates), evaluate, np.zeros(1))


def test_candidates_are_found_and_others_snapped():
    one = task()
    assert one.find([(2, 1), (0, 1), (2, 0)]).tolist() == [1, -1, 3]
    assert one.snap([(2, 1), (1, 1), (2, 0)]).tolist() == [1, 1, 3]  # a step of a lies 1/2 away, another unit √2
    assert one.snap((0, 1)).tolist() == [1]
    assert one.neighbours(3).tolist() == [0, 1, 2]


def test_one_design_twice_is_refused():
    with pytest.raises(UserError, match="same design"):
        task(((0, 0), (0, 0))).find([(0, 0)])


def test_repeats_are_free_and_the_budget_is_kept():
    calls = []
    evaluations = Evaluations(task(evaluate=lambda labels: calls.append(1) or float(labels[0])), 3)
    assert [evaluations(number) for number in (3, 0, 3)] == [2, 0, 2]
    with pytest.raises(SpentError):
        evaluations(1)
    with pytest.raises(SpentError):
        evaluations(2)
    assert evaluations(1) == 2
    assert evaluations.numbers == [3, 0, 1] and evaluations.values.tolist() == [2, 0, 2] and len(calls) == 3
    assert 1 in evaluations and 2 not in evaluations and evaluations.best == 0
    assert evaluations.any_unseen(np.random.default_rng(0)) == 2


def test_the_target_ends_a_search():
    def forwards(evaluations, rng, guide):
        for number in range(4):
            evaluations(number)

    assert run(forwards, task(), 4, None, target=7.0).values.tolist() == [10, 3]
    assert len(run(forwards, task(), 100, None)) == 4


def test_a_method_that_gives_up_is_a_fault():
    with pytest.raises(RuntimeError, match="idle stopped after 0 of 2"):
        run(idle, task(), 2, None)


def idle(evaluations, rng, guide):
    """Does nothing."""


def test_vectors_are_costs_too():
    evaluations = run(
        lambda evaluations, rng, guide: [evaluations(n) for n in range(4)],
        task(evaluate=lambda labels: labels.astype(float)),
        4,
        None,
    )
    assert evaluations.values.shape == (4, 2)
