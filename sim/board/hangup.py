"""A terminal that is closed under a program: what it writes then must neither fail nor block."""

import os
import sys
from contextlib import contextmanager

__all__ = ["outliving"]


class Outliving:
    """Standard error; where the terminal is gone, `gone` is called, and all of it goes nowhere."""

    def __init__(self, file, gone):
        self._file, self._gone = file, gone

    def __getattr__(self, name: str):
        return getattr(self._file, name)

    def _try(self, function, *arguments):
        try:
            return function(*arguments)
        except OSError:
            self._gone()
            return function(*arguments)

    def write(self, text: str) -> int:
        return self._try(self._file.write, text)

    def flush(self):
        self._try(self._file.flush)


@contextmanager
def outliving(ended):
    """Gives a function for when the terminal is gone, which calls `ended`, and does so itself when a write fails.

    Textual draws on `sys.__stderr__` in a thread, which would die of an error; then its queue fills, and the program
    waits for ever.
    """
    def gone():
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in range(3):
            os.dup2(nowhere, descriptor)
        os.close(nowhere)
        ended()

    usual, sys.__stderr__ = sys.__stderr__, Outliving(sys.__stderr__, gone)
    try:
        yield gone
    finally:
        sys.__stderr__ = usual
