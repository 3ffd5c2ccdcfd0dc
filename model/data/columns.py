"""Which columns of a table are a network's features, and which has the labels: by their names, or by their order."""

import re
import sys
import unicodedata
from dataclasses import dataclass

from varigate.model.data import decimals
from varigate.model.data.classes import class_indices
from varigate.model.data.csv_reader import Table, listed
from varigate.model.errors import UserError

__all__ = ["RESULT", "Wanted", "choose", "fold", "label_place"]

RESULT = "board_class"  # the column of classes that `host classify --out` appends: the board's, never the true ones
REMEDY = "rename the columns, or take them in their order by --by-order"
_UNIT = re.compile(r"^(.*\S)\s*[(\[]([^()\[\]]*)[)\]]$", re.DOTALL)
_JOINT = re.compile(r"[\s_.\-‐‑–—]+")


@dataclass(frozen=True)
class Wanted:
    """What a network takes.

    Parameters
    ----------
    count : int
        of features.
    features, classes : tuples of str
        their names; empty where they are unknown.
    unit : str
        of the features, or empty.

    Examples
    --------
    >>> Wanted(2, ("x", "y"), ("a", "b")).count
    2
    """

    count: int
    features: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    unit: str = ""


def fold(name: str) -> tuple[str, str]:
    """Fold a name to what counts in it, and the unit in brackets at its end.

    Case, blanks, underscores, dashes and points do not count, but between two digits they keep these apart. A name
    that is a number stays as it is.

    Examples
    --------
    >>> fold("Sepal_Length (cm)"), fold("sepal.length"), fold("x 1-5"), fold("-1.5")
    (('sepallength', 'cm'), ('sepallength', ''), ('x1 5', ''), ('-1.5', ''))
    """
    text = unicodedata.normalize("NFKC", name).strip()
    if decimals.is_number(text):
        return text, ""
    found = _UNIT.match(text)
    base, unit = found.groups() if found else (text, "")
    joined = re.sub(r"(?<=[0-9]) (?=[0-9])|( )", lambda joint: "" if joint[1] else " ", _JOINT.sub(" ", base))
    return joined.casefold() or text, unit.strip().casefold()


def label_place(table: Table, places, classes) -> int | None:
    """Find the column of labels among `places`: the last one without any number that has one of `classes` in it.

    Without such a one it is the last one without any number; None where there is none.

    Examples
    --------
    >>> from varigate.model.data.csv_reader import parse
    >>> label_place(parse("x,kind,who\\n1,a,Ann\\n2,b,Bob\\n", "own.csv"), [1, 2], ("a", "b"))
    1
    """
    texts = [place for place in places if table.names[place] != RESULT and table.is_text(place)]
    known = [place for place in texts if set(class_indices(table.column(place), classes)) != {None}]
    return (known or texts or [None])[-1]


def _same(column: str, feature: str, unit: str) -> bool:
    """Whether a column's name is that of a feature, with the unit behind it or without.

    A unit in brackets that is not the network's makes it another name.
    """
    (name, bracket), (wanted, other) = fold(column), fold(feature)
    other = other or unit.casefold()
    alike = not {name, name + bracket}.isdisjoint({wanted, wanted + other})
    return alike and (not bracket or not other or bracket == other)


def _by_name(table: Table, places, wanted: Wanted) -> list[int | None]:
    """For each feature the column with its name, or None; a `UserError` where there is more than one.

    An equal name comes before one that is equal when folded.
    """
    if len(set(wanted.features)) < len(wanted.features):
        raise UserError(f"the network has two features of one name ({listed(wanted.features, 5)}); take the columns in "
                        "their order by --by-order")
    exact = {table.names[place]: place for place in places}
    found = [exact.get(feature) for feature in wanted.features]
    for index, feature in enumerate(wanted.features):
        if found[index] is not None:
            continue
        alike = [place for place in places if place not in found and _same(table.names[place], feature, wanted.unit)]
        others = [other for other, taken in zip(wanted.features, found, strict=True)
                  if taken is None and other != feature]
        rivals = [other for other in others if any(_same(table.names[place], other, wanted.unit) for place in alike)]
        if len(alike) > 1 or rivals:
            raise UserError(f"{table.path}: column {listed([table.names[place] for place in alike])} could be feature "
                            f"{listed([feature, *rivals])} of the network; {REMEDY}")
        found[index] = alike[0] if alike else None
    return found


def _other_unit(table: Table, places, wanted: Wanted) -> tuple[str, str] | None:
    """The first column that has a feature's name with another unit, and that feature."""
    return next(((table.names[place], feature) for place in places for feature in wanted.features
                 if fold(table.names[place])[0] == fold(feature)[0]
                 and not _same(table.names[place], feature, wanted.unit)), None)


def choose(table: Table, wanted: Wanted, label: str | None = None,
           by_order: bool = False) -> tuple[list[int], int | None]:
    """Choose the columns that a network takes, and the column of labels.

    Features are found by their names (see `fold`); other columns are then left out. Where no name is known, the
    columns are taken in their order, and a line on standard error says so.

    Parameters
    ----------
    table : Table
    wanted : Wanted
    label : str or None
        the column of labels; None: see `label_place`.
    by_order : bool
        take the columns in their order, whatever their names are.

    Returns
    -------
    list of int, int or None
        the places of the features, in the network's order, and that of the labels.

    Raises
    ------
    UserError
        where some names match and others do not, where a name fits twice, and for a wrong number of columns.

    Examples
    --------
    >>> from varigate.model.data.csv_reader import parse
    >>> table = parse("Id,kind,Y_1,X (cm)\\n1,a,2,3\\n", "own.csv")
    >>> choose(table, Wanted(2, ("x", "y 1"), ("a", "b"), "cm"))
    ([3, 2], 1)
    """
    given = None if label is None else table.place(label)
    others = [place for place in range(len(table.names)) if place != given]
    found = [] if by_order else _by_name(table, others, wanted)
    if found and None not in found:
        rest = [place for place in others if place not in found]
        return found, label_place(table, rest, wanted.classes) if given is None else given
    place = label_place(table, others, wanted.classes) if given is None else given
    rest = [each for each in others if each != place and table.names[each] != RESULT]
    _check_order(table, rest, wanted, found, by_order)
    return rest, place


def _check_order(table: Table, places, wanted: Wanted, found, by_order: bool):
    """Check that the columns `places` can be taken in their order."""
    names = [table.names[place] for place in places]
    if not by_order and (other := _other_unit(table, places, wanted)):
        raise UserError(f"{table.path}: column {other[0]!r} has not the unit of the network's feature {other[1]!r}"
                        f"{f' ({wanted.unit})' if wanted.unit else ''}; convert and rename it, or take the columns "
                        "in their order by --by-order")
    if any(place is not None for place in found):
        missing = [feature for feature, place in zip(wanted.features, found, strict=True) if place is None]
        raise UserError(f"{table.path} has no column for the network's {listed(missing, 5)}; its columns are "
                        f"{listed(names, 8)}: {REMEDY}")
    if len(places) != wanted.count:
        features = f" ({listed(wanted.features, 5)})" if wanted.features else ""
        raise UserError(f"the network takes {wanted.count} features{features}; the table {table.path} has {len(places)}"
                        f"{f' ({listed(names, 5)})' if names else ''} (--label COLUMN names the classes')")
    if wanted.features and not by_order:
        print(f"{table.path}: its columns, {listed(names, 5)}, are taken in their order for the network's features, "
              f"{listed(wanted.features, 5)}, as no name is one of theirs (--by-order: without this line)",
              file=sys.stderr)
