"""What a search hands over."""

import argparse

import pytest

from varigate.explore.search.proposal import COLUMNS, propose
from varigate.explore.spaces.varigate import SPACE, array_of
from varigate.gateware.engine.program import Array
from varigate.platform.toolchains.configuration import Configuration


@pytest.mark.parametrize(("workload", "sigmoid"), [("6-z2-c0", None), ("6-z2-c0-sigmoid", "table")])
def test_the_file_says_the_design_and_nothing_else(tmp_path, evaluator_of, design, workload, sigmoid):
    values = design(rows=8, packed=True, drain=2, bits=6, weights="block", epsilon="linear", buffers=1)
    proposal = propose(evaluator_of(workload), values)
    path = tmp_path / "p.toml"
    proposal.write(path)
    settings = Configuration.load(argparse.Namespace(config=path, array=None))
    for name in SPACE.names:
        assert getattr(settings, name) == (sigmoid if name == "sigmoid" else values[name])
    assert settings.change(Array(1, 1)) == array_of(values)
    assert ("sigmoid" in proposal.values) == (sigmoid is not None)
    assert proposal.text == ("8x2 drain 2 packed cascade 6 bits block " + "table " * bool(sigmoid)
                             + "linear 1 buffer")


def test_figures_are_the_evaluators(evaluator_of, design):
    evaluator = evaluator_of("6-z2-c0")
    proposal = propose(evaluator, design())
    costs, found = evaluator(design()), proposal.as_dict()
    assert (found["latency"], found["interval"]) == (costs.latency, costs.interval)
    assert found["energy_nj"] == pytest.approx(costs.energy, abs=1e-3)
    assert found["edp_nj_us"] == pytest.approx(costs.energy * costs.latency / 100, abs=1e-3)  # 100 clocks a µs
    assert found["resources"]["dsp"] == costs.sizes.dsp and found["quality"] == {}
    row = proposal.row()
    assert len(row) == len(COLUMNS) and row[0] == proposal.text and row[1] == str(costs.latency) and row[-1] == ""


def test_the_quality_is_that_of_the_designs_bits(evaluator_of, design):
    evaluator = evaluator_of("iris")
    losses = evaluator.family.losses[8]
    proposal = propose(evaluator, design())
    assert proposal.quality == {name: losses[name] for name in ("accuracy", "neg_elbo")}
    assert proposal.row()[COLUMNS.index("accuracy")] == f"{losses['accuracy']:.2%}"
