import pytest

from varigate.model.data.columns import Wanted, choose, fold
from varigate.model.data.csv_reader import parse
from varigate.model.errors import UserError

FLOWER = Wanted(4, ("sepal length", "sepal width", "petal length", "petal width"), ("setosa", "virginica"), "cm")


def table(*names, label="setosa"):
    """A table whose columns have these names, with the place of each as its number; a `kind` has a class."""
    cells = [label if name == "kind" else str(place) for place, name in enumerate(names)]
    return parse("\t".join(names) + "\n" + "\t".join(cells) + "\n", "own.csv")


@pytest.mark.parametrize("names", [
    ("petal width", "petal length", "sepal width", "sepal length"),
    ("petal width", "petal length", "sepal width", "Sepal length"),
    ("petal width (cm)", "petal length [cm]", "sepal_width", "SEPAL-LENGTH"),
    ("Petal.Width", "PetalLengthCm", "sepalWidth", " sepal  length ( CM )"),
])
def test_features_are_found_by_what_counts_in_their_names(names, capsys):
    assert choose(table(*names), FLOWER) == ([3, 2, 1, 0], None)
    assert choose(table("Id", *names, "kind", "note"), FLOWER) == ([4, 3, 2, 1], 5)
    assert choose(table("board_class", *names), FLOWER) == ([4, 3, 2, 1], None)
    assert capsys.readouterr().err == ""


def test_an_equal_name_comes_before_one_that_is_only_like_it():
    names = ("Sepal Length", "sepal width", "petal length", "petal width", "sepal length")
    assert choose(table(*names), FLOWER)[0] == [4, 1, 2, 3]


def test_names_of_which_none_is_known_are_taken_in_their_order_with_a_word(capsys):
    unknown = table("a", "b", "kind", "c", "d")
    assert choose(unknown, FLOWER) == ([0, 1, 3, 4], 2)
    said = capsys.readouterr().err
    assert said.startswith("own.csv: its columns, a, b, c, d, are taken in their order") and said.count("\n") == 1
    assert choose(unknown, FLOWER, by_order=True) == ([0, 1, 3, 4], 2)
    assert choose(unknown, Wanted(4)) == ([0, 1, 3, 4], 2)
    assert capsys.readouterr().err == ""


def test_by_order_counts_whatever_the_names_are():
    names = ("petal width", "petal length", "sepal width", "x", "kind")
    assert choose(table(*names), FLOWER, "kind", by_order=True) == ([0, 1, 2, 3], 4)


@pytest.mark.parametrize(("names", "message"), [
    (("petal width", "petal length", "sepal width", "x"), "own.csv has no column for the network's sepal length"),
    (("sepal width", "petal length", "petal width", "Sepal Length", "sepal_length"), "column Sepal Length, sepal_"),
    (("sepal length (mm)", "sepal width (mm)", "petal length (mm)", "petal width (mm)"), "'sepal length (mm)' has not"),
    (("a", "b", "c"), "the network takes 4 features"),
    (("a", "b", "c", "d", "e"), "--label COLUMN"),
])
def test_what_could_be_meant_otherwise_is_refused(names, message):
    with pytest.raises(UserError) as caught:
        choose(table(*names), FLOWER)
    assert message in str(caught.value) and "own.csv" in str(caught.value) and "\n" not in str(caught.value)


def test_brackets_tell_features_apart():
    wanted = Wanted(2, ("radius (mean)", "radius (worst)"))
    assert choose(table("Radius (worst)", "Radius (mean)"), wanted)[0] == [1, 0]
    assert choose(table("radius (worst)", "Radius (mean)"), Wanted(2, ("radius_mean", "radius_worst")))[0] == [1, 0]
    with pytest.raises(UserError, match=r"column radius could be feature radius \(mean\), radius \(worst\)"):
        choose(table("radius", "x"), wanted)
    with pytest.raises(UserError, match="two features of one name"):
        choose(table("a", "b"), Wanted(2, ("a", "a")))


def test_numbers_are_names_as_they_are():
    assert fold("1.5") != fold("15") and fold("-1") != fold("1") and fold("x1.5") != fold("x15")
    assert choose(table("15", "1.5", "y"), Wanted(1, ("1.5",)))[0] == [1]


def test_the_labels_are_in_the_column_that_has_classes():
    both = parse("kind,who,a\nsetosa,Ann,1\nrose,Bob,2\n", "own.csv")
    assert choose(both, Wanted(1, ("a",), ("setosa",))) == ([2], 0)
    assert choose(both, Wanted(1, ("a",), ("lily",))) == ([2], 1)
    assert choose(both, Wanted(1, ("a",), ("lily",)), "kind") == ([2], 0)
