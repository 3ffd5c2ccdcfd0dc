"""Names of our modules, classes and functions that stand in back-ticks, in docstrings and documents, exist."""

import importlib
import re
from pathlib import Path

import pytest

import varigate

ROOT = Path(__file__).parents[1]
PACKAGES = "model", "gateware", "platform", "sim", "host", "explore", "varigate"
NAME = re.compile(rf"`((?:{'|'.join(PACKAGES)})(?:\.[A-Za-z_]\w*)+)`")
FILES = [path for folder in PACKAGES for path in sorted((ROOT / folder).rglob("*.py"))]
FILES += [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md"]
NAMED = {path: sorted(set(NAME.findall(path.read_text("utf-8")))) for path in FILES}


def resolve(name: str):
    """The object of that dotted name: a module, or an attribute of one; of the package, a public name comes first."""
    parts = name.removeprefix("varigate.").split(".")
    if parts[0] in varigate.__all__:
        return getattr(varigate, parts[0])
    for length in range(len(parts), -1, -1):
        module = ".".join(["varigate", *parts[:length]])
        try:
            found = importlib.import_module(module)
        except ModuleNotFoundError as error:
            if not module.startswith(error.name or ""):
                raise
            continue
        for part in parts[length:]:
            fields = getattr(found, "__dataclass_fields__", {})
            found = fields[part] if part in fields else getattr(found, part)
        return found
    raise AssertionError("the package itself is always found")


@pytest.mark.parametrize("path", [path for path, names in NAMED.items() if names],
                         ids=lambda path: str(path.relative_to(ROOT)))
def test_names_in_back_ticks_exist(path):
    missing = []
    for name in NAMED[path]:
        try:
            resolve(name)
        except AttributeError:
            missing.append(name)
    assert not missing


def test_a_name_that_is_gone_is_noticed():
    assert resolve("model.network.network.Network.inputs") and resolve("varigate.build")
    with pytest.raises(AttributeError):
        resolve("model.network.network.Dense")
    with pytest.raises(AttributeError):
        resolve("nothing.at.all")
