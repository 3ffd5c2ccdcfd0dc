import re
from pathlib import Path

import pytest

import sim.book
from sim.book import write
from sim.units import Measured
from toolchains.device import Resources

PAGE = Path(__file__).parents[2] / "docs/units.md"
AREA_COLUMNS = r"( \d[\d.]* \|){6}$"


def files(directory):
    return {path.relative_to(directory): path.read_bytes() for path in directory.rglob("*.*")}


def without_area(page: str) -> str:
    """The page without what Yosys says, which differs by its version."""
    return re.sub(AREA_COLUMNS, "", page, flags=re.MULTILINE)


@pytest.fixture
def unmeasured(monkeypatch):
    monkeypatch.setattr(sim.book, "measure", lambda unit: Measured(Resources(0, 0, 0, 0, 0, 0), 0, 0))


def test_the_page_in_docs_is_what_the_command_writes(tmp_path, unmeasured):
    first, second = tmp_path / "first", tmp_path / "second"
    assert write(first) == first / "units.md"
    write(second)
    assert files(first) == files(second)
    assert without_area((first / "units.md").read_text()) == without_area(PAGE.read_text())
    for target in re.findall(r"\]\(([^)]+)\)", PAGE.read_text()):
        assert (PAGE.parent / target).is_file()


@pytest.mark.long
def test_the_whole_book_is_the_same_twice(tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    write(first)
    write(second)
    assert files(first) == files(second)
