import pytest

from varigate.model.data.classes import class_indices, class_names


@pytest.mark.parametrize(("labels", "names"), [
    (["10", "2", "1", "11"], ["1", "2", "10", "11"]),
    (["1", "1.0", "2.0", "01"], ["1", "2.0"]),
    (["-1", "+1", "0.5", "1e0"], ["-1", "0.5", "+1"]),
    (["1,5", "10,5", "2"], ["1,5", "2", "10,5"]),
    (["c10", "c9", "c1"], ["c1", "c9", "c10"]),
    (["b", "1", "1.0"], ["1", "1.0", "b"]),
    (["nan", "1"], ["1", "nan"]),
    (["10000000000000001", "10000000000000002"], ["10000000000000001", "10000000000000002"]),
    (["x", "X", "é"], ["X", "x", "é"]),
    (["1e9999999999999999999", "1"], ["1", "1e9999999999999999999"]),
])
def test_the_classes_and_their_order(labels, names):
    assert class_names(labels) == class_names(labels[::-1])
    assert list(class_names(labels)) == names
    assert None not in class_indices(labels, names)


def test_a_label_is_a_class_by_its_value_only_among_numbers():
    assert class_indices(["1.0", "01", "2", "x", "nan"], ("1", "2.0")) == [0, 0, 1, None, None]
    assert class_indices(["1.0", "a"], ("1", "a")) == [None, 1]
    assert class_indices(["1,0", "1.5"], ("1", "1,5")) == [0, 1]
    assert class_indices(["a"], ()) == [None]
