"""Classifies a whole table on the board: a CSV file, or a shipped data set."""

import csv
import io
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from tqdm import tqdm

from varigate.host.client import Client
from varigate.host.physical import Physical
from varigate.model.archive import write_bytes
from varigate.model.data import tables
from varigate.model.data.tables import Table
from varigate.model.errors import UserError

__all__ = ["classify", "classify_codes", "read", "show", "write"]


def read(source: str, label: str | None = None) -> Table:
    """Reads the shipped data set `source`, its rows numbered from 1, or the CSV file of that name.

    Parameters
    ----------
    source : str
    label : str or None
        the file's column of true classes. None: the last column without any number, if there is one.
    """
    if source not in tables.SHIPPED:
        return tables.read_table(source, label)
    if label is not None:
        raise UserError(f"--label is for a FILE.csv; {source} comes with its classes")
    dataset = tables.load(source)
    labels = tuple(dataset.class_names[number] for number in dataset.labels)
    return Table(dataset.x, dataset.feature_names, tuple(range(1, len(labels) + 1)), labels, "class")


def _in_order(table: Table, physical: Physical) -> Table:
    """The table with the network's features: selected by name if it has all of them, else all in their order."""
    wanted = tuple(physical.network.feature_names) if physical.network else ()
    if wanted and set(wanted) <= set(table.feature_names):
        places = [table.feature_names.index(name) for name in wanted]
        return replace(table, x=table.x[:, places], feature_names=wanted)
    if len(table.feature_names) != physical.info.inputs:
        raise UserError(f"the board takes {physical.info.inputs} features{_listed(wanted)}; the table has "
                        f"{len(table.feature_names)}{_listed(table.feature_names)} (--label COLUMN names the classes')")
    return table


def _listed(names) -> str:
    return f" ({', '.join(names[:5])}{', …' if len(names) > 5 else ''})" if names else ""


def _numbers(table: Table, names: tuple[str, ...]) -> list[int] | None:
    """The numbers of the labels among the board's classes; None if the table has no labels."""
    if table.labels is None:
        return None
    for row, label in zip(table.rows, table.labels, strict=True):
        if label not in names:
            raise UserError(f"row {row}, column {table.label!r}: {label!r} is not one of the board's classes: "
                            f"{', '.join(names)}")
    return [names.index(label) for label in table.labels]


def _codes(table: Table, physical: Physical) -> list[list[int]]:
    codes = []
    for row, x in zip(table.rows, table.x, strict=True):
        try:
            codes.append(physical.codes(x.tolist()))
        except UserError as error:
            raise UserError(f"row {row}: {error}") from error
    return codes


def _names(physical: Physical) -> tuple[str, ...]:
    if not physical.class_names:
        raise UserError("the board's network has no class head: use encode or reconstruct")
    return physical.class_names


def classify(client: Client, physical: Physical, table: Table, progress: bool = True) -> tuple[Table, dict]:
    """Classifies every row on the board, after the whole table has been checked.

    Returns
    -------
    (Table, dict)
        the table with the features that were used; the report of `classify_codes`.

    Raises
    ------
    UserError
        if the table does not fit the board, or the board fails; the message names the row.
    """
    names = _names(physical)
    table = _in_order(table, physical)
    labels, codes = _numbers(table, names), _codes(table, physical)
    return table, classify_codes(client, physical, codes, labels, table.rows, "row", progress)


def classify_codes(client: Client, physical: Physical, codes, labels, numbers, noun: str, progress: bool) -> dict:
    """Classifies inputs on the board, one after the other.

    Parameters
    ----------
    client : Client
    physical : Physical
    codes : list of input bytes, n times
    labels : list of int, or None
        numbers of the true classes.
    numbers, noun : (n,) and str
        the name of an input in messages and results: `noun` and its number.
    progress : bool
        a bar on standard error.

    Returns
    -------
    dict
        `samples`, `classes`, `results` (the number as `noun`, `class`, `scores`, `mean`, and `label` where there is
        one); with labels also `accuracy` and `confusion`, (classes, classes): how many of each true class (row) the
        board took for each class (column).
    """
    names = _names(physical)
    found, results = [], []
    with tqdm(total=len(codes), desc="classify", unit=noun, leave=False, disable=not progress) as bar:
        for number, code in zip(numbers, codes, strict=True):
            try:
                answer = client.classify(code)
            except UserError as error:
                raise UserError(f"{noun} {number} ({len(found)} of {len(codes)} are done): {error}") from error
            found.append(answer.cls)
            results.append({noun: number} | physical.describe(answer))
            bar.update()
    report = {"samples": len(found), "classes": list(names)}
    if labels is not None:
        confusion = np.zeros((len(names), len(names)), int)
        np.add.at(confusion, (labels, found), 1)
        report |= {"accuracy": float(np.mean(np.equal(labels, found))), "confusion": confusion.tolist()}
        results = [result | {"label": names[label]} for result, label in zip(results, labels, strict=True)]
    return report | {"results": results}


def show(report: dict) -> str:
    """The report as text: accuracy and confusion matrix, or the class of each row if there are no labels."""
    if "confusion" not in report:
        return "\n".join(f"row {result['row']:<8}{result['class']}" for result in report["results"])
    corner, names = "true \\ board", report["classes"]
    first = max(map(len, [corner, *names]))
    widths = [max(len(name), len(str(report["samples"]))) for name in names]
    lines = [[name, *map(str, counts)] for name, counts in zip(names, report["confusion"], strict=True)]
    matrix = ["  ".join([head.ljust(first), *map(str.rjust, cells, widths)])
              for head, *cells in [[corner, *names], *lines]]
    right = sum(report["confusion"][place][place] for place in range(len(names)))
    return "\n".join([f"{right} of {report['samples']} right: accuracy {100 * report['accuracy']:.2f} %", "", *matrix])


def write(path: Path, table: Table, report: dict):
    """Writes the table with a last column `board_class` as CSV; on an error the file stays unchanged."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    labels = [[label] for label in table.labels] if table.labels else [[]] * len(table.x)
    writer.writerow([*table.feature_names, *([table.label] if table.labels else []), "board_class"])
    for x, label, result in zip(table.x.tolist(), labels, report["results"], strict=True):
        writer.writerow([*x, *label, result["class"]])
    write_bytes(path, text.getvalue().encode())
    print(f"wrote {path}", file=sys.stderr)
