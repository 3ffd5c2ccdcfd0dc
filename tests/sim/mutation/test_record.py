"""The record of mutants: a process may die, or a disk fill up, in the middle of a line."""

import json
from types import SimpleNamespace

import pytest

from varigate.model.errors import UserError
from varigate.sim.mutation import mutants

WHOLE = '{"key": "one", "status": "killed", "by": ""}\n'
SUITE = SimpleNamespace(digest=lambda: "0", tree=SimpleNamespace(digest=lambda: "0"))
ENTRY = {"key": "two", "status": "survived"}


def test_a_line_that_breaks_off_is_dropped(tmp_path):
    record = tmp_path / "record"
    record.write_text(WHOLE + '{"key": "two", "sta')
    mutants._Record(record, SUITE)._write(ENTRY)
    assert record.read_text() == WHOLE + json.dumps(ENTRY) + "\n"
    mutants._Record(record, SUITE)


def test_a_record_that_cannot_be_written_is_one_line(tmp_path, monkeypatch):
    (tmp_path / "record").mkdir()
    monkeypatch.setattr(mutants.Path, "exists", lambda path: False)
    with pytest.raises(UserError, match=r"cannot write .*record: Is a directory"):
        mutants._Record(tmp_path / "record", SUITE)._write(ENTRY)


@pytest.mark.parametrize("text", ["a table,\n", "a table", "{}", WHOLE + "# Remarks"])
def test_another_file_is_refused_and_kept(tmp_path, text):
    (tmp_path / "record").write_text(text)
    with pytest.raises(UserError, match="is not a record of mutants"):
        mutants._Record(tmp_path / "record", SUITE)
    assert (tmp_path / "record").read_text() == text
