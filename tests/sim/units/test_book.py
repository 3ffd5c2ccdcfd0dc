import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from varigate.platform.toolchains.device import Resources
from varigate.sim.units import measure
from varigate.sim.units.book import write

PAGE = Path(__file__).parents[3] / "docs/units.md"
AREA = r"( \d[\d.]* \|){4}( \d+ \| \d+ \|)$"  # LUT, FF, DSP and block RAM; then latency and interval


def files(directory):
    return {path.relative_to(directory): path.read_bytes() for path in directory.rglob("*.*")}


def without_area(page: str) -> str:
    """The page without what Yosys says, which differs by its version."""
    return re.sub(AREA, r"\2", page, flags=re.MULTILINE)


def areas(page: str) -> list[list[float]]:
    return [[float(cell) for cell in row[0].split("|")[:-1]]
            for row in re.findall(r"((?: \d[\d.]* \|){4}) \d+ \| \d+ \|$", page, re.MULTILINE)]


@pytest.fixture
def unmeasured(monkeypatch):
    """Latencies and intervals as they are, without Yosys's areas."""
    monkeypatch.setattr(measure, "synthesise", lambda _: SimpleNamespace(resources=Resources(0, 0, 0, 0, 0, 0)))


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
    for row, printed in zip(areas((first / "units.md").read_text()), areas(PAGE.read_text()), strict=True):
        assert row == pytest.approx(printed, rel=0.05)  # Yosys's versions differ a little
