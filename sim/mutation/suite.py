"""Finds the tests that depend on a file, measures their times, and runs them on mutants."""

import ast
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from varigate.model.errors import UserError
from varigate.sim.mutation.mutation import Mutant

__all__ = ["MutantOutcome", "Suite"]

PACKAGE = "varigate"  # all folders are imported as parts of it
TESTS = "tests"
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "build", "dist", "*.egg-info", "venv")
PYTEST = ["-x", "-q", "-p", "no:cacheprovider", "--hypothesis-seed=0"]
# The limit is of CPU time, which does not depend on the load of the machine (Windows has none: see WAITING).
RUN = """import sys
try:
    import resource
    if int(sys.argv[1]):
        resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[1]), int(sys.argv[1]) + 5))
except ImportError:
    pass
import pytest
sys.exit(pytest.main(sys.argv[2:]))
"""
WAITING = 20  # seconds by the clock that a second of CPU time may take
ENDED = {-getattr(signal, name) for name in ("SIGXCPU", "SIGKILL") if hasattr(signal, name)}  # by the limit
USAGE = 4  # pytest's exit status for wrong arguments
FIRST_SECONDS = 20  # of nearest tests in the first stage, if no file of tests is named after the module
# `12.3s call tests/…::test[…]`, of pytest --durations
DURATION = re.compile(r"^([\d.]+)s (?:setup|call|teardown) +(\S+\.py)(::.*)$", re.MULTILINE)
FAILED = re.compile(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", re.MULTILINE)


@dataclass(frozen=True)
class MutantOutcome:
    """The outcome of a mutant: `killed` (by the test or file `by`), `timed out` or `survived`."""

    status: str
    by: str = ""


def _digest(*texts: bytes) -> str:
    return hashlib.sha256(b"\0".join(hashlib.sha256(text).digest() for text in texts)).hexdigest()


class Suite:
    """The tests of the source tree at `root`. They run in copies of the tree.

    Parameters
    ----------
    root : Path
        the folder of pyproject.toml and tests/.
    slowest : float
        seconds; slower tests are not run, and mutants that only they would kill count as survivors.

    Members
    -------
    durations : dict
        seconds of each test of each file, set by `measure`; the caller may set those of an earlier run.

    Raises
    ------
    UserError
        if there are no tests.
    """

    def __init__(self, root: Path, *, slowest: float = 5):
        if not (root / TESTS).is_dir():
            raise UserError(f"no tests at {root / TESTS}: mutants need the source tree, not an installed package")
        self.root, self._slowest = root, slowest
        self.durations: dict[str, dict[str, float]] = {}
        self._running, self._stopped = set(), False

    @cached_property
    def sources(self) -> dict[str, bytes]:
        """The content of every Python file of the tree, by its path from the root."""
        with tempfile.TemporaryDirectory(prefix="varigate-mutants-") as directory:
            copy = self._copy(directory)
            return {path.relative_to(copy).as_posix(): path.read_bytes() for path in sorted(copy.rglob("*.py"))}

    def digest(self, file: str | None = None) -> str:
        """SHA-256 of the whole tree, or of all that the tests in `file` may depend on."""
        return _digest(*(text for path, text in self.sources.items()
                         if file in (None, path) or not Path(path).name.startswith("test_")))

    @cached_property
    def _imports(self) -> dict[str, set[str]]:
        """The files that each file imports; files of tests also depend on the conftest.py of their folders."""
        places = {}
        for path in self.sources:
            parts = Path(path).with_suffix("").parts
            parts = parts if parts[0] in (PACKAGE, TESTS) else (PACKAGE, *parts)
            places[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
        imports = {}
        for path, text in self.sources.items():
            names = set()
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Import):
                    names |= {alias.name for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and not node.level:
                    names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
            imports[path] = {places[name] for name in names if name in places}
            if path.startswith(f"{TESTS}/"):
                nearby = {(parent / "conftest.py").as_posix() for parent in Path(path).parents}
                imports[path] |= nearby & self.sources.keys() - {path}
        return imports

    def _distances(self, file: str) -> dict[str, int]:
        """The files of tests that import `file`, with the length of the chain of imports."""
        found, queue = {}, deque([(file, 0)])
        seen = {file}
        while queue:
            path, distance = queue.popleft()
            if path.startswith(f"{TESTS}/") and Path(path).name.startswith("test_"):
                found[path] = distance
            for other, imported in self._imports.items():
                if path in imported and other not in seen:
                    seen.add(other)
                    queue.append((other, distance + 1))
        return found

    def tests_of(self, files) -> list[str]:
        """The files of tests that import any of `files`, directly or not."""
        return sorted({test for file in files for test in self._distances(file)})

    def seconds(self, test: str) -> float:
        """Seconds that a file of tests takes, without its slow tests."""
        return sum(seconds for seconds in self.durations[test].values() if seconds <= self._slowest)

    @property
    def slow(self) -> list[str]:
        """The tests that are not run, because they are slower than `slowest`."""
        return sorted(test + name for test, tests in self.durations.items()
                      for name, seconds in tests.items() if seconds > self._slowest)

    def stages(self, file: str) -> tuple[list[str], list[str]]:
        """The files of tests for mutants of `file`: those named after it (or else the nearest), and all others."""
        distances = self._distances(file)
        order = sorted(distances, key=lambda test: (distances[test], self.seconds(test)))
        first = [test for test in order if Path(test).stem == f"test_{Path(file).stem}"]
        if not first:
            spent = 0
            for test in order:
                if spent > FIRST_SECONDS:
                    break
                first.append(test)
                spent += self.seconds(test)
        return first, sorted(set(order) - set(first), key=self.seconds)

    def measure(self, tests: list[str]):
        """Runs `tests` on the unchanged tree, and keeps their times in `durations`.

        Raises
        ------
        UserError
            if a test fails: then failures of mutants would mean nothing.
        """
        code, output = self._run(None, ["--durations=0", "--durations-min=0", *tests], limit=0)
        if code != 0:
            failed = FAILED.search(output)
            raise UserError("the tests fail without a mutant: " + (failed[1] if failed else output[-300:].strip()))
        self.durations |= {test: {} for test in tests}
        for seconds, test, name in DURATION.findall(output):
            known = self.durations[test]
            known[name] = known.get(name, 0) + float(seconds)

    def run(self, mutant: Mutant, tests: list[str]) -> MutantOutcome:
        """Runs `tests` on `mutant`, quick ones first, until one fails."""
        seconds = {test + name: taken for test in tests for name, taken in self.durations[test].items()
                   if taken <= self._slowest}
        if not seconds:
            return MutantOutcome("survived")
        limit = 15 + round(2 * sum(seconds.values()))
        try:
            code, output = self._run(mutant, sorted(seconds, key=seconds.get), limit=limit)
            if code == USAGE:
                # The mutant has changed the list of tests, perhaps to none, for a module that cannot be imported.
                code, output = self._run(mutant, tests, limit=limit)
        except subprocess.TimeoutExpired:
            return MutantOutcome("timed out")
        if code in ENDED:
            return MutantOutcome("timed out")
        if code == USAGE:
            raise UserError(f"pytest does not accept its arguments: {output[-300:].strip()}")
        failed = FAILED.search(output)
        return MutantOutcome("killed", failed[1] if failed else tests[0]) if code else MutantOutcome("survived")

    def stop(self):
        """Ends all runs, each with a `UserError`, and lets no other start."""
        self._stopped = True
        for process in list(self._running):
            self._end(process)

    def _copy(self, directory: str) -> Path:
        return Path(shutil.copytree(self.root, Path(directory) / "tree", ignore=LEFT_OUT))

    def _run(self, mutant: Mutant | None, arguments: list[str], *, limit: int) -> tuple[int, str]:
        """Runs pytest in a copy of the tree with `mutant` applied; exit status and output. limit: 0 for none."""
        with tempfile.TemporaryDirectory(prefix="varigate-mutants-", ignore_cleanup_errors=True) as directory:
            copy = self._copy(directory)
            # No bytecode: Python would reuse that of another source with the same size and time.
            environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(copy)}
            if mutant:
                path = copy / mutant.file
                path.write_bytes(mutant.apply(path.read_bytes().decode()).encode())
            where = subprocess.run([sys.executable, "-c", f"import {PACKAGE}; print({PACKAGE}.__path__[0])"], cwd=copy,
                                   env=environment, capture_output=True, text=True)
            if where.returncode or Path(where.stdout.strip()).resolve() != (copy / PACKAGE).resolve():
                raise UserError(f"tests of a copy would import {PACKAGE} from {where.stdout.strip() or 'nowhere'}")
            listed = Path(directory) / "arguments"
            listed.write_text("\n".join([*PYTEST, *arguments]), "utf-8")
            process = subprocess.Popen([sys.executable, "-c", RUN, str(limit), f"@{listed}"], cwd=copy,
                                       env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                       encoding="utf-8", errors="replace", start_new_session=True)
            self._running.add(process)
            try:
                output, _ = process.communicate(timeout=WAITING * limit or None)
            finally:
                self._end(process)
                self._running.discard(process)
            if self._stopped:
                raise UserError("the run was stopped")
            return process.returncode, output

    @staticmethod
    def _end(process):
        """Ends a run and its child processes (on Windows only the run)."""
        if process.poll() is None:
            with suppress(ProcessLookupError):
                if hasattr(os, "killpg"):
                    os.killpg(process.pid, signal.SIGKILL)
                else:
                    process.kill()
            process.wait()
