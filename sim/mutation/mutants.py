"""Draws mutants of the gateware by a seed, and runs the tests on each of them."""

import hashlib
import json
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict
from pathlib import Path

from varigate.model.errors import UserError
from varigate.model.files import write_bytes
from varigate.model.files.places import refusals
from varigate.model.progress import counted
from varigate.sim.mutation.mutation import Mutant, mutants_of
from varigate.sim.mutation.suite import MutantOutcome, Reach, Suite

__all__ = ["draw", "pick", "run", "select"]

START = b'{"key": "'  # of a line of a record


def select(root: Path, patterns) -> dict[str, list[Mutant]]:
    """All mutants of the Python files below `root` that match any of `patterns`, by file.

    Raises a `UserError` if no file matches.
    """
    paths = sorted({path for pattern in patterns for path in root.glob(pattern) if path.suffix == ".py"})
    if not paths:
        raise UserError(f"no Python files match {' '.join(patterns)} in {root}")
    files = [path.relative_to(root).as_posix() for path in paths]
    return {file: mutants_of(path.read_bytes().decode(), file) for file, path in zip(files, paths, strict=True)}


def pick(mutants: dict[str, list[Mutant]], names: list[str]) -> list[Mutant]:
    """The mutants with the identifiers `names`; a `UserError` for one that does not exist.

    Examples
    --------
    >>> found = {"a.py": mutants_of("x = y & 1\\n", "a.py")}
    >>> [mutant.after for mutant in pick(found, [found["a.py"][0].id])] == [found["a.py"][0].after]
    True
    """
    found = {mutant.id: mutant for each in mutants.values() for mutant in each}
    for name in names:
        if name not in found:
            raise UserError(f"there is no mutant {name}; --list prints the drawn ones")
    return [found[name] for name in names]


def draw(mutants: dict[str, list[Mutant]], count: int, seed: int) -> list[Mutant]:
    """Draws `count` mutants by `seed`, from each file in proportion to its number of them.

    Within a file, the mutants with the lowest hashes of their changes are drawn, so edits elsewhere hardly alter the
    draw. Raises a `UserError` if there are fewer than `count`.

    Examples
    --------
    >>> found = {"a.py": mutants_of("x = y & 1\\nz = y + x\\n", "a.py")}
    >>> len(draw(found, 2, seed=1)), draw(found, 2, seed=1) == draw(found, 2, seed=1)
    (2, True)
    """
    total = sum(map(len, mutants.values()))
    if not 1 <= count <= total:
        raise UserError(f"--count must be 1…{total}, the number of mutants, not {count}")
    shares = {file: count * len(found) / total for file, found in mutants.items()}
    places = {file: int(share) for file, share in shares.items()}
    for file in sorted(shares, key=lambda file: places[file] - shares[file])[:count - sum(places.values())]:
        places[file] += 1
    drawn = []
    for file, found in mutants.items():
        alike, ranks = Counter(), {}
        for mutant in found:
            change = f"{seed}\0{file}\0{mutant.kind}\0{mutant.before}\0{mutant.after}"
            alike[change] += 1
            ranks[mutant.id] = hashlib.sha256(f"{change}\0{alike[change]}".encode()).digest()
        best = sorted(found, key=lambda mutant: ranks[mutant.id])[:places[file]]
        drawn += sorted(best, key=lambda mutant: mutant.start)
    return drawn


class _Record:
    """A file of measurements and outcomes, as lines of JSON, so that an interrupted run can be resumed.

    A killed mutant is not run again as long as its file is the same, and a survivor as long as the budget, the tests
    that depend on it, and all files that are no tests are.
    """

    def __init__(self, path: Path | None, suite: Suite):
        self._path, self._suite, self._lock = path, suite, threading.Lock()
        self._known = {}
        if path is None or not path.exists():
            return
        *lines, half = path.read_bytes().split(b"\n")
        try:
            entries = [json.loads(line) for line in lines]
            self._known = {entry["key"]: entry for entry in entries}
            if not half.startswith(START[:len(half)]):
                raise ValueError
        except (ValueError, KeyError, TypeError):
            raise UserError(f"{path} is not a record of mutants; give another file to --resume") from None
        if half:  # the process died, or the disk was full, in the middle of a line
            write_bytes(path, b"".join(line + b"\n" for line in lines))

    def _write(self, entry: dict):
        with self._lock:
            self._known[entry["key"]] = entry
            if self._path is not None:
                with refusals(self._path), self._path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(entry, ensure_ascii=False) + "\n")

    def measured(self, test: str) -> dict[str, Reach]:
        """What `Suite.measure` finds for a file of tests, from the record or by measuring."""
        key = f"measured {test} {self._suite.tree.digest([test])}"
        if key not in self._known or self._known[key]["watched"] != self._suite.watched:
            found = {name: asdict(each) for name, each in self._suite.measure(test).items()}
            self._write({"key": key, "watched": self._suite.watched, "found": found})
        return {name: Reach(**each) for name, each in self._known[key]["found"].items()}

    def outcome(self, mutant: Mutant) -> MutantOutcome:
        """What `Suite.judge` finds for a mutant, from the record or by running tests."""
        tree = self._suite.tree
        changed = mutant.apply(tree.sources[mutant.file].decode())
        key = f"{mutant.id} {hashlib.sha256(changed.encode()).hexdigest()}"
        entry = self._known.get(key)
        same = {"tree": tree.digest(tree.tests_of(mutant.file)), "budget": self._suite.budget}
        if entry is None or (entry["status"] == "survived" and not entry.items() >= same.items()):
            outcome = self._suite.judge(mutant)
            self._write({"key": key, **same, "before": mutant.before, "after": mutant.after, **asdict(outcome)})
            return outcome
        return MutantOutcome(entry["status"], entry["by"])


def run(suite: Suite, mutants: list[Mutant], *, jobs: int = 1, resume: Path | None = None,
        progress: bool = False) -> dict[Mutant, MutantOutcome]:
    """Measures the tests that depend on the files of `mutants`, and judges each of these; outcomes by mutant.

    Parameters
    ----------
    suite : Suite
    mutants : list of Mutant
    jobs : int
        files of tests that are measured, and mutants that are tested, in parallel.
    resume : Path or None
        a file of measurements and outcomes: those in it are reused, and new ones are added.
    progress : bool
        bars on standard error.
    """
    record = _Record(resume, suite)
    tests = sorted({test for mutant in mutants for test in suite.tree.tests_of(mutant.file)})
    with ThreadPoolExecutor(jobs) as pool:
        def every(function, items, text, unit) -> dict:
            """The result of `function` for each of `items`, in their order."""
            futures = {pool.submit(function, item): item for item in items}
            results = {}
            for future in counted(as_completed(futures), text, len(items), unit, shown=progress):
                results[futures[future]] = future.result()
            return {item: results[item] for item in items}

        try:
            suite.measured |= every(record.measured, tests, "measuring tests", "file")
            return every(record.outcome, mutants, "testing", "mutant")
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            suite.stop()
            raise
