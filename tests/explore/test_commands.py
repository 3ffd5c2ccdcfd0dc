"""The user's path through the command line, and what bad input gets."""

import argparse
import json
import shlex
from pathlib import Path

import numpy as np
import pytest

from varigate.__main__ import main
from varigate.commands import explore_commands as command
from varigate.explore.joint import dataset
from varigate.explore.joint.model import JointModel, Shape
from varigate.explore.spaces import vaesa
from varigate.explore.spaces.varigate import SPACE, array_of
from varigate.explore.spaces.workloads import Workload
from varigate.gateware.engine.program import Array
from varigate.platform.toolchains.configuration import Configuration
from varigate.platform.toolchains.flow import find_network
from varigate.sim.regression.regress import regress


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch, few):
    """Everything is written into a folder of the test's own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def model(here, joint):
    joint.save(here / "model.npz")
    return "model.npz"


def run(capsys, *arguments):
    status = main(["explore", *(str(argument) for argument in arguments)])
    output, errors = capsys.readouterr()
    return status, output, errors


def refused(capsys, *arguments):
    status, output, errors = run(capsys, *arguments)
    assert status == 2 and output == "", errors
    last = errors.split("\r")[-1]
    assert last.startswith("varigate explore: ") and last.count("\n") == 1 and last.endswith("\n")
    return last


def settings_of(path) -> Configuration:
    return Configuration.load(argparse.Namespace(config=Path(path), array=None))


def test_a_search_ends_in_a_configuration_and_the_command_that_builds_it(capsys):
    status, output, _ = run(capsys, "search", "--network", "iris", "--budget", 12, "--method", "random", "--best", 3)
    assert status == 0 and "12 evaluations" in output
    line = next(line for line in output.splitlines() if "varigate build" in line)
    words = shlex.split(line)
    assert words[:5] == ["varigate", "build", "nexys4ddr", "--network", "iris"] and words[5] == "--config"
    assert Path(words[6]) == Path("build/explore/iris-edp.toml")
    settings = settings_of(words[6])
    table = output.split("\n\n")[1].splitlines()
    assert len(table) == 4 and table[1].startswith(f"{settings.rows}x{settings.columns} drain {settings.drain}")


def test_json_is_alone_on_standard_output_and_says_what_the_file_says(capsys):
    arguments = ("search", "--network", "iris", "--budget", 12, "--method", "random", "--json",
                 "--out", "own.toml", "--objective", "latency")
    status, output, _ = run(capsys, *arguments)
    found = json.loads(output)
    assert status == 0 and found["evaluations"] == 12 and found["config"] == "own.toml"
    assert found["build"] == "varigate build nexys4ddr --network iris --config own.toml"
    latencies = [each["latency"] for each in found["designs"]]
    assert latencies == sorted(latencies)
    design = found["designs"][0]["design"]
    assert settings_of("own.toml").change(Array(1, 1)) == array_of(design) and "sigmoid" not in design
    again, other = (json.loads(run(capsys, *arguments, "--seed", seed)[1])["designs"] for seed in (1234, 3))
    assert again == found["designs"] != other


def test_a_front_is_printed_with_its_best_compromise(capsys):
    status, output, _ = run(capsys, "search", "--network", "4-8-z2-c3", "--objective", "front", "--method", "random",
                            "--budget", 20, "--json")
    found = json.loads(output)
    energies = [each["energy_nj"] for each in found["designs"]]
    assert status == 0 and energies == sorted(energies, reverse=True)
    best = min(found["designs"], key=lambda each: each["edp_nj_us"])
    assert settings_of(found["config"]).change(Array(1, 1)) == array_of(best["design"])


@pytest.mark.parametrize("seed", [1, 2])
def test_what_is_proposed_is_bit_exact(capsys, seed):
    run(capsys, "search", "--network", "iris", "--budget", 6, "--method", "random", "--out", "p.toml", "--seed", seed)
    settings = settings_of("p.toml")
    network, _ = find_network("iris", settings)
    outcome = regress(network, settings.change(Array(1, 1)), engine="pysim", count=6, weights=settings.weights)
    assert (outcome.samples, outcome.mismatches) == (6, 0)


def test_from_a_data_set_to_a_model_that_searches(capsys, monkeypatch):
    monkeypatch.setattr(dataset, "random_workload", lambda rng: Workload(int(rng.integers(4, 9)), (6,), 2, 3, False))
    status, output, _ = run(capsys, "dataset", "--workloads", 2, "--designs", 40, "--each", 20, "--processes", 1,
                            "--out", "new/d.npz")
    assert status == 0 and output.startswith("40 pairs of 40 designs and 2 workloads")
    status, output, errors = run(capsys, "train", "--data", "new/d.npz", "--epochs", 2, "--nz", 2, "--out", "m.npz")
    assert status == 0 and "after 2 epochs: m.npz" in output and "less than a minute" in errors
    assert not list(Path().glob("*checkpoint*")) and JointModel.load("m.npz", SPACE).nz == 2
    status, output, _ = run(capsys, "search", "--network", "6-8-z2-c3", "--budget", 8, "--model", "m.npz", "--json")
    assert status == 0 and json.loads(output)["evaluations"] == 8


def test_validation_sets_predictions_beside_the_synthesis(capsys, monkeypatch):
    run(capsys, "search", "--network", "iris", "--budget", 3, "--method", "random", "--out", "p.toml")
    asked = []
    counts = {"lut": 4000, "ff": 3000, "carry4": 1, "dsp": 7, "ramb18": 5}
    monkeypatch.setattr(command, "measure", lambda point: asked.append(point) or counts)
    status, output, _ = run(capsys, "validate", "p.toml", "--network", "iris", "--json")
    found = json.loads(output)
    assert status == 0 and found["synthesised"] == {"lut": 4000, "ff": 3000, "dsp": 7, "ramb36": 3}
    assert list(found["predicted"]) == ["lut", "ff", "dsp", "ramb36"]
    (point,) = asked
    assert (point.workload, point.scope) == ("iris", "top") and array_of(point.values) == settings_of(
        "p.toml").change(Array(1, 1))
    assert "synthesised" in run(capsys, "validate", "p.toml", "--network", "iris")[1]


@pytest.fixture
def table(monkeypatch):
    """Three layers of random numbers in place of the published ones."""
    rng = np.random.default_rng(0)
    made = vaesa.PublishedTable(rng.integers(1, 9, (3, 9)).astype(float), *rng.uniform(1, 9, (2, 3, vaesa.SPACE.size)))
    monkeypatch.setattr(vaesa, "read", lambda path: made)
    return made


def test_a_published_layer_is_searched(capsys, table):
    status, output, _ = run(capsys, "search", "--space", "vaesa", "--layer", 2, "--budget", 9, "--method", "random",
                            "--json")
    found = json.loads(output)
    assert status == 0 and found["evaluations"] == 9 and found["layer"] == table.layers[2].tolist()
    assert "--layer is one of 0…2" in refused(capsys, "search", "--space", "vaesa", "--layer", 3)


@pytest.mark.parametrize("unseen", [3, -1])
def test_a_layer_is_left_to_train_on(capsys, table, unseen):
    message = refused(capsys, "train", "--space", "vaesa", "--unseen", unseen)
    assert f"--unseen is {unseen}; of 3 layers, 0 to 2" in message


SEARCH = ("search", "--network", "iris", "--budget", "2")


@pytest.mark.parametrize(("arguments", "message"), [
    ([], "required"),
    (["fly"], "fly"),
    (["search", "--network", "roses"], "unknown network 'roses'"),
    (["search", "--network", "0-8-z2-c3"], "unknown network '0-8-z2-c3'"),
    (["search", "--budget", "0"], "--budget"),
    (["search", "--budget", "many"], "--budget"),
    (["search", "--objective", "area"], "--objective"),
    (["search", "--device", "virtex"], "--device"),
    ([*SEARCH, "--model", "absent.npz"], "there is no file absent.npz"),
    ([*SEARCH, "--model", "damaged.npz"], "damaged.npz is damaged"),
    ([*SEARCH, "--model", "vaesa.npz"], "vaesa.npz is a model of the space vaesa"),
    ([*SEARCH, "--model", "model.npz", "--method", "nearest"], "invalid choice: 'nearest'"),
    ([*SEARCH, "--model", "model.npz", "--points", "-5"], "invalid tolerance value: '-5'"),
    ([*SEARCH, "--model", "model.npz", "--nats", "nan"], "invalid tolerance value: 'nan'"),
    ([*SEARCH, "--model", "model.npz", "--seed", "-1"], "invalid seed value: '-1'"),
    (["demo", "--network", "roses"], "unknown network 'roses'"),
    (["train", "--data", "absent.npz", "--pred-model", "orig"], "--pred-model has no effect with --space varigate"),
    ([*SEARCH, "--model", "model.npz", "--out", "damaged.npz/p.toml"], "damaged.npz"),
    (["search", "--space", "vaesa", "--objective", "interval"], "--objective for --space vaesa"),
    (["search", "--space", "vaesa", "--dataset-path", "absent.csv"], "there is no file absent.csv"),
    (["dataset", "--designs", "3", "--each", "4"], "4 of 3 designs"),
    (["dataset", "--space", "vaesa", "--dataset-path", "absent.csv"], "there is no file absent.csv"),
    (["train", "--data", "absent.npz"], "there is no file absent.npz"),
    (["train", "--data", "model.npz"], "model.npz is not a data set of this space"),
    (["train", "--nz", "0"], "--nz"),
    (["scores", "--dataset-path", "absent.csv"], "there is no file absent.csv"),
    (["validate", "absent.toml", "--network", "iris"], "cannot read absent.toml"),
    (["validate", "odd.toml", "--network", "iris"], "rows is one of 2, 4, "),
    (["sweep", "--cores", "0"], "--cores"),
    (["sweep", "--cores", "9"], "a fit needs at least 10 cores and 1 top"),
    (["train", "--gamma", "nan"], "invalid tolerance value: 'nan'"),
    (["sweep", "--cores", "10", "--tops", "1", "--scheduler", "nonsense"], "no Dask scheduler answers at 'nonsense'"),
], ids=lambda each: " ".join(each) if isinstance(each, list) else "")
def test_bad_input_gets_one_line(capsys, here, model, arguments, message):
    (here / "damaged.npz").write_bytes(b"PK")
    (here / "odd.toml").write_text("rows = 3\n", "utf-8")
    other = JointModel(vaesa.SPACE, 9, features="convolution", shape=Shape(nz=2, vae=(8,), predictor=(8,)))
    other.initialise(np.random.default_rng(0)).save(here / "vaesa.npz")
    before = sorted(each.name for each in here.iterdir())
    assert message in refused(capsys, *arguments)
    assert sorted(each.name for each in here.rglob("*") if each.is_file()) == before
