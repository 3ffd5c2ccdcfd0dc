"""Data sets: Iris from scikit-learn, and a user's own table. A feature's byte code: value = offset + step·code."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from sklearn.datasets import load_iris

from varigate.model.data.classes import class_indices, class_names
from varigate.model.data.code_range import CODES, code_range
from varigate.model.data.columns import Wanted, choose
from varigate.model.data.csv_reader import Table, listed, parse, read
from varigate.model.data.decimals import is_missing, is_number
from varigate.model.errors import UserError

__all__ = ["SHIPPED", "LabelledTable", "as_table", "iris", "label_numbers", "labelled", "labelled_for", "load",
           "read_csv"]

MAX_CLASSES = 16
MAX_FEATURES = 255


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

    def with_classes(self, names: tuple[str, ...]) -> "LabelledTable":
        """A copy of the data set whose classes are in another network's order; names that are no classes change none.

        Examples
        --------
        >>> iris().with_classes(("virginica", "versicolor", "setosa")).labels[0]
        np.int64(2)
        """
        places = class_indices(self.class_names, names)
        if None in places:
            return self
        return replace(self, labels=np.array(places, np.int64)[self.labels], class_names=tuple(names))

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


def _labels(table: Table, place: int) -> tuple[str, ...]:
    """The texts of the label column; a `UserError` that names the row of the first one that is no label."""
    labels = table.column(place)
    given = [label for label in labels if not is_missing(label)]
    numeric = bool(given) and all(is_number(label, comma=True) for label in given)
    for row, label in zip(table.rows, labels, strict=True):
        if not label or (numeric and is_missing(label)):
            raise UserError(f"{table.where(row, place)}: the label is missing; give every sample one, or leave the row "
                            "out")
        if table.layout.separator in label and len(label.splitlines()) > 1:
            raise UserError(f"{table.where(row, place)}: the label goes over several rows; a closing quote is missing")
    return labels


def label_numbers(table: Table, place: int, names) -> np.ndarray:
    """The index among the classes `names` of each sample's label: int64 (n,).

    Raises
    ------
    UserError
        that names the row and column of the first label that is none of them.

    Examples
    --------
    >>> table = parse("x,kind\\n1,b\\n2,c\\n", "points.csv")
    >>> label_numbers(table, 1, ("a", "b", "c")).tolist()
    [1, 2]
    >>> label_numbers(table, 1, ("a", "b"))
    Traceback (most recent call last):
    ...
    varigate.model.errors.UserError: points.csv, row 3, column 'kind': 'c' is not one of the network's classes: a, b
    """
    labels = _labels(table, place)
    found = class_indices(labels, names)
    for row, label, index in zip(table.rows, labels, found, strict=True):
        if index is None:
            raise UserError(f"{table.where(row, place)}: {label!r} is not one of the network's classes: "
                            f"{listed(names)}")
    return np.array(found, np.int64)


def labelled(table: Table, label: str) -> LabelledTable:
    """A table as a data set to train on: all columns but `label` are features, and the codes 0…255 cover each of them.

    Raises
    ------
    UserError
        for cells that are no numbers, columns without a name, fewer than two samples, and too few or too many classes.

    Examples
    --------
    >>> data = labelled(parse("x,y,kind\\n1,2,k10\\n3,4,k9\\n", "points.csv"), "kind")
    >>> data.name, data.feature_names, data.class_names, data.labels.tolist()
    ('points', ('x', 'y'), ('k9', 'k10'), [1, 0])
    """
    place, path = table.place(label), table.path
    if "" in table.names:
        raise UserError(f"{path}: column {1 + table.names.index('')} has no name; give it one, or leave the column out")
    features = [index for index in range(len(table.names)) if index != place]
    if not 1 <= len(features) <= MAX_FEATURES:
        raise UserError(f"{path} has {len(features)} feature columns; 1 to {MAX_FEATURES} are needed")
    labels, x = _labels(table, place), table.numbers(features)
    if len(x) < 2:
        raise UserError(f"{path} has {len(x)} samples: at least two are needed")
    names = class_names(labels)
    if not 2 <= len(names) <= MAX_CLASSES:
        raise UserError(f"{path}: column {label!r} has {len(names)} different labels; 2 to {MAX_CLASSES} are needed")
    offset, step = np.array([code_range(column) for column in x.T]).T
    return LabelledTable(Path(path).stem, x, np.array(class_indices(labels, names), np.int64),
                         tuple(table.names[index] for index in features), names, offset, step)


def labelled_for(table: Table, label: str, wanted: Wanted, offset, step, by_order: bool = False) -> LabelledTable:
    """A table as a data set to measure a network on: its features, in its order, and its classes.

    offset, step: arrays (features,), of the network's codes. See `model.data.columns.choose` for the choice.

    Raises
    ------
    UserError
        for columns that are not the network's, cells that are no numbers, and labels that are not its classes.

    Examples
    --------
    >>> table = parse("Kind,Y,X\\nb,1,2\\n", "points.csv")
    >>> data = labelled_for(table, "Kind", Wanted(2, ("x", "y"), ("a", "b")), np.zeros(2), np.ones(2))
    >>> data.codes.tolist(), data.labels.tolist(), data.class_names
    ([[2, 1]], [1], ('a', 'b'))
    """
    if not wanted.classes:
        raise UserError(f"the network has no classes to compare {label!r} of {table.path} with")
    features, place = choose(table, wanted, label, by_order)
    labels = label_numbers(table, place, wanted.classes)
    names = wanted.features or tuple(table.names[index] for index in features)
    return LabelledTable(Path(table.path).stem, table.numbers(features), labels, names, wanted.classes, offset, step,
                         wanted.unit)


def read_csv(path, label: str, header: bool = True) -> LabelledTable:
    """Read a CSV file as a data set to train on. See `labelled` and `model.data.csv_reader.read`.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "points.csv"
    ...     _ = path.write_text("1,2,a\\n3,4,b\\n")
    ...     data = read_csv(path, "3", header=False)
    >>> data.name, data.feature_names, data.class_names, data.labels.tolist()
    ('points', ('1', '2'), ('a', 'b'), [0, 1])
    """
    return labelled(read(path, header), label)


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


def as_table(data: LabelledTable) -> Table:
    """A data set as the text of a table with a last column `class`; its rows count from 1.

    Examples
    --------
    >>> table = as_table(iris())
    >>> table.records[0].row, table.records[0].cells
    (1, ('5.1', '3.5', '1.4', '0.2', 'setosa'))
    """
    lines = [(*data.feature_names, "class")]
    lines += [(*map(repr, x), data.class_names[label]) for x, label in zip(data.x.tolist(), data.labels, strict=True)]
    table = parse("".join(",".join(line) + "\n" for line in lines), data.name)
    return replace(table, records=tuple(replace(record, row=record.row - 1) for record in table.records))
