import re
from pathlib import Path

from varigate.model.protocol.frames import Command, Reason
from varigate.model.protocol.replies import FIXED_BYTES, PARTS

PAGE = (Path(__file__).parents[3] / "docs" / "protocol.md").read_text(encoding="utf-8")
NAMES = {"mu": "μ", "cls": "class"}


def test_the_page_has_the_numbers_of_the_code():
    assert {int(code, 16): name for code, name in re.findall(r"^\| ([01]\d) \| ([a-z]+) \|", PAGE, re.M)} == {
        int(command): command.name.lower() for command in Command}
    assert {int(code): name for code, name in re.findall(r"^\| (\d) \| ([a-z]+) \| [a-z]", PAGE, re.M)} == {
        int(reason): reason.name.lower() for reason in Reason}
    for command, parts in PARTS.items():
        row = re.search(rf"^\| {command.name.lower()} \| (.*) \|$", PAGE, re.M)[1]
        assert row.endswith(", ".join(NAMES.get(part, part) for part in parts))
    assert f"| {FIXED_BYTES} | 1 | ε on" in PAGE
