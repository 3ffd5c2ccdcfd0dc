import hashlib

import pytest

from varigate.model.data import csv_reader
from varigate.model.data.csv_reader import parse
from varigate.model.errors import UserError

ROWS = [["length", "width", "kind"], ["1.5", "-2", "a"], ["0.25", "3e2", "b, c"]]


def text_of(separator=",", comma=False, end="\n", tail=""):
    cells = [[cell.replace(".", ",") if comma else cell for cell in row] for row in ROWS]
    return end.join(separator.join(f'"{cell}"' if separator in cell or " " in cell else cell for cell in row) + tail
                    for row in cells) + end


@pytest.mark.parametrize(("separator", "comma"), [
    (",", False), (";", False), (";", True), ("\t", False), ("\t", True), ("|", False), ("|", True)])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_separator_decimal_mark_and_line_end(separator, comma, end):
    for tail in ("", separator, separator * 3):
        table = parse(text_of(separator, comma, end, tail), "own.csv")
        assert table.names == ("length", "width", "kind") and table.rows == (2, 3)
        assert table.numbers([0, 1]).tolist() == [[1.5, -2], [0.25, 300]]
        assert table.column(2) == ("a", "b, c")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_what_is_written_again_is_what_was_read(tmp_path, encoding):
    path = tmp_path / "own.csv"
    text = 'sep=;\r\nlänge ; "a ""b""";kind\r\n\r\n1,50;2;"x;y"\r\n0;0;o\r\n 3;4;z;;\r\n;;;\r\n'
    path.write_bytes(text.encode(encoding))
    table = csv_reader.read(path)
    assert table.names == ("länge", 'a "b"', "kind") and table.rows == (4, 5, 6)
    assert table.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert table.extended("class", ["u;v", 'w"', " "]).decode(encoding) == (
        'sep=;\r\nlänge ; "a ""b""";kind;class\r\n1,50;2;"x;y";"u;v"\r\n0;0;o;"w"""\r\n 3;4;z;" "\r\n')


@pytest.mark.parametrize(("text", "message"), [
    ("a;b\n1,5;2.5\n", "own.csv, row 2, column 'a': '1,5', but row 2, column 'b': '2.5'; use one decimal mark"),
    ("a;b\n1.234,5;2\n", "own.csv, row 2, column 'a': '1.234,5' is not a number; write it without separators of thou"),
    ('a,b\n"1,5",2\n', "row 2, column 'a': '1,5' is not a number; write it with a decimal point, or separate the "
     "columns by semicolons"),
    ("a\tb\n1 234\t2\n", "row 2, column 'a': '1 234' is not a number; write it without separators of thousands"),
    ("a;b\n1,234;2\n999;3\n", "row 2, column 'a': the mark in '1,234' may be one of decimals or of thousands"),
    ("a;b\n1.234;2\n999;3\n", "row 2, column 'a': the mark in '1.234' may be one of decimals or of thousands"),
    ("a,b\n1,5,2\n", "row 2: 3 cells where row 1 has 2 (commas separate them); decimal commas are read"),
    ("a;b\n1;2\n3\n", "row 3: 1 cells where row 1 has 2 (semicolons separate them)"),
    ("a,b\n1_000,2\n", "'1_000' is not a number"),
    ("a,b\n٣,2\n", "is not a number"),
    ("a,b\n1,2\n1e400,2\n", "row 3, column 'a': '1e400' is too large a number"),
    ("a,b\n1,2\n,\n3,4\n", "row 3, column 'a': '' is not a number"),
    ("a b\n1 2\n3 4\n", "own.csv: blanks do not separate columns"),
    ("# made by me\na,b\n1,2\n", "own.csv, row 1: a comment is not read"),
    ("a,b,c\n1,2,3\n# a note\n4,5,6\n", "own.csv, row 3: a comment is not read"),
    ("# x, y\na;b\n1;2\n3;4\n", "own.csv, row 1: a comment is not read"),
    ("#,b\n1,2\n3,4\n5\n", "own.csv, row 4: 1 cells where row 1 has 2"),
    ('a,b\n1,"x"y\n', "row 2: a quoted cell is not a valid one"),
    ('a,b\n1,2\n"3,4\n5,6\n', "row 3: a quoted cell is not a valid one"),
    ("a;x,b\nu;v,w\n", "own.csv: commas as well as semicolons could separate its columns"),
])
def test_what_could_be_read_wrongly_is_refused_in_a_line_that_says_where(text, message):
    with pytest.raises(UserError) as caught:
        parse(text, "own.csv").numbers([0, 1])
    assert message in str(caught.value) and "own.csv" in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(("content", "message"), [
    ("länge,b\n1,2\n".encode("latin-1"), "row 1: the byte 0xe4 is not UTF-8"),
    (b"a,b\n1,2\n\xff,3\n", "row 3: the byte 0xff is not UTF-8"),
    ("a,b\n1,2\n".encode("utf-16-le"), "row 1: a zero byte"),
    (b"\xff\xfea\x00,", "row 1: the byte 0x2c is not UTF-16"),
    (b"PK\x03\x04rest", "is a spreadsheet or another packed file"),
])
def test_a_file_that_is_no_text(tmp_path, content, message):
    path = tmp_path / "own.csv"
    path.write_bytes(content)
    with pytest.raises(UserError, match="save the table as CSV in UTF-8") as caught:
        csv_reader.read(path)
    assert message in str(caught.value) and str(path) in str(caught.value)


