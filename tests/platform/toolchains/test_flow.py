import json
import shlex
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from varigate.__main__ import main
from varigate.model.errors import UserError
from varigate.model.network import network_file
from varigate.model.network.variants import variant
from varigate.model.train import cards, trained
from varigate.model.train.recipes import TrainingSettings
from varigate.platform.toolchains import flow
from varigate.platform.toolchains.configuration import Configuration

BOARD = SimpleNamespace(name="nexys4ddr")


def test_the_directory_has_the_names_of_board_and_network(tmp_path):
    assert flow.target(BOARD, SimpleNamespace(name="iris"), tmp_path) == tmp_path / "nexys4ddr-iris"


def test_steps_show_their_time(capsys):
    step = flow.Steps(2)
    with step("one"):
        pass
    with pytest.raises(UserError), step("two"):
        raise UserError("no")
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == "[1/2] one … 0.0 s\n[2/2] two … failed\n"


@pytest.fixture
def quick(monkeypatch):
    """No cross-validation."""
    monkeypatch.setattr(trained, "cross_validate", lambda *arguments, **options: {})


def test_training_anew_by_the_card_of_a_file(tmp_path, quick):
    table = tmp_path / "t.csv"
    table.write_text("a,b,kind\n" + "".join(f"{i % 7},{i % 5},{'xy'[i % 2]}\n" for i in range(40)))
    dataset, source = cards.csv_dataset(table, "kind")
    settings = TrainingSettings(epochs=3, hidden=(5,))
    path = tmp_path / "copy.npz"
    trained.save(trained.make(dataset, settings, seed=7, name="mine", source=source), path)
    before = path.read_bytes()
    made = flow.retrain(str(path), tmp_path / "build")
    assert Path(made) == tmp_path / "build" / "retrained" / "mine.npz"
    network, card = flow.find_network(made)
    assert (network.name, network.encoder[0].outputs) == ("mine", 5)
    assert (card["seed"], card["settings"]["epochs"], card["source"]) == (7, 3, source)
    assert path.read_bytes() == before == Path(made).read_bytes()  # the same data, settings and seed

    table.write_text(table.read_text() + "1,2,x\n")
    with pytest.raises(UserError, match=r"t\.csv has changed since training.*put them back where they were"):
        flow.retrain(str(path), tmp_path / "build")
    table.unlink()
    with pytest.raises(UserError, match=r"gone from .*t\.csv: put them back where they were"):
        flow.retrain(str(path), tmp_path / "build")
    path.with_name("copy.json").unlink()
    with pytest.raises(UserError, match="has no card"):
        flow.retrain(str(path), tmp_path / "build")


def test_the_hint_for_other_bits_is_a_command_that_makes_them(tmp_path, quick, monkeypatch):
    table = tmp_path / "my table.csv"
    table.write_text("a,b,my kind\n" + "".join(f"{i % 7},{i % 5},{'xy'[i % 2]}\n" for i in range(40)))
    dataset, source = cards.csv_dataset(table, "my kind")
    settings = TrainingSettings(epochs=3, hidden=(5,), latent=3, bits=4, beta=0.5)
    path = tmp_path / "s4.npz"
    trained.save(trained.make(dataset, settings, seed=7, name="s4", source=source), path)
    assert flow.find_file(str(path), Configuration(bits=4)) == path
    with pytest.raises(UserError) as caught:
        flow.find_file(str(path), Configuration(bits=6))
    hint = str(caught.value).split("; ", 1)[1].removesuffix(" makes it")
    assert main(shlex.split(hint)[1:]) == 0
    made = flow.find_file(str(path), Configuration(bits=6))
    card = cards.read_card(made)
    assert made == tmp_path / "s4-w6.npz" and card["seed"] == 7
    assert cards.settings_of(card) == replace(settings, bits=6)


@pytest.mark.parametrize(("name", "bits", "command"), [
    ("mnist-free", 4, "varigate train mnist-free --bits 4 --name mnist-free-w4 --out "),
    ("mnist", 4, "varigate train mnist --bits 4 --name mnist-w4 --out ")])
def test_the_hint_for_a_shipped_network_names_its_recipe(name, bits, command):
    with pytest.raises(UserError, match=f"; {command}"):
        flow.find_file(name, Configuration(bits=bits))


@pytest.mark.parametrize("name", ["my net", "x" * 30])
def test_without_a_card_or_a_name_no_command_is_promised(tmp_path, iris, name):
    path = tmp_path / f"{name}.npz"
    network_file.save(iris, path)
    with pytest.raises(UserError, match=r"leave the choice of bits out, since no command trains one \(.*\)$"):
        flow.find_file(str(path), Configuration(bits=4))


def test_a_card_counts_only_for_the_network_it_was_written_for(tmp_path):
    path = tmp_path / "mine.npz"
    shutil.copy(network_file.find("iris"), path)
    card = tmp_path / "mine.json"
    network, found = flow.find_network(str(path))
    assert (network.name, found) == ("iris", {})
    for content in ("[]", "5", "{}", '{"digest": "00"}'):
        card.write_text(content)
        assert flow.find_network(str(path))[1] == {}
    card.write_text(json.dumps({"digest": network_file.digest(network).hex(), "cv_accuracy_float": 0.9}))
    assert flow.find_network(str(path))[1]["cv_accuracy_float"] == 0.9
    for content in ("{", json.dumps({"digest": network_file.digest(network).hex(), "cv_accuracy_float": "0.9"})):
        card.write_text(content)
        with pytest.raises(UserError, match=r"mine\.json is damaged: .*; put the card back as it was, or train"):
            flow.find_network(str(path))


def test_the_network_that_settings_ask_for(tmp_path):
    digits = network_file.load(network_file.find("digits"))
    own, few = tmp_path / "mine.npz", tmp_path / "mine-w6.npz"
    network_file.save(digits, own)
    network_file.save(replace(digits, name="few"), few)
    card = {"digest": network_file.digest(digits).hex()}
    own.with_suffix(".json").write_text(json.dumps(card))
    settings = Configuration(sigmoid="line", epsilon="linear")
    found, none = flow.find_network(str(own), settings)
    assert network_file.digest(found) == network_file.digest(variant(digits, sigmoid="line", epsilon="linear"))
    assert none == {}  # its figures were not measured with these units
    assert flow.find_network(str(own), Configuration(sigmoid="table", bits=8))[1] == card
    assert flow.find_network(str(own), Configuration(bits=6))[0].name == "few"
    assert flow.find_file(str(own), Configuration(bits=6)) == few
    with pytest.raises(UserError, match=r"no .*mine-w4\.npz with 4; leave the choice of bits out"):
        flow.find_network(str(own), Configuration(bits=4))
    with pytest.raises(UserError, match="network iris has no sigmoid"):
        flow.find_network("iris", settings)
