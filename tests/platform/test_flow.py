import json
import shutil
import sys
from types import SimpleNamespace

import pytest

from model import network_file
from model.errors import UserError
from toolchains import flow
from toolchains.tools import ToolError

BOARD = SimpleNamespace(name="nexys4ddr")


@pytest.mark.parametrize(("name", "directory"), [
    ("iris", "nexys4ddr-iris"), ("a/../b c", "nexys4ddr-a-b-c"), ("..", "nexys4ddr-network"),
    ("ü" * 9, "nexys4ddr-network"), ("x" * 200, "nexys4ddr-" + "x" * 60),
])
def test_the_name_of_a_directory_is_safe(tmp_path, name, directory):
    assert flow.target(BOARD, SimpleNamespace(name=name), tmp_path) == tmp_path / directory


def test_a_build_takes_the_place_of_the_last_one(tmp_path):
    target = tmp_path / "build" / "x"
    for content in ("old", "new"):
        with flow.build_directory(target) as directory:
            (directory / content).write_text(content)
    assert [path.name for path in target.iterdir()] == ["new"]
    assert [path.name for path in target.parent.iterdir()] == ["x"]


def test_a_failed_build_changes_nothing_but_keeps_the_logs_of_a_tool(tmp_path):
    target = tmp_path / "x"
    with flow.build_directory(target) as directory:
        (directory / "old").write_text("")
    with pytest.raises(UserError, match=r"^no$"), flow.build_directory(target) as directory:
        (directory / "half").write_text("")
        raise UserError("no")
    assert [path.name for path in tmp_path.iterdir()] == ["x"]
    with pytest.raises(UserError, match=r"^Yosys stopped \(its log is in .*x\.failed\)$"):
        with flow.build_directory(target) as directory:
            (directory / "yosys.log").write_text("reason")
            raise ToolError("Yosys stopped")
    assert [path.name for path in target.iterdir()] == ["old"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x", "x.failed"]
    assert (tmp_path / "x.failed" / "yosys.log").read_text() == "reason"


def test_steps_show_their_time(capsys):
    step = flow.Steps(2)
    with step("one"):
        pass
    with pytest.raises(UserError), step("two"):
        raise UserError("no")
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == "[1/2] one … 0.0 s\n[2/2] two … failed\n"


def test_training_anew(monkeypatch):
    commands = []

    def run(command, **_):
        commands.append(command)
        return SimpleNamespace(returncode=len(commands) - 1)

    monkeypatch.setattr(flow.subprocess, "run", run)
    flow.retrain("iris")
    assert commands == [[sys.executable, "-m", "model", "train", "iris"]]
    with pytest.raises(UserError, match="training iris failed"):
        flow.retrain("iris")
    with pytest.raises(UserError, match=r"not for own\.npz"):
        flow.retrain("own.npz")


def test_a_card_counts_only_for_the_network_it_was_written_for(tmp_path):
    path = tmp_path / "mine.npz"
    shutil.copy(network_file.find("iris"), path)
    card = tmp_path / "mine.json"
    network, found = flow.find_network(str(path))
    assert (network.name, found) == ("iris", {})
    for content in ("[]", "{", "{}", '{"digest": "00"}'):
        card.write_text(content)
        assert flow.find_network(str(path))[1] == {}
    card.write_text(json.dumps({"digest": network_file.digest(network).hex(), "cv_accuracy_float": 0.9}))
    assert flow.find_network(str(path))[1]["cv_accuracy_float"] == 0.9
