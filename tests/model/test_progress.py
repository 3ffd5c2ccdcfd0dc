"""Progress: a bar at a terminal, two lines in a log, nothing where it is not wanted."""

import sys

import pytest

from varigate.model.progress import counted, track


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.setattr(type(sys.stderr), "isatty", lambda stream: True, raising=False)


def test_a_log_gets_whole_lines(capsys):
    assert list(counted("abc", "letters", 3, "letter")) == ["a", "b", "c"]
    out, err = capsys.readouterr()
    assert out == "" and err.splitlines()[0] == "letters: 0/3 letters …" and err.count("\n") == 2 and "\r" not in err


def test_after_an_error_there_is_no_end(capsys):
    with pytest.raises(KeyboardInterrupt), track("work", 3, "step"):
        raise KeyboardInterrupt
    assert capsys.readouterr().err == "work: 0/3 steps …\n"


def test_what_was_done_before_counts(capsys):
    with track("work", 5, "step", done=3):
        pass
    with track("work", 5, "step", done=5):
        pass
    assert capsys.readouterr().err.splitlines()[0] == "work: 3/5 steps …"


@pytest.mark.parametrize("shown", [False, None])
def test_a_log_gets_nothing(capsys, shown):
    assert sum(counted([1, 2], "work", 2, "step", shown=shown)) == 3
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("shown", [True, None])
def test_a_terminal_gets_a_bar_that_goes(capsys, terminal, shown):
    with track("work", 2, "step", shown=shown) as work:
        work.update()
        work.note(loss=0.25)
        work.rename("more work")
        work.update()
    err = capsys.readouterr().err
    assert "work:   0%" in err and err.endswith("\r") and "\n" not in err


def test_a_terminal_gets_nothing_where_nothing_is_wanted(capsys, terminal):
    assert sum(counted([1, 2], "work", 2, "step", shown=False)) == 3
    assert capsys.readouterr() == ("", "")


def test_without_standard_error(monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    with track("work", 2, "step", shown=None) as work:
        work.update(2)
