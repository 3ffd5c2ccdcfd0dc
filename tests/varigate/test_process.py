"""The process around a command, as far as it shows within one; `tests/users` has the rest."""

import io
import os
import signal
import socket
import sys
import time
import weakref

import pytest

from varigate import process
from varigate.parsing import print_json, run_command
from varigate.process import Ended, SignalHandling

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and poll are POSIX's")


@pytest.fixture
def handling(monkeypatch):
    """A `SignalHandling` whose at-once ends are collected in `ends`; all handlers are put back afterwards."""
    # Tests that were started in the background inherit that SIGINT is ignored, and under nohup SIGHUP.
    before = {name: signal.signal(getattr(signal, name), signal.SIG_DFL) for name in process.WORDS}
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    handling = SignalHandling()
    handling.ends = []
    monkeypatch.setattr(os, "_exit", handling.ends.append)
    yield handling
    for name, handler in before.items():
        signal.signal(getattr(signal, name), handler)


def test_before_a_command_runs_the_process_ends_at_once(handling, capsys):
    handling.install()
    signal.raise_signal(signal.SIGTERM)
    assert handling.ends == [143] and capsys.readouterr().err == "varigate: terminated\n"


def test_in_a_command_an_exception_passes_through_its_tidying_up_once(handling):
    handling.install()
    tidied = []
    with pytest.raises(Ended) as end, handling.raising():
        try:
            signal.raise_signal(signal.SIGHUP)
        finally:
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGHUP)
            tidied.append(True)
    assert (end.value.number, tidied, handling.ends) == (signal.SIGHUP, [True], [])


def test_a_tidying_up_that_hangs_is_left_by_the_next_signal(handling, monkeypatch):
    handling.install()
    with pytest.raises(Ended), handling.raising():
        signal.raise_signal(signal.SIGINT)
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + process.PATIENCE)
    signal.raise_signal(signal.SIGINT)
    assert handling.ends == [130]


def test_a_signal_that_strikes_where_no_exception_passes_comes_again(handling):
    class Thing:
        pass

    handling.install()
    thing = Thing()
    kept = weakref.ref(thing, lambda _: signal.raise_signal(signal.SIGINT))  # as in an import, where it would get lost
    with pytest.raises(Ended), handling.raising():
        del thing
        assert kept() is None
        time.sleep(10)


@pytest.mark.parametrize(("always", "heard"), [(False, set()), (True, {"SIGINT", "SIGTERM"})])
def test_what_the_parent_ignores_stays_ignored_but_for_servers(handling, always, heard):
    for name in process.WORDS:
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    handling.install(always)
    assert {name for name in process.WORDS if signal.getsignal(getattr(signal, name)) != signal.SIG_IGN} == heard


def broken_pipe():
    raise BrokenPipeError(32, "Broken pipe")


def test_the_pipe_of_a_socket_is_no_reader(capsys, monkeypatch):
    ours, theirs = socket.socketpair()
    theirs.close()
    assert run_command("varigate host", broken_pipe) == 2
    ours.close()
    assert capsys.readouterr().err == "varigate host: [Errno 32] Broken pipe\n"


def test_a_reader_that_has_gone(monkeypatch):
    reader, writer = os.pipe()
    with os.fdopen(writer, "w", encoding="utf-8") as out:
        monkeypatch.setattr(sys, "stdout", out)
        assert not process.nobody_reads()
        os.close(reader)
        assert process.nobody_reads()
        assert run_command("varigate", print, "text that is buffered") == 141


def test_a_file_that_cannot_be_written_is_said_once(monkeypatch, capsys):
    class Full(io.StringIO):
        def write(self, text):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(sys, "stdout", Full())
    assert run_command("varigate", print, "text") == 2
    assert capsys.readouterr().err == "varigate: [Errno 28] No space left on device\n"


@pytest.mark.parametrize(("encoding", "shown"), [("utf-8", "süß"), ("ascii", r"s\u00fc\u00df"), ("latin-1", "süß")])
def test_json_is_whole_in_every_encoding(monkeypatch, encoding, shown):
    with io.TextIOWrapper(io.BytesIO(), encoding) as out:
        monkeypatch.setattr(sys, "stdout", out)
        print_json(["süß"])
        out.flush()
        assert out.buffer.getvalue().decode(encoding) == f'["{shown}"]\n'
