"""The process around a command: the signals that end it, its standard streams, and the readers of what it prints.

This module imports little, since a Ctrl-C before `prepare` is answered by Python, with a traceback.
"""

import os
import select
import signal
import sys
import time
from contextlib import contextmanager, suppress

__all__ = ["Ended", "SignalHandling", "drop_unread_output", "nobody_reads", "prepare", "say", "signals"]

WORDS = {"SIGINT": "interrupted", "SIGTERM": "terminated", "SIGHUP": "ended, since its terminal was closed"}
PATIENCE = 2.0  # seconds of tidying up in which further signals change nothing; `timeout`, for one, sends two
STREAMS = {0: ("stdin", "r"), 1: ("stdout", "w"), 2: ("stderr", "w")}  # descriptor → name and mode


class Ended(KeyboardInterrupt):
    """A signal asks the command to end; `number` is the signal's."""

    def __init__(self, number: int):
        super().__init__(number)
        self.number = number


def words_of(number: int) -> str:
    """What a message says of the signal `number`.

    Examples
    --------
    >>> words_of(2)
    'interrupted'
    """
    return WORDS[signal.Signals(number).name]


def say(text: str):
    """Print a line on standard error, where there is one and somebody reads it."""
    with suppress(OSError, ValueError, AttributeError):  # gone, closed, or None
        print(text, file=sys.stderr, flush=True)


class SignalHandling:
    """Answers signals: while modules are imported by ending the process at once, in a command by `Ended`.

    An exception could get lost in an import: some of Python's own callbacks there swallow it.

    Members
    -------
    name : str
        what messages begin with.
    """

    def __init__(self):
        self.name = "varigate"
        self._raises, self._tidying_since = False, None

    def install(self, always: bool = False):
        """Handle the signals of `WORDS`, but those that the parent process ignores.

        always: only an ignored SIGHUP stays so, which is `nohup`'s.
        """
        for name in WORDS:
            number = getattr(signal, name, None)  # not on every system
            if number is not None and (signal.getsignal(number) is not signal.SIG_IGN or (always and name != "SIGHUP")):
                signal.signal(number, self._handle)
        sys.unraisablehook = self._again

    @contextmanager
    def raising(self):
        """In this block the first signal raises `Ended`."""
        self._raises = True
        try:
            yield
        finally:
            self._raises = False

    def _handle(self, number: int, frame):
        if self._tidying_since is not None and time.monotonic() - self._tidying_since < PATIENCE:
            return
        if self._raises and self._tidying_since is None:
            self._tidying_since = time.monotonic()
            raise Ended(number)
        if self._tidying_since is None:
            say(f"{self.name}: {words_of(number)}")
        os._exit(128 + number)

    def _again(self, unraisable):
        """Sends a signal once more whose exception struck where none can pass, in a destructor, say."""
        if not isinstance(unraisable.exc_value, Ended):
            sys.__unraisablehook__(unraisable)
            return
        import _thread  # both only here: seldom needed
        import threading

        self._tidying_since = None
        threading.Timer(0.05, _thread.interrupt_main, [unraisable.exc_value.number]).start()


signals = SignalHandling()


def _open_closed_streams():
    """Opens the null device where a standard stream is closed: else the next file to be opened gets its messages."""
    for number, (name, mode) in STREAMS.items():
        try:
            os.fstat(number)
        except OSError:
            opened = os.open(os.devnull, os.O_RDWR)
            os.dup2(opened, number)
            os.set_inheritable(number, True)
            if opened != number:
                os.close(opened)
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(number, mode, encoding="utf-8", closefd=False))


def prepare(*, always: bool = False):
    """Make the process ready for a command: standard streams that take any text, and answers to signals.

    always: SIGINT and SIGTERM end the command even where the parent process ignores them.
    """
    signals.install(always)
    _open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # a sign that the encoding lacks is no reason to fail


def nobody_reads() -> bool:
    """Whether the reader of standard output or standard error has gone, as after `varigate … | head -1`."""
    if not hasattr(select, "poll"):
        return True  # it cannot be told; a broken pipe is mostly one of these two
    poll = select.poll()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):  # it has no descriptor, is closed, or None
            poll.register(stream.fileno(), 0)
    return any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0))


def drop_unread_output():
    """Let go of printed text that cannot be written: the interpreter would try, and complain, when it ends."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
        except (ValueError, AttributeError):  # closed, or None
            pass
