import asyncio
import io
import json
from types import SimpleNamespace

import aiohttp
import numpy as np
import pytest
from matplotlib.image import imread

from varigate.gateware.engine.program import Array
from varigate.model.fixedpoint import epsilon
from varigate.model.network import integer
from varigate.model.protocol.text import line
from varigate.sim.board.pictures import UnconnectedPort, chromium, missing
from varigate.sim.board.ports import listen
from varigate.sim.board.tasks import running
from varigate.sim.board.virtual_board import RESET, Board
from varigate.sim.board.web import LONGEST, BoardPage, act

PATIENCE = 60  # seconds


class Still:
    """What the page shows of a board, without a simulation."""

    name, classes = "iris", ("setosa", "versicolor", "virginica")
    monitor = None

    def __init__(self):
        self.leds, self.switches, self.pressed, self.patterns = 1 << 13, 0, None, [0] * 8
        self.done, self.transcript = [], self
        self.count = 0

    def since(self, count):
        return []

    def switch(self, number, on):
        self.done.append((number, on))

    def press(self, button):
        self.done.append(button)


@pytest.fixture
def still():
    return Still()


def visit(board, act):
    """`act(session, page)` beside the served page."""
    async def run():
        with listen(0) as listener:
            page = BoardPage(board, "/dev/some-port", listener)
            async with running(page.serve()), aiohttp.ClientSession() as session:
                return await asyncio.wait_for(act(session, page), PATIENCE)
    return asyncio.run(run())


def origin(page):
    return {"Origin": page.url.rstrip("/")}


@pytest.mark.parametrize(("text", "done"), [
    ('{"switch": 15, "on": true}', (15, True)), ('{"on": false, "switch": 0}', (0, False)),
    ('{"press": "center"}', "center"), (json.dumps({"press": RESET}), RESET),
])
def test_messages_of_the_page_are_done(still, text, done):
    act(still, text)
    assert still.done == [done]


@pytest.mark.parametrize("text", [
    "", "x", "[]", "1", "null", "{}", '"center"', '{"switch": 16, "on": true}', '{"switch": -1, "on": true}',
    '{"switch": true, "on": true}', '{"switch": 1.0, "on": true}', '{"switch": 1, "on": 1}', '{"switch": 1}',
    '{"switch": 1, "on": true, "more": 1}', '{"press": "trigger"}', '{"press": 1}', '{"press": ["center"]}',
    '{"press": "center", "more": 1}', '{"press": NaN}', "[" * 100_000,
])
def test_other_messages_are_refused(still, text):
    with pytest.raises((ValueError, RecursionError)):
        act(still, text)
    assert still.done == []


def test_the_page_is_served_with_its_files_and_nothing_else(still):
    async def act(session, page):
        for path, kind in {"": "text/html", "board.css": "text/css", "board.js": "text/javascript"}.items():
            async with session.get(page.url + path) as answer:
                assert (answer.status, answer.content_type) == (200, kind)
                assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        for path in ("board.py", "../web.py", "%2e%2e/web.py", "//etc/passwd"):
            async with session.get(page.url + path) as answer:
                assert answer.status == 404
        async with session.post(page.url) as answer:
            assert answer.status == 405
    visit(still, act)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1", "127.0.0.1:1", ""])
def test_a_foreign_host_is_refused(still, host):
    async def act(session, page):
        for path in ("", "board.js", "live"):
            async with session.get(page.url + path, headers={"Host": host} | origin(page)) as answer:
                assert answer.status in (400, 403)
    visit(still, act)


@pytest.mark.parametrize("headers", [{}, {"Origin": "http://evil.example"}, {"Origin": "null"},
                                     {"Origin": "http://127.0.0.1"}, {"Origin": "http://localhost:1"}], ids=str)
def test_another_site_cannot_drive_the_board(still, headers):
    async def act(session, page):
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            await session.ws_connect(page.url + "live", headers=headers)
    visit(still, act)
    assert still.done == []


