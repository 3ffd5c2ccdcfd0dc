"""Hints that people follow: what they advise is there, and fits the cause."""

import shlex

import pytest


@pytest.fixture
def table(machine):
    """A table of two kinds of points, in a file whose name has a blank."""
    rows = [f"{7 + i % 7 / 10},{3 + i % 5 / 10},{'xy'[i % 2]}" for i in range(30)]
    (machine.work / "my points.csv").write_text("\n".join(["a,b,kind", *rows]))
    return "--csv", "my points.csv", "--label", "kind", "--no-cross-validation", "--epochs", "3"


def test_the_command_for_other_bits_works(machine, table):
    assert machine.run("train", *table, "--bits", "4", "--name", "s4", "--out", ".").returncode == 0
    build = ("regress", "s4.npz", "--engine", "pysim", "--count", "1")
    assert machine.run(*build, "--bits", "4").returncode == 0  # it has these bits already
    line = machine.refuse(*build, "--bits", "6")
    hint = line.split("; ", 1)[1].removesuffix(" makes it")
    assert machine.run(*shlex.split(hint)[1:], "--no-cross-validation").returncode == 0
    assert machine.run(*build, "--bits", "6").returncode == 0


def test_a_training_that_diverges_asks_for_a_smaller_rate(machine, table):
    done = machine.run("train", *table, "--epochs", "30", "--rate", "1e7")
    assert done.returncode == 2 and b"smaller --rate" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize(("cache", "said"), [("file", "it is no folder"), ("file/folder", "Not a directory")])
def test_a_cache_that_cannot_be_used_is_named_with_its_variable(machine, cache, said):
    (machine.work / "file").write_text("")
    line = machine.refuse("regress", "iris", "--count", "1", VARIGATE_CACHE=cache)
    assert line == (f"varigate regress: cannot use the cache folder {cache}: {said}; name another folder in the "
                    "environment's VARIGATE_CACHE")


@pytest.mark.parametrize(("port", "said"), [("file", "file is not a serial port but a file"),
                                            ("socket://127.0.0.1:99999", "with a PORT of 1…65535")])
def test_what_is_no_port_is_said_to_be_none(machine, port, said):
    (machine.work / "file").write_text("")
    assert said in machine.refuse("host", "--port", port, "info")


@pytest.mark.parametrize("option", ["--tcp", "--web"])
def test_a_port_beyond_the_last_one(machine, option):
    assert "a port must be 0…65535, not 99999; 0 is any free one" in machine.refuse("board", "iris", option, "99999")
