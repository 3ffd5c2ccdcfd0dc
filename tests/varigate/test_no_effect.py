"""An option without effect is an error that names it, and a place that cannot be written is found before the work."""

from pathlib import Path

import pytest

from varigate.__main__ import main

TABLE = "train --csv t.csv --label kind"
NO_EFFECT = {  # a command → options that have no effect in it
    "train iris": ["--resume", "--data .", "--hidden --activation relu"],
    TABLE: ["--resume", "--data ."],
    "train digits": ["--data .", "--no-cross-validation"],
    "train mnist": ["--no-cross-validation"],
    "evaluate iris": ["--data .", "--csv t.csv --label kind --data ."],
    "evaluate digits": ["--data ."],
    "plot iris": ["--data ."],
    "plot digits-w4": ["--data ."],
    "regress iris": ["--data .", "--dsps 9"],
    "regress digits": ["--data .", "--array 8x2 --dsps 9", "--config rows.toml --dsps 131"],
    "bench iris": ["--dsps 9"],
    "picture digits": ["--dsps 9"],
    "board iris": ["--dsps 9"],
    "board iris --pictures new": ["--web", "--tcp 0"],
    "build nexys4ddr": ["--dsps 9", "--network digits --array 8x2 --dsps 9", "--flash --program"],
    "build nexys4ddr --toolchain none": ["--program", "--flash"],
    "mutants --list": ["--jobs 2", "--budget 5", "--json", "--out m.md", "--resume m.json"],
    "mutants --only x": ["--count 3", "--seed 1"],
    "host --port P --network iris": ["seed 3", "epsilon off"],
    "host --port P classify digits": ["--data ."],
    "explore dataset": ["--dataset-path t.csv"],
    "explore dataset --space vaesa": ["--workloads 48", "--designs 9", "--each 9", "--out a.npz", "--seed 1234",
                                      "--processes 2"],
    "explore train": ["--dataset-path t.csv", "--preset small", "--dataset-size 9", "--unseen 12", "--pred-model orig",
                      "--vae-model orig", "--obj edp", "--gamma 0"],
    "explore train --space vaesa": ["--data build/explore/varigate-data.npz"],
    "explore search": ["--dataset-path t.csv", "--layer 0"],
    "explore search --network 4-8-z2-c3": ["--points 0.3", "--nats 1"],
    "explore search --method random": ["--model m.npz"],
    "explore search --objective front": ["--best 5", "--method nsga2 --model m.npz"],
    "explore search --space vaesa": ["--network mnist", "--device xc7a100t", "--points 1", "--nats 1", "--best 5",
                                     "--out a.toml", "--method tpe --model m.npz"],
}


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """A folder with a table and a configuration; afterwards nothing else is there."""
    monkeypatch.chdir(tmp_path)
    Path("t.csv").write_text("a,b,kind\n1,2,x\n2,1,y\n")
    Path("rows.toml").write_text("rows = 4\n")
    yield tmp_path
    assert {path.name for path in tmp_path.iterdir()} <= {"file", "rows.toml", "t.csv"}


def refused(capsys, command: str) -> str:
    """The line that a command is refused with."""
    assert main(command.split()) == 2
    output, errors = capsys.readouterr()
    assert output == "" and errors.count("\n") == 1
    return errors


@pytest.mark.parametrize("command", [f"{command} {option}" for command, options in NO_EFFECT.items()
                                     for option in options])
def test_an_option_without_effect_is_refused(capsys, command):
    option = [word for word in command.split() if word.startswith("--")][-1]
    if command.startswith("host"):
        option = "--network" if "--network" in command else option
    line = refused(capsys, command)
    assert line.startswith(f"varigate {command.split()[0]}: {option} has no effect ")
    assert any(advice in line for advice in ("leave it out", "leave one of them out", "leave out", "give "))


@pytest.mark.parametrize(("command", "checkpoint"), [
    ("train digits --resume", "build/model/digits.checkpoint.npz"),
    ("train digits --resume --name mine --out new", "new/mine.checkpoint.npz"),
    ("explore train --resume", "build/explore/varigate.checkpoint.npz"),
    ("explore train --space vaesa --resume --out new/m.npz", "new/m.checkpoint.npz")])
def test_nothing_is_resumed_without_a_checkpoint(capsys, command, checkpoint):
    assert f"there is no checkpoint {checkpoint} to resume: leave --resume out, or" in refused(capsys, command)


@pytest.mark.parametrize("command", [
    "train iris --out file", "train digits --out file/new", f"{TABLE} --out file", "plot iris --out file",
    "explore dataset --out file/a.npz", "explore train --out file/a.npz",
    "explore search --network iris --out file/a.toml", "explore search --network iris --out .",
    "explore demo --out file", "explore plot --out file", "explore book --out file", "explore sweep --out file/a.csv",
    "latent --out file", "picture digits --out file/a.png",
    "regress iris --vcd file/a.vcd", "mutants --out file/a.md", "host --port P generate --save file/a.png",
    "host --port P classify t.csv --out file/a.csv"])
def test_a_place_that_cannot_be_written_is_found_before_the_work(capsys, here, command):
    (here / "file").write_text("")
    assert ": cannot write " in refused(capsys, command)


def test_a_picture_is_a_png_and_so_is_its_name(capsys):
    assert "--out a.jpg: the picture is a PNG; name the file FILE.png" in refused(capsys, "picture digits --out a.jpg")