def test_the_screen_is_a_picture_once_there_is_one(still):
    async def act(session, page):
        async with session.get(page.url + "screen.png") as response:
            assert response.status == 404
        still.monitor = SimpleNamespace(picture=np.arange(48, dtype=np.uint8).reshape(4, 4, 3) % 16, frames=3)
        async with session.get(page.url + "screen.png") as response:
            assert (response.status, response.content_type) == (200, "image/png")
            picture = imread(io.BytesIO(await response.read()))
        assert np.array_equal(np.rint(picture[..., :3] * 15), still.monitor.picture)
        async with session.ws_connect(page.url + "live", headers=origin(page)) as live:
            await live.receive_json()
            assert (await live.receive_json())["frame"] == 3

    visit(still, act)


def test_the_page_drives_the_board_and_sees_its_state(still):
    async def act(session, page):
        async with session.ws_connect(page.url + "live", headers=origin(page)) as live:
            assert await live.receive_json() == {"name": "iris", "port": "/dev/some-port",
                                                 "classes": list(still.classes)}
            assert (await live.receive_json())["leds"] == 1 << 13
            still.leds = 5
            assert (await live.receive_json())["leds"] == 5
            await live.send_json({"switch": 3, "on": True})
            await live.send_json({"press": "right"})
            while len(still.done) < 2:
                await asyncio.sleep(0.01)
    visit(still, act)
    assert still.done == [(3, True), "right"]


@pytest.mark.parametrize(("message", "code"), [
    ("garbage", 1008), (b'{"press": "center"}', 1008), ('{"press": "center"}' + " " * LONGEST, 1009),
], ids=["text", "bytes", "long"])
def test_a_message_that_is_none_ends_that_connection_alone(still, message, code):
    async def act(session, page):
        async with session.ws_connect(page.url + "live", headers=origin(page)) as other:
            async with session.ws_connect(page.url + "live", headers=origin(page)) as live:
                await (live.send_str if isinstance(message, str) else live.send_bytes)(message)
                async for _ in live:
                    pass
                assert live.close_code == code
            await other.send_json({"press": "center"})
            while not still.done:
                await asyncio.sleep(0.01)
    visit(still, act)
    assert still.done == ["center"]


@pytest.mark.skipif(bool(missing()), reason=f"needs {missing()}")
def test_flower_101_in_a_browser(iris):
    """Sets the switches, presses the button, and reads the class from the LEDs, the display and the text."""
    def person(url):
        from selenium.webdriver.support.ui import WebDriverWait

        with chromium() as driver:
            def find(selector):
                return driver.find_elements("css selector", selector)

            def wait(condition):
                return WebDriverWait(driver, PATIENCE).until(lambda _: condition())

            driver.get(url)
            wait(lambda: find("#led-13[data-on=true]"))
            for number in range(16):
                switch, = find(f"#switch-{number}")
                assert (switch.aria_role, switch.get_attribute("aria-checked")) == ("switch", "false")
                if 101 >> number & 1:
                    switch.click()
            wait(lambda: find("#display[data-text^='101.']"))
            assert len(find("#switches [aria-checked=true]")) == 4
            find("[data-button=center]")[0].click()
            wait(lambda: find("#display[data-text='101.virGi']"))
            wait(lambda: find("#led-2[data-on=true]") and not find("#led-15[data-on=true]"))
            text = wait(lambda: find("#entries li[data-sender=board][data-kind=text]"))[0].text
            leds = [led.accessible_name for led in find(".led[data-on=true]")]
            log = [entry for entry in driver.get_log("browser") if entry["level"] == "SEVERE"]
            return text, leds, find("#display")[0].accessible_name, log

    async def run():
        with Board(iris, Array(8, 1)) as board, listen(0) as listener:
            page = BoardPage(board, "/dev/some-port", listener)
            async with running(board.run(UnconnectedPort()), page.serve()):
                return await asyncio.to_thread(person, page.url)

    text, leds, display, log = asyncio.run(run())
    assert (leds, display, log) == (["LED 13 (ε): on", "LED 2 (virginica): on"], "display: 101.virGi", [])
    noise = epsilon.epsilon(iris.epsilon_table, iris.epsilon_seed, iris.latent, 0)
    found = integer.infer(iris, iris.examples[None, 100], noise[None])
    assert text == line(iris, 101, 2, found.z[0], found.output[0]).strip()
