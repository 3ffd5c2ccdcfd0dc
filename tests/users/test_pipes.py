"""Readers that end early, and standard streams that are closed."""

import shlex
import socket
import subprocess
import sys
import threading

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="descriptors are closed by a POSIX shell")
TABLE = "a,b,kind\n" + "".join(f"{row},{row % 3},{'xy'[row % 2]}\n" for row in range(12))
TRAIN = ["train", "--csv", "t.csv", "--label", "kind", "--epochs", "1", "--no-cross-validation"]


@pytest.fixture
def shell(machine):
    """Runs `varigate ARGUMENTS REDIRECTION` by a shell; the output comes back as text, the status is varigate's own."""
    def shell(arguments, redirection):
        command = shlex.join([sys.executable, "-m", "varigate", *arguments])
        return subprocess.run(["bash", "-c", f"{command} {redirection}; exit ${{PIPESTATUS[0]}}"], cwd=machine.work,
                              env=machine.environment, capture_output=True, text=True, timeout=300)
    return shell


@pytest.mark.parametrize("arguments", [["--help"], ["train", "--help"], [],
                                       ["regress", "iris", "--engine", "pysim", "--count", "1", "--json"]])
def test_a_reader_that_ends_early_is_no_error(shell, arguments):
    done = shell(arguments, "2>&1 | true")
    assert (done.returncode, done.stdout, done.stderr) == (141 if arguments else 2, "", "")


def test_a_connection_that_breaks_is_an_error(machine):
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=lambda: server.accept()[0].close())
        thread.start()
        line = machine.refuse("host", "--port", f"socket://127.0.0.1:{server.getsockname()[1]}", "info")
        thread.join()
    assert line.startswith("varigate host: ") and "was lost" in line


@pytest.mark.parametrize("closed", ["2>&-", "1>&-", "0<&-", "0<&- 1>&- 2>&-"])
def test_with_closed_streams_a_command_works_and_no_file_gets_its_words(shell, machine, closed):
    (machine.work / "t.csv").write_text(TABLE)
    done = shell(TRAIN, closed)
    assert done.returncode == 0, done
    assert (machine.work / "t.csv").read_text() == TABLE
    evaluated = machine.run("evaluate", "build/model/t.npz", "--json")
    assert evaluated.returncode == 0, evaluated.stderr


@pytest.mark.parametrize(("closed", "words"), [("2>&-", ""), ("1>&-", "varigate: there is no command")])
def test_with_closed_streams_a_failure_has_its_status(shell, closed, words):
    done = shell(["fly"], closed)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(words) and "Traceback" not in done.stderr


def test_a_full_disk_under_standard_output_is_said(shell):
    done = shell(["--help"], "> /dev/full")
    assert (done.returncode, done.stderr) == (2, "varigate: [Errno 28] No space left on device\n")
