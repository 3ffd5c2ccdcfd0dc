"""The command as a user starts it: a process of its own, and programs that talk to it."""

import json
import os
import re
import select
import signal
import subprocess
import sys
import time
import urllib.request

import numpy as np
import pytest

from varigate.__main__ import main
from varigate.gateware.engine.program import Array
from varigate.model.data import tables
from varigate.model.network import integer

PATIENCE = 90  # seconds
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals and pseudo-terminals are POSIX's")
# As a login shell does: a session of its own, whose terminal is standard input.
WITH_TERMINAL = ("import fcntl, os, sys, termios; os.setsid(); fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
                 "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])")


@pytest.fixture
def start():
    """Starts `varigate board iris …`, with `before` before the command; gives the process, and its first lines."""
    started = []

    def start(*arguments, before=()):
        process = subprocess.Popen([*before, sys.executable, "-m", "varigate", "board", "iris", *arguments], text=True,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        started.append(process)
        lines = dict(process.stdout.readline().split() for _ in range(1 + ("--web" in arguments)))
        return process, lines

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def talk(capsys, port, *arguments):
    assert main(["host", "--port", port, "--timeout", "30", "--json", *arguments]) == 0
    return json.loads(capsys.readouterr().out)


@POSIX
def test_all_flowers_over_the_pseudo_terminal_then_ctrl_c(start, capsys, iris):
    """Programs one after the other; the matrix is that of the integers."""
    process, lines = start()
    flowers, found = tables.load("iris"), integer.infer(iris, iris.examples)
    confusion = np.zeros((3, 3), int)
    np.add.at(confusion, (flowers.labels, found.cls), 1)
    report = talk(capsys, lines["port"], "classify", "iris")
    assert (report["samples"], report["confusion"]) == (150, confusion.tolist())
    info = talk(capsys, lines["port"], "info")
    assert (info["network"], info["bad_frames"], info["epsilon_index"]) == ("iris", 0, 0)
    end(process, signal.SIGINT, 130, "varigate board: interrupted\n")
    with pytest.raises(OSError):
        os.close(os.open(lines["port"], os.O_RDWR | os.O_NOCTTY))


def test_over_tcp_with_the_page_then_an_end_from_outside(start, capsys):
    process, lines = start("--tcp", "0", "--web")
    assert re.fullmatch(r"socket://127\.0\.0\.1:\d+", lines["port"])
    with urllib.request.urlopen(lines["page"], timeout=PATIENCE) as answer:
        assert b"<title>Varigate" in answer.read()
    assert len(talk(capsys, lines["port"], "generate", "3")) == 3
    assert talk(capsys, lines["port"], "reconstruct", "5.1", "3.5", "1.4", "0.2")["class"] == "setosa"
    if sys.platform != "win32":
        end(process, signal.SIGTERM, 0, "")


@POSIX
@pytest.mark.parametrize(("number", "status", "message"), [
    (signal.SIGINT, 130, "varigate board: interrupted\n"), (signal.SIGTERM, 0, ""),
])
def test_a_signal_that_the_parent_ignores_ends_it(start, number, status, message):
    """As in the background of a script, where a shell has SIGINT ignored."""
    process, _ = start("--tcp", "0", before=["sh", "-c", 'trap "" INT TERM; exec "$@"', "sh"])
    end(process, number, status, message)


def test_the_options_reach_the_array(monkeypatch, tmp_path):
    boards = []
    monkeypatch.setattr("varigate.commands.board.Board", lambda network, array, **others: boards.append(array))
    monkeypatch.setattr("varigate.commands.board.run_board", lambda make, **others: make())
    config = tmp_path / "design.toml"
    config.write_text('rows = 4\nsigmoid = "line"\n')
    for options in ([], ["--drain", "2", "--packed", "--buffers", "1"], ["--config", str(config)]):
        assert main(["board", "digits", *options]) == 0
    assert boards == [Array(8, 1), Array(8, 1, 2, packed=True, buffers=1), Array(4, 1, packed=True)]


def end(process, number, status, message):
    process.send_signal(number)
    out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out, err) == (status, "", message)


class Terminal:
    """A terminal with the board in it."""

    def __init__(self, *arguments):
        self.ours, theirs = os.openpty()
        self.text = ""
        self.process = subprocess.Popen(
            [sys.executable, "-c", WITH_TERMINAL, "-m", "varigate", "board", "iris", *arguments],
            stdin=theirs, stdout=theirs, stderr=theirs,
            env=os.environ | {"TERM": "xterm-256color", "COLUMNS": "100", "LINES": "40"})
        os.close(theirs)

    def until(self, pattern):
        deadline = time.monotonic() + PATIENCE
        while not (match := re.search(pattern, self.text)):
            assert time.monotonic() < deadline, self.text
            if select.select([self.ours], [], [], 0.1)[0]:
                self.text += os.read(self.ours, 65536).decode(errors="replace")
        return match

    def end(self):
        """The status, while somebody reads the terminal."""
        deadline = time.monotonic() + PATIENCE
        while self.process.poll() is None and time.monotonic() < deadline:
            if select.select([self.ours], [], [], 0.1)[0]:
                try:
                    self.text += os.read(self.ours, 65536).decode(errors="replace")
                except OSError:  # how a closed terminal reads
                    time.sleep(0.01)
        return self.process.wait(1)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


@pytest.fixture
def terminal():
    terminal = Terminal()
    yield terminal
    terminal.close()


@POSIX
def test_in_a_terminal_it_is_drawn_until_ctrl_c(terminal, capsys):
    port = terminal.until(r"/dev/[\w/]+")[0]
    assert talk(capsys, port, "classify", "5.1", "3.5", "1.4", "0.2")["class"] == "setosa"
    terminal.until("classify reply")
    os.write(terminal.ours, b"\x03")
    assert terminal.end() == 130
    assert terminal.text.endswith("varigate board: interrupted\r\n")
    assert terminal.text.rindex("\x1b[?1049l") > terminal.text.rindex("\x1b[?1049h")  # back to the usual screen
    os.close(terminal.ours)


@POSIX
def test_a_closed_terminal_ends_it(terminal):
    terminal.until(r"/dev/[\w/]+")
    os.close(terminal.ours)
    assert terminal.process.wait(PATIENCE) == 0


@POSIX
def test_a_terminal_that_goes_without_a_signal_is_noticed_by_writing():
    ours, theirs = os.openpty()
    script = """
import sys
from sim.board.hangup import outliving
ended = []
with outliving(lambda: ended.append(1)):
    print("here", file=sys.__stderr__)
    sys.stdin.readline()
    for _ in range(3):
        print("gone", file=sys.__stderr__, flush=True)
sys.exit(10 + len(ended))
"""
    process = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=theirs, stderr=theirs)
    os.close(theirs)
    assert os.read(ours, 4) == b"here"
    os.close(ours)
    process.communicate(b"\n", timeout=PATIENCE)
    assert process.returncode == 11


@pytest.mark.parametrize(("arguments", "message"), [
    (["--tcp", "65536"], "a port must be 0…65535"), (["--tcp", "x"], "invalid int"),
    (["--tcp", "0", "--bit", "3"], "4…1000 clocks"), (["--tcp", "0", "--web", "-1"], "a port must be 0…65535"),
    (["--array", "3"], "array"),
])
def test_wrong_options_are_refused_in_one_line(capsys, arguments, message):
    assert main(["board", "iris", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == "" and message in err and err.count("\n") == 1
