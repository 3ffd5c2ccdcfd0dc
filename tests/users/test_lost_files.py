"""Files that users lost: a network ruined by a full disk or a link replaced, and what an ended build left behind."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from varigate.model.train import trained

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs signals, links and limits of a Unix system")
TABLE = "a,b,kind\n" + "".join(f"{i % 7},{i % 5},{'xy'[i % 2]}\n" for i in range(40))
TRAIN = ("train", "--csv", "t.csv", "--label", "kind", "--epochs", "2", "--no-cross-validation", "--out", "net")
FILES = ["t.float.npz", "t.json", "t.npz"]


def started(machine, *arguments, limit: str = "unlimited") -> subprocess.Popen:
    """Starts a command whose files may have at most `limit` blocks of 512 bytes, as on a disk that fills up."""
    return machine.start("sh", "-c", f'ulimit -f {limit}; exec "$@"', "sh", sys.executable, "-m", "varigate",
                         *arguments)


def test_a_full_disk_does_not_ruin_the_network_that_is_there(machine):
    (machine.work / "t.csv").write_text(TABLE)
    folder = machine.work / "net"
    (machine.work / "far").mkdir()
    folder.mkdir()
    (folder / "t.json").symlink_to("../far/card.json")
    assert machine.run(*TRAIN).returncode == 0
    before = trained.load(folder / "t.npz")
    assert (folder / "t.json").is_symlink() and (machine.work / "far" / "card.json").is_file()

    process = started(machine, *TRAIN, "--seed", "3", limit="2")
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 2 and errors.splitlines()[-1].startswith("varigate train: cannot write net")
    after = trained.load(folder / "t.npz")
    assert after.card == before.card and sorted(path.name for path in folder.iterdir()) == FILES


def wait_for(condition):
    for _ in range(1200):
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("it has not come to that in two minutes")


def users_of(folder) -> list[int]:
    """The processes that work in `folder`, where the system tells."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (process / "cwd").readlink().is_relative_to(folder):
                found.append(int(process.name))
    return found


def test_a_build_that_is_ended_leaves_nothing(machine):
    """Killed, it cannot clear up; the next one does, and leaves nothing when Ctrl-C ends it."""
    build = machine.work / "build"

    def directories():
        return {path.name for path in build.glob(".nexys4ddr-iris.*") if (path / "top.tcl").exists()}

    first = started(machine, "build", "nexys4ddr", "--toolchain", "none")
    wait_for(directories)
    left = directories()
    first.kill()
    first.communicate()
    assert directories() == left

    second = started(machine, "build", "nexys4ddr", "--toolchain", "none")
    wait_for(lambda: directories() - left)
    second.send_signal(signal.SIGINT)
    _, errors = second.communicate(timeout=300)
    assert second.returncode == 130 and errors.endswith("varigate build: interrupted\n")
    assert not list(build.iterdir())
    wait_for(lambda: not users_of(build))
