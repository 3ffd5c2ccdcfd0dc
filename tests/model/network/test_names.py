import pytest

from varigate.model.errors import UserError
from varigate.model.network.names import check_name, name_of, take_numbered


@pytest.mark.parametrize("name", ["iris", "a-b_C9", "-", "x" * 32])
def test_names(name):
    check_name(name)


@pytest.mark.parametrize("name", ["", "x" * 33, "a.b", "a/b", "..", "a b", "a\n", "ü", 7])
def test_what_is_no_name_is_quoted_with_the_remedy(name):
    with pytest.raises(UserError) as caught:
        check_name(name, "; do this")
    assert str(caught.value) == f"a network's name has 1 to 32 letters, digits, - or _, not {name!r}; do this"


@pytest.mark.parametrize(("text", "name"), [("my flowers", "my-flowers"), ("a//b", "a-b"), ("../x", "x"), ("ü", ""),
                                            ("y" * 40, "y" * 32)])
def test_the_name_of_a_text(text, name):
    assert name_of(text) == name


def test_numbered_layers_are_taken_in_order():
    layers = {"part.1": "b", "mu": "m", "other.0": "x", "part.0": "a"}
    assert take_numbered(layers, "part") == ("a", "b") and take_numbered(layers, "none") == ()
    assert layers == {"mu": "m", "other.0": "x"}
    with pytest.raises(KeyError, match=r"part\.0"):
        take_numbered({"part.1": "b"}, "part")
