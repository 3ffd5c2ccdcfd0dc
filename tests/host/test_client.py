import os
import socket
import threading

import numpy as np
import pytest
import serial

from varigate.host.client import Client, ForeignReplyError, NoAnswerError, PortError, RefusedError, open_port
from varigate.model.errors import UserError
from varigate.model.fixedpoint import epsilon, sampling
from varigate.model.network import integer, network_file
from varigate.model.protocol.frames import NEGATIVE, Reason, encode

X = [51, 35, 14, 2]
OPTIONS = {"timeout": 0.05, "retries": 2}


def silence(request, sent):
    return b""


def garble(request, sent):
    return sent[:-3] + bytes([sent[-3] ^ 1 or 2]) + sent[-2:]


def test_every_operation_equals_integer_inference(network, fake_board):
    client = Client(fake_board(network), **OPTIONS)
    expected = integer.infer(network, np.array([X]))
    found = client.classify(X)
    assert (found.mu.tolist(), found.scores.tolist(), found.cls) == (
        expected.mu[0].tolist(), expected.scores[0].tolist(), expected.cls[0])
    assert client.encode(X).v.tolist() == expected.v[0].tolist()
    samples = epsilon.epsilon(network.epsilon_table, network.epsilon_seed, 8).reshape(4, 2)
    first = client.reconstruct(X)
    assert first.index == 0
    assert first.output.tolist() == integer.infer(network, np.array([X]), samples[:1]).output[0].tolist()
    answers = client.generate(3)
    assert [answer.index for answer in answers] == [2, 4, 6]
    for answer, draw in zip(answers, samples[1:], strict=True):
        assert answer.z.tolist() == sampling.prior_latent(draw, network.z).tolist()
    z = sampling.mean_latent(expected.mu[0], network.z)
    assert client.decode(z).output.tolist() == expected.output[0].tolist()
    client.epsilon(False)
    assert client.reconstruct(X).output.tolist() == expected.output[0].tolist()
    client.seed(77)
    info = client.info()
    assert (info.epsilon_on, info.epsilon_index, info.digest) == (False, 0, network_file.digest(network))
    client.epsilon(True)
    assert client.reconstruct(X).index == 0


def test_text_and_stale_replies_are_no_trouble(network, fake_board):
    lines = []
    noise = b"flower 001: setosa\r\n" + encode(1, 0x93, b"\0") + b"\x90\x91\x92\0" + encode(250, 0x80, b"old")
    noise += encode(250, NEGATIVE, b"\x04\x12") + encode(251, NEGATIVE, b"\x01\x12")
    client = Client(fake_board(network, noise=noise), text=lines.append, **OPTIONS)
    assert [client.reconstruct(X).index for _ in range(2)] == [0, 2]
    assert lines == ["flower 001: setosa"] * 3


def test_sequence_numbers_go_round_without_zero(network, fake_board):
    board = fake_board(network)
    client = Client(board, seq=253, **OPTIONS)
    for _ in range(3):
        client.info()
    assert [request.seq for request in board.requests] == [254, 255, 1]


@pytest.mark.parametrize("mishap", [silence, garble, "busy", "crc", lambda request, sent: sent[:-5]])
def test_a_lost_reply_is_asked_for_again_and_the_index_tells(network, fake_board, negative, mishap):
    mishap = {"busy": negative(Reason.BUSY), "crc": negative(Reason.CRC, known=False)}.get(mishap, mishap)
    board = fake_board(network, mishaps=[None, mishap, mishap])
    answer = Client(board, **OPTIONS).reconstruct(X)
    assert answer.index == 4  # the board has executed all three
    assert len(board.requests) == 4


def test_a_gap_in_a_series_repeats_all_of_it(network, fake_board):
    def drop_second(request, sent):
        frames = sent.split(b"\0\0")
        return b"\0\0".join(frames[:1] + frames[2:])

    board = fake_board(network, mishaps=[None, drop_second])
    assert [answer.index for answer in Client(board, **OPTIONS).generate(3)] == [6, 8, 10]


def test_an_answer_is_taken_although_the_line_was_noisy_before(network, fake_board, negative):
    def both(request, sent):
        return negative(Reason.LINE, known=False)(request, sent) + sent

    board = fake_board(network, mishaps=[both])
    assert Client(board, **OPTIONS).info().inputs == 4
    assert len(board.requests) == 1


