"""Runs methods × tasks × seeds in parallel processes. Traces are kept in a folder and not computed twice.

A run draws from `np.random.default_rng([seed, CRC-32 of the task's name, CRC-32 of the method's])`, so the
outcome depends neither on the order of the runs nor on the number of processes.
"""

from collections.abc import Callable
from concurrent.futures import as_completed
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote
from zlib import crc32

import numpy as np
from threadpoolctl import threadpool_limits

from varigate.explore.costs.workers import Workers
from varigate.explore.methods import CHANCELESS, FRONT_METHODS, METHODS
from varigate.explore.search.task import Task, run
from varigate.model import archive
from varigate.model.errors import UserError
from varigate.model.progress import track

__all__ = ["Contest", "Entry", "Traces", "run_missing"]


@dataclass(frozen=True)
class Entry:
    """A task of a contest.

    Parameters
    ----------
    task : Task
    guides : {method: guide}
        see `explore.methods`; absent for methods without a guide.
    target : float
        a run stops at a log cost at or below this.
    """

    task: Task
    guides: dict
    target: float = -np.inf


@dataclass(frozen=True)
class Contest:
    """A comparison of methods on tasks.

    Parameters
    ----------
    prepare : function of a module
        `prepare(task_name, *settings)` → `Entry`; every process calls it for itself.
    settings : tuple of str, int or float
        everything else that the outcome depends on, such as the digest of a predictor's file.
    tasks : tuple of str
    methods : tuple of str
        names in `METHODS`, or in `FRONT_METHODS` if the tasks have several objectives.
    seeds, budget : int
        runs of each method on each task, and evaluations of different designs in each run.

    Examples
    --------
    >>> contest = Contest(prepare=None, settings=(), tasks=("a", "b"), methods=("random", "nearest"), seeds=3)
    >>> len(contest.streams("a", "random")), len(contest.streams("a", "nearest"))  # `nearest` does not draw
    (3, 1)
    """

    prepare: Callable
    settings: tuple
    tasks: tuple[str, ...]
    methods: tuple[str, ...]
    seeds: int = 20
    budget: int = 300

    def streams(self, task: str, method: str) -> list[list[int]]:
        """The seeds of the generator of each run; a single run for a method that draws no random numbers."""
        count = 1 if method in CHANCELESS else self.seeds
        return [[seed, crc32(task.encode()), crc32(method.encode())] for seed in range(count)]

    def about(self, task: str, method: str) -> np.ndarray:
        """A description of the runs, kept in the file of traces: a file with another description is not reused."""
        return archive.pack_json([task, method, len(self.streams(task, method)), self.budget, self.settings])


@dataclass(frozen=True)
class Traces:
    """The runs of one method on one task.

    Parameters
    ----------
    numbers, values : list of array
        for each seed the numbers (evaluations,) of the evaluated candidates, and their costs, in order.
    """

    numbers: list[np.ndarray]
    values: list[np.ndarray]


@lru_cache(maxsize=2)
def _prepared(prepare, task, settings) -> Entry:
    return prepare(task, *settings)


def _runs(contest: Contest, task: str, method: str, path: Path) -> Traces:
    """Runs one method on one task with all seeds, and writes the traces to `path`."""
    with threadpool_limits(1):
        entry = _prepared(contest.prepare, task, contest.settings)
        search = (METHODS if entry.task.objectives == 1 else FRONT_METHODS)[method]
        guide = entry.guides.get(method)
        evaluations = [
            run(search, entry.task, contest.budget, np.random.default_rng(stream), guide, entry.target)
            for stream in contest.streams(task, method)
        ]
    traces = Traces([np.array(each.numbers) for each in evaluations], [each.values for each in evaluations])
    archive.write(path, {
        "about": contest.about(task, method),
        "lengths": np.array([len(each) for each in traces.numbers]),
        "numbers": np.concatenate(traces.numbers),
        "values": np.concatenate(traces.values),
    })
    return traces


def _kept(contest: Contest, task: str, method: str, path: Path) -> Traces | None:
    """The traces in the file `path`; None if it is absent, damaged or from other runs."""
    try:
        arrays = archive.read(path)
    except UserError:
        return None
    if not np.array_equal(arrays["about"], contest.about(task, method)):
        return None
    ends = np.cumsum(arrays["lengths"])[:-1]
    return Traces(np.split(arrays["numbers"], ends), np.split(arrays["values"], ends))


def run_missing(contest: Contest, folder: Path, processes: int = 1, *,
                progress: bool = False) -> dict[tuple[str, str], Traces]:
    """Runs every (task, method) that `folder` has no traces for; returns the traces of all, by (task, method)."""
    pairs = [(task, method) for task in contest.tasks for method in contest.methods]
    paths = {pair: folder / f"{quote('--'.join(pair), safe='')}.npz" for pair in pairs}
    traces = {pair: _kept(contest, *pair, paths[pair]) for pair in pairs}
    missing = [pair for pair in pairs if traces[pair] is None]
    with track("contest", len(pairs), "cell", shown=progress, done=len(pairs) - len(missing)) as work:
        if processes == 1:
            for pair in missing:
                traces[pair] = _runs(contest, *pair, paths[pair])
                work.update()
        else:
            with Workers(processes) as pool:
                jobs = {pool.submit(_runs, contest, *pair, paths[pair]): pair for pair in missing}
                for job in as_completed(jobs):
                    traces[jobs[job]] = job.result()
                    work.update()
    return traces
