"""Measures what each test takes and reaches, chooses the tests for a mutant, and runs them."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from varigate.model.cache import cache_folder
from varigate.model.errors import UserError
from varigate.sim.mutation.mutation import Mutant
from varigate.sim.mutation.tree import PACKAGE, SourceTree

__all__ = ["MutantOutcome", "Reach", "Suite"]

RUNNER = Path(__file__).with_name("runner.py")
PYTEST = ["-x", "-q", "-p", "no:cacheprovider", "--hypothesis-seed=0"]
WAITING = 20  # seconds by the clock that a second of CPU time may take
SPARE = 15  # seconds of CPU time that any test may take
ENDED = {-getattr(signal, name) for name in ("SIGXCPU", "SIGKILL") if hasattr(signal, name)}  # by the limit
USAGE = 4  # pytest's exit status for wrong arguments
NO_TESTS = 5  # pytest's exit status if all tests of a file are left out, by a marker for instance
FIRST_SECONDS = 10  # of tests in the first stage
FAILED = re.compile(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", re.MULTILINE)


@dataclass(frozen=True)
class MutantOutcome:
    """The outcome of a mutant: `killed` (by the test or file `by`), `timed out` or `survived`."""

    status: str
    by: str = ""


@dataclass(frozen=True)
class Reach:
    """CPU seconds, and the lines of the statements that were reached, by file: of a test, or of a collection."""

    seconds: float
    reached: dict[str, list[int]]

    def reaches(self, mutant: Mutant) -> bool:
        """Whether the statement of `mutant` is among them."""
        return mutant.statement in self.reached.get(mutant.file, ())


class Suite:
    """The tests of a tree. They run in copies of it.

    Parameters
    ----------
    tree : SourceTree
    files : list of str
        the files that mutants are made of.
    budget : float
        CPU seconds of tests for a mutant. If more of them reach it, the last ones are not run, and a mutant that only
        they would kill counts as a survivor.

    Members
    -------
    watched, budget
        the parameters `files` and `budget`.
    measured : {str: {str: Reach}}
        by file of tests: its "collection" and its tests, from `measure`; the caller may set those of an earlier run.
    """

    def __init__(self, tree: SourceTree, files: list[str], *, budget: float = 60):
        self.tree, self.watched, self.budget = tree, files, budget
        self.measured: dict[str, dict[str, Reach]] = {}
        self._running, self._stopped = set(), False

    def measure(self, test: str) -> dict[str, Reach]:
        """Runs the tests in the file `test` on the unchanged tree, and measures each.

        Raises
        ------
        UserError
            if a test fails: then failures of mutants would mean nothing.
        """
        code, output, found = self._run(None, [test])
        if code not in (0, NO_TESTS):
            failed = FAILED.search(output)
            raise UserError("the tests fail without a mutant: " + (failed[1] if failed else output[-300:].strip()))
        return {name: Reach(**each) for name, each in found.items()}

    def reaching(self, mutant: Mutant) -> dict[str, dict[str, float]]:
        """CPU seconds of the tests that may notice `mutant`, by their files, the nearest files first.

        These are the tests that reach its statement, and all tests in a file whose collection does, since then it has
        a part in what they import. A file of the mutated module's own name is the nearest, then the length of the
        chain of imports decides, and then the time.
        """
        found = {}
        distances = self.tree.tests_of(mutant.file)
        for test in distances:
            measured = self.measured[test]
            every = measured["collection"].reaches(mutant)
            seconds = {name: each.seconds for name, each in measured.items()
                       if name != "collection" and (every or each.reaches(mutant))}
            if seconds:
                found[test] = seconds
        own = f"test_{Path(mutant.file).stem}"
        order = sorted(found, key=lambda test: (Path(test).stem != own, distances[test], sum(found[test].values())))
        return {test: found[test] for test in order}

    def stages(self, mutant: Mutant) -> list[dict[str, float]]:
        """The tests for `mutant` and their CPU seconds, in two stages: first some of the nearest files."""
        first, rest = {}, {}
        for tests in self.reaching(mutant).values():
            (first if sum(first.values()) < FIRST_SECONDS else rest).update(tests)
        spent, stages = 0, [{}, {}]
        for stage, tests in zip(stages, (first, rest), strict=True):
            for name in sorted(tests, key=tests.get):
                spent += tests[name]
                if spent <= self.budget:
                    stage[name] = tests[name]
        return [stage for stage in stages if stage]

    def judge(self, mutant: Mutant) -> MutantOutcome:
        """Runs the tests for `mutant` on it, stage by stage, until one fails."""
        for tests in self.stages(mutant):
            outcome = self._judge(mutant, tests)
            if outcome.status != "survived":
                return outcome
        return MutantOutcome("survived")

    def _judge(self, mutant: Mutant, tests: dict[str, float]) -> MutantOutcome:
        files = list(dict.fromkeys(name.partition("::")[0] for name in tests))
        imports = sum(self.measured[file]["collection"].seconds for file in files)
        limits = {"collection": SPARE + round(2 * imports)}
        for file in files:  # any test may have to make what the file's tests share
            slowest = max(reach.seconds for reach in self.measured[file].values())
            limits |= dict.fromkeys(self.measured[file].keys() - {"collection"}, SPARE + round(2 * slowest))
        try:
            code, output, _ = self._run(mutant, list(tests), limits, imports + sum(tests.values()))
            if code == USAGE:
                # The mutant has changed the list of tests, perhaps to none, for a module that cannot be imported.
                whole = sum(reach.seconds for file in files for reach in self.measured[file].values())
                code, output, _ = self._run(mutant, files, limits, whole)
        except subprocess.TimeoutExpired:
            return MutantOutcome("timed out")
        if code in ENDED:
            return MutantOutcome("timed out")
        if code == USAGE:
            raise UserError(f"pytest does not accept its arguments: {output[-300:].strip()}")
        failed = FAILED.search(output)
        return MutantOutcome("killed", failed[1] if failed else files[0]) if code else MutantOutcome("survived")

    def stop(self):
        """Ends all runs, each with a `UserError`, and lets no other start."""
        self._stopped = True
        for process in list(self._running):
            self._end(process)

    def _run(self, mutant: Mutant | None, arguments: list[str], limits: dict[str, int] | None = None,
             seconds: float = 0) -> tuple[int, str, dict]:
        """Runs pytest in a copy of the tree with `mutant`, or else measures; exit status, output, what was found.

        limits: CPU seconds that each test may take. seconds: CPU time that all take without the mutant.
        """
        with tempfile.TemporaryDirectory(prefix="varigate-mutants-", ignore_cleanup_errors=True) as name:
            folder = Path(name)
            copy = self.tree.copy(folder)
            # No bytecode: Python would reuse that of another source with the same size and time. The cache is one of
            # its own: nobody wants to keep the compiled designs of mutants. But images are found in the user's.
            environment = {"VARIGATE_DATA": str(cache_folder())} | os.environ | {
                "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(copy), "VARIGATE_CACHE": str(folder / "cache")}
            if mutant:
                path = copy / mutant.file
                path.write_bytes(mutant.apply(path.read_bytes().decode()).encode())
            self._check_imports(copy, environment)
            out = folder / "found.json"
            call = {"arguments": [*PYTEST, *arguments]} | (
                {"limits": limits} if mutant else {"watched": self.watched, "out": str(out)})
            (folder / "call.json").write_text(json.dumps(call), "utf-8")
            with subprocess.Popen([sys.executable, "-P", RUNNER, folder / "call.json"], cwd=copy, env=environment,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace",
                                  start_new_session=True) as process:
                self._running.add(process)
                try:
                    output, _ = process.communicate(timeout=WAITING * (SPARE + 2 * seconds) if mutant else None)
                finally:
                    self._end(process)
                    self._running.discard(process)
            if self._stopped:
                raise UserError("the run was stopped")
            return process.returncode, output, json.loads(out.read_text("utf-8")) if out.exists() else {}

    @staticmethod
    def _check_imports(copy: Path, environment: dict):
        """A `UserError` if Python would not import the package from the copy of the tree."""
        where = subprocess.run([sys.executable, "-c", f"import {PACKAGE}; print({PACKAGE}.__path__[0])"], cwd=copy,
                               env=environment, capture_output=True, text=True)
        if where.returncode or Path(where.stdout.strip()).resolve() != (copy / PACKAGE).resolve():
            raise UserError(f"tests of a copy would import {PACKAGE} from {where.stdout.strip() or 'nowhere'}")

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
