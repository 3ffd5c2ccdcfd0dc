import json
import sys
from pathlib import Path

import numpy as np
import pytest

from varigate.model.data import tables
from varigate.model.network import integer
from varigate.model.protocol.frames import Reason

CODES = np.random.default_rng(9).integers(0, 80, (30, 4))
HEADER = "sepal length,sepal width,petal length,petal width"


def lines(*columns):
    """The flowers as cells, the given columns behind them."""
    return [",".join([*(f"{code / 10:g}" for code in x), *extra])
            for x, *extra in zip(CODES.tolist(), *columns, strict=True)]


def tabled(tmp_path, rows, header):
    path = tmp_path / "flowers.csv"
    path.write_text("\n".join([header, *rows]) + "\n")
    return str(path)


@pytest.fixture
def labels(flowers):
    """True classes of the flowers: what the reference says, every fourth one wrong."""
    found = integer.infer(flowers, CODES).cls
    found[::4] = (found[::4] + 1) % 3
    return [flowers.class_names[number] for number in found]


@pytest.fixture
def path(tmp_path, labels):
    return tabled(tmp_path, lines(labels), HEADER + ",species")


def test_a_table_gives_accuracy_and_confusion_matrix(talk, path, labels, flowers):
    found = integer.infer(flowers, CODES).cls
    names = list(flowers.class_names)
    expected = np.zeros((3, 3), int)
    for label, cls in zip(labels, found, strict=True):
        expected[names.index(label), cls] += 1
    status, out, err = talk("classify", path)
    assert (status, err) == (0, "")
    assert out.splitlines()[0] == f"22 of 30 right: accuracy {2200 / 30:.2f} %"
    assert out.splitlines()[2].split() == ["true", "\\", "board", *names]
    assert [line.split() for line in out.splitlines()[3:]] == [
        [name, *map(str, row)] for name, row in zip(names, expected.tolist(), strict=True)]
    report = json.loads(talk("--json", "classify", path)[1])
    assert (report["samples"], report["classes"]) == (30, names)
    assert (report["accuracy"], report["confusion"]) == (22 / 30, expected.tolist())
    assert [each["class"] for each in report["results"]] == [names[cls] for cls in found]
    assert [each["label"] for each in report["results"]] == labels
    assert [each["row"] for each in report["results"]] == list(range(2, 32))
    assert set(report["results"][0]) == {"row", "class", "label", "scores", "mean"}


def test_without_labels_the_class_of_each_row(talk, tmp_path, flowers):
    path = tabled(tmp_path, lines(), HEADER)
    names = [flowers.class_names[cls] for cls in integer.infer(flowers, CODES).cls]
    assert [line.split() for line in talk("classify", path)[1].splitlines()] == [
        ["row", str(row), name] for row, name in enumerate(names, 2)]
    assert {"accuracy", "confusion"}.isdisjoint(json.loads(talk("--json", "classify", path)[1]))


def test_the_label_column_may_be_named_and_stand_anywhere(talk, tmp_path, labels):
    numbers = [str(["setosa", "versicolor", "virginica"].index(label)) for label in labels]
    mixed = [",".join([label, line]) for label, line in zip(labels, lines(), strict=True)]
    for other in ([], ["--label", "kind"]):
        assert talk("classify", tabled(tmp_path, mixed, "kind," + HEADER), *other)[0] == 0
    status, _, err = talk("classify", tabled(tmp_path, lines(numbers), HEADER + ",kind"), "--label", "kind")
    assert (status, "'0' is not one of the network's classes: setosa, versicolor, virginica" in err) == (2, True)


def test_columns_are_found_by_their_names(talk, tmp_path, labels, path):
    order = [2, 0, 3, 1]
    rows = [",".join([str(number), *(f"{x[place] / 10:g}" for place in order), label])
            for number, (x, label) in enumerate(zip(CODES.tolist(), labels, strict=True))]
    header = ",".join(["Id", *(HEADER.split(",")[place] for place in order), "species"])
    expected = talk("classify", path)[1]
    assert talk("classify", tabled(tmp_path, rows, header))[1] == expected


def test_the_table_with_the_boards_classes_is_written(talk, path, tmp_path, flowers):
    target = tmp_path / "out" / "classified.csv"
    status, out, err = talk("classify", path, "--out", str(target))
    assert (status, err) == (0, f"wrote {target}\n")
    assert out == talk("classify", path)[1]
    names = ["board_class", *(flowers.class_names[cls] for cls in integer.infer(flowers, CODES).cls)]
    written, before = target.read_text().splitlines(), Path(path).read_text().splitlines()
    assert written == [f"{line},{name}" for line, name in zip(before, names, strict=True)]


