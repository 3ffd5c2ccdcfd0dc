"""Tables of users' own: the ways in which they are written, and what the board makes of them."""

import json
import socketserver
import threading

import pytest

from varigate.model.data.tables import iris
from varigate.model.network import network_file
from varigate.model.protocol.frames import REPLY, encode
from varigate.model.protocol.requests import judge
from varigate.sim.testbench.board_reference import BoardReference

NAMES = ("sepal length", "sepal width", "petal length", "petal width")
FLOWERS = [(*map(str, iris().x[place]), iris().class_names[iris().labels[place]]) for place in range(0, 150, 10)]
TRAIN = ("--epochs", "300", "--no-cross-validation", "--out", ".")


@pytest.fixture
def port():
    """The URL of a board with the shipped Iris network."""
    class Line(socketserver.BaseRequestHandler):
        def handle(self):
            board, chunk = BoardReference(network_file.load(network_file.find("iris"))), bytearray()
            while received := self.request.recv(4096):
                for byte in received:
                    chunk.append(byte)
                    if byte:
                        continue
                    request, _ = judge(bytes(chunk[:-1]), board.lengths)
                    chunk.clear()
                    for payload in board.answer(request) if request else ():
                        self.request.sendall(encode(request.seq, request.command | REPLY, payload))

    with socketserver.TCPServer(("127.0.0.1", 0), Line) as server:
        serving = threading.Thread(target=server.serve_forever, args=(0.05,))
        serving.start()
        yield f"socket://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        serving.join()


def write(machine, name, rows, separator=",", header=None, encoding="utf-8"):
    lines = [separator.join(row) for row in ([header] if header else []) + list(rows)]
    (machine.work / name).write_bytes(("\n".join(lines) + "\n").encode(encoding))
    return name


def test_half_of_europe_exports_semicolons_and_decimal_commas(machine):
    rows = [[*(cell.replace(".", ",") for cell in row[:4]), row[4]] for row in FLOWERS]
    write(machine, "own.csv", rows, ";", [*NAMES, "Sorte"], "utf-8-sig")
    done = machine.run("train", "--csv", "own.csv", "--label", "Sorte", *TRAIN)
    assert done.returncode == 0, done.stderr
    assert json.loads((machine.work / "own.json").read_text("utf-8"))["samples"] == 15
    assert network_file.load(machine.work / "own.npz").feature_names == NAMES


def test_a_table_without_a_header_row_loses_no_sample(machine):
    write(machine, "own.csv", [[str(place % 3 + 1), *row[:4]] for place, row in enumerate(FLOWERS)])
    line = machine.refuse("train", "--csv", "own.csv", "--label", "1", *TRAIN)
    assert "own.csv has no header row" in line and "--no-header" in line
    done = machine.run("train", "--csv", "own.csv", "--no-header", "--label", "1", *TRAIN)
    assert done.returncode == 0, done.stderr
    assert json.loads((machine.work / "own.json").read_text("utf-8"))["samples"] == 15
    network = network_file.load(machine.work / "own.npz")
    assert (network.feature_names, network.class_names) == (("2", "3", "4", "5"), ("1", "2", "3"))
    assert machine.run("evaluate", "own.npz").returncode == 0  # the card knows that there is no header row


def test_what_is_wrong_is_said_with_file_row_and_column(machine):
    write(machine, "own.csv", [["1", "2", "x"], ["3", "1_000", "y"]], ",", ["a", "b", "k"])
    assert "own.csv, row 3, column 'b': '1_000' is not a number" in machine.refuse(
        "train", "--csv", "own.csv", "--label", "k", *TRAIN)


def test_a_network_is_measured_on_columns_with_its_names(machine):
    turned = [[row[4], str(place), *row[3::-1]] for place, row in enumerate(FLOWERS) if row[4] != "setosa"]
    write(machine, "turned.csv", turned, "\t", ["Kind", "Id", "Petal_Width", "petal length (cm)", "Sepal.Width",
                                                "SEPAL LENGTH"])
    few = machine.run("evaluate", "iris", "--csv", "turned.csv", "--label", "Kind", "--json")
    assert few.returncode == 0 and not few.stderr, few.stderr
    assert json.loads(few.stdout)["accuracy_integer"] >= 0.8  # of ten flowers
    write(machine, "wrong.csv", [[*row[:4], "rose"] for row in FLOWERS], ",", [*NAMES, "kind"])
    assert "wrong.csv, row 2, column 'kind': 'rose' is not" in machine.refuse(
        "evaluate", "iris", "--csv", "wrong.csv", "--label", "kind")


def test_the_board_takes_columns_by_their_names_and_all_come_through(machine, port):
    names = [f"{name.title()} (cm)".replace(" ", "_", 1) for name in NAMES]
    rows = [[str(place), *row[3::-1], row[4]] for place, row in enumerate(FLOWERS)]
    write(machine, "own.csv", rows, ",", ["Id", *names[::-1], "species"])
    before = (machine.work / "own.csv").read_text("utf-8")
    done = machine.run("host", "--port", port, "classify", "own.csv", "--out", "out.csv")
    assert done.returncode == 0 and b"14 of 15 right" in done.stdout, done.stderr
    written = (machine.work / "out.csv").read_text("utf-8")
    assert [line.rpartition(",")[0] for line in written.splitlines()] == before.splitlines()


def test_columns_in_an_order_of_their_own_are_not_taken_without_a_word(machine, port):
    write(machine, "own.csv", FLOWERS, ";", ["a", "b", "c", "d", "species"])
    done = machine.run("host", "--port", port, "classify", "own.csv")
    assert done.returncode == 0 and b"14 of 15 right" in done.stdout
    assert len(done.stderr.splitlines()) == 1 and b"a, b, c, d, are taken in their order" in done.stderr
    write(machine, "own.csv", FLOWERS, ";", ["a", *NAMES[1:], "species"])
    assert "no column for the network's sepal length" in machine.refuse("host", "--port", port, "classify", "own.csv")
