"""Cards that people have edited: whatever is wrong with one is a line that names the file and the entry."""

import copy
import json

import pytest

from varigate.model.errors import UserError
from varigate.model.network import network_file
from varigate.model.train import card_file, cards

SHIPPED = json.loads(network_file.find("digits").with_suffix(".json").read_text("utf-8"))
WRONG = {  # entry → values that it must not have
    "digest": [None, 5, "", ["00"]],
    "source": [None, 5, "iris", [], {}, {"name": 5}, {"name": None}, {"csv": 5}, {"csv": "t.csv"},
               {"csv": "t.csv", "label": 5, "sha256": "00"}, {"csv": "t.csv", "label": "kind", "sha256": None}],
    "settings": [None, "x", [], {}],
    "settings.hidden": [None, 8, "8", [0], [8.5], ["8"], [True], [[8]]],
    "settings.latent": [None, "x", 0, -1, 2.0, True, [2], 10**12],
    "settings.activation": [None, 5, "tanh", ["relu"]],
    "settings.output": ["softmax", 1],
    "settings.epochs": ["20", 0], "settings.batch": [None, 1.5], "settings.rate": [0, "0.1", None, -1, 1e300],
    "settings.decay": [-1, {}], "settings.beta": ["1"], "settings.class_weight": [-0.5, True],
    "settings.bits": [5, "8", 8.0], "settings.colour": ["red"],
    "seed": [-1, "0", 1.5, None], "samples": [0, "many"], "test_samples": [[]], "network": [5],
    "accuracy_float": ["0.9", None, True, []], "neg_elbo_integer": ["x"], "class_agreement": [{}],
    "curves": [[], 5, {"loss": 5}, {"loss": []}, {"loss": [1, "2"]}, {"loss": [1], "test_neg_elbo": [1, 2]}],
}


def changed(entry: str, value) -> dict:
    card = copy.deepcopy(SHIPPED)
    *parts, last = entry.split(".")
    place = card
    for part in parts:
        place = place[part]
    place[last] = value
    return card


def refusal(tmp_path, content) -> str:
    (tmp_path / "t.json").write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    with pytest.raises(UserError) as caught:
        cards.read_card(tmp_path / "t.npz")
    text = str(caught.value)
    assert text.startswith(f"{tmp_path / 't.json'} is damaged: ") and "\n" not in text and len(text) < 600
    return text.split(" is damaged: ")[1]


@pytest.mark.parametrize(("entry", "value"), [(entry, value) for entry, values in WRONG.items() for value in values],
                         ids=lambda each: each if isinstance(each, str) else "")
def test_a_wrong_value_is_named(tmp_path, entry, value):
    said = refusal(tmp_path, changed(entry, value))
    assert entry in said and said.endswith("; put the card back as it was, or train the network again")


@pytest.mark.parametrize("entry", ["digest", "source", "settings", "settings.hidden", "settings.rate"])
def test_a_missing_entry_is_named(tmp_path, entry):
    card = copy.deepcopy(SHIPPED)
    *parts, last = entry.split(".")
    del (card[parts[0]] if parts else card)[last]
    assert refusal(tmp_path, card).startswith(f"{entry} is missing;")


@pytest.mark.parametrize("content", [
    b"", b"{", b"null", b"5", b"[]", b'"text"', b"\xff\xfe{\0", b"{'a': 1}", b"[" * 3000 + b"]" * 3000,
    b'{"source": ' * 3000, json.dumps(SHIPPED).replace("0.99", "NaN").encode(),
    json.dumps(SHIPPED).replace("0.99", "1e999").encode(), b'{"seed": ' + b"9" * 5000 + b"}"], ids=range(13))
def test_what_is_no_card_is_refused(tmp_path, content):
    refusal(tmp_path, content)


def test_a_card_without_end_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(card_file, "LIMIT", 1000)
    assert "it has more than 0 MiB" in refusal(tmp_path, b" " * 2000)


def test_what_people_may_do_to_a_card(tmp_path):
    """Editors add a byte order mark; the first cards have no bits; remarks are nobody's business."""
    card = changed("remark", "mine")
    del card["settings"]["bits"]
    (tmp_path / "t.json").write_text(json.dumps(card), "utf-8-sig")
    assert cards.settings_of(cards.read_card(tmp_path / "t.npz")).bits == 8


@pytest.mark.parametrize("name", network_file.shipped())
def test_shipped_cards_are_whole(name):
    assert cards.read_card(network_file.find(name))["network"] == name
