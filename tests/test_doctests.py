"""The examples in docstrings are run, with warnings as errors."""

import doctest
import gc
import importlib
from pathlib import Path

import pytest

# An example may look at a component without elaborating it; Amaranth warns when that is collected, whenever that is.
pytestmark = pytest.mark.filterwarnings("ignore::amaranth.hdl.UnusedElaboratable")

ROOT = Path(__file__).parents[1]
FOLDERS = ["varigate", "model", "gateware", "sim", "host", "explore", "platform/boards", "platform/toolchains"]
EXAMPLED = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))
            if ">>>" in path.read_text("utf-8")]


def module_of(path: Path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return importlib.import_module(".".join(parts if parts[0] == "varigate" else ("varigate", *parts)))


@pytest.mark.parametrize("path", EXAMPLED, ids=[str(path.relative_to(ROOT)) for path in EXAMPLED])
def test_examples(path, monkeypatch, tmp_path):
    tests = [test for test in doctest.DocTestFinder().find(module_of(path)) if test.examples]
    assert tests, "the file has >>> in no docstring"
    monkeypatch.chdir(tmp_path)
    runner, said = doctest.DocTestRunner(), []
    for test in tests:
        runner.run(test, out=said.append)
    del tests, test
    gc.collect()  # here, not in the test that comes next
    assert runner.summarize(verbose=False).failed == 0, "".join(said)
