"""Makes pictures of the board for the documentation: the page in a headless Chromium, and the terminal."""

import asyncio
import importlib.util
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

from varigate.model.errors import UserError
from varigate.model.files import check_writable, write_together
from varigate.model.protocol.frames import Command, encode
from varigate.sim.board.ports import listen
from varigate.sim.board.tasks import running
from varigate.sim.board.terminal import BoardApp
from varigate.sim.board.virtual_board import Board
from varigate.sim.board.web import BoardPage

__all__ = ["chromium", "draw", "missing"]

PROGRAMS = ("chromium", "chromedriver")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
         "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
         "--window-size=1120,890")
TERMINAL = 80, 27  # columns and lines
PICTURES = ("board-web.png", "board-terminal.svg")
PORT = "/dev/pts/5"  # in the pictures, which should not differ from one to the next
EXAMPLE = 101
PAUSE = 2.0  # seconds, for the terminal to be drawn
PATIENCE = 60  # seconds, for the page to show what it should


def missing() -> str:
    """The programs and packages that the pictures need and this machine lacks; empty if there are none."""
    lacking = [name for name in PROGRAMS if not shutil.which(name)]
    if lacking:
        return f"{' and '.join(lacking)} (Debian: apt install chromium chromium-driver)"
    return "" if importlib.util.find_spec("selenium") else "selenium (pip install selenium)"


@contextmanager
def chromium():
    """A Selenium driver of a headless Chromium with its own profile.

    Raises
    ------
    UserError
        if something is missing; it is named.
    """
    if lacking := missing():
        raise UserError(f"a picture of the page needs {lacking}")
    from selenium.webdriver import Chrome, ChromeOptions, ChromeService  # for tests and documentation only

    with tempfile.TemporaryDirectory(prefix="varigate-", ignore_cleanup_errors=True) as profile:
        options = ChromeOptions()
        options.binary_location = shutil.which(PROGRAMS[0])
        for flag in (*FLAGS, f"--user-data-dir={profile}"):
            options.add_argument(flag)
        driver = Chrome(options, ChromeService(shutil.which(PROGRAMS[1])))
        try:
            yield driver
        finally:
            driver.quit()


class UnconnectedPort:
    """A serial port that no client is connected to: nothing comes in, and what goes out is lost."""

    def read(self, limit: int) -> bytes:
        return b""

    def write(self, data: bytes):
        pass


def _photograph(url: str) -> bytes:
    with chromium() as driver:
        driver.get(url)
        driver.implicitly_wait(PATIENCE)
        driver.find_element("css selector", "#led-13[data-on=true]")
        for number in range(8):
            if EXAMPLE >> number & 1:
                driver.find_element("id", f"switch-{number}").click()
        driver.find_element("css selector", "[data-button=center]").click()
        driver.find_element("css selector", "#entries [data-kind=text]")
        for settled in ("#display[data-text*='.']", "#led-15[data-on=false]", "[data-button=center]:not(.down)"):
            driver.find_element("css selector", settled)
        return driver.get_screenshot_as_png()


async def _draw(board: Board, x, folder: Path):
    board.write(encode(1, Command.CLASSIFY, x))
    with listen(0) as listener:
        page = BoardPage(board, PORT, listener)
        async with running(board.run(UnconnectedPort()), page.serve()):
            picture = await asyncio.to_thread(_photograph, page.url)
            app = BoardApp(board, PORT)
            async with app.run_test(size=TERMINAL) as pilot:
                await asyncio.sleep(PAUSE)
                await pilot.pause()
                drawing = app.export_screenshot(title="varigate board iris")
    contents = (picture, drawing.encode())
    write_together({folder / name: content for name, content in zip(PICTURES, contents, strict=True)})


def draw(board: Board, x: bytes, folder: Path):
    """Writes `board-web.png` and `board-terminal.svg` to `folder`.

    The board has classified the input `x`, and run example 101 from its switches.
    """
    for name in PICTURES:
        check_writable(folder / name)
    asyncio.run(_draw(board, x, folder))