def test_the_failures_have_types_and_one_line(network, fake_board, negative):
    def echo(request, sent):
        return encode(request.seq, request.command, request.payload)

    cases = [(silence, NoAnswerError, "nothing answered on the port within 0.05 s, in 3 tries"),
             (lambda *_: b"login: \r\n" * 3, ForeignReplyError, "answers on the port but does not speak"),
             (echo, ForeignReplyError, "does not speak"),
             (negative(Reason.BUSY), NoAnswerError, "busy"), (negative(Reason.CRC, known=False), NoAnswerError, "crc"),
             (negative(Reason.COMMAND), RefusedError, "refuses info: command")]
    for mishap, kind, message in cases:
        with pytest.raises(kind, match=message) as error:
            Client(fake_board(network, mishaps=[mishap] * 3), **OPTIONS).info()
        assert "\n" not in str(error.value)
        assert isinstance(error.value, UserError)


@pytest.mark.parametrize(("method", "argument"), [
    ("classify", [1, 2, 3]), ("classify", [1, 2, 3, 256]), ("classify", [1, 2, 3, -1]), ("decode", [1, 128]),
    ("decode", [1]), ("generate", 0), ("generate", 256), ("seed", -1), ("seed", 1 << 32),
])
def test_bad_arguments_are_not_sent(network, fake_board, method, argument):
    board = fake_board(network)
    with pytest.raises(UserError):
        getattr(Client(board, **OPTIONS), method)(argument)
    assert {request.command for request in board.requests} <= {0}


def test_another_protocol_version(network, fake_board):
    def newer(request, sent):
        return encode(request.seq, 0x80, b"\x09")

    with pytest.raises(UserError, match="version 9"):
        Client(fake_board(network, mishaps=[newer]), **OPTIONS).info()


def trouble(name):
    with pytest.raises(PortError) as error:
        open_port(name)
    return str(error.value)


def test_a_port_that_is_absent_or_none(tmp_path):
    (tmp_path / "file").touch()
    absent = str(tmp_path / "ttyUSB9")
    assert trouble(absent).startswith(f"there is no serial port {absent}; ports on this machine: ")
    for name, what in ((os.devnull, ""), (str(tmp_path / "file"), " but a file"), (str(tmp_path), " but a folder")):
        assert trouble(name).startswith(f"{name} is not a serial port{what}; ports on this machine: ")
        assert trouble(name).endswith("; varigate board makes a virtual one, and prints its name")
    assert trouble("nonsense://x").startswith("cannot open nonsense://x")
    with socket.create_server(("localhost", 0)) as server:
        closed = f"socket://localhost:{server.getsockname()[1]}"
    assert trouble(closed).startswith(f"nothing listens at {closed}")
    for name in ("socket://localhost", "socket://localhost:0", "socket://localhost:65536", "socket://localhost:-1"):
        assert trouble(name) == f"{name} is not a network port: write socket://HOST:PORT, with a PORT of 1…65535"


def test_a_port_that_another_program_holds():
    master, slave = os.openpty()
    port = open_port(os.ttyname(slave))
    assert trouble(os.ttyname(slave)) == f"{os.ttyname(slave)} is in use by another program: close it first"
    port.close()
    os.close(master)
    os.close(slave)


@pytest.mark.parametrize(("text", "said"), [
    ("could not open port 'COM4': FileNotFoundError(2, 'No such file', None, 2)", "no serial port COM4"),
    ("could not open port 'COM4': PermissionError(13, 'Access is denied.', None, 5)", "COM4 is in use"),
])
def test_the_exceptions_of_windows_have_no_number(monkeypatch, text, said):
    def refuse(*_, **__):
        raise serial.SerialException(text)

    monkeypatch.setattr(serial, "serial_for_url", refuse)
    assert said in trouble("COM4")


def test_a_lost_port():
    class Lost:
        def write(self, data):
            raise OSError("gone")

    with pytest.raises(PortError, match="lost: gone"):
        Client(Lost(), name="ttyX", **OPTIONS).info()


def test_a_port_that_is_hung_up_with_a_word():
    class Polite:
        said = b"in use by another program\r\n"

        def write(self, data):
            pass

        def read(self, count):
            said, self.said = self.said, b""
            if not said:
                raise OSError("gone")
            return said

    with pytest.raises(PortError, match=r"lost: gone; the last it said was: in use by another program$"):
        Client(Polite(), name="ttyX", **OPTIONS).info()


def test_over_a_socket(network, fake_board):
    board = fake_board(network)
    with socket.create_server(("localhost", 0)) as server:
        def serve():
            connection, _ = server.accept()
            with connection:
                while data := connection.recv(100):
                    board.write(data)
                    connection.sendall(board.read(board.in_waiting))

        thread = threading.Thread(target=serve)
        thread.start()
        port = open_port(f"socket://localhost:{server.getsockname()[1]}")
        try:
            assert Client(port, timeout=5).classify(X).mu.tolist() == integer.encode(network, X)[0].tolist()
        finally:
            port.close()
            thread.join()
