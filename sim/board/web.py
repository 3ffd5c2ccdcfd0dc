"""The board as a web page on the loopback interface, live through a WebSocket.

Only the page itself may drive the board. Requests must name this machine as their host: a name that an attacker points
at 127.0.0.1 is refused. The WebSocket accepts the page's own origin only.
"""

import asyncio
import json
import socket
from pathlib import Path

from aiohttp import WSCloseCode, WSMsgType, web

from varigate.sim.board.ports import HOST
from varigate.sim.board.seven_segment import spell
from varigate.sim.board.virtual_board import BUTTONS, RESET, SWITCHES, Board
from varigate.sim.testbench.vga import png

__all__ = ["BoardPage", "act"]

RATE = 30  # states a second, when there is something new
FILES = {"/": ("board.html", "text/html"), "/board.css": ("board.css", "text/css"),
         "/board.js": ("board.js", "text/javascript")}  # a machine's own table of types may be wrong
FOLDER = Path(__file__).parent / "page"
LONGEST = 256  # bytes of a message from the page
SECURITY = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
                               "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def act(board: Board, text: str):
    """Carries out a message of the page: `{"switch": 0…15, "on": true|false}` or `{"press": BUTTON}`.

    Raises
    ------
    ValueError
        for any other message.
    """
    match json.loads(text):
        case {"switch": int(number), "on": bool(on), **rest} if (
                not rest and not isinstance(number, bool) and 0 <= number < SWITCHES):
            board.switch(number, on)
        case {"press": str(button), **rest} if not rest and button in (*BUTTONS, RESET):
            board.press(button)
        case _:
            raise ValueError("not a message of this page")


class BoardPage:
    """Serves the page of a board that runs in the same event loop.

    Parameters
    ----------
    board : Board
    port : str
        the name of its serial port, which the page shows.
    listener : socket
        the result of `sim.board.ports.listen`.

    Members
    -------
    url : str
    """

    def __init__(self, board: Board, port: str, listener: socket.socket):
        self._board, self._port, self._listener = board, port, listener
        number = listener.getsockname()[1]
        self.url = f"http://{HOST}:{number}/"
        # A browser leaves out the port that http has anyway.
        endings = [f":{number}", *([""] if number == 80 else [])]
        self._hosts = {f"{name}{ending}" for name in (HOST, "localhost") for ending in endings}
        self._sockets = set()

    async def serve(self):
        """Until cancelled."""
        application = web.Application(middlewares=[self._guard])
        for path in FILES:
            application.router.add_get(path, self._file)
        application.router.add_get("/screen.png", self._screen)
        application.router.add_get("/live", self._live)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
        await runner.setup()
        try:
            await web.SockSite(runner, self._listener).start()
            await asyncio.Event().wait()
        finally:
            for each in list(self._sockets):
                await each.close(code=WSCloseCode.GOING_AWAY, message=b"the board has been switched off")
            await runner.cleanup()

    @web.middleware
    async def _guard(self, request: web.Request, handler) -> web.StreamResponse:
        if request.host not in self._hosts:
            raise web.HTTPForbidden(text="this page is only for this machine\n")
        return await handler(request)

    async def _file(self, request: web.Request) -> web.Response:
        name, kind = FILES[request.path]
        return web.Response(body=(FOLDER / name).read_bytes(), content_type=kind, charset="utf-8", headers=SECURITY)

    async def _screen(self, request: web.Request) -> web.Response:
        """The VGA picture, once there is one; the page asks for it again when its number has changed."""
        monitor = self._board.monitor
        if monitor is None or monitor.picture is None:
            raise web.HTTPNotFound(text="there is no picture\n")
        return web.Response(body=png(monitor.picture), content_type="image/png", headers=SECURITY)

    async def _live(self, request: web.Request) -> web.WebSocketResponse:
        if request.headers.get("Origin") not in {f"http://{host}" for host in self._hosts}:
            raise web.HTTPForbidden(text="other sites must not drive this board\n")
        live = web.WebSocketResponse(max_msg_size=LONGEST, heartbeat=20)
        await live.prepare(request)
        self._sockets.add(live)
        report = asyncio.create_task(self._report(live))
        try:
            async for message in live:
                try:
                    act(self._board, message.data if message.type == WSMsgType.TEXT else "")
                except (ValueError, RecursionError):
                    await live.close(code=WSCloseCode.POLICY_VIOLATION, message=b"no message of this page")
        finally:
            report.cancel()
            self._sockets.discard(live)
        return live

    async def _report(self, live: web.WebSocketResponse):
        """Sends the state whenever it has changed, with the entries of the serial line that are new."""
        board, sent, count = self._board, None, 0
        await live.send_json({"name": board.name, "port": self._port, "classes": board.classes})
        while True:
            patterns = board.patterns
            state = {"leds": board.leds, "patterns": patterns, "display": spell(patterns),
                     "switches": board.switches, "pressed": board.pressed,
                     "frame": board.monitor.frames if board.monitor else None}
            entries = [vars(entry) for entry in board.transcript.since(count)]
            count = board.transcript.count
            if entries or state != sent:
                await live.send_json(state | {"entries": entries})
                sent = state
            await asyncio.sleep(1 / RATE)
