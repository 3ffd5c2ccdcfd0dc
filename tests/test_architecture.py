"""docs/architecture.md names files and folders that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")


def test_files_and_folders_exist():
    named = re.findall(r"`((?:model|gateware|platform|sim|host|explore|varigate|tests)/[\w/.]*)`", PAGE)
    assert len(named) > 25
    assert not {name for name in named if not (ROOT / name).exists()}


def test_files_of_which_the_page_gives_the_last_names_exist():
    """In the drawing and in brackets a file is named by the end of its path."""
    named = set(re.findall(r"[\w/]+\.py", PAGE))
    paths = [f"/{path.relative_to(ROOT)}" for folder in ("model", "gateware", "platform", "sim", "host", "explore",
                                                         "varigate", "tests") for path in (ROOT / folder).rglob("*.py")]
    assert len(named) > 30
    assert not {name for name in named if not any(path.endswith(f"/{name}") for path in paths)}


def test_every_room_is_shown():
    rooms = {path.name for package in ("model", "gateware", "sim", "explore") for path in (ROOT / package).iterdir()
             if (path / "__init__.py").is_file()}
    shown = PAGE[PAGE.index("## The rooms"):PAGE.index("## Where do I change")]
    assert not {room for room in rooms if f"{room}/" not in shown}


def test_it_says_where_to_change_what():
    rows = re.findall(r"^\| (an? [^|]+?) \|", PAGE, re.MULTILINE)
    assert {"a board", "an activation", "a layer type", "a protocol command", "a search method", "a format"} <= {*rows}
