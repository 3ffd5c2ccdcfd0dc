import numpy as np
import pytest

from varigate.gateware.core.vae import FoldedVae
from varigate.gateware.engine.program import Array
from varigate.model.network.random_network import random_network
from varigate.sim.regression.bulk import AmaranthCore, StreamCore, answers_of, numbers, pack
from varigate.sim.simulators.compiled import Simulation
from varigate.sim.testbench.reference import Job, Op, Reference


def expected(network, codes, seed) -> np.ndarray:
    """What the sequential reference answers, job by job."""
    reference = Reference(network)
    if seed is not None:
        reference.seed(seed)
    answers = [reference.answer(Job(Op.RECONSTRUCT, tuple(row.tolist()))) for row in codes]
    return np.array([pack([part.value for part, _ in answer], [value for _, value in answer],
                          np.arange(len(answer)) == len(answer) - 1) for answer in answers])


@pytest.mark.parametrize("headless", [False, True])
def test_the_answers_in_bulk_are_those_of_the_sequential_reference(headless):
    network = random_network(np.random.default_rng(8), classes=0 if headless else 3)
    codes = network.example_codes[:7]
    for seed in (None, 9):
        answers = answers_of(network, codes, seed)
        assert answers.shape == (len(codes), numbers(network))
        assert np.array_equal(answers, expected(network, codes, seed))
    later = answers_of(network, codes[3:], 9, start=3 * network.latent)
    assert np.array_equal(later, answers_of(network, codes, 9)[3:])


def test_words_are_packed_as_the_gateware_does():
    assert pack(6, -1, 1) == 6 | 0xFFFFFFFF << 3 | 1 << 35
    assert pack([0, 1], [5, -(1 << 31)], [0, 0]).tolist() == [5 << 3, 1 | 1 << 34]


@pytest.fixture(scope="module")
def compiled(iris):
    with StreamCore(Simulation(FoldedVae(iris, Array(8, 1))), iris) as core:
        yield core


@pytest.mark.parametrize("stall", [0.0, 0.3])
def test_the_compiled_core_equals_the_integers(iris, compiled, stall):
    """Seeds in any order, and after each a reset that brings back the network's own."""
    for seed in (3, None, 0xFFFFFFFF, 1, None):
        answers, cycles = compiled.reconstruct(iris.example_codes, seed, stall=stall)
        assert np.array_equal(answers, answers_of(iris, iris.example_codes, seed))
        assert 30 * 150 < cycles < 200 * 150


def test_both_simulators_take_the_same_cycles(iris, compiled):
    codes = iris.example_codes[:6]
    amaranth, steps = AmaranthCore(lambda: FoldedVae(iris, Array(8, 1))).reconstruct(codes, 2)
    answers, cycles = compiled.reconstruct(codes, 2)
    assert np.array_equal(amaranth, answers) and abs(cycles - steps) <= 2


def test_a_long_run_goes_in_parts(iris, compiled, monkeypatch):
    """ε goes on from one part to the next."""
    monkeypatch.setattr("varigate.sim.regression.bulk.BATCH", 4 * (numbers(iris) + iris.inputs) + 1)
    answers, _ = compiled.reconstruct(iris.example_codes[:11], 5)
    assert np.array_equal(answers, answers_of(iris, iris.example_codes[:11], 5))


def test_a_core_that_stops_is_named(iris, compiled, monkeypatch):
    """A client that waits for one number more than there is."""
    monkeypatch.setattr("varigate.sim.regression.bulk.numbers", lambda network: numbers(network) + 1)
    with pytest.raises(TimeoutError, match=r"client__job 1 of 1, client__data 4 of 4, client__result 15 of 16"):
        compiled.reconstruct(iris.example_codes[:1], None)
