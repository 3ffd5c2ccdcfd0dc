"""Classifies a whole table on the board: a CSV file, or a shipped data set."""

import sys
from pathlib import Path

import numpy as np

from varigate.host.client import Client
from varigate.host.physical import Physical
from varigate.model.data import csv_reader, tables
from varigate.model.data.code_range import CODES, saturation
from varigate.model.data.columns import RESULT, Wanted, choose
from varigate.model.data.csv_reader import Table
from varigate.model.errors import UserError
from varigate.model.files import write_bytes
from varigate.model.network.network import Network
from varigate.model.progress import track

__all__ = ["check_out", "classify", "classify_codes", "read", "show", "write"]


def read(source: str, label: str | None = None, header: bool = True) -> Table:
    """Reads the shipped data set `source`, its rows numbered from 1, or the CSV file of that name.

    Parameters
    ----------
    source : str
    label : str or None
        the file's column of true classes, which must be there.
    header : bool
        whether the file has a header row.
    """
    if source in tables.SHIPPED:
        if label is not None or not header:
            raise UserError(f"{'--no-header' if label is None else '--label'} is for a FILE.csv; {source} comes with "
                            "its classes and its names")
        return tables.as_table(tables.load(source))
    table = csv_reader.read(source, header)
    if label is not None:
        table.place(label)
    return table


def check_out(path: Path, table: Table):
    """Checks that the table with the board's classes can become the file `path`.

    Raises
    ------
    UserError
        for the table's own file, by whatever name, and a table that has such a column already.
    """
    try:
        own = path.samefile(table.path)
    except OSError:  # one of them is not there, or not yet
        own = False
    if own:
        raise UserError(f"--out {path} is the table itself; give it another name")
    if RESULT in table.names:
        raise UserError(f"{table.path} has a column {RESULT!r} already; rename it, so that --out can append the "
                        "board's classes under this name")


def _within_range(table: Table, features: list[int], network: Network) -> np.ndarray:
    """The values of the features, those beyond the network's codes saturated, as in its training; a line says so."""
    x, offset, step = table.numbers(features), network.input_offset, network.input_step
    for line in saturation([table.names[index] for index in features], x, offset, step):
        print(f"{table.path}, {line}", file=sys.stderr)
    ends = np.sort([offset, offset + step * CODES], axis=0)
    return np.clip(x, *ends)


def _codes(table: Table, features: list[int], physical: Physical) -> list[list[int]]:
    network, codes = physical.network, []
    saturates = network is not None and not network.input.signed
    values = _within_range(table, features, network) if saturates else table.numbers(features)
    for row, x in zip(table.rows, values.tolist(), strict=True):
        try:
            codes.append(physical.codes(x))
        except UserError as error:
            raise UserError(f"{table.path}, row {row}: {error}") from error
    return codes


def _names(physical: Physical) -> tuple[str, ...]:
    if not physical.class_names:
        raise UserError("the board's network has no class head: use encode or reconstruct")
    return physical.class_names


def classify(client: Client, physical: Physical, table: Table, label: str | None = None, by_order: bool = False,
             progress: bool = True) -> dict:
    """Classifies every row on the board, after the whole table has been checked.

    Parameters
    ----------
    table : Table
    label : str or None
        its column of true classes. None: see `model.data.columns.label_place`.
    by_order : bool
        take its columns in their order, whatever their names are; see `model.data.columns.choose`.

    Returns
    -------
    dict
        the report of `classify_codes`.

    Raises
    ------
    UserError
        if the table does not fit the board, or the board fails; the message names the row.
    """
    names, network = _names(physical), physical.network
    wanted = Wanted(physical.info.inputs, tuple(network.feature_names) if network else (), names,
                    network.unit if network else "")
    features, place = choose(table, wanted, label, by_order)
    labels = None if place is None else tables.label_numbers(table, place, names).tolist()
    return classify_codes(client, physical, _codes(table, features, physical), labels, table.rows, "row", progress)


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
    with track("classify", len(codes), noun, shown=progress) as work:
        for number, code in zip(numbers, codes, strict=True):
            try:
                answer = client.classify(code)
            except UserError as error:
                raise UserError(f"{noun} {number} ({len(found)} of {len(codes)} are done): {error}") from error
            found.append(answer.cls)
            results.append({noun: number} | physical.describe(answer))
            work.update()
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
    """Writes the table as it was, with a last column `board_class`; on an error the file stays unchanged."""
    write_bytes(path, table.extended(RESULT, [result["class"] for result in report["results"]]))
    print(f"wrote {path}", file=sys.stderr)
