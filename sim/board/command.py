"""Runs `varigate board`: starts the board with its serial port, and shows it."""

import asyncio
import signal
import sys
from contextlib import ExitStack, closing, contextmanager

from varigate.sim.board.hangup import outliving
from varigate.sim.board.ports import listen, open_port
from varigate.sim.board.tasks import running
from varigate.sim.board.terminal import BoardApp
from varigate.sim.board.virtual_board import Board
from varigate.sim.board.web import BoardPage

__all__ = ["run_board"]

ENDINGS = {"SIGINT": 130, "SIGTERM": 0, "SIGHUP": 0}  # signal → exit status
LATENCY = 0.02  # seconds until a signal is answered


def run_board(make_board, *, tcp: int | None = None, page: int | None = None) -> int:
    """Runs a board until the user ends it; returns the exit status.

    The first lines on standard output are `port NAME` and `page URL`. Without a page, the board is drawn in the
    terminal, if standard input, output and error are one.

    Parameters
    ----------
    make_board : callable
        makes the Board; called when the ports are open.
    tcp : int, optional
        the TCP port that is the serial port, 0 for any free one; by default a pseudo-terminal.
    page : int, optional
        the TCP port of the page, 0 for any free one.

    Raises
    ------
    UserError
        if a port cannot be opened.
    KeyboardInterrupt
    """
    with ExitStack() as stack:
        port = stack.enter_context(closing(open_port(tcp)))
        listener = None if page is None else stack.enter_context(closing(listen(page)))
        if sys.stderr.isatty():
            print("preparing the simulation …", file=sys.stderr)
        board = stack.enter_context(make_board())
        pages = BoardPage(board, port.name, listener) if listener else None
        # Textual draws on standard error.
        drawn = pages is None and all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))
        heard = stack.enter_context(heard_signals())
        status = asyncio.run(_live(board, port, pages, BoardApp(board, port.name) if drawn else None, heard))
    if status == 130:
        raise KeyboardInterrupt
    return status


async def _live(board: Board, port, pages: BoardPage | None, app: BoardApp | None, heard: list[str]) -> int:
    """Until something ends, a signal is heard, or the terminal is closed."""
    with ExitStack() as stack:
        parts, gone = [board.run(port)], lambda: None
        if pages:
            parts.append(pages.serve())
        if app:
            parts.append(app.run_async())
            gone = stack.enter_context(outliving(lambda: heard.append("SIGHUP")))
        else:
            print(f"port {port.name}", *([f"page {pages.url}"] if pages else []), sep="\n", flush=True)
        async with running(_any(heard), *parts) as tasks:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if heard[:1] == ["SIGHUP"]:
                gone()
            for task in done:
                task.result()  # raises what it has raised
    return ENDINGS[heard[0]] if heard else (app and app.return_value) or 0


async def _any(heard: list[str]):
    while not heard:
        await asyncio.sleep(LATENCY)


@contextmanager
def heard_signals():
    """Yields a list, to which the names of signals are added as they come.

    SIGINT and SIGTERM are heard also where the parent process ignores them, as a shell does for the background of a
    script: a board has no other end. An ignored SIGHUP is `nohup`'s.
    """
    heard, before = [], {}
    for name in ENDINGS:
        number = getattr(signal, name, None)  # not on every system
        if number is not None and not (name == "SIGHUP" and signal.getsignal(number) is signal.SIG_IGN):
            before[number] = signal.signal(number, lambda *_, name=name: heard.append(name))
    try:
        yield heard
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
