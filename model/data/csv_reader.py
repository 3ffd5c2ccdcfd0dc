"""The one reader of a user's table: what `train`, `evaluate`, `plot` and the host accept, they accept alike."""

import hashlib
import sys
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from varigate.model.data import csv_dialect, decimals
from varigate.model.data.csv_dialect import SEPARATORS, Layout, Record
from varigate.model.errors import UserError

__all__ = ["Table", "listed", "parse", "read"]

NO_CHANCE = 8  # numbers in equal steps, in one row
THOUSANDS = "write it without separators of thousands"
DECIMAL_COMMA = "write it with a decimal point, or separate the columns by semicolons instead of commas"
REMEDY = "give every sample a finite number in every feature, or leave the row or column out"


@dataclass(frozen=True, eq=False)
class Table:
    """A text table as it was read: names of columns, and cells.

    Parameters
    ----------
    path : str
        the file, for messages.
    names : tuple of str
        of the columns; their positions from 1 for a table without a header row. A name may be empty.
    records : tuple of Record
        the samples; each has as many cells as there are names.
    header : Record or None
    layout : Layout
        for writing it as it was.
    sha256 : str
        of the file's bytes, in hexadecimal.

    Examples
    --------
    >>> table = parse("x;y;kind\\n1,5;2;a\\n3;4;b\\n", "points.csv")
    >>> table.names, table.numbers([0, 1]).tolist(), table.column(2)
    (('x', 'y', 'kind'), [[1.5, 2.0], [3.0, 4.0]], ('a', 'b'))
    """

    path: str
    names: tuple[str, ...]
    records: tuple[Record, ...]
    header: Record | None = None
    layout: Layout = field(default_factory=Layout)
    sha256: str = ""

    @property
    def rows(self) -> tuple[int, ...]:
        """The samples' row numbers in the file, from 1."""
        return tuple(record.row for record in self.records)

    def column(self, place: int) -> tuple[str, ...]:
        """The texts of one column, counted from 0."""
        return tuple(record.cells[place] for record in self.records)

    def place(self, name: str) -> int:
        """The index of the column `name`; a `UserError` where there is none."""
        if name not in self.names:
            raise UserError(f"{self.path} has no column {name!r}; it has {listed(self.names)}")
        return self.names.index(name)

    def where(self, row: int, place: int) -> str:
        """The words that name a cell: file, row and column."""
        name = self.names[place]
        return f"{self.path}, row {row}, column {name!r}" if name else f"{self.path}, row {row}, column {place + 1}"

    def is_text(self, place: int) -> bool:
        """Whether no cell of the column is a number."""
        return not any(self._is_number(cell) for cell in self.column(place))

    def numbers(self, places) -> np.ndarray:
        """The numbers in the columns `places`: float64 (n, places).

        Raises
        ------
        UserError
            that names file, row and column of the first cell that is no number, and of marks that contradict each
            other; see `model.data.decimals`.
        """
        columns = [self.column(place) for place in places]
        if not all(all(map(self._is_number, column)) for column in columns):
            self._refuse(places)
        found = np.array([list(map(decimals.number, column)) for column in columns], np.float64).T
        if not (np.abs(found) <= decimals.LARGEST).all():
            self._refuse(places)
        self._check_marks(places, columns)
        return found.reshape(len(self.records), len(columns))

    def _is_number(self, text: str) -> bool:
        return decimals.is_number(text, comma=self.layout.separator != ",")

    def _refuse(self, places):
        """Raise the error for the first cell, row by row, that is no number or too large a one."""
        for record in self.records:
            for place in places:
                self._check(record.cells[place], record.row, place)

    def _check(self, text: str, row: int, place: int):
        if not self._is_number(text):
            remedy = (THOUSANDS if decimals.is_grouped(text)
                      else DECIMAL_COMMA if decimals.is_number(text, comma=True) else REMEDY)
            raise UserError(f"{self.where(row, place)}: {text!r} is not a number; {remedy}")
        if not abs(decimals.number(text)) <= decimals.LARGEST:
            raise UserError(f"{self.where(row, place)}: {text!r} is too large a number; at most "
                            f"±{decimals.LARGEST:g} can be used")

    def _check_marks(self, places, columns):
        """Refuse a table that has points and commas, and one whose marks may be decimal or of thousands."""
        if self.layout.separator == ",":
            return  # a comma would have been refused, and a point is the decimal mark
        marked = [(record, place) for place in places for record in self.records
                  if decimals.decimal_mark(record.cells[place])]
        first = {}
        for record, place in marked:
            first.setdefault(decimals.decimal_mark(record.cells[place]), (record, place))
        if len(first) > 1:
            (one, here), (other, there) = first.values()
            raise UserError(f"{self.where(one.row, here)}: {one.cells[here]!r}, but row {other.row}, column "
                            f"{self.names[there]!r}: {other.cells[there]!r}; use one decimal mark in the whole table, "
                            "and no separators of thousands")
        if not all(decimals.looks_grouped(record.cells[place]) for record, place in marked):
            return
        whole = [place for place, column in zip(places, columns, strict=True)
                 if all(map(decimals.decimal_mark, column))]
        for record, place in marked:
            if place not in whole:
                raise UserError(f"{self.where(record.row, place)}: the mark in {record.cells[place]!r} may be one of "
                                "decimals or of thousands; leave marks of thousands out, or write decimals with a "
                                "point in a table whose columns commas separate")
        if "," in first:
            record, place = first[","]
            cell = record.cells[place]
            print(f"{self.where(record.row, place)}: {cell} is read as {cell.replace(',', '.')}, with a decimal comma, "
                  "and so are all others", file=sys.stderr)

    def extended(self, name: str, values) -> bytes:
        """The table's bytes with one more column at its end, all other cells as they were written.

        Examples
        --------
        >>> parse('x, kind\\r\\n1.50,"a, b"\\r\\n', "own.csv").extended("class", ["c"])
        b'x, kind,class\\r\\n1.50,"a, b",c\\r\\n'
        """
        layout = self.layout
        rows = [] if self.header is None else [(self.header.raw, name)]
        rows += [(record.raw, str(value)) for record, value in zip(self.records, values, strict=True)]
        lines = [layout.separator.join([*raw, _quoted(last, layout.separator)]) for raw, last in rows]
        return "".join([layout.preamble, *(line + layout.line_end for line in lines)]).encode(layout.encoding)


