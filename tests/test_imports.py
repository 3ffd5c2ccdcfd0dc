"""Imports between the packages point one way: a package imports those below it, and what these may import."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BELOW = {
    "model": set(),
    "gateware": {"model"},
    "boards": {"gateware"},
    "toolchains": {"boards"},
    "host": {"model"},
    "sim": {"gateware", "model", "boards", "toolchains"},
    "explore": {"gateware", "model", "toolchains"},
}
PLACES = {name: ROOT / ("platform" if name in ("boards", "toolchains") else ".") / name for name in BELOW}
FILES = [(name, path) for name, place in PLACES.items() for path in sorted(place.rglob("*.py"))]


def allowed(package: str) -> set[str]:
    """`package`, those below it, and so on down."""
    return {package}.union(*map(allowed, BELOW[package]))


def imported(source: str) -> set[str]:
    """The first names of all that `source` imports, wherever in the file it does."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add("." if node.level else node.module.split(".")[0])
    return names


@pytest.mark.parametrize(("package", "path"), FILES, ids=[str(path.relative_to(ROOT)) for _, path in FILES])
def test_imports_point_one_way(package, path):
    ours = imported(path.read_text("utf-8")) & {*BELOW, "build", "tests", "platform", "."}
    assert ours <= allowed(package)


def test_every_package_of_the_rule_is_looked_at():
    assert {name for name, _ in FILES} >= {"model", "gateware", "boards", "toolchains", "sim"}
    assert allowed("toolchains") == {"toolchains", "boards", "gateware", "model"}
    assert imported("import a.b as c\ndef f():\n    from d.e import g\nfrom . import h") == {"a", "d", "."}


def test_the_platform_folder_is_no_package():
    assert not (ROOT / "platform" / "__init__.py").exists()
