"""Lets a program survive the closing of its terminal: its output must then neither fail nor block."""

import os
import sys
from contextlib import contextmanager

__all__ = ["outliving"]


class Outliving:
    """Standard error; after the terminal is closed, it calls `gone` and discards all output."""

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
    """Protects standard error; yields a function to call when the terminal is closed, which calls `ended`.

    A failed write calls it, too. Textual writes to `sys.__stderr__` in a thread; an error would end the thread, its
    queue would fill, and the program would wait for ever.
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
