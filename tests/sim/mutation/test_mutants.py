import json
from pathlib import Path

import pytest

from varigate.__main__ import main
from varigate.model.errors import UserError
from varigate.sim.mutation.mutants import draw, select
from varigate.sim.mutation.report import MutationReport, explanations
from varigate.sim.mutation.suite import MutantOutcome


def mutants(toy, *options):
    """Runs the command on the toy; its exit status."""
    return main(["mutants", "--root", str(toy), "--tests", "tests/*.py", *options])


def test_a_survivor_is_reported_until_it_is_explained(toy, tmp_path, capsys):
    """`a <= b` for `a < b` cannot be told from it by any test; the rate, though, is its own condition."""
    source = (toy / "gateware/pair.py").read_text()
    record, page = tmp_path / "record.jsonl", tmp_path / "mutants.md"
    options = ["--count", "3", "--jobs", "1", "--resume", str(record), "--out", str(page)]
    assert mutants(toy, *options) == 1
    assert "1 survived; 66.7 % noticed" in " ".join(capsys.readouterr().out.split())
    assert "- return a if a < b else b\n+ return a if a <= b else b" in page.read_text("utf-8")
    assert "Not explained" in page.read_text("utf-8")
    assert (toy / "gateware/pair.py").read_text() == source

    (toy / "docs").mkdir()
    (toy / "docs/mutants.toml").write_text(
        '[[survivor]]\nfile = "gateware/pair.py"\nbefore = "return a if a < b else b"\n'
        'after = "return a if a <= b else b"\nreason = "The two are equal then."\n')
    lines = record.read_text("utf-8")
    assert "tests/test_other.py" not in lines, "it does not depend on the gateware"
    assert mutants(toy, *options, "--json") == 1  # two of three are less than 95 %
    result = json.loads(capsys.readouterr().out)
    assert [mutant["status"] for mutant in result["mutants"]] == ["killed", "survived", "killed"]
    assert result["mutants"][1]["reason"] == "The two are equal then."
    assert result["mutants"][0]["by"] == "tests/test_pair.py::test_pair"
    assert record.read_text("utf-8") == lines, "nothing is run twice"
    assert "Not explained" not in page.read_text("utf-8")


def test_one_mutant_alone(toy, capsys):
    assert mutants(toy, "--count", "3", "--list") == 0
    listed = capsys.readouterr().out.splitlines()
    assert len(listed) == 3 and listed[2].startswith("gateware/pair.py:9:operator:1")
    assert mutants(toy, "--only", "gateware/pair.py:9:operator:1") == 0
    assert "1 mutants: 1 killed" in capsys.readouterr().out


def test_tests_that_fail_anyway_say_nothing(toy, capsys):
    weak = toy / "tests/test_pair.py"
    weak.write_text(weak.read_text().replace("== 2", "== 3"))
    assert mutants(toy, "--count", "1") == 2
    assert "fail without a mutant: tests/test_pair.py::test_pair" in capsys.readouterr().err


@pytest.mark.parametrize(("options", "complaint"), [
    (["--count", "0"], "1…3"),
    (["--count", "4"], "1…3"),
    (["--jobs", "0"], "at least 1"),
    (["--files", "nothing/*.py"], "no Python files match"),
    (["--only", "gateware/pair.py:1:mux:1"], "no mutant gateware/pair.py:1:mux:1"),
], ids=str)
def test_refusals(toy, capsys, options, complaint):
    assert mutants(toy, *options) == 2
    assert complaint in capsys.readouterr().err


def test_a_tree_without_tests_is_refused(tmp_path, capsys):
    assert mutants(tmp_path) == 2
    assert "source tree" in capsys.readouterr().err


def test_an_explanation_without_a_reason_is_refused(toy):
    (toy / "docs").mkdir()
    (toy / "docs/mutants.toml").write_text('[[survivor]]\nfile = "gateware/pair.py"\n')
    with pytest.raises(UserError, match="before"):
        explanations(toy)


def test_the_draw_depends_on_the_seed_and_hardly_on_edits():
    root = Path(__file__).parents[3]
    found = select(root, ["gateware/link/uart.py", "gateware/units/lfsr.py", "gateware/link/crc.py"])
    drawn = draw(found, 40, 1)
    assert drawn == draw(found, 40, 1) != draw(found, 40, 2)
    shares = [len([mutant for mutant in drawn if mutant.file == file]) for file in found]
    total = sum(map(len, found.values()))
    assert all(abs(share - 40 * len(each) / total) < 1 for share, each in zip(shares, found.values(), strict=True))


def test_the_rate_counts_every_survivor(toy):
    found = select(toy, ["gateware/*.py"])["gateware/pair.py"]
    outcomes = [MutantOutcome("killed", "a"), MutantOutcome("timed out"), MutantOutcome("survived")]
    result = MutationReport(1, 3, dict(zip(found, outcomes, strict=True)), {}, 120)
    assert result.rate == pytest.approx(2 / 3)
    assert result.unexplained == [found[2]] and not result.passed


def test_every_explained_survivor_is_a_mutant_of_the_gateware():
    root = Path(__file__).parents[3]
    for file, before, after in explanations(root):
        changes = [(mutant.before, mutant.after) for mutant in select(root, [file])[file]]
        assert (before, after) in changes, f"{file} has no such mutant any more: {before}"
