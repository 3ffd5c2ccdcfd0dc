"""docs/glossary.md: its words are in order, and what it names exists."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROWS = re.findall(r"^\| (.+?) \| .+ \| (.+?) \|$", (ROOT / "docs" / "glossary.md").read_text("utf-8"), re.MULTILINE)[1:]


def test_the_words_are_in_the_order_of_the_alphabet():
    words = [word.lower() for word, _ in ROWS]
    assert len(words) > 40 and words == sorted(words)


def test_the_places_exist():
    for word, places in ROWS:
        for place in re.findall(r"`([^`]+)`", places):
            assert (ROOT / place).exists(), (word, place)


def test_words_that_are_classes_are_defined_where_the_glossary_says():
    classes = {word: places for word, places in ROWS if re.fullmatch(r"[A-Z][A-Za-z]+", word)}
    assert len(classes) > 10
    for word, places in classes.items():
        assert re.search(rf"^class {word}\b", (ROOT / places.strip("`")).read_text("utf-8"), re.MULTILINE), word


def test_no_two_classes_have_one_name():
    found = {}
    for folder in ("model", "gateware", "platform", "sim", "host", "explore", "varigate"):
        for path in (ROOT / folder).rglob("*.py"):
            for name in re.findall(r"^class ([A-Z]\w*)", path.read_text("utf-8"), re.MULTILINE):
                found.setdefault(name, []).append(str(path.relative_to(ROOT)))
    assert not {name: paths for name, paths in found.items() if len(paths) > 1}