def test_a_decimal_comma_before_three_digits_is_said(capsys):
    assert parse("a;b\n1,234;5,678\n9,125;4,5\n", "own.csv").numbers([0, 1])[0].tolist() == [1.234, 5.678]
    assert capsys.readouterr().err == ""
    assert parse("a;b\n1,234;5,678\n9,125;4,567\n", "own.csv").numbers([0, 1])[0].tolist() == [1.234, 5.678]
    assert capsys.readouterr().err == ("own.csv, row 2, column 'a': 1,234 is read as 1.234, with a decimal comma, "
                                       "and so are all others\n")


@pytest.mark.parametrize("text", [
    "5.1,3.5,setosa\n4.9,3.0,setosa\n", "5.1,3.5\n4.9,3.0\n", "5.1\n4.9\n",  # a user's table
    "1,5,3,a\n2,5,4,b\n7,1,1,a\n", "1,2,3,a\n4,5,6,a\n", "1,2,3,4\n5,6,7,8\n",  # whole numbers
    "1,-0.9,1.8\n2,3.1,2.8\n", "a,1,2\nb,3,4\na,5,6\n",  # the label stands first
    "5,1;3,5;setosa\n4,9;3;setosa\n", "5.1,NA,a\n4.9,1,b\n", "1e3,2,a\n1,2,b\n", "5,2,x\n4,1,y\n",
])
def test_a_first_row_that_is_a_sample_is_no_header(text):
    with pytest.raises(UserError, match=r"own.csv has no header row: its row 1 is a sample \(.*--no-header"):
        parse(text, "own.csv")
    table = parse(text, "own.csv", header=False)
    assert len(table.records) == text.count("\n") and table.rows[0] == 1
    assert table.names == tuple(map(str, range(1, 1 + len(table.records[0].cells)))) and table.header is None


@pytest.mark.parametrize("text", [
    "a,b,x\n1,2,x\n3,4,y\n",  # a class is named as the column
    "0,1,2,class\n4,5,6,a\n1,1,1,b\n", "2019,2020,2021,class\n4,5,6,a\n1,1,1,a\n", "400.5,401,401.5,kind\n1,2,3,a\n",
    "id,1,2,3\n7,4,5,6\n8,1,1,1\n", "1,b\n2,3\n", "x1,x2\n1,2\n", "0,1,2,3,4,5,6,7\n1,1,2,2,3,3,4,4\n", "a,b\nx,y\n",
])
def test_a_header_may_hold_numbers(text):
    assert parse(text, "own.csv").names == tuple(text.split("\n")[0].split(","))


def test_two_columns_of_one_name_are_named_by_their_positions():
    with pytest.raises(UserError, match=r"own\.csv, row 1: columns 1 and 3 have one name, 'a'"):
        parse("a,b, a\n1,2,3\n", "own.csv")
    assert parse(",a,\n1,2,3\n", "own.csv").names == ("", "a", "")
    assert parse("a,A,a \n1,2,3\n".replace("a \n", "a_\n"), "own.csv").names == ("a", "A", "a_")
