"""The public interface: every name is there, is documented with an example, and stands in docs/api.md."""

import doctest
import subprocess
import sys
from pathlib import Path

import pytest

import varigate
from varigate.interface_page import GROUPS, markdown, page

ROOT = Path(__file__).parents[2]
NEWLY_IMPORTED = """
import sys
before = set(sys.modules)
import varigate
print({name.partition(".")[0] for name in set(sys.modules) - before} - set(sys.stdlib_module_names))
"""


@pytest.mark.parametrize("name", varigate.__all__)
def test_a_public_name_says_what_it_is_and_shows_its_use(name, tmp_path, monkeypatch):
    """The example imports all that it uses, so that a user can copy it."""
    monkeypatch.chdir(tmp_path)
    found = getattr(varigate, name)
    assert "\n\n" in (found.__doc__ or ""), f"{name} has no docstring, or one of a single line"
    test, = doctest.DocTestFinder(recurse=False).find(found, name, globs={})
    assert any("from varigate import " in example.source for example in test.examples), f"{name} has no usage example"
    assert doctest.DocTestRunner().run(test).failed == 0
    assert list(tmp_path.iterdir()) == []


def test_the_page_has_every_name_and_is_what_the_command_writes():
    assert sorted(name for names in GROUPS.values() for name in names) == varigate.__all__
    assert (ROOT / "docs" / "api.md").read_text("utf-8") == page()


@pytest.mark.parametrize(("docstring", "text"), [
    ("Adds x_1 and `x_2`.\n\n    x*y\n\nThen a*b.", "Adds x\\_1 and `x_2`.\n\n    x*y\n\nThen a\\*b."),
    ("Adds.\n\nRaises\n------\nValueError\n    for a\n    list.\nOSError",
     "Adds.\n\n**Raises**\n\n- `ValueError`: for a list.\n- `OSError`"),
    ("Adds.\n\nExamples\n--------\nSo:\n\n>>> 1 + 1\n2",
     "Adds.\n\n**Examples**\n\nSo:\n\n```python\n>>> 1 + 1\n2\n```"),
])
def test_docstrings_become_markdown(docstring, text):
    assert markdown(docstring) == text


def test_a_name_that_is_not_there():
    with pytest.raises(AttributeError, match="module 'varigate' has no attribute 'VAE'; the public names are"):
        varigate.__getattr__("VAE")


def test_importing_it_imports_nothing_else():
    done = subprocess.run([sys.executable, "-c", NEWLY_IMPORTED], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "{'varigate'}"


def test_every_public_name_is_listed_by_dir():
    assert set(varigate.__all__) <= set(dir(varigate))
