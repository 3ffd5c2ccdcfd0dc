import json

import numpy as np
import pytest

from varigate.__main__ import main
from varigate.gateware.engine.program import Array
from varigate.model.errors import UserError
from varigate.model.network.random_network import random_network
from varigate.sim.regression import bulk
from varigate.sim.regression.regress import PASSES, Regression, regress


@pytest.mark.parametrize("stall", [0.0, 0.25])
def test_all_flowers_with_four_seeds(iris, stall):
    """Acceptance of the core: every number of 150 × 4 answers."""
    result = regress(iris, Array(8, 1), stall=stall)
    assert (result.engine, result.samples, result.mismatches) == ("compiled", PASSES * 150, 0)


def test_in_amaranths_simulator(iris):
    result = regress(iris, Array(8, 1), engine="pysim", count=152)
    assert (result.engine, result.samples, result.mismatches) == ("pysim", 152, 0)


@pytest.mark.parametrize("shape", [(4, 2, 2), (16, 2, 1)], ids=str)
def test_other_arrays(iris, shape):
    result = regress(iris, Array(*shape), engine="pysim", count=20, weights="block")
    assert (result.samples, result.mismatches) == (20, 0)


@pytest.mark.parametrize("engine", ["compiled", "pysim"])
def test_a_wrong_number_is_counted_and_fails_the_command(monkeypatch, capsys, engine):
    def wrong(*arguments):
        result = infer(*arguments)
        result.output[2, -1] ^= 1  # the third sample's
        return result

    infer = bulk.infer
    monkeypatch.setattr(bulk, "infer", wrong)
    assert main(["regress", "iris", "--count", "5", "--json", "--engine", engine]) == 1
    out = json.loads(capsys.readouterr().out)
    assert out["mismatches"] == 1


def test_json_has_the_agreed_keys(capsys):
    assert main(["regress", "iris", "--count", "3", "--json"]) == 0
    out = json.loads(capsys.readouterr().out)
    assert list(out) == ["network", "engine", "samples", "mismatches", "cycles", "cycles_per_second", "array"]
    assert (out["network"], out["engine"], out["samples"], out["mismatches"]) == ("iris", "compiled", 3, 0)


def test_signed_inputs():
    network = random_network(np.random.default_rng(5), signed_input=True, extreme=False)
    assert (network.example_codes < 0).any()
    result = regress(network, Array(4, 1), engine="pysim", count=20)
    assert (result.samples, result.mismatches) == (20, 0)


def test_the_drain_reaches_the_array(monkeypatch, capsys):
    arrays = []

    def stand_in(network, array, **options):
        arrays.append(array)
        return Regression(network.name, "pysim", 1, 0, 1, 1.0, {})

    monkeypatch.setattr("varigate.commands.regress.regress", stand_in)
    assert main(["regress", "iris", "--array", "8x2", "--drain", "4"]) == 0
    assert main(["regress", "iris"]) == 0
    assert arrays == [Array(8, 2, 4), Array(8, 1, 1)]


def test_waveforms_of_a_short_run(monkeypatch):
    runs = []

    def stand_in(network, array, **options):
        runs.append((options["count"], options["trace"] and str(options["trace"])))
        return Regression(network.name, "compiled", 1, 0, 1, 1.0, {})

    monkeypatch.setattr("varigate.commands.regress.regress", stand_in)
    for more in ([], ["--vcd", "a.vcd"], ["--vcd", "a.vcd", "--count", "9"]):
        assert main(["regress", "iris", *more]) == 0
    assert runs == [(None, None), (3, "a.vcd"), (9, "a.vcd")]


def test_an_interruption_is_one_line(monkeypatch, capsys):
    def interrupt(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("varigate.commands.regress.regress", interrupt)
    assert main(["regress", "iris"]) == 130
    assert capsys.readouterr() == ("", "varigate regress: interrupted\n")


@pytest.mark.parametrize(("arguments", "message"), [
    (["regress", "no-such"], "no-such"),
    (["regress", "iris", "--count", "0"], "at least 1"),
    (["regress", "iris", "--stall", "1"], "less than 1"),
    (["regress", "iris", "--engine", "pysim", "--vcd", "a.vcd"], "choose --engine compiled"),
    (["regress", "iris", "--engine", "abacus"], "abacus"),
    (["regress", "iris", "--array", "8by1"], "an array is given as ROWSxCOLUMNS, say 8x1, not '8by1'"),
    (["regress", "iris", "--drain", "3"], "a drain that divides the rows"),
    (["regress", "iris", "--drain", "0"], "drain must be a positive whole number, not 0"),
    (["regress"], "NAME|FILE.npz"),
    (["fly"], "fly"),
])
def test_bad_arguments_get_one_line(capsys, arguments, message):
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.count("\n") == 1 and message in captured.err


def test_a_network_without_examples_is_refused():
    with pytest.raises(UserError, match="no examples"):
        regress(random_network(np.random.default_rng(0), examples=0), Array(2, 2))


def test_a_build_s_configuration_is_the_one_that_is_run(tmp_path, capsys):
    config = tmp_path / "design.toml"
    config.write_text('rows = 4\ncolumns = 2\nbuffers = 1\nepsilon = "linear"\nsigmoid = "line"\n')
    assert main(["regress", "digits", "--count", "4", "--engine", "pysim", "--config", str(config), "--json"]) == 0
    out = json.loads(capsys.readouterr().out)
    assert (out["array"]["rows"], out["array"]["buffers"], out["mismatches"]) == (4, 1, 0)
    assert main(["regress", "iris", "--config", str(config)]) == 2
    assert "network iris has no sigmoid" in capsys.readouterr().err
