"""Runs `varigate board`: starts the board with its serial port, and shows it."""

import asyncio
import signal
import sys
from contextlib import ExitStack, closing, suppress

from varigate.sim.board.hangup import outliving
from varigate.sim.board.ports import listen, open_port
from varigate.sim.board.tasks import running
from varigate.sim.board.terminal import BoardApp
from varigate.sim.board.virtual_board import Board
from varigate.sim.board.web import BoardPage

__all__ = ["run_board"]


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
        status = asyncio.run(_live(board, port, pages, BoardApp(board, port.name) if drawn else None))
    if status == 130:
        raise KeyboardInterrupt
    return status


async def _live(board: Board, port, pages: BoardPage | None, app: BoardApp | None) -> int:
    """Until something ends, or the terminal is closed."""
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    parts = [ended.wait(), board.run(port)]
    if pages:
        parts.append(pages.serve())
    with ExitStack() as stack:
        endings = {"SIGTERM": ended.set, "SIGHUP": ended.set}
        if app:
            parts.append(app.run_async())
            endings["SIGHUP"] = stack.enter_context(outliving(lambda: loop.call_soon_threadsafe(ended.set)))
        for name, ending in endings.items():
            with suppress(AttributeError, NotImplementedError):  # not on every system
                loop.add_signal_handler(getattr(signal, name), ending)
        if not app:
            print(f"port {port.name}", *([f"page {pages.url}"] if pages else []), sep="\n", flush=True)
        async with running(*parts) as tasks:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()  # raises what it has raised
    return (app and app.return_value) or 0
