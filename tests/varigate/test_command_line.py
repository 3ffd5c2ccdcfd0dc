"""The command line as a whole: one list of commands, help that starts at once, and complaints of one line."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from varigate import commands
from varigate.__main__ import main

ROOT = Path(__file__).parents[2]
HEAVY = {"numpy", "scipy", "amaranth", "matplotlib", "sklearn", "dask", "optuna", "textual", "aiohttp", "PIL", "serial"}


def test_help_lists_every_command_with_its_line(capsys):
    assert main(["--help"]) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    for title, group in commands.GROUPS.items():
        assert title in shown.out
        for name, text in group.items():
            assert any(line.split() == [name, *text.split()] for line in shown.out.splitlines()), name


def test_without_a_command_the_list_is_shown_and_the_status_is_2(capsys):
    assert main([]) == 2
    shown = capsys.readouterr()
    assert shown.out == "" and "varigate COMMAND" in shown.err


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["fly"]])
def test_what_needs_no_command_imports_nothing_heavy(arguments):
    script = "import sys; from varigate.__main__ import main; main(sys.argv[1:]); print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script, *arguments], cwd=ROOT, capture_output=True, text=True,
                          check=True)
    assert not HEAVY & {name.split(".")[0] for name in done.stderr.split()}


@pytest.mark.parametrize(("name", "hint"), [("biuld", "did you mean build?"), ("sim", "varigate --help lists them"),
                                            ("--fast", "varigate --help lists them")])
def test_an_unknown_command_is_one_line(capsys, name, hint):
    assert main([name]) == 2
    assert capsys.readouterr() == ("", f"varigate: there is no command '{name}': {hint}\n")


@pytest.mark.parametrize("name", commands.NAMES)
def test_every_command_has_help(capsys, name):
    with pytest.raises(SystemExit) as end:
        main([name, "--help"])
    shown = capsys.readouterr().out
    first = commands.load(name).__doc__.split("\n\n")[0]
    assert end.value.code == 0 and shown.startswith(f"usage: varigate {name}")
    assert "".join(first.split()) in "".join(shown.split())  # help is wrapped, at hyphens, too


def test_every_module_of_a_command_is_in_the_list():
    folder = Path(commands.__file__).parent
    helpers = {"__init__", "checks", "network_options", "explore_commands"}
    assert {path.stem for path in folder.glob("*.py")} - helpers == set(commands.NAMES)


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_completion_knows_commands_and_their_options(capsys, shell):
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert all(word in script for word in (*commands.NAMES, "array", "port", "reconstruct", "sweep"))


@pytest.mark.parametrize("start", [["-m", "varigate"], [ROOT / "build.py"]], ids=["varigate", "build.py"])
def test_both_ways_in_are_the_same_program(tmp_path, start):
    arguments = ["nexys4ddr", "--array", "16x15"]
    if start[0] == "-m":
        arguments = ["build", *arguments]
    done = subprocess.run([sys.executable, *start, *arguments], cwd=tmp_path, env={"PYTHONPATH": str(ROOT)},
                          capture_output=True, text=True, check=False)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.splitlines()[-1].startswith("varigate build: the network does not fit")
    assert list(tmp_path.iterdir()) == []


def test_a_reader_that_ends_early_is_no_error():
    with subprocess.Popen([sys.executable, "-m", "varigate", "--help"], cwd=ROOT, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert (process.stderr.read(), process.wait()) == (b"", 141)


def test_a_command_works_among_other_peoples_files(tmp_path):
    """Of the names of our folders, in the folder that the user is in."""
    for name in ("model.py", "host.py", "gateware.py", "explore.py", "sim/__init__.py", "build.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("raise SystemExit('the wrong module')\n")
    (tmp_path / "platform").mkdir()
    done = subprocess.run([sys.executable, "-m", "varigate", "regress", "iris", "--count", "3", "--engine", "pysim",
                           "--json"], cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
                          check=True)
    found = json.loads(done.stdout)
    assert (found["samples"], found["mismatches"]) == (3, 0)
