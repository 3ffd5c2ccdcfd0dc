"""Worker processes that leave the answer to Ctrl-C to the command that has started them."""

import signal
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import active_children, get_context

__all__ = ["Workers", "deaf_children"]


@contextmanager
def deaf_children():
    """Processes that are started in this block never get a SIGINT, which a terminal sends to all of a command's.

    The parent gets it after the block.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Workers(ProcessPoolExecutor):
    """A pool of `count` new processes (default: one per processor core), which end at once where its block fails.

    New ones, since a fork of a process with threads may hang. `start(*arguments)` is called in each process first.

    Examples
    --------
    >>> with Workers(1) as pool:
    ...     list(pool.map(abs, [-1, 2]))
    [1, 2]
    """

    def __init__(self, count: int | None = None, start=None, arguments: tuple = ()):
        super().__init__(count, get_context("spawn"), start, arguments)

    def submit(self, *arguments, **named) -> Future:
        """As of any executor; a process may be started for it."""
        with deaf_children():
            return super().submit(*arguments, **named)

    def __exit__(self, kind, error, trace):
        if kind is not None:
            for process in active_children():
                process.terminate()
        return super().__exit__(kind, error, trace)