def test_all_columns_come_through_as_they_were(talk, tmp_path, flowers):
    path, target = tmp_path / "flowers.csv", tmp_path / "classified.csv"
    path.write_bytes('\ufeffId;Petal Width;"note; of it";Petal Length;Sepal Width (cm);sepal_length;kind\r\n'
                     'A-01;0,20;"""fine""";1,4;3,5;+5,10;setosa\r\n\r\n'
                     'A-02;0,2;;1,4; 3,0;4,9;virginica\r\n'.encode())
    found = integer.infer(flowers, np.array([[51, 35, 14, 2], [49, 30, 14, 2]])).cls
    one, other = (flowers.class_names[cls] for cls in found)
    assert talk("classify", str(path), "--out", str(target))[0] == 0
    assert target.read_bytes().decode() == (
        '\ufeffId;Petal Width;"note; of it";Petal Length;Sepal Width (cm);sepal_length;kind;board_class\r\n'
        f'A-01;0,20;"""fine""";1,4;3,5;+5,10;setosa;{one}\r\nA-02;0,2;;1,4; 3,0;4,9;virginica;{other}\r\n')
    status, out, err = talk("classify", str(target))  # the board's classes are not taken for the true ones
    assert (status, out) == talk("classify", str(path))[:2] and err == ""


def test_a_table_without_a_header_row(talk, tmp_path, labels, path):
    bare = tmp_path / "bare.csv"
    bare.write_text("\n".join(lines(labels)) + "\n")
    expected = talk("classify", path)[1]
    status, out, err = talk("classify", str(bare), "--no-header", "--out", str(tmp_path / "o.csv"))
    assert (status, out) == (0, expected) and "are taken in their order" in err
    assert [row.rsplit(",", 1)[0] for row in (tmp_path / "o.csv").read_text().splitlines()] == lines(labels)
    status, out, err = talk("classify", str(bare), "--no-header", "--by-order", "--label", "5")
    assert (status, out, err) == (0, expected, "")
    assert "no column '6'" in talk("classify", str(bare), "--no-header", "--label", "6")[2]
    assert "--no-header is for a FILE.csv" in talk("classify", "iris", "--no-header")[2]
    assert "--by-order is only for" in talk("classify", "1", "2", "3", "4", "--by-order")[2]


def test_unknown_names_are_taken_in_their_order_with_a_word(talk, tmp_path, labels, path):
    other = tabled(tmp_path, lines(labels), "a,b,c,d,kind")
    status, out, err = talk("classify", other)
    assert (status, err.count("\n")) == (0, 1) and "its columns, a, b, c, d, are taken in their order" in err
    assert talk("classify", other, "--by-order") == (0, out, "")
    partly = tabled(tmp_path, lines(labels), "a,sepal width,c,d,kind")
    status, _, err = talk("classify", partly)
    assert status == 2 and "no column for the network's sepal length" in err and "--by-order" in err
    assert talk("classify", partly, "--by-order")[:2] == (0, out)


def test_the_table_is_never_written_over(talk, path, tmp_path):
    before, hard, link = Path(path).read_bytes(), tmp_path / "hard.csv", tmp_path / "link.csv"
    hard.hardlink_to(path)
    link.symlink_to(path)
    for target in (path, hard, link, tmp_path / "x" / ".." / "flowers.csv"):
        (tmp_path / "x").mkdir(exist_ok=True)
        status, _, err = talk("classify", path, "--out", str(target))
        assert status == 2 and err == f"varigate host: --out {target} is the table itself; give it another name\n"
    assert Path(path).read_bytes() == before and not talk.boards[-1].requests
    talk("classify", path, "--out", str(tmp_path / "o.csv"))
    status, _, err = talk("classify", str(tmp_path / "o.csv"), "--out", str(tmp_path / "p.csv"))
    assert status == 2 and "has a column 'board_class' already" in err and not (tmp_path / "p.csv").exists()


def test_a_data_set_of_the_program_by_its_name(talk, tmp_path, flowers):
    report = json.loads(talk("--json", "classify", "iris")[1])
    data = tables.iris()
    found = integer.infer(flowers, data.codes.astype(int)).cls
    expected = np.zeros((3, 3), int)
    np.add.at(expected, (data.labels, found), 1)
    assert report["confusion"] == expected.tolist()
    assert [report["results"][place]["row"] for place in (0, 149)] == [1, 150]
    assert talk("classify", "iris", "--label", "species")[0] == 2
    assert talk("classify", "iris", "--out", str(tmp_path / "o.csv"))[0] == 0
    assert (tmp_path / "o.csv").read_text().startswith(f"{HEADER},class,board_class\n5.1,3.5,1.4,0.2,setosa,")


