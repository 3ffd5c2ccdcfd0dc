"""A small tree to make mutants in."""

import shutil
from pathlib import Path

import pytest

import varigate

PROJECT = '[tool.pytest.ini_options]\npythonpath = ["."]\naddopts = ["--import-mode=importlib"]\n'
GATEWARE = ('"""Adds 1 + 2."""\n\n\ndef least(a, b):\n    return a if a < b else b\n\n\n'
            'def both(a, b):\n    return a & b\n')
WEAK = ("from varigate.gateware.pair import both, least\n\n\n"
        "def test_pair():\n    assert least(1, 3) == 1 and both(6, 3) == 2\n")


@pytest.fixture
def toy(tmp_path):
    """A package with one module, and tests that do not look at a case: two equal numbers."""
    root = tmp_path / "toy"
    (root / "gateware").mkdir(parents=True)
    (root / "tests").mkdir()
    shutil.copytree(Path(varigate.__file__).parent, root / "varigate", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "pyproject.toml").write_text(PROJECT)
    (root / "gateware/__init__.py").write_text("")
    (root / "gateware/pair.py").write_text(GATEWARE)
    (root / "tests/test_pair.py").write_text(WEAK)
    (root / "tests/test_other.py").write_text("def test_nothing():\n    assert True\n")
    return root
