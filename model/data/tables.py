"""Data sets: Iris from scikit-learn, and a user's own table. A feature's byte code: value = offset + step·code."""

import csv
import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from sklearn.datasets import load_iris

from varigate.model.data.code_range import CODES, code_range
from varigate.model.errors import UserError

__all__ = ["SHIPPED", "LabelledTable", "Table", "iris", "load", "read_csv", "read_table"]

MAX_CLASSES = 16


@dataclass(frozen=True, eq=False)
class LabelledTable:
    """A table of samples with their classes.

    Parameters
    ----------
    name : str
    x : float64 array (n, features)
        in physical units.
    labels : int64 array (n,)
        indices into `class_names`.
    feature_names, class_names : tuples of str
    offset, step : arrays (features,)
        of the byte codes: value = offset + step·code.
    unit, noun : str
        of the values ("cm"), and of one sample ("flower").

    Examples
    --------
    >>> data = iris()
    >>> data.x.shape, data.classes, data.codes[0].tolist()
    ((150, 4), 3, [51, 35, 14, 2])
    """

    name: str
    x: np.ndarray
    labels: np.ndarray
    feature_names: tuple[str, ...]
    class_names: tuple[str, ...]
    offset: np.ndarray
    step: np.ndarray
    unit: str = ""
    noun: str = "sample"

    @property
    def codes(self) -> np.ndarray:
        """The samples as input codes, rounded half up and saturated; uint8 (n, features)."""
        return np.clip(np.floor((self.x - self.offset) / self.step + 0.5), 0, CODES).astype(np.uint8)

    def with_codes(self, offset, step) -> "LabelledTable":
        """A copy of the data set whose codes have another network's offset and step."""
        return replace(self, offset=offset, step=step)

    @property
    def classes(self) -> int:
        return len(self.class_names)


def iris() -> LabelledTable:
    """Load Iris: Fisher's 150 flowers, four lengths in cm to 0.1 cm; the codes are millimetres, exactly.

    Examples
    --------
    >>> iris().x[0].tolist(), iris().codes[0].tolist()
    ([5.1, 3.5, 1.4, 0.2], [51, 35, 14, 2])
    """
    source = load_iris()
    names = tuple(name.removesuffix(" (cm)") for name in source.feature_names)
    return LabelledTable("iris", np.array(source.data, np.float64), source.target.astype(np.int64), names,
                   tuple(map(str, source.target_names)), np.zeros(4), np.full(4, 0.1), "cm", "flower")


def _number(text: str, row: int, column: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = None
    if value is None or not math.isfinite(value) or abs(value) > 1e30:
        raise UserError(f"row {row}, column {column!r}: {text!r} is not a number; "
                        "give every sample a finite number in every feature, or leave the row or column out")
    return value


def _rows(path) -> list[tuple[int, list[str]]]:
    """(line number, cells) of each row that is not blank."""
    try:
        with Path(path).open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file, strict=True)
            return [(reader.line_num, [cell.strip() for cell in row]) for row in reader if any(map(str.strip, row))]
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{path} is not a table of comma-separated values in UTF-8: {error}") from error


@dataclass(frozen=True, eq=False)
class Table:
    """The rows of a CSV file: numbers, and a label for each row or none.

    x: float64 (n, features); labels: n texts or None, `label` their column; rows: (n,) numbers of the rows in the file.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "points.csv"
    ...     _ = path.write_text("x,y,kind\\n1,2,a\\n3,4,b\\n")
    ...     table = read_table(path)
    >>> table.x.tolist(), table.labels, table.label
    ([[1.0, 2.0], [3.0, 4.0]], ('a', 'b'), 'kind')
    """

    x: np.ndarray
    feature_names: tuple[str, ...]
    rows: tuple[int, ...]
    labels: tuple[str, ...] | None = None
    label: str | None = None


def _label_place(header, rows, path, label: str | None) -> int | None:
    """The index of the label column; None where there is none."""
    if label is None:
        texts = [place for place in range(len(header)) if not any(_is_number(row[place]) for _, row in rows)]
        return texts[-1] if texts else None
    if header.count(label) != 1:
        raise UserError(f"{path} has {header.count(label) or 'no'} column {label!r}; it has {', '.join(header)}")
    return header.index(label)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def read_table(path, label: str | None = None) -> Table:
    """Read a CSV file with a header row; every column but `label` is a numeric feature.

    Rows are counted from the header, row 1.

    Parameters
    ----------
    path : path of a file
    label : str or None
        its column. None: the last one without any number, if there is one.

    Raises
    ------
    UserError
        that names row and column of the first cell that cannot be used.

    Examples
    --------
    See `Table`.

    >>> read_table("none.csv")
    Traceback (most recent call last):
    ...
    varigate.model.errors.UserError: cannot read none.csv: No such file or directory
    """
    rows = _rows(path)
    if len(rows) < 2:
        raise UserError(f"{path} has 0 samples: a header row and rows below it are needed")
    header = rows.pop(0)[1]
    for number, row in rows:
        if len(row) != len(header):
            raise UserError(f"row {number}: {len(row)} cells where the header has {len(header)}")
    place = _label_place(header, rows, path, label)
    features = [index for index in range(len(header)) if index != place]
    if not 1 <= len(features) <= 255:
        raise UserError(f"{path} has {len(features)} feature columns; 1 to 255 are needed")
    labels = None if place is None else tuple(row[place] for _, row in rows)
    sampled = header[place] in labels if labels else all(map(_is_number, header)) and "." in "".join(header)
    if label is None and sampled:
        raise UserError(f"{path} has no header row: its first row holds a sample, {', '.join(header)}")
    if labels and "" in labels:
        raise UserError(f"row {rows[labels.index('')][0]}, column {header[place]!r}: the label is missing")
    x = np.array([[_number(row[index], number, header[index]) for index in features] for number, row in rows])
    return Table(x, tuple(header[index] for index in features), tuple(number for number, _ in rows), labels,
                 None if place is None else header[place])


def read_csv(path, label: str) -> LabelledTable:
    """Read a CSV file as a data set: the codes 0…255 cover each of its columns. See `read_table`.

    Raises
    ------
    UserError
        for what is no table, fewer than two samples, and too few or too many classes.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "points.csv"
    ...     _ = path.write_text("x,y,kind\\n1,2,a\\n3,4,b\\n")
    ...     data = read_csv(path, "kind")
    >>> data.name, data.feature_names, data.class_names, data.labels.tolist()
    ('points', ('x', 'y'), ('a', 'b'), [0, 1])
    """
    table = read_table(path, label)
    if len(table.x) < 2:
        raise UserError(f"{path} has {len(table.x)} samples: a header row and at least two rows are needed")
    names, labels = np.unique(table.labels, return_inverse=True)
    if not 2 <= len(names) <= MAX_CLASSES:
        raise UserError(f"column {label!r} has {len(names)} different labels; 2 to {MAX_CLASSES} are needed")
    offset, step = np.array([code_range(column) for column in table.x.T]).T
    return LabelledTable(Path(path).stem, table.x, labels.astype(np.int64), table.feature_names, tuple(map(str, names)),
                   offset, step)


SHIPPED = {"iris": iris}


def load(name: str) -> LabelledTable:
    """Load the data set that comes with the program as `name`; a UserError for an unknown one.

    Examples
    --------
    >>> load("iris").noun
    'flower'
    """
    if name not in SHIPPED:
        raise UserError(f"unknown data set {name!r}: choose {', '.join(SHIPPED)}, "
                        "or give your own table by --csv FILE --label COLUMN")
    return SHIPPED[name]()
