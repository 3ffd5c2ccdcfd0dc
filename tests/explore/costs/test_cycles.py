"""Predicted cycles are those of the simulated core, to the clock."""

import numpy as np
import pytest

from varigate.explore.spaces.varigate import SPACE, array_of, candidates
from varigate.explore.spaces.workloads import random_workload
from varigate.gateware.core.vae import FoldedVae
from varigate.model.network.random_network import random_input
from varigate.model.network.variants import BITS
from varigate.model.protocol.operations import Op, Part
from varigate.sim.testbench.core import run_jobs
from varigate.sim.testbench.reference import Job

SETTLED = 8  # jobs, after which the core repeats itself, while
FOLLOW = 4  # more of them wait


def measured(network, values, jobs):
    """The clocks of the last input and last output of so many reconstructions, in the simulator."""
    codes = random_input(np.random.default_rng(1), network, jobs)
    core = FoldedVae(network, array_of(values), weights=values["weights"])
    _, marks = run_jobs(core, [Job(Op.RECONSTRUCT, tuple(int(code) for code in x)) for x in codes],
                        pause=100, deadline=10**6)  # meanwhile ε is seeded
    return np.array([[mark["input"], mark[Part.OUTPUT]] for mark in marks])


def check(evaluator_of, workload, values, turns):
    """`turns` is a multiple of the number of jobs that take turns."""
    evaluator = evaluator_of(workload)
    network, counted = evaluator.network(values), evaluator.cycles(values)
    alone = measured(network, values, 1)[0]
    assert counted.latency == alone[1] - alone[0]
    outputs = measured(network, values, SETTLED + turns + FOLLOW)[:, 1]
    assert counted.interval == (outputs[SETTLED + turns] - outputs[SETTLED]) / turns


@pytest.mark.parametrize(("workload", "changes"), [
    ("4-8-z2-c3", {"rows": 8, "columns": 1, "cascade": False}),
    ("4-8-z2-c3", {"rows": 2, "columns": 2, "buffers": 1, "weights": "block"}),
    ("6-5-z2-c0", {"rows": 8, "columns": 4, "packed": True, "drain": 4, "bits": 6}),
    ("9-7-6-z2-c3", {"rows": 4, "columns": 4, "packed": True, "epsilon": "linear", "buffers": 1}),
    ("12-z3-c0-sigmoid", {"rows": 4, "columns": 7, "cascade": False, "drain": 2, "bits": 4}),
    ("5-9-z3-c10-sigmoid", {"rows": 12, "columns": 2, "packed": True, "drain": 4, "weights": "block"}),
    ("10-6-z2-c3-sigmoid", {"rows": 4, "columns": 1, "cascade": False, "sigmoid": "line", "buffers": 1}),
    ("8-4-z1-c2", {"rows": 2, "columns": 8, "drain": 2, "epsilon": "linear", "bits": 4}),
], ids=str)
def test_cycles_of_small_designs(evaluator_of, design, workload, changes):
    check(evaluator_of, workload, design(**changes), turns=2)


def random_pairs(count, seed):
    """Workloads of up to 60 inputs with designs of up to 256 multipliers, every value of every other knob used."""
    rng, everything = np.random.default_rng(seed), candidates(BITS, sigmoid=True)
    found = []
    while len(found) < count:
        workload, values = random_workload(rng), SPACE.values(everything[int(rng.integers(len(everything)))])
        if workload.inputs <= 60 and max(workload.hidden) <= 60 and array_of(values).multipliers <= 256:
            found.append((str(workload), values))
    return found


def test_the_random_designs_use_every_unit():
    designs = [values for _, values in random_pairs(32, seed=7)]
    for name in ("drain", "packed", "cascade", "bits", "weights", "sigmoid", "epsilon", "buffers"):
        assert {values[name] for values in designs} == set(SPACE.parameters[SPACE.names.index(name)].values)


@pytest.mark.long
@pytest.mark.parametrize("number", range(32))
def test_cycles_of_random_designs(evaluator_of, number):
    check(evaluator_of, *random_pairs(32, seed=7)[number], turns=12)
