"""Names of files that are not UTF-8, and output in encodings that lack signs."""

import dataclasses
import json
import os
import subprocess
import sys

import pytest

TABLE = "a,b,kind\n" + "".join(f"{row},{row % 3},{'xy'[row % 2]}\n" for row in range(12))
LATIN = os.fsdecode(b"caf\xe9") if sys.platform != "win32" else "café"
QUICK = ["--label", "kind", "--epochs", "1", "--no-cross-validation"]
NARROW = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}  # Python itself then takes all for ASCII
HELP = """
from varigate.__main__ import start
from varigate.commands import NAMES
for arguments in ([], *([name] for name in NAMES)):
    try:
        assert start([*arguments, "--help"]) == 0
    except SystemExit as end:
        assert end.code == 0
"""


@pytest.fixture
def latin(machine):
    """The machine in a folder whose name is not UTF-8, with a table in it whose name is not."""
    work = machine.work / LATIN
    try:
        work.mkdir()
    except OSError:
        pytest.skip("this file system has names in UTF-8 only")
    (work / f"{LATIN}.csv").write_text(TABLE)
    return dataclasses.replace(machine, work=work)


def test_a_network_is_trained_and_found_again(latin):
    trained = latin.run("train", "--csv", f"{LATIN}.csv", *QUICK, "--out", LATIN)
    assert trained.returncode == 0, trained.stderr
    card = json.loads((latin.work / LATIN / "caf.json").read_bytes())
    assert card["source"]["csv"].encode("utf-8", "surrogateescape") == os.fsencode(latin.work / f"{LATIN}.csv")
    done = latin.run("evaluate", f"{LATIN}/caf.npz", "--json")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["Wein daten ü"])
def test_a_card_is_read_in_another_locale(machine, name):
    (machine.work / f"{name}.csv").write_text(TABLE)
    arguments = ["train", "--csv", f"{name}.csv", *QUICK, "--name", "net", "--out", name]
    for writing, reading in ((NARROW, {}), ({}, NARROW)):
        trained = machine.run(*arguments, **writing)
        assert trained.returncode == 0, trained.stderr
        evaluated = machine.run("evaluate", f"{name}/net.npz", "--json", **reading)
        assert evaluated.returncode == 0, evaluated.stderr


@pytest.mark.parametrize("arguments", [["train", "--csv", f"nix{LATIN}.csv", "--label", "kind"], [f"fly{LATIN}"],
                                       ["evaluate", f"{LATIN}.npz"], ["train", "--csv", "t.csv", "--label", LATIN]])
def test_a_name_that_is_not_utf8_in_a_message(machine, arguments):
    (machine.work / "t.csv").write_text(TABLE)
    assert "caf" in machine.refuse(*arguments)


def test_the_cards_of_training_data_are_found_in_their_own_folder(latin):
    folder = latin.work / "data"
    folder.mkdir()
    assert "MNIST is not in" in latin.refuse("train", "mnist", VARIGATE_DATA=os.fspath(folder / LATIN))


@pytest.mark.parametrize("encoding", ["cp1252", "ascii:strict"])
def test_the_help_of_every_command_in_a_narrow_encoding(machine, encoding):
    done = subprocess.run([sys.executable, "-c", HELP], env=machine.environment | {"PYTHONIOENCODING": encoding},
                          cwd=machine.work, capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"?" in done.stdout


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_lines_tables_and_messages_in_a_narrow_encoding(machine, encoding):
    (machine.work / "t.csv").write_text(TABLE.replace("kind", "Ω").replace("x", "日本"), encoding="utf-8")
    for arguments, status in ((["train", "--csv", "t.csv", "--label", "Ω", *QUICK[2:]], 0),
                              (["evaluate", "build/model/t.npz"], 0), (["train", "--csv", "t.csv", "--label", "ψ"], 2),
                              (["train", "--epochs", "ε"], 2), (["epsilon", "--count", "10000", "--json"], 0)):
        done = machine.run(*arguments, PYTHONIOENCODING=encoding)
        assert done.returncode == status and b"Traceback" not in done.stderr, done.stderr
        done.stderr.decode(encoding)
    assert json.loads(done.stdout.decode(encoding))["results"]
