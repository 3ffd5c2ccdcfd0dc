"""The directory of a build: old or new, whatever happens, and nothing beside it."""

import os
from pathlib import Path

import pytest

from varigate.model.errors import UserError
from varigate.platform.toolchains import build_directory as module
from varigate.platform.toolchains.build_directory import build_directory
from varigate.platform.toolchains.tools import ToolError

FILES = ("report.json", "report.md", "top.il")


@pytest.fixture(params=[True, False], ids=["in one step", "in two steps"])
def exchange(request, monkeypatch):
    """With and without a system that exchanges two names."""
    if not request.param:
        monkeypatch.setattr(module, "_exchange", lambda one, other: False)


def build(target: Path, content: str):
    with build_directory(target) as directory:
        for name in FILES:
            handle = os.open(directory / name, os.O_WRONLY | os.O_CREAT)
            os.write(handle, content.encode())
            os.close(handle)


def state(target: Path) -> str:
    """What a whole result has in all its files; empty if there is none."""
    found = {path.name: path.read_text() for path in target.iterdir()} if target.exists() else {}
    assert len(set(found.values())) <= 1 and set(found) in (set(), set(FILES))
    return found.get(FILES[0], "")


def test_a_build_takes_the_place_of_the_last_one(tmp_path):
    target = tmp_path / "build" / "x"
    for content in ("old", "new"):
        with build_directory(target) as directory:
            (directory / content).write_text(content)
    assert [path.name for path in target.iterdir()] == ["new"]
    assert [path.name for path in target.parent.iterdir()] == ["x"]


def test_a_failed_build_changes_nothing_but_keeps_the_logs_of_a_tool(tmp_path):
    target = tmp_path / "x"
    with build_directory(target) as directory:
        (directory / "old").write_text("")
    with pytest.raises(UserError, match=r"^no$"), build_directory(target) as directory:
        (directory / "half").write_text("")
        raise UserError("no")
    assert [path.name for path in tmp_path.iterdir()] == ["x"]
    with pytest.raises(UserError, match=r"^Yosys stopped \(its log is in .*x\.failed\)$"):
        with build_directory(target) as directory:
            (directory / "yosys.log").write_text("reason")
            raise ToolError("Yosys stopped")
    assert [path.name for path in target.iterdir()] == ["old"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x", "x.failed"]
    assert (tmp_path / "x.failed" / "yosys.log").read_text() == "reason"


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_an_interruption_leaves_nothing(tmp_path, error):
    with pytest.raises(error), build_directory(tmp_path / "x") as directory:
        (directory / "half").write_text("")
        raise error
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("exchange")
def test_a_full_or_broken_disk(tmp_path, every_error):
    target = tmp_path / "x"
    build(target, "old")
    for fault in every_error(lambda: build(target, "new")):
        assert state(target) in ("old", "new"), fault
        assert [path.name for path in tmp_path.iterdir()] == ["x"], fault
    assert state(target) == "new"


def test_a_process_that_dies(tmp_path, every_death):
    target = tmp_path / "x"
    build(target, "old")
    for fault in every_death(lambda: build(target, "new")):
        assert state(target) == "old", fault
    assert state(target) == "new" and [path.name for path in tmp_path.iterdir()] == ["x"]


def test_a_process_that_dies_between_two_steps(tmp_path, every_death, monkeypatch):
    """The last result has lost its name; the next build gives it back, and may then fail."""
    monkeypatch.setattr(module, "_exchange", lambda one, other: False)
    target = tmp_path / "x"
    build(target, "old")
    states = set()
    for fault in every_death(lambda: build(target, "new")):
        states.add(state(target))
        with pytest.raises(UserError), build_directory(target):
            raise UserError("no")
        assert state(target) == "old" and [path.name for path in tmp_path.iterdir()] == ["x"], fault
    assert states == {"", "old"}


def test_what_other_builds_use_is_left_alone(tmp_path):
    with build_directory(tmp_path / "x") as first:
        with build_directory(tmp_path / "x") as second:
            (second / "second").write_text("")
        (first / "first").write_text("")
    assert [path.name for path in (tmp_path / "x").iterdir()] == ["first"]
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_a_link_to_a_folder_stays_one(tmp_path):
    (tmp_path / "far").mkdir()
    (tmp_path / "x").symlink_to("far/x")
    for content in ("old", "new"):
        build(tmp_path / "x", content)
        assert state(tmp_path / "far" / "x") == content and (tmp_path / "x").is_symlink()
    assert [path.name for path in (tmp_path / "far").iterdir()] == ["x"]


def test_a_file_is_not_replaced(tmp_path):
    (tmp_path / "x").write_text("mine")
    with pytest.raises(UserError, match=r"cannot write .*x: it is a file"), build_directory(tmp_path / "x"):
        pass
    assert (tmp_path / "x").read_text() == "mine"
