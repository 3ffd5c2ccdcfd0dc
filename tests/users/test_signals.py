"""Ctrl-C and other signals: one line and a status of its own, from the first imports on."""

import signal
import sys
from pathlib import Path

import pytest

BUILD = Path(__file__).parents[2] / "build.py"
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="these signals are POSIX's")


@pytest.fixture
def start(machine):
    """Starts Python with the arguments, in the machine's folder."""
    started = []

    def start(*arguments):
        process = machine.start(sys.executable, *arguments)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.parametrize(("number", "words"), [
    (signal.SIGINT, "interrupted"), (signal.SIGTERM, "terminated"),
    (signal.SIGHUP, "ended, since its terminal was closed"),
])
@pytest.mark.parametrize("way", [["-m", "varigate", "build"], [BUILD]], ids=["varigate", "build.py"])
def test_a_signal_while_modules_are_imported(start, way, number, words):
    process = start("-X", "importtime", *way, "nexys4ddr")
    while "numpy" not in process.stderr.readline():
        assert process.poll() is None
    process.send_signal(number)
    out, err = process.communicate(timeout=300)
    assert (process.returncode, out) == (128 + number, "")
    assert err.splitlines()[-1] == f"varigate build: {words}" and "Traceback" not in err


@pytest.mark.parametrize("numbers", [[signal.SIGINT], [signal.SIGTERM] * 2, [signal.SIGHUP, signal.SIGINT]],
                         ids=["ctrl-c", "as timeout sends it", "two kinds"])
def test_a_signal_in_the_middle_of_a_command(start, machine, numbers):
    process = start("-m", "varigate", "train", "iris", "--epochs", "99999999")
    assert process.stderr.readline() == "training iris: 0/99,999,999 epochs …\n"
    for number in numbers:
        process.send_signal(number)
    out, err = process.communicate(timeout=300)
    assert process.returncode in {128 + number for number in numbers} and out == ""  # the first one that is delivered
    assert err.startswith("varigate train: ") and err.count("\n") == 1
    assert not list(machine.work.rglob("*.npz*"))
