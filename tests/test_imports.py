"""Imports point one way, and everything of ours is imported by one name: `varigate.…`."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BELOW = {  # package → the packages that it may import, and so on down
    "model": set(),
    "gateware": {"model"},
    "platform.boards": {"gateware"},
    "platform.toolchains": {"platform.boards"},
    "host": {"model"},
    "sim": {"gateware", "model", "platform.boards", "platform.toolchains"},
    "explore": {"gateware", "model", "platform.toolchains"},
}
ROOMS = {  # package → its rooms, lowest first: a room imports those before it; of rooms in brackets none
    "model": [("errors", "json_text", "paths", "progress"), "files", "archive", "cache", "checks", "fixedpoint",
              ("data", "nn"), "network", ("protocol", "quantise"), "vae", "train", "figures"],
    "gateware": ["lib", "units", "engine", "core", ("link", "video"), "panel", "estimate", "top"],
    "sim": [("simulators", "formal", "mutation", "units"), "testbench", ("regression", "board")],
    "explore": ["spaces", "costs", ("joint", "methods"), "search", "studies"],
}
FOLDERS = {package: ROOT / package.replace(".", "/") for package in BELOW}
SOURCES = [(package, path) for package, folder in FOLDERS.items() for path in sorted(folder.rglob("*.py"))]
EVERYWHERE = [*(path for _, path in SOURCES), *sorted((ROOT / "varigate").rglob("*.py")), ROOT / "build.py",
              *sorted((ROOT / "tests").rglob("*.py"))]
BARE = {"model", "gateware", "platform.boards", "platform.toolchains", "boards", "toolchains", "sim", "host", "explore",
        "build", "tests"}


def allowed(package: str) -> set[str]:
    """`package`, those below it, and so on down."""
    return {package}.union(*map(allowed, BELOW[package]))


def imported(source: str) -> set[str]:
    """The dotted names of all that `source` imports, wherever in the file it does; "." for a relative import."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {"."} if node.level else {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def begins(name: str, package: str) -> bool:
    return f"{name}.".startswith(f"{package}.")


def packages(names: set[str]) -> set[str]:
    """Of dotted names, the packages of ours that they lie in; a name of ours that lies in none stands for itself."""
    ours = {name.removeprefix("varigate.") for name in names if begins(name, "varigate")}
    return {next((package for package in BELOW if begins(name, package)), name) for name in ours}


@pytest.mark.parametrize(("package", "path"), SOURCES, ids=[str(path.relative_to(ROOT)) for _, path in SOURCES])
def test_imports_point_one_way(package, path):
    assert packages(imported(path.read_text("utf-8"))) <= allowed(package)


def height(package: str, room: str) -> tuple[int, str]:
    """The place of a room in its package's list, and its name."""
    for place, rooms in enumerate(ROOMS[package]):
        if room in ((rooms,) if isinstance(rooms, str) else rooms):
            return place, room
    raise AssertionError(f"{package}/{room} stands in no list of rooms")


@pytest.mark.parametrize(("package", "path"), [
    (package, path) for package, path in SOURCES
    if package in ROOMS and path != FOLDERS[package] / "__init__.py"],
    ids=lambda each: str(each.relative_to(ROOT)) if isinstance(each, Path) else "")
def test_inside_a_package_imports_point_one_way(package, path):
    own = height(package, path.relative_to(FOLDERS[package]).with_suffix("").parts[0])
    prefix = f"varigate.{package}."
    others = {height(package, name.removeprefix(prefix).split(".")[0])
              for name in imported(path.read_text("utf-8")) if name.startswith(prefix)}
    assert not {other for other in others if other != own and other[0] >= own[0]}


def dotted(path: Path) -> str:
    """The name by which the module in `path` is imported; an `__init__` is its package."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts if parts[0] == "varigate" else ("varigate", *parts)).removesuffix(".__init__")


def test_no_modules_import_each_other():
    """Not even in a ring of several."""
    names = {dotted(path): path for path in EVERYWHERE
             if not path.is_relative_to(ROOT / "tests") and path != ROOT / "build.py"}
    edges = {}
    for name, path in names.items():
        below = {each if each in names else each.rpartition(".")[0]  # of `from module import name`, the module
                 for each in imported(path.read_text("utf-8"))}
        edges[name] = (below & names.keys()) - {name}
    while leaves := [name for name, below in edges.items() if not below]:
        edges = {name: below - set(leaves) for name, below in edges.items() if name not in leaves}
    assert not edges


@pytest.mark.parametrize("path", EVERYWHERE, ids=[str(path.relative_to(ROOT)) for path in EVERYWHERE])
def test_a_module_is_short(path):
    assert len(path.read_text("utf-8").splitlines()) <= 300


def test_no_folder_holds_too_much():
    folders = {path.parent for path in EVERYWHERE}
    crowded = {str(folder.relative_to(ROOT)) for folder in folders
               if sum(each.stem != "__init__" for each in folder.glob("*.py")) > 20}
    assert not crowded


@pytest.mark.parametrize("path", EVERYWHERE, ids=[str(path.relative_to(ROOT)) for path in EVERYWHERE])
def test_there_is_one_importable_name(path):
    """A module that could be imported by two names would exist twice, its classes, too."""
    names = imported(path.read_text("utf-8"))
    assert not {name for name in names if name == "." or any(begins(name, package) for package in BARE)}
    assert not any(begins(name, "varigate.varigate") for name in names)


def test_the_rules_notice_what_they_forbid():
    assert {package for package, _ in SOURCES} == BELOW.keys()
    assert allowed("platform.toolchains") == {"platform.toolchains", "platform.boards", "gateware", "model"}
    source = "import a.b as c\ndef f():\n    from varigate.platform.boards import g\nfrom . import h"
    assert imported(source) == {"a.b", "varigate.platform.boards.g", "."}
    assert packages(imported(source)) == {"platform.boards"}
    assert packages({"varigate.build", "varigate.platform", "numpy.sim"}) == {"build", "platform"}


def test_modules_have_names():
    assert dotted(ROOT / "sim/units/book.py") == "varigate.sim.units.book"
    assert dotted(ROOT / "explore/methods/__init__.py") == "varigate.explore.methods"
    assert dotted(ROOT / "varigate/__init__.py") == "varigate"


def test_the_platform_folder_is_no_package():
    assert not (ROOT / "platform" / "__init__.py").exists()