def test_an_unknown_network_takes_codes_and_numbers_of_classes(talk, tmp_path, network):
    found = integer.infer(network, CODES).cls
    rows = [",".join(map(str, [*x, cls])) for x, cls in zip(CODES.tolist(), found.tolist(), strict=True)]
    path = tabled(tmp_path, rows, "a,b,c,d,class")
    report = json.loads(talk("--json", "classify", path, "--label", "class", network=network)[1])
    assert (report["accuracy"], report["classes"]) == (1.0, ["0", "1", "2"])


@pytest.mark.parametrize(("text", "message"), [
    ("", "bad.csv has 0 samples"),
    (HEADER + "\n", "has 0 samples"),
    ("a,b,c\n1,2,3\n", "the network takes 4 features (sepal length, sepal width, petal length, petal width); the "
                       "table bad.csv has 3 (a, b, c)"),
    ("a,b,c,d,kind\n1,2,3,4,5\n", "--label COLUMN"),
    (HEADER + ",kind\n1,2,3,4,setosa\n1,2,nan,4,setosa\n", "bad.csv, row 3, column 'petal length': 'nan' is not"),
    (HEADER + ",kind\n1,2,3,4,setosa\n1,2,,4,setosa\n", "bad.csv, row 3, column 'petal length': '' is not a number"),
    (HEADER + ",kind\n1,2,3,4,setosa\n\n1,2,3,4,tulip\n", "row 4, column 'kind': 'tulip' is not one of the network's"),
    (HEADER + ",kind\n1,2,3,4,setosa\n1,2,3,4,\n", "row 3, column 'kind': the label is missing"),
    (HEADER + "\n1,2,3,4\n1,2,3\n", "row 3: 3 cells where row 1 has 4"),
    ("5.1,3.5,1.4,0.2,setosa\n4.9,3.0,1.4,0.2,setosa\n", "has no header row"),
    ("5.1,3.5,1.4,0.2\n4.9,3.0,1.4,0.2\n", "has no header row"),
])
def test_a_bad_table_is_one_line_before_anything_is_classified(talk, tmp_path, monkeypatch, text, message):
    path = tmp_path / "bad.csv"
    path.write_text(text)
    monkeypatch.chdir(tmp_path)
    status, out, err = talk("classify", "bad.csv", "--out", str(tmp_path / "out.csv"))
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("varigate host: ") and message in err
    assert not (tmp_path / "out.csv").exists()
    assert {request.command for board in talk.boards for request in board.requests} <= {0}


def test_what_is_beyond_the_codes_saturates_as_in_training(talk, tmp_path):
    path = tabled(tmp_path, ["1,2,3,4", "1,2,3,25.5", "1,2,3,99", "1,2,3,-9999"], HEADER)
    status, out, err = talk("--json", "classify", str(path))
    assert status == 0
    assert err == (f"{path}, column 'petal width': -9999, 99 (2 of 4 samples) is taken as beyond 0…25.5; leave such "
                   "rows out if the value is missing\n")
    first, greatest, high, low = (result["scores"] for result in json.loads(out)["results"])
    assert high == greatest and low not in (first, greatest)


def test_a_file_that_is_absent(talk, tmp_path):
    assert talk("classify", str(tmp_path / "none.csv"))[2] == (
        f"varigate host: cannot read {tmp_path / 'none.csv'}: No such file or directory\n")


def test_a_network_without_classes(talk, path, headless):
    status, _, err = talk("classify", path, network=headless)
    assert status == 2 and "no class head" in err


@pytest.mark.parametrize(("mishap", "message"), [(lambda *_: b"", "nothing answered"), ("crc", "refused with crc")])
def test_a_failure_in_the_middle_names_the_row_and_writes_nothing(talk, path, tmp_path, negative, mishap, message):
    mishap = negative(Reason.CRC, known=False) if mishap == "crc" else mishap
    status, out, err = talk("classify", path, "--out", str(tmp_path / "out.csv"), mishaps=[None] * 8 + [mishap] * 3)
    assert (status, out) == (2, "")
    assert err.startswith("varigate host: row 9 (7 of 30 are done): ") and message in err and err.count("\n") == 1
    assert not (tmp_path / "out.csv").exists()


def test_two_lost_replies_in_a_row_are_no_failure(talk, path):
    lost = [lambda *_: b""] * 2
    assert talk("classify", path, mishaps=[None] * 5 + lost)[:2] == talk("classify", path)[:2]


def test_a_progress_bar_on_a_terminal(talk, path, monkeypatch):
    monkeypatch.setattr(type(sys.stderr), "isatty", lambda stream: True, raising=False)
    status, out, err = talk("--json", "classify", path)
    assert status == 0 and json.loads(out)["samples"] == 30
    assert "classify:   0%" in err and "0/30" in err
