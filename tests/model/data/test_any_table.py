"""Tables as any program writes them: they are read exactly, or refused by a line that names the file."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from varigate.model.data import csv_reader, decimals, tables
from varigate.model.data.csv_dialect import SEPARATORS
from varigate.model.errors import UserError

NAMES = st.text("abcXYZ äµ_-.()[]#'\"0123456789,;|", min_size=1, max_size=9).map(str.strip).filter(bool)
NUMBERS = st.one_of(st.integers(-10**6, 10**6).map(str), st.decimals(-1000, 1000, places=3).map(str),
                    st.floats(-1e9, 1e9, allow_subnormal=False).map(repr), st.just("0"))
WRONG = st.sampled_from(["", "NA", "nan", "?", "inf", "1_000", "0x1F", "1 000", "1.234,5", "1,234.5", "٣", "1e400",
                         "red", "--1", "1.2.3", "+", "e5", "−1", "½"])
LABELS = st.one_of(st.text("abc ü\"',;|\t\n12", min_size=1, max_size=6).map(str.strip).filter(bool),
                   st.sampled_from(["1", "1.0", "2", "10", "c 1", "c 2"]))
UNCLEAR = "could separate its columns"


@dataclass(frozen=True)
class Written:
    """A table as it was meant, and the bytes that it was written in."""

    names: list[str]
    rows: list[list[str]]
    content: bytes
    header: bool
    sound: bool
    separator: str
    comma: bool


def cell(text: str, quoted: str, blank: str) -> str:
    """`text` in quotes if it has one of the marks `quoted`, or if these are none."""
    needed = not quoted or text != text.strip() or any(mark in text for mark in quoted)
    return blank + ('"' + text.replace('"', '""') + '"' if needed else text)


@st.composite
def written(draw) -> Written:
    """A table of numbers with a last column of labels; one in four has a cell that is wrong."""
    separator, width, height = draw(st.sampled_from(list(SEPARATORS))), draw(st.integers(1, 4)), draw(st.integers(2, 8))
    comma = separator != "," and draw(st.booleans())
    names = [*draw(st.lists(NAMES, min_size=width, max_size=width, unique=True)), "the label"]
    constant = NUMBERS.map(lambda each: [each] * height)
    columns = [draw(st.one_of(st.lists(NUMBERS, min_size=height, max_size=height), constant)) for _ in range(width)]
    columns.append(draw(st.lists(LABELS, min_size=height, max_size=height)))
    rows = [list(row) for row in zip(*columns, strict=True)]
    sound = draw(st.integers(0, 3)) > 0
    if not sound:
        rows[draw(st.integers(0, height - 1))][draw(st.integers(0, width - 1))] = draw(WRONG)
    header, end = draw(st.integers(0, 4)) > 0, draw(st.sampled_from(["\n", "\r\n", "\r"]))
    shown = [[each.replace(".", ",") if comma and decimals.is_number(each) and place < width else each
              for place, each in enumerate(row)] for row in rows]
    quoted = draw(st.sampled_from(["", separator + '"\r\n', "".join(SEPARATORS) + '"\r\n']))
    space = " " * (separator != "\t" and draw(st.booleans()))
    lines = [separator.join(cell(each, quoted, space) for each in row) for row in ([names] if header else []) + shown]
    tail = draw(st.sampled_from(["", "", separator, separator * 2]))
    blank = draw(st.sampled_from(["", "", end, " " + end]))
    first, *others = (line + tail for line in lines)
    text = first + end + blank + end.join(others) + draw(st.sampled_from(["", end, end * 2]))
    encoding = draw(st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "utf-16"]))
    return Written(names if header else [str(place + 1) for place in range(width + 1)], rows, text.encode(encoding),
                   header, sound, separator, comma)


def why_not(table: Written) -> str:
    """A part of the message with which a table without a wrong cell may be refused: it could mean something else."""
    marked = [each for row in table.rows for each in row[:-1] if decimals.decimal_mark(each)]
    labels = [row[-1] for row in table.rows]
    names = table.names[:-1]
    if table.header and all(decimals.is_number(name, comma=True) or decimals.is_missing(name) for name in names):
        return "has no header row"
    if any("\n" in label and table.separator in label for label in labels):
        return "the label goes over several rows"
    if "?" in labels:
        return "the label is missing"
    if table.separator != "," and all(map(decimals.looks_grouped, marked)):
        return "may be one of decimals or of thousands"
    return UNCLEAR


def check(table: Written, path):
    path.write_bytes(table.content)
    try:
        found = csv_reader.read(path, table.header)
        label = found.names[-1] if not table.header else "the label"
        data = tables.labelled_for(found, label, tables.Wanted(len(table.names) - 1, (), tuple(dict.fromkeys(
            row[-1] for row in table.rows))), 0.0, 1.0, by_order=True)
    except UserError as error:
        event("refused")
        assert str(path) in str(error) and "\n" not in str(error), error
        assert not table.sound or why_not(table) in str(error) or UNCLEAR in str(error), error
        return
    event("read")
    assert table.sound
    assert list(found.names) == table.names
    assert [list(record.cells[-1:]) for record in found.records] == [row[-1:] for row in table.rows]
    np.testing.assert_array_equal(data.x, [[float(each) for each in row[:-1]] for row in table.rows])
    assert [data.class_names[number] for number in data.labels] == [row[-1] for row in table.rows]


def checked(count: int):
    @settings(max_examples=count, derandomize=True, deadline=None, database=None,
              suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
    @given(table=written())
    def run(tmp_path, capsys, table):
        check(table, tmp_path / "any.csv")
    return run


test_a_table_is_read_exactly_or_refused = checked(60)
test_many_tables_are_read_exactly_or_refused = pytest.mark.long(checked(2000))
