import numpy as np
import pytest

from varigate.gateware.core.vae import FoldedVae
from varigate.gateware.engine.program import Array
from varigate.gateware.estimate import timing
from varigate.gateware.estimate.choice import least_interval
from varigate.gateware.estimate.resources import Core
from varigate.model.network.random_network import random_input, random_network
from varigate.model.protocol.operations import Op, Part
from varigate.sim.testbench.core import run_jobs
from varigate.sim.testbench.reference import Job, Reference

SHAPES = [(1, 1, 1), (2, 2, 1), (4, 3, 2), (8, 1, 1), (16, 2, 2)]
KINDS = "quadratic", "linear"


def random_jobs(rng, network, count):
    """Jobs of every kind, in random order."""
    jobs = []
    for x in random_input(rng, network, count):
        op = Op(int(rng.integers(len(Op))))
        codes = {Op.GENERATE: (), Op.DECODE: rng.integers(-128, 128, network.latent)}.get(op, x)
        jobs.append(Job(op, tuple(int(code) for code in codes)))
    return jobs


def random_shape(rng):
    return {"inputs": int(rng.integers(1, 9)), "latent": int(rng.integers(1, 5)), "classes": int(rng.integers(0, 5)),
            "hidden": tuple(int(width) for width in rng.integers(1, 13, rng.integers(0, 3))),
            "activation": str(rng.choice(["relu", "sigmoid", "mixed"])),
            "output_activation": str(rng.choice(["linear", "sigmoid"]))}


@pytest.mark.parametrize("weights", ["lut", "block"])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("seed", range(4))
def test_all_operations_equal_the_reference(seed, shape, weights):
    rng = np.random.default_rng([seed, *shape])
    buffers, kind = 1 + seed % 2, KINDS[(seed + shape[0]) // 2 % 2]
    network = random_network(rng, epsilon=kind, **random_shape(rng))
    jobs = random_jobs(rng, network, 8)
    reference = Reference(network)
    reference.epsilon_on = epsilon_on = bool(seed % 2)
    answers, _ = run_jobs(FoldedVae(network, Array(*shape, buffers=buffers), weights=weights), jobs,
                          epsilon_on=epsilon_on, stall=[0, 0.3][seed // 2])
    assert answers == [reference.answer(job) for job in jobs]


@pytest.mark.parametrize("bits", [4, 6])
@pytest.mark.parametrize("array", [Array(5, 3, packed=True), Array(4, 8, 2, packed=True, buffers=1),
                                   Array(4, 4, packed=True, cascade=False), Array(3, 5, buffers=1)], ids=str)
def test_fewer_bits_equal_the_reference(array, bits):
    rng = np.random.default_rng([bits, array.columns])
    network = random_network(rng, inputs=20, hidden=(9,), bits=bits, epsilon=KINDS[bits == 4])
    jobs = random_jobs(rng, network, 12)
    reference = Reference(network)
    answers, _ = run_jobs(FoldedVae(network, array), jobs)
    assert answers == [reference.answer(job) for job in jobs]


@pytest.mark.parametrize("stall", [0, 0.2, 0.6])
def test_a_single_buffer_never_locks(stall):
    """Many jobs of every kind, one behind the other."""
    for seed, shape in enumerate([(1, 1), (2, 3), (16, 4, 4)]):
        rng = np.random.default_rng([seed, 71])
        network = random_network(rng, **random_shape(rng))
        jobs = random_jobs(rng, network, 40)
        reference = Reference(network)
        answers, _ = run_jobs(FoldedVae(network, Array(*shape, buffers=1)), jobs, stall=stall, seed=seed)
        assert answers == [reference.answer(job) for job in jobs]


@pytest.mark.parametrize("classes", [0, 4])
@pytest.mark.parametrize("activation", ["relu", "sigmoid"])
@pytest.mark.parametrize("array", [Array(*shape) for shape in [*SHAPES, (8, 1, 2), (2, 2, 2), (16, 2, 1), (8, 4, 4)]]
                         + [Array(6, 3, 3, packed=True), Array(8, 7, 4, packed=True, cascade=False)]
                         + [Array(*shape, buffers=1) for shape in [*SHAPES, (2, 2, 2), (16, 2, 1)]]
                         + [Array(6, 3, 3, packed=True, buffers=1)], ids=str)
def test_cycles_are_exactly_as_counted(array, activation, classes):
    rng = np.random.default_rng([5, array.rows, array.columns])
    network = random_network(rng, inputs=5, hidden=(9, 7), latent=3, activation=activation, classes=classes)
    jobs = [Job(Op.RECONSTRUCT, tuple(int(code) for code in x)) for x in random_input(rng, network, 8)]
    _, marks = run_jobs(FoldedVae(network, array), jobs, pause=100)  # meanwhile ε is seeded
    names = "input", Part.CLASS if classes else Part.V, Part.OUTPUT
    seen = np.array([[mark[name] for mark in marks] for name in names])
    counted = np.array(timing.run(network, array, len(jobs)))
    assert np.array_equal(seen - seen[0, 0], counted - counted[0, 0])


def test_the_interval_of_a_shape_is_that_of_its_array():
    """Layers large enough that nobody waits for anything but the array."""
    network = random_network(np.random.default_rng(4), inputs=60, hidden=(50,), latent=4, extreme=False)
    for array in (Array(8, 4, 2), Array(10, 5, 5, packed=True), Array(16, 2, 4)):
        costs = least_interval(Core(network, "lut"), array)
        assert costs - 4 <= timing.cycles(network, array).interval <= costs + 8


def test_a_seed_starts_epsilon_anew_and_a_retry_shows_its_index():
    rng = np.random.default_rng(3)
    network = random_network(rng)
    x = tuple(int(code) for code in random_input(rng, network, 1)[0])
    jobs = [Job(Op.RECONSTRUCT, x), Job(Op.RECONSTRUCT, x), Job(Op.CLASSIFY, x), Job(Op.GENERATE), Job(Op.ENCODE, x),
            Job(Op.RECONSTRUCT, x), Job(Op.GENERATE)]
    seeds = {2: 0, 5: 0xFFFFFFFF}
    answers, _ = run_jobs(FoldedVae(network, Array(4, 1)), jobs, seeds=seeds)
    reference, expected = Reference(network), []
    for index, job in enumerate(jobs):
        if index in seeds:
            reference.seed(seeds[index])
        expected.append(reference.answer(job))
    assert answers == expected
    indices = [value for answer in answers for part, value in answer if part == Part.INDEX]
    assert indices == [0, network.latent, 0, 0, network.latent]


def test_the_shipped_network_meets_its_cycle_budget(iris):
    counted = timing.cycles(iris, Array(8, 1))
    assert counted.class_latency <= 50
    assert counted.latency <= 70
    assert counted.interval <= 36
