"""Which tests are run on a mutant, and in which order."""

import pytest

from varigate.model.errors import UserError
from varigate.sim.mutation.mutants import select
from varigate.sim.mutation.suite import MutantOutcome, Reach, Suite
from varigate.sim.mutation.tree import SourceTree

PAIR, SUM = "gateware/pair.py", "gateware/sum.py"
LEAST, BOTH = 5, 9  # the lines of the two functions' statements in the toy
SHARING = """import pytest

from varigate.gateware import pair


@pytest.fixture(scope="session")
def shared():
    return pair.both(6, 3)


def test_shared_first(shared):
    assert shared == 2


def test_shared_again(shared):
    assert shared == 2


def test_alone():
    assert pair.least(1, 3) == 1
"""


@pytest.fixture
def suite(toy):
    return Suite(SourceTree(toy), [PAIR])


@pytest.fixture
def least(toy):
    """The mutant of `least`, in line 5 of its file."""
    return next(mutant for mutant in select(toy, [PAIR])[PAIR] if mutant.statement == LEAST)


def measured(collection=(), /, **tests):
    """What a file of tests takes and reaches in the toy's module: NAME=(seconds, lines)."""
    found = {f"tests/{name}.py::test": (seconds, lines) for name, (seconds, lines) in tests.items()}
    return {name: Reach(seconds, {PAIR: list(lines)})
            for name, (seconds, lines) in ({"collection": (1.5, collection)} | found).items()}


def test_what_tests_reach_is_measured(toy, suite):
    (toy / "tests/test_sharing.py").write_text(SHARING)
    found = suite.measure("tests/test_sharing.py")
    assert {name.partition("::")[2] or name: each.reached for name, each in found.items()} == {
        "collection": {PAIR: [4, 8]}, "test_shared_first": {PAIR: [BOTH]}, "test_shared_again": {PAIR: [BOTH]},
        "test_alone": {PAIR: [LEAST]}}
    assert all(0 <= each.seconds < 20 for each in found.values())


def test_only_tests_that_reach_the_statement_are_run(suite, least):
    suite.measured = {"tests/test_pair.py": measured(test_pair=(1, [LEAST]), test_both=(1, [BOTH]))}
    assert suite.stages(least) == [{"tests/test_pair.py::test": 1}]


def test_what_a_collection_reaches_every_test_of_the_file_may_notice(suite, least):
    suite.measured = {"tests/test_pair.py": measured([LEAST], test_pair=(1, []), test_both=(2, [BOTH]))}
    assert suite.stages(least) == [{"tests/test_pair.py::test": 1, "tests/test_both.py::test": 2}]


def test_the_nearest_file_comes_first_then_the_quickest_tests(toy, least):
    (toy / SUM).write_text("from varigate.gateware import pair\n")
    for name, module in (("other", "pair"), ("sum", "sum"), ("far", "sum")):
        (toy / f"tests/test_{name}.py").write_text(f"import varigate.gateware.{module}\n")
    tree = SourceTree(toy)
    assert tree.tests_of(PAIR) == {"tests/test_pair.py": 1, "tests/test_other.py": 1, "tests/test_sum.py": 2,
                                   "tests/test_far.py": 2}
    assert tree.tests_of(SUM) == {"tests/test_sum.py": 1, "tests/test_far.py": 1}
    suite = Suite(tree, [PAIR])
    suite.measured = {f"tests/test_{name}.py": measured(**{f"test_{name}": (seconds, [LEAST])})
                      for name, seconds in (("pair", 8), ("other", 7), ("sum", 6), ("far", 5))}
    assert [[*stage.values()] for stage in suite.stages(least)] == [[7, 8], [5, 6]]
    suite.budget = 20.5
    assert [[*stage.values()] for stage in suite.stages(least)] == [[7, 8], [5]]


def test_a_mutant_that_no_test_reaches_survives(suite, least):
    suite.measured = {"tests/test_pair.py": measured(test_pair=(1, [BOTH]))}
    assert suite.judge(least) == MutantOutcome("survived")


def test_a_module_that_cannot_be_imported_is_noticed(toy, suite):
    """Its tests cannot be found then: the whole file is run."""
    (toy / PAIR).write_text("VALUES = [3, 4][1:]\nFIRST, = VALUES\n")
    (toy / "tests/test_pair.py").write_text("from varigate.gateware.pair import FIRST\n\n\n"
                                            "def test_pair():\n    assert FIRST\n")
    suite.measured = {"tests/test_pair.py": suite.measure("tests/test_pair.py")}
    mutant = next(each for each in select(toy, [PAIR])[PAIR] if each.after == "VALUES = [3, 4][0:]")
    assert suite.judge(mutant) == MutantOutcome("killed", "tests/test_pair.py")


def test_patterns_choose_the_tests(toy):
    assert SourceTree(toy, ["tests/test_o*.py"]).tests_of(PAIR) == {}
    with pytest.raises(UserError, match=r"no tests match tests/test_x\*\.py"):
        SourceTree(toy, ["tests/test_x*.py"])


def test_a_test_that_does_not_end_is_noticed(toy, suite, monkeypatch):
    monkeypatch.setattr("varigate.sim.mutation.suite.SPARE", 2)
    (toy / PAIR).write_text("def count(n):\n    while n > 0:\n        n = n - 1\n    return n\n")
    (toy / "tests/test_pair.py").write_text("from varigate.gateware.pair import count\n\n\n"
                                            "def test_pair():\n    assert count(3) == 0\n")
    suite.measured = {"tests/test_pair.py": suite.measure("tests/test_pair.py")}
    mutant = next(each for each in select(toy, [PAIR])[PAIR] if each.after == "n = n + 1")
    assert suite.judge(mutant) == MutantOutcome("timed out")
