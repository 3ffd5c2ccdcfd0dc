import re
from pathlib import Path

from varigate.model.fixedpoint.formats import Format
from varigate.model.protocol.frames import Command, Reason
from varigate.model.protocol.operations import OPERATIONS, PARTS, Op, counts
from varigate.model.protocol.replies import FIXED_BYTES, INFO_BYTES, LIVE, Info, reply_length
from varigate.model.protocol.requests import request_lengths

PAGE = (Path(__file__).parents[3] / "docs" / "protocol.md").read_text(encoding="utf-8")
NAMES = {"MU": "μ", "SCORE": "scores"}  # on the page; of the others, what they are called in the code
SIZES = {"inputs": 4, "latent": 2, "classes": 3, "outputs": 5, "–": 0}
INFO = Info(1, **{name: SIZES[name] for name in ("inputs", "outputs", "latent", "classes")}, z_frac=5,
            input=Format(False, 8), output=Format(True, 8), longest=4, digest=bytes(32))


def on_page(part):
    return NAMES.get(part.name, part.name.lower())


def size(text):
    """A cell of a table: a number, or the name of one."""
    return int(text) if text.isdigit() else SIZES[text]


def test_the_page_has_the_numbers_of_the_code():
    assert {int(code, 16): name for code, name in re.findall(r"^\| ([01]\d) \| ([a-z]+) \|", PAGE, re.M)} == {
        int(command): command.name.lower() for command in Command}
    assert {int(code): name for code, name in re.findall(r"^\| (\d) \| ([a-z]+) \| [a-z]", PAGE, re.M)} == {
        int(reason): reason.name.lower() for reason in Reason}
    for op, operation in OPERATIONS.items():
        row = re.search(rf"^\| {op.name.lower()} \| (.*) \|$", PAGE, re.M)[1]
        assert row.split("(1 byte), ")[-1].split(", ") == [on_page(part) for part in operation.parts]


def test_requests_are_as_long_as_the_page_says():
    rows = re.findall(r"^\| ([01]\d) \| [a-z]+ \| .* \| (\w+) \|$", PAGE, re.M)
    assert {int(code, 16): size(text) for code, text in rows} == request_lengths(SIZES["inputs"], SIZES["latent"])


def test_numbers_of_an_answer_are_as_many_and_as_wide_as_the_page_says():
    rows = re.findall(r"^\| (\S+)(?: = [^|]*)? \| (\w+) \| (\d) \| (\S+)", PAGE, re.M)
    page = {name: (1 if name == "class" else size(count), int(width), kind) for name, count, width, kind in rows}
    assert page.keys() == {on_page(part) for part in PARTS}
    for part, layout in PARTS.items():
        count, width, kind = page[on_page(part)]
        number = layout.number(INFO)
        assert (layout.count(INFO), number.bits) == (count, 8 * width)
        if kind != "as":  # info says
            assert kind.rstrip(":;,") in (str(number), "signed" if number.signed else "unsigned")
    for op in Op:
        length = sum(page[on_page(part)][0] * page[on_page(part)][1] for part in counts(op, INFO))
        assert reply_length(Command[op.name], INFO) == length + (op == Op.GENERATE)


def test_info_is_laid_out_as_the_page_says():
    rows = [(int(offset), int(width)) for offset, width in re.findall(r"^\| (\d+) \| (\d+) \| [^|]*\|$", PAGE, re.M)]
    assert rows[-len(LIVE):] == [(46, 1), (47, 4), (51, 4), (55, 4)]
    assert [width for _, width in rows[-len(LIVE):]] == list(LIVE.values())
    assert rows[-len(LIVE)][0] == FIXED_BYTES and sum(rows[-1]) == INFO_BYTES == reply_length(Command.INFO, None)
    assert reply_length(Command.SEED, None) == reply_length(Command.EPSILON, None) == 0
