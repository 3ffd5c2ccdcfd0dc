"""Runs pytest in a process of its own: `python -P runner.py CALL.json`, see `PytestCall`.

It is run as a script, in a copy of the tree that need not have this package; so it imports nothing of it.
"""

import ast
import json
import os
import sys
import time
from dataclasses import dataclass, field
from importlib.machinery import PathFinder, SourceFileLoader
from pathlib import Path

import pytest

__all__ = ["PytestCall", "Recorder", "marked"]

MARK = "__reached__"


@dataclass(frozen=True)
class PytestCall:
    """What `runner.py` is to do.

    Parameters
    ----------
    arguments : list of str
        of pytest.
    limits : {str: int}
        seconds of CPU time for "collection" and each test, by its name; a test without one has that of the collection.
        The process ends in one that takes longer, whatever the load of the machine. Windows has no such limit.
    watched : list of str
        the Python files, from the current folder, whose statements are watched.
    out : str
        where what a `Recorder` has found is written, as JSON; "" for nowhere.
    """

    arguments: list[str]
    limits: dict[str, int] = field(default_factory=dict)
    watched: list[str] = field(default_factory=list)
    out: str = ""


def marked(tree: ast.Module) -> ast.Module:
    """`tree` with a call of `__reached__(line)` before each statement; no line moves, and docstrings stay.

    Examples
    --------
    >>> print(ast.unparse(marked(ast.parse("if x:\\n    print(x)"))))
    __reached__(1)
    if x:
        __reached__(2)
        print(x)
    """
    for node in list(ast.walk(tree)):
        for name in ("body", "orelse", "finalbody"):
            statements = getattr(node, name, None)
            if isinstance(statements, list):
                setattr(node, name, [each for statement in statements for each in _with_mark(statement)])
    return ast.fix_missing_locations(tree)


def _with_mark(statement: ast.stmt) -> list[ast.stmt]:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):  # a docstring, often
        return [statement]
    line = ast.copy_location(ast.Constant(statement.lineno), statement)
    return [ast.copy_location(ast.Expr(ast.Call(ast.Name(MARK, ast.Load()), [line], [])), statement), statement]


class _Loader(SourceFileLoader):
    """Loads a module with marks in it."""

    def __init__(self, name: str, path: str, mark):
        super().__init__(name, path)
        self._mark = mark

    def source_to_code(self, data, path, **options):
        return super().source_to_code(marked(ast.parse(data)), path, **options)

    def exec_module(self, module):
        setattr(module, MARK, self._mark)
        super().exec_module(module)


class Recorder:
    """A plugin of pytest that records which statements each test reaches, and the CPU seconds that it takes.

    It must be made before the modules of `watched` are imported. What the set-up of a fixture that several tests share
    reaches is reached by all of them; what other tests share, a cache say, by the first alone.

    Members
    -------
    found : dict
        "collection" and the tests by their names within the tree (`tests/test_a.py::test_b[c]`), for each the
        `seconds` and the lines `reached`, by file. The collection's are those of all imports.
    """

    def __init__(self, watched: list[str]):
        self.found = {}
        self._files = {str(Path(file).resolve()): file for file in watched}
        self._reached, self._shared, self._before = set(), {}, 0.0
        sys.meta_path.insert(0, self)

    def find_spec(self, name, path, target=None):
        """Python's question for a module: a watched one is loaded by a `_Loader`."""
        spec = PathFinder.find_spec(name, path, target)
        file = self._files.get(spec.origin) if spec else None
        if file is None:
            return None
        spec.loader = _Loader(spec.name, spec.origin, lambda line: self._reached.add((file, line)))
        return spec

    def _keep(self, name: str, also=()):
        reached = {}
        for file, line in sorted(self._reached.union(*also)):
            reached.setdefault(file, []).append(line)
        self.found[name] = {"seconds": round(_cpu_seconds() - self._before, 3), "reached": reached}

    def _begin(self):
        self._before = _cpu_seconds()
        self._reached.clear()

    def pytest_collection_finish(self):
        self._keep("collection")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item):
        self._begin()
        result = yield
        self._keep(item.nodeid, [self._shared.get(name, ()) for name in getattr(item, "fixturenames", ())])
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef):
        outside = set(self._reached)
        self._reached.clear()
        try:
            return (yield)
        finally:
            if fixturedef.scope != "function":
                self._shared[fixturedef.argname] = self._shared.get(fixturedef.argname, set()) | self._reached
            self._reached |= outside


def _cpu_seconds() -> float:
    """Of this process and of its children that have ended."""
    return sum(os.times()[:4])


class _Limiter:
    """A plugin of pytest that limits the CPU time of the collection and of each test."""

    def __init__(self, limits: dict[str, int]):
        self._limits = limits
        self.pytest_runtest_logstart("collection")

    def pytest_runtest_logstart(self, nodeid):
        try:
            import resource
        except ImportError:
            return
        seconds = int(time.process_time()) + self._limits.get(nodeid, self._limits["collection"])
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, resource.RLIM_INFINITY))


def _main(path: Path) -> int:
    call = PytestCall(**json.loads(path.read_text("utf-8")))
    recorder = Recorder(call.watched) if call.out else None
    limiter = _Limiter(call.limits) if call.limits else None
    status = pytest.main(call.arguments, plugins=[plugin for plugin in (recorder, limiter) if plugin])
    if recorder:
        Path(call.out).write_text(json.dumps(recorder.found), "utf-8")
    return status


if __name__ == "__main__":
    sys.exit(_main(Path(sys.argv[1])))
