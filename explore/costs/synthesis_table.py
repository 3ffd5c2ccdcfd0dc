"""Reads and writes the table of syntheses: a CSV file, one row per point with its design and its counts or error."""

import csv
import io
from pathlib import Path

from varigate.explore.costs.synthesis import COUNTS, SCOPES, Point
from varigate.explore.spaces.varigate import SPACE
from varigate.model.errors import UserError
from varigate.model.files import write_bytes

__all__ = ["SHIPPED", "read", "write"]

SHIPPED = Path(__file__).parent / "synthesis.csv"
COLUMNS = ["workload", "scope", *SPACE.names, *COUNTS, "error"]


def write(points: list[Point], outcomes: list[dict], path):
    """Writes points and their outcomes (see `explore.costs.sweep.sweep`) to the file `path`."""
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS, lineterminator="\n", restval="")
    table.writeheader()
    for point, outcome in zip(points, outcomes, strict=True):
        table.writerow({"workload": point.workload, "scope": point.scope} | point.values | outcome)
    write_bytes(Path(path), text.getvalue().encode())


def _value(parameter, text: str):
    """The parameter's value that is written as `text`, or None."""
    return {str(value): value for value in parameter.values}.get(text)


def read(path=SHIPPED) -> list[tuple[Point, dict]]:
    """Reads the points that were synthesised, with their counts; failed points are left out.

    Raises
    ------
    UserError
        if the file is absent or not such a table (the message names the line), or no synthesis in it succeeded.

    Examples
    --------
    >>> point, counts = read()[0]
    >>> point.scope, sorted(counts)
    ('core', ['carry4', 'dsp', 'ff', 'lut', 'ramb18'])
    """
    try:
        rows = list(csv.DictReader(Path(path).read_text(encoding="utf-8").splitlines()))
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}; make it with varigate explore sweep") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{path} is not a table of syntheses ({error})") from error
    found = []
    for number, row in enumerate(rows, 2):
        if missing := [column for column in COLUMNS if row.get(column) is None]:
            raise UserError(f"{path}, line {number}: no column {missing[0]!r}")
        if row["error"]:
            continue
        design = tuple(_value(parameter, row[parameter.name]) for parameter in SPACE.parameters)
        try:
            counts = {name: int(row[name]) for name in COUNTS}
        except ValueError as error:
            raise UserError(f"{path}, line {number}: {error}") from error
        if None in design or row["scope"] not in SCOPES or min(counts.values()) < 0:
            raise UserError(f"{path}, line {number}: not a design of the space, or not a count")
        found.append((Point(row["workload"], design, row["scope"]), counts))
    if not found:
        raise UserError(f"{path} is not a table of syntheses (no point of it succeeded); make it with "
                        "varigate explore sweep")
    return found
