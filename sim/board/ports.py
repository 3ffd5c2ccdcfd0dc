"""The computer's end of the board's serial line: a pseudo-terminal, or a TCP port for pyserial's `socket://`.

Both are polled: `read(limit)` returns the bytes that have arrived, and `write(data)` drops bytes that no client takes,
as a serial line does. Neither waits. `name` is the name for pyserial.
"""

import os
import socket
import sys
import time
from contextlib import suppress

from varigate.model.errors import UserError

__all__ = ["PseudoTerminal", "TcpPort", "listen", "open_port"]

HOST = "127.0.0.1"
GRACE = 0.25  # seconds in which a client that has gone is noticed, before the next one is refused
REFUSAL = b"this board is in use by another program\r\n"


class PseudoTerminal:
    """A pseudo-terminal, which a program opens like the device of a USB-UART."""

    def __init__(self):
        if sys.platform == "win32":
            raise UserError("this system has no pseudo-terminals: use --tcp PORT")
        import tty  # not on every system

        self._board, self._program = os.openpty()
        tty.setraw(self._program)
        os.set_blocking(self._board, False)
        # This end of the program's side stays open, so that programs may come and go.
        self.name = os.ttyname(self._program)

    def read(self, limit: int) -> bytes:
        with suppress(BlockingIOError):
            return os.read(self._board, limit) if limit > 0 else b""
        return b""

    def write(self, data: bytes):
        with suppress(BlockingIOError):
            os.write(self._board, data)

    def close(self):
        os.close(self._program)
        os.close(self._board)


class TcpPort:
    """A TCP port of this machine for one client at a time; further clients get a line of text and are disconnected.

    Parameters
    ----------
    number : int
        0 for any free port.
    """

    def __init__(self, number: int):
        self._listener = listen(number)
        self._listener.setblocking(False)
        self._client = self._next = None  # the one that is served, and one that waits for it to go
        self._refusal = 0.0
        self.name = f"socket://{HOST}:{self._listener.getsockname()[1]}"

    def read(self, limit: int) -> bytes:
        data = self._receive(limit) if self._client and limit > 0 else b""
        if self._next is None:
            with suppress(BlockingIOError, ConnectionError):  # nobody, or somebody who has gone already
                self._next = self._listener.accept()[0]
                self._next.setblocking(False)
                self._refusal = time.monotonic() + GRACE
        if self._next and self._client is None:
            self._client, self._next = self._next, None
            with suppress(OSError):  # it may have gone already
                self._client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        elif self._next and time.monotonic() > self._refusal:
            with self._next, suppress(OSError):
                self._next.send(REFUSAL)
                self._next.shutdown(socket.SHUT_WR)
            self._next = None
        return data

    def _receive(self, limit: int) -> bytes:
        try:
            data = self._client.recv(limit)
        except BlockingIOError:
            return b""
        except OSError:
            data = b""
        if not data:
            self._hang_up()
        return data

    def write(self, data: bytes):
        if self._client:
            try:
                self._client.send(data)
            except BlockingIOError:
                pass
            except OSError:
                self._hang_up()

    def _hang_up(self):
        self._client.close()
        self._client = None

    def close(self):
        for each in (self._client, self._next, self._listener):
            if each:
                each.close()


def listen(number: int) -> socket.socket:
    """A listening socket on the loopback interface.

    Raises
    ------
    UserError
        if the port cannot be opened.
    """
    if not 0 <= number < 1 << 16:
        raise UserError(f"a port must be 0…65535, not {number}; 0 is any free one")
    try:
        return socket.create_server((HOST, number))
    except OSError as error:
        raise UserError(f"cannot listen on port {number} ({error.strerror}): "
                        "choose another one, or 0 for any") from error


def open_port(tcp: int | None) -> PseudoTerminal | TcpPort:
    """Opens the TCP port `tcp`, or a pseudo-terminal if it is None."""
    return PseudoTerminal() if tcp is None else TcpPort(tcp)
