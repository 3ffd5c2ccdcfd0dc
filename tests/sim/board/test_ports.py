import socket
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from varigate.host.client import open_port as open_as_host
from varigate.model.errors import UserError
from varigate.sim.board import ports
from varigate.sim.board.ports import REFUSAL, PseudoTerminal, TcpPort, listen, open_port

PATIENCE = 20  # seconds
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX's")


def read(port, count, limit=4096):
    data, deadline = b"", time.monotonic() + PATIENCE
    while len(data) < count and time.monotonic() < deadline:
        data += port.read(limit)
        time.sleep(0.001)
    return data


@pytest.fixture(params=["tcp", pytest.param("pty", marks=POSIX)])
def port(request):
    port = open_port(0 if request.param == "tcp" else None)
    yield port
    port.close()


def connect(port):
    return socket.create_connection(("127.0.0.1", int(port.name.rpartition(":")[2])), timeout=PATIENCE)


def test_programs_come_and_go_and_every_byte_passes_both_ways(port):
    every = bytes(range(256))
    for _ in range(3):
        program = open_as_host(port.name)
        program.write(every)
        assert read(port, 256) == every
        port.write(every)
        program.timeout = PATIENCE
        assert program.read(256) == every
        program.close()
    assert read(port, 0) == b""


def test_what_nobody_reads_is_dropped(port):
    """Two megabytes, of which the system keeps some for a program that comes later; then the line works as before."""
    for _ in range(2000):
        port.read(1)
        port.write(bytes(1000))
    program = open_as_host(port.name)
    program.write(b"awake")
    assert read(port, 5) == b"awake"
    program.timeout = 0.5
    late = b""
    while data := program.read(1 << 16):
        late += data
    assert len(late) < 2_000_000 and set(late) <= {0}
    program.timeout = PATIENCE
    port.write(b"again")
    assert program.read(5) == b"again"
    program.close()


def test_no_more_is_taken_than_there_is_room_for(port):
    program = open_as_host(port.name)
    program.write(b"abcdef")
    assert port.read(0) == b""
    assert read(port, 4, limit=4) == b"abcd"
    assert read(port, 2) == b"ef"
    program.close()


def test_a_second_client_is_told_and_the_first_one_stays():
    port = TcpPort(0)
    with connect(port) as first, connect(port) as second:
        first.sendall(b"one")
        assert read(port, 3) == b"one"
        second.settimeout(0.01)
        refusal, deadline = b"", time.monotonic() + PATIENCE
        while REFUSAL not in refusal and time.monotonic() < deadline:
            port.read(0)
            with suppress(TimeoutError):
                refusal += second.recv(100)
        assert refusal == REFUSAL
        second.settimeout(PATIENCE)
        assert second.recv(100) == b""
        first.sendall(b"two")
        assert read(port, 3) == b"two"
    port.close()


def test_the_next_client_need_not_wait_until_the_last_one_s_end_was_noticed():
    port = TcpPort(0)
    for word in (b"one", b"two", b"six"):
        with connect(port) as client:
            client.sendall(word)
    assert read(port, 9) == b"onetwosix"
    port.close()


def test_a_tcp_port_is_on_this_machine_alone_and_a_busy_or_wrong_one_is_refused():
    port = TcpPort(0)
    number = port._listener.getsockname()[1]
    assert port._listener.getsockname()[0] == "127.0.0.1"
    with pytest.raises(UserError, match=f"cannot listen on port {number} .*choose another"):
        listen(number)
    with pytest.raises(UserError, match="0…65535"):
        listen(65536)
    port.close()
    listen(number).close()


def test_without_pseudo_terminals_the_way_out_is_named(monkeypatch):
    monkeypatch.setattr(ports.sys, "platform", "win32")
    with pytest.raises(UserError, match="use --tcp PORT"):
        open_port(None)


@POSIX
def test_a_pseudo_terminal_leaves_no_descriptor():
    def opened():
        return len(list(Path("/dev/fd").iterdir()))

    before = opened()
    for _ in range(20):
        PseudoTerminal().close()
    assert opened() == before