def _quoted(text: str, separator: str) -> str:
    if text == text.strip() and not any(mark in text for mark in (separator, '"', "\r", "\n")):
        return text
    return '"' + text.replace('"', '""') + '"'


def listed(names, count: int | None = None) -> str:
    """Names in a row for a message of one line: all of them, or the first `count`.

    Examples
    --------
    >>> listed(["a", "", "b\\nc"]), listed("abc", 2)
    ("a, '', 'b\\\\nc'", 'a, b, …')
    """
    shown = [name if name and name.isprintable() else repr(name) for name in names[:count]]
    return ", ".join([*shown, "…"] if len(shown) < len(names) else shown)


def read(path, header: bool = True) -> Table:
    """Read a text table from a file. Columns are separated by commas, semicolons, tabs or bars.

    Parameters
    ----------
    path : path of a file
        in UTF-8, or with a byte-order mark.
    header : bool
        whether the first row has the columns' names.

    Raises
    ------
    UserError
        that names the file, and the row and column where there is one.

    Examples
    --------
    See `Table`.

    >>> read("none.csv")
    Traceback (most recent call last):
    ...
    varigate.model.errors.UserError: cannot read none.csv: No such file or directory
    """
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:
        raise UserError(f"cannot read {str(path)!r}: {error}") from error
    text, encoding = csv_dialect.decode(content, path)
    table = parse(text, path, header)
    return replace(table, layout=replace(table.layout, encoding=encoding), sha256=hashlib.sha256(content).hexdigest())


def parse(text: str, path, header: bool = True) -> Table:
    """Read a table from a text; `path` names it in messages. See `read`.

    Examples
    --------
    >>> parse("5.1,3.5,setosa\\n4.9,3.0,setosa\\n", "own.csv")
    Traceback (most recent call last):
    ...
    varigate.model.errors.UserError: own.csv has no header row: its row 1 is a sample (5.1, 3.5, setosa); read it with \
--no-header, or put names above it
    """
    layout, records = csv_dialect.sniff(text, path)
    if len(records) < 1 + header:
        needed = "a header row and rows below it" if header else "rows"
        raise UserError(f"{path} has 0 samples: {needed} are needed")
    _check_blanks(records, path)
    if not header:
        names = tuple(str(place) for place in range(1, 1 + len(records[0].cells)))
        return Table(str(path), names, tuple(records), None, layout)
    table = Table(str(path), records[0].cells, tuple(records[1:]), records[0], layout)
    _check_header(table)
    return table


def _check_blanks(records: list[Record], path):
    """Refuse a table whose columns blanks align."""
    counts = {len(record.cells[0].split()) if len(record.cells) == 1 else 1 for record in records}
    if len(counts) == 1 and counts != {1} and any(map(decimals.is_number, records[-1].cells[0].split())):
        raise UserError(f"{path}: blanks do not separate columns; separate them by "
                        f"{', '.join(list(SEPARATORS.values())[:-1])} or {list(SEPARATORS.values())[-1]}")


def _check_header(table: Table):
    names = table.names
    if _is_sample(table):
        raise UserError(f"{table.path} has no header row: its row {table.header.row} is a sample "
                        f"({listed(names, 5)}); read it with --no-header, or put names above it")
    for name, count in Counter(names).items():
        if count > 1 and name:
            places = [str(place) for place, each in enumerate(names, 1) if each == name]
            raise UserError(f"{table.path}, row {table.header.row}: columns {' and '.join(places)} have one name, "
                            f"{name!r}; rename one")


def _is_value(text: str) -> bool:
    """Whether `text` is a number, or says that it is missing."""
    return decimals.is_number(text, comma=True) or decimals.is_missing(text)


def _is_sample(table: Table) -> bool:
    """Whether the header row is in truth a sample: a number stands above every column of numbers.

    Numbers can be names, too (pixels 0, 1, 2, …, years, wavelengths): they are where there are three or more in equal
    steps, beside a name of text that is no value of its column, and where there are so many that it can be no chance.
    """
    columns = [(name, table.column(place)) for place, name in enumerate(table.names)]
    above = [name for name, column in columns if all(map(_is_value, column))]
    found = [decimals.number(name) for name in above if decimals.is_number(name, comma=True)]
    if not found or not all(map(_is_value, above)):
        return False
    texts = [(name, column) for name, column in columns if not all(map(_is_value, column))]
    steps = np.diff(found)
    even = len(found) == len(above) >= 3 and steps[0] > 0 and np.allclose(steps, steps[0], rtol=1e-9, atol=0)
    return not even or any(name in column for name, column in texts) or (not texts and len(found) < NO_CHANCE)
