"""The table of syntheses as a file."""

import pytest

from varigate.explore.costs import synthesis_table
from varigate.explore.costs.synthesis import COUNTS, Point
from varigate.model.errors import UserError


@pytest.fixture
def rows(design):
    points = [Point("4-8-z2-c3", tuple(design(rows=rows).values()), scope)
              for rows, scope in ((2, "core"), (4, "top"), (8, "core"))]
    return points, [dict.fromkeys(COUNTS, 7), {"error": 'Yosys said "no", at once'}, dict.fromkeys(COUNTS, 0)]


@pytest.fixture
def path(tmp_path, rows):
    synthesis_table.write(*rows, tmp_path / "t.csv")
    return tmp_path / "t.csv"


def test_failed_points_stay_in_the_file_and_are_not_read(path, rows):
    points, outcomes = rows
    assert synthesis_table.read(path) == [(points[0], outcomes[0]), (points[2], outcomes[2])]
    lines = path.read_text("utf-8").splitlines()
    assert len(lines) == 4 and lines[2].endswith(',"Yosys said ""no"", at once"') and ",,,,,," in lines[2]


def test_read_and_written_again_it_is_the_same(path, tmp_path, rows):
    found = synthesis_table.read(path)
    synthesis_table.write(*zip(*found, strict=True), tmp_path / "again.csv")
    assert synthesis_table.read(tmp_path / "again.csv") == found


@pytest.mark.parametrize(("old", "new", "message"), [
    (",core,2,", ",core,3,", r"t\.csv, line 2: not a design of the space"),
    (",core,2,", ",board,2,", r"t\.csv, line 2: not a design of the space"),
    ("False,True,8", "no,True,8", r"t\.csv, line 2: not a design of the space"),
    (",7,7,7,7,7,", ",7,7,-1,7,7,", r"t\.csv, line 2: not a design of the space, or not a count"),
    (",7,7,7,7,7,", ",7,7,many,7,7,", r"t\.csv, line 2: .*'many'"),
    (",7,7,7,7,7,", ",7,7,,7,7,", r"t\.csv, line 2: "),
    (",7,7,7,7,7,", ",7,7", r"t\.csv, line 2: no column 'carry4'"),
    ("carry4", "carry", r"t\.csv, line 2: no column 'carry4'"),
    ("workload,scope,rows", "a,b,c", r"t\.csv, line 2: no column 'workload'")])
def test_malformed_rows_are_named(path, old, new, message):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(UserError, match=message) as caught:
        synthesis_table.read(path)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_table(tmp_path):
    path = tmp_path / "t.csv"
    with pytest.raises(UserError, match=r"cannot read .*t\.csv: No such file.*varigate explore sweep"):
        synthesis_table.read(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match="not a table of syntheses"):
        synthesis_table.read(path)
    path.write_text("", "utf-8")
    with pytest.raises(UserError, match="no point of it succeeded"):
        synthesis_table.read(path)


def test_a_table_of_failures(tmp_path, rows):
    path = tmp_path / "t.csv"
    synthesis_table.write(rows[0][1:2], rows[1][1:2], path)
    with pytest.raises(UserError, match="no point of it succeeded"):
        synthesis_table.read(path)
