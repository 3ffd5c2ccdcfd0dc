import json

import numpy as np
import pytest

import sim.regress
from gateware.program import Array
from model.errors import UserError
from model.examples import random_network
from sim.__main__ import main
from sim.reference import Reference
from sim.regress import EPSILON_SEEDS, Regression, regress


def test_all_flowers_with_four_seeds(iris):
    """Acceptance of the core: every number of 150 × 4 answers."""
    result = regress(iris, Array(8, 1))
    assert (result.samples, result.mismatches) == (len(EPSILON_SEEDS) * 150, 0)


@pytest.mark.parametrize("shape", [(4, 2, 2), (16, 2, 1)], ids=str)
def test_other_arrays(iris, shape):
    result = regress(iris, Array(*shape), count=20, weights="block")
    assert (result.samples, result.mismatches) == (20, 0)


def test_a_wrong_number_is_counted_and_fails_the_command(monkeypatch, capsys):
    class Wrong(Reference):
        def answer(self, job):
            numbers = super().answer(job)
            if self.index == 3 * self.network.latent:  # the third sample's
                part, value = numbers[-1]
                numbers[-1] = part, value ^ 1
            return numbers

    monkeypatch.setattr(sim.regress, "Reference", Wrong)
    assert main(["regress", "iris", "--count", "5", "--json"]) == 1
    out = json.loads(capsys.readouterr().out)
    assert out["mismatches"] == 1


def test_json_has_the_agreed_keys(capsys):
    assert main(["regress", "iris", "--count", "3", "--json"]) == 0
    out = json.loads(capsys.readouterr().out)
    assert list(out) == ["network", "engine", "samples", "mismatches", "cycles", "cycles_per_second"]
    assert (out["network"], out["engine"], out["samples"], out["mismatches"]) == ("iris", "pysim", 3, 0)


def test_signed_inputs():
    network = random_network(np.random.default_rng(5), signed_input=True, extreme=False)
    assert (network.example_codes < 0).any()
    result = regress(network, Array(4, 1))
    assert (result.samples, result.mismatches) == (20, 0)


def test_the_drain_reaches_the_array(monkeypatch, capsys):
    arrays = []

    def stand_in(network, array, **options):
        arrays.append(array)
        return Regression(network.name, "pysim", 1, 0, 1, 1.0)

    monkeypatch.setattr("sim.__main__.regress", stand_in)
    assert main(["regress", "iris", "--array", "8x2", "--drain", "4"]) == 0
    assert main(["regress", "iris"]) == 0
    assert arrays == [Array(8, 2, 4), Array(8, 1, 1)]


def test_an_interruption_is_one_line(monkeypatch, capsys):
    def interrupt(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("sim.__main__.regress", interrupt)
    assert main(["regress", "iris"]) == 130
    assert capsys.readouterr() == ("", "sim: interrupted\n")


@pytest.mark.parametrize(("arguments", "message"), [
    (["regress", "no-such"], "no-such"),
    (["regress", "iris", "--count", "0"], "at least 1"),
    (["regress", "iris", "--array", "8by1"], "an array is given as ROWSxCOLUMNS, say 8x1, not '8by1'"),
    (["regress", "iris", "--drain", "3"], "a drain that divides the rows"),
    (["regress", "iris", "--drain", "0"], "a drain that divides the rows"),
    (["regress"], "NAME|FILE.npz"),
    (["fly"], "fly"),
    ([], "command"),
])
def test_bad_arguments_get_one_line(capsys, arguments, message):
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.count("\n") == 1 and message in captured.err


def test_a_network_without_examples_is_refused():
    with pytest.raises(UserError, match="no examples"):
        regress(random_network(np.random.default_rng(0), examples=0), Array(2, 2))
