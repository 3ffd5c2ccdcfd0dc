import numpy as np
import pytest

from varigate.model.data.tables import iris, load, read_csv
from varigate.model.errors import UserError


def test_iris_in_millimetres_is_exact():
    data = iris()
    assert data.codes.shape == (150, 4) and data.codes.dtype == np.uint8
    np.testing.assert_array_equal(data.codes, np.rint(data.x * 10))
    np.testing.assert_allclose(data.offset + data.step * data.codes, data.x, rtol=0, atol=1e-12)
    assert np.bincount(data.labels).tolist() == [50, 50, 50]
    assert data.class_names == ("setosa", "versicolor", "virginica") and data.unit == "cm" and data.noun == "flower"


def test_an_unknown_data_set_is_named_with_those_that_there_are():
    with pytest.raises(UserError, match=r"'roses'.*iris.*--csv"):
        load("roses")


def table(tmp_path, text):
    path = tmp_path / "own.csv"
    path.write_text(text, "utf-8")
    return path


def test_a_table(tmp_path):
    data = read_csv(table(tmp_path, "\ufeffkind, height ,w\nb,1.5,100\n\na,-2,200\n b ,0.25,155\n"), "kind")
    assert data.name == "own" and data.feature_names == ("height", "w") and data.class_names == ("a", "b")
    assert data.labels.tolist() == [1, 0, 1]
    np.testing.assert_array_equal(data.x, [[1.5, 100], [-2, 200], [0.25, 155]])


def test_classes_stand_in_the_order_of_their_numbers(tmp_path):
    data = read_csv(table(tmp_path, "x,kind\n1,10\n2,2.0\n3,2\n4,1\n"), "kind")
    assert data.class_names == ("1", "2", "10") and data.labels.tolist() == [2, 1, 1, 0]
    other = data.with_classes(("10", "1.0", "2", "3"))
    assert other.class_names == ("10", "1.0", "2", "3") and other.labels.tolist() == [0, 2, 2, 1]
    assert data.with_classes(("a", "b")) is data


@pytest.mark.parametrize(("column", "step"), [
    ((0, 25.5), 0.1), ((10.1, 20.4), 0.05), ((0, 1), 0.005), ((0, 255), 1), ((0, 256), 2), ((-1, 1.55), 0.01),
    ((1e6, 1e6 + 200), 1), ((1e-9, 2e-7), 1e-9), ((3, 3), 0.02), ((0, 0), 0.005), ((-1e20, 1e20), 1e18),
])
def test_the_codes_cover_a_column_in_decimal_steps(tmp_path, column, step):
    low, high = column
    data = read_csv(table(tmp_path, f"x,kind\n{low!r},a\n{high!r},b\n"), "kind")
    assert data.step[0] == step
    real = data.offset + data.step * data.codes
    assert np.abs(real - data.x).max() <= 0.51 * step
    assert low < 0 or data.offset[0] >= 0


def test_decimal_data_are_exact(tmp_path):
    values = np.round(np.linspace(4.3, 17.9, 137), 1)
    rows = "".join(f"{value},{'ab'[index % 2]}\n" for index, value in enumerate(values))
    data = read_csv(table(tmp_path, "x,kind\n" + rows), "kind")
    np.testing.assert_allclose(data.offset + data.step * data.codes, data.x, rtol=0, atol=1e-9)


@pytest.mark.parametrize(("text", "message"), [
    ("", "0 samples"),
    ("x,kind\n", "0 samples"),
    ("x,kind\n1,a\n", "1 samples"),
    ("x,y\n1,a\n2,b\n", "no column 'kind'; it has x, y"),
    ("kind,kind\n1,a\n2,b\n", "columns 1 and 2 have one name, 'kind'"),
    ("kind\na\nb\n", "0 feature columns"),
    ("x,kind\n1,a\nnan,b\n", "row 3, column 'x': 'nan' is not a number"),
    ("x,kind\n1,a\n\n,b\n", "row 4, column 'x': '' is not a number"),
    ("x,kind\n1,a\ninf,b\n", "row 3, column 'x': 'inf' is not a number"),
    ("x,kind\n1,a\nred,b\n", "row 3, column 'x': 'red' is not a number"),
    ("x,kind\n1,a\n2\n", "row 3: 1 cells where row 1 has 2"),
    ("x,kind\n1,a\n2,\n", "row 3, column 'kind': the label is missing"),
    ("x,kind\n1,1\n2,2\n3,NA\n", "row 4, column 'kind': the label is missing"),
    ('x,kind\n1,"a\n2,b"\n3,c\n4,c\n', "row 2, column 'kind': the label goes over several rows"),
    (",x,kind\n0,1,a\n1,2,b\n", "own.csv: column 1 has no name"),
    ("x,kind\n1,a\n2,a\n", "column 'kind' has 1 different labels"),
    ('x,kind\n1,a\n"2,b\n', "own.csv, row 3: a quoted cell"),
])
def test_a_bad_table_is_refused_in_one_line(tmp_path, text, message):
    with pytest.raises(UserError) as caught:
        read_csv(table(tmp_path, text), "kind")
    assert message in str(caught.value) and "\n" not in str(caught.value)


def test_a_file_that_is_absent_or_no_text(tmp_path):
    with pytest.raises(UserError, match="No such file"):
        read_csv(tmp_path / "absent.csv", "kind")
    (tmp_path / "bytes.csv").write_bytes(b"x,kind\n\xff\xfe,a\n")
    with pytest.raises(UserError, match="UTF-8"):
        read_csv(tmp_path / "bytes.csv", "kind")
