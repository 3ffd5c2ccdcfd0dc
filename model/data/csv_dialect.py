"""How a text table is written: its encoding, its separator, its quotes. What can be read in two ways is refused."""

import codecs
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from varigate.model.data.decimals import is_number
from varigate.model.errors import UserError

__all__ = ["SEPARATORS", "Layout", "Record", "decode", "sniff", "split"]

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
# UTF-32's come before those of UTF-16, with which one of them begins.
_BYTE_ORDER_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32",
                     codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_PACKED = (b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0")  # zip, and so XLSX and ODS; gzip; XLS
_LINE_END = re.compile(r"\r\n|\r|\n")
_HINT = re.compile(r"sep=(.)(?:\r\n|\r|\n)", re.IGNORECASE)  # a first line by which spreadsheets say their separator


@dataclass(frozen=True)
class Record:
    """One row of a text table.

    Parameters
    ----------
    row : int
        the number of its first line in the file, from 1.
    raw : tuple of str
        its cells as they are written, with quotes and blanks.
    cells : tuple of str
        the same without quotes, and without blanks at their ends.

    Examples
    --------
    >>> Record(1, ("x ", '"a, b"'), ("x", "a, b")).cells
    ('x', 'a, b')
    """

    row: int
    raw: tuple[str, ...]
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """All else that is needed to write a table as it was: separator, encoding, line end, and lines before the table.

    Examples
    --------
    >>> Layout(";").separator
    ';'
    """

    separator: str = ","
    encoding: str = "utf-8"
    line_end: str = "\n"
    preamble: str = ""


def decode(content: bytes, path) -> tuple[str, str]:
    r"""Decode a file's bytes: UTF-8, or what a byte-order mark says; returns the text and the encoding's name.

    Raises
    ------
    UserError
        that names the file, and the row of the first byte that is no text.

    Examples
    --------
    >>> decode("länge".encode("utf-16"), "own.csv")
    ('länge', 'utf-16')
    >>> decode(b"x\nl\xe4nge", "own.csv")
    Traceback (most recent call last):
    ...
    varigate.model.errors.UserError: own.csv, row 2: the byte 0xe4 is not UTF-8; save the table as CSV in UTF-8
    """
    if content.startswith(_PACKED):
        raise UserError(f"{path} is a spreadsheet or another packed file, not text: save the table as CSV in UTF-8")
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS.items() if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        row = 1 + len(_LINE_END.findall(content[:error.start].decode("latin-1")))
        name = encoding.upper().removesuffix("-SIG")
        raise UserError(f"{path}, row {row}: the byte 0x{content[error.start]:02x} is not {name}; "
                        "save the table as CSV in UTF-8") from error
    if "\0" in text:
        row = 1 + len(_LINE_END.findall(text[:text.index("\0")]))
        raise UserError(f"{path}, row {row}: a zero byte is not text in UTF-8; save the table as CSV in UTF-8")
    return text, encoding


def split(text: str, separator: str) -> Iterator[Record]:
    r"""Split a text into rows and cells; a quoted cell may hold separators, line ends, and quotes written twice.

    Raises
    ------
    ValueError
        whose argument is the number of the row with a quoted cell that is not closed, or goes on behind its quote.

    Examples
    --------
    >>> list(split('x;"a;b"\r\n1; 2 ', ";"))
    [Record(row=1, raw=('x', '"a;b"'), cells=('x', 'a;b')), Record(row=2, raw=('1', ' 2 '), cells=('1', '2'))]
    """
    mark = re.escape(separator)
    blanks = rf"[^\S\r\n{mark}]*"
    cell = re.compile(rf'{blanks}"([^"]*(?:""[^"]*)*)"{blanks}(?=[{mark}\r\n]|\Z)|[^{mark}\r\n]*')
    end_of_line = re.compile(rf"{_LINE_END.pattern}|\Z")
    end = re.compile(rf"{mark}|{end_of_line.pattern}")
    place, row = 0, 1
    while place < len(text):
        whole = end_of_line.search(text, place)
        if '"' not in (line := text[place:whole.start()]):  # most lines, and much faster
            raw = tuple(line.split(separator))
            yield Record(row, raw, tuple(map(str.strip, raw)))
            place, row = whole.end(), row + 1
            continue
        first, raw, cells, ended = row, [], [], separator
        while ended == separator:
            match = cell.match(text, place)
            quoted, written = match[1], match[0]
            if quoted is None and written.lstrip().startswith('"'):
                raise ValueError(row)
            raw.append(written)
            cells.append((written if quoted is None else quoted.replace('""', '"')).strip())
            row += len(_LINE_END.findall(written))
            ended = end.match(text, match.end())
            place, ended = ended.end(), ended[0]
        row += 1
        yield Record(first, tuple(raw), tuple(cells))


def _is_empty(record: Record) -> bool:
    return not any(map(str.strip, record.raw))


def _is_blank(record: Record) -> bool:
    return len(record.raw) == 1 and _is_empty(record)


def _width(record: Record) -> int:
    """How many cells a row has, without the empty ones at its end."""
    width = len(record.raw)
    while width and not record.raw[width - 1].strip():
        width -= 1
    return width


def _trimmed(records: Iterable[Record]) -> list[Record]:
    """The rows without blank lines, without separators that every row has at its end, and without empty last rows.

    An empty row between others stays: its samples are missing, and that is for the user to know.
    """
    kept = [record for record in records if not _is_blank(record)]
    while kept and _is_empty(kept[-1]):
        kept.pop()
    width = max(map(_width, kept), default=0)
    return [each if len(each.raw) <= width else Record(each.row, each.raw[:width], each.cells[:width]) for each in kept]


def _is_even(records: list[Record]) -> bool:
    return len({len(record.raw) for record in records}) <= 1


def _texts(records: list[Record], separator: str) -> int:
    """How many columns hold something else than numbers below their first cell."""
    columns = zip(*(record.cells for record in records[1:] or records), strict=True)
    return sum(not all(is_number(cell, separator != ",") for cell in column) for column in columns)


def _comment(records: list[Record]) -> Record | None:
    """The first row that begins with # and has not as many cells as most rows have."""
    usual = Counter(len(record.raw) for record in records).most_common(1)[0][0]
    return next((each for each in records if each.cells[0].startswith("#") and len(each.raw) != usual), None)


def _uneven(records: list[Record], separator: str, path) -> UserError:
    """The error for the first row that has not as many cells as the first one."""
    if comment := _comment(records):
        return UserError(f"{path}, row {comment.row}: a comment is not read; delete the lines that begin with #")
    width = _width(records[0]) or len(records[0].raw)
    wrong = next(each for each in records if len(each.raw) < width or _width(each) > width)
    count = len(wrong.raw) if len(wrong.raw) < width else _width(wrong)
    hint = ("; decimal commas are read only where semicolons or tabs separate the columns"
            if separator == "," and count > width else "")
    return UserError(f"{path}, row {wrong.row}: {count} cells where row {records[0].row} has {width} "
                     f"({SEPARATORS[separator]} separate them){hint}")


def sniff(text: str, path) -> tuple[Layout, list[Record]]:
    r"""Find the separator with which every row has as many cells; returns it in a layout, with the rows.

    Blank lines, empty rows at the end, and separators at the end of rows are left out. Where several separators fit,
    it is the one that leaves fewest columns that are not numbers.

    Raises
    ------
    UserError
        that names the file, and the row where the columns do not fit, or the separators that both do.

    Examples
    --------
    >>> layout, records = sniff("x;y\n1,5;2\n", "own.csv")
    >>> layout.separator, records[1].cells
    (';', ('1,5', '2'))
    >>> sniff("x,y\n1,2\n3\n", "own.csv")
    Traceback (most recent call last):
    ...
    varigate.model.errors.UserError: own.csv, row 3: 1 cells where row 1 has 2 (commas separate them)
    """
    end, hint = _LINE_END.search(text), _HINT.match(text)
    preamble, choice = (hint[0], hint[1]) if hint and hint[1] in SEPARATORS else ("", "".join(SEPARATORS))
    body = text[len(preamble):]
    fitting = {separator: records for separator in choice if (records := _fitting(body, separator))}
    separator = _best(fitting, path) if fitting else _likeliest(body, choice)
    try:
        records = fitting[separator] if fitting else _trimmed(split(body, separator))
    except ValueError as error:
        raise UserError(f"{path}, row {error.args[0] + bool(preamble)}: a quoted cell is not a valid one: its closing "
                        "quote is missing, or text stands behind it (a quote inside is written twice)") from error
    if preamble:
        records = [Record(each.row + 1, each.raw, each.cells) for each in records]
    if not _is_even(records):
        raise _uneven(records, separator, path)
    return Layout(separator, line_end=end[0] if end else "\n", preamble=preamble), records


def _fitting(text: str, separator: str) -> list[Record] | None:
    """The rows of a text, if `separator` makes two or more columns of each, as many in all of them."""
    try:
        first = next((record for record in split(text, separator) if not _is_blank(record)), None)
        if first is None or len(first.raw) < 2:
            return None
        records = _trimmed(split(text, separator))
    except ValueError:
        return None
    return records if records and len(records[0].raw) > 1 and _is_even(records) else None


def _best(fitting: dict, path) -> str:
    """The separator that leaves fewest columns of text; an error where that is more than one."""
    texts = {separator: _texts(records, separator) for separator, records in fitting.items()}
    best = [separator for separator, count in texts.items() if count == min(texts.values())]
    if len(best) > 1:
        names = " as well as ".join(SEPARATORS[separator] for separator in best)
        raise UserError(f"{path}: {names} could separate its columns; put cells that hold one into quotes")
    return best[0]


def _likeliest(text: str, choice: str) -> str:
    """The separator that the first line, or else the whole text, has most of; it is the one that messages name."""
    first = _LINE_END.split(text.lstrip(), maxsplit=1)[0]
    return max(choice, key=lambda separator: (first.count(separator), text.count(separator)))
