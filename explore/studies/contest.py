"""Methods × tasks × seeds, in parallel over processes: every trace is kept in a folder, and none is made twice.

A run draws from `np.random.default_rng([seed, CRC-32 of the task's name, CRC-32 of the method's])`, so that the outcome
depends neither on the order of the runs nor on the number of processes.
"""

import multiprocessing
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote
from zlib import crc32

import numpy as np
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from varigate.explore.methods import CHANCELESS, FRONT_METHODS, METHODS
from varigate.explore.search.task import Task, run
from varigate.model import archive
from varigate.model.errors import UserError

__all__ = ["Contest", "Entry", "Traces", "hold"]


@dataclass(frozen=True)
class Entry:
    """A task, what the methods know beforehand (by their names), and the log cost at which a run may stop."""

    task: Task
    guides: dict
    target: float = -np.inf


@dataclass(frozen=True)
class Contest:
    """What is run.

    Parameters
    ----------
    prepare : function of a module
        `prepare(task_name, *settings)` → `Entry`; every process calls it for itself.
    settings : tuple of str, int or float
        all else that the outcome depends on: the digest of a predictor's file, say.
    methods : tuple of str
        names in `METHODS`, or in `FRONT_METHODS` where the tasks have several objectives.
    seeds, budget : int
        runs of each method on each task; evaluations of different designs in each run.
    """

    prepare: Callable
    settings: tuple
    tasks: tuple[str, ...]
    methods: tuple[str, ...]
    seeds: int = 20
    budget: int = 300

    def streams(self, task: str, method: str) -> list[list[int]]:
        """What the generator of each run is seeded with; one run of a method without chance is enough."""
        count = 1 if method in CHANCELESS else self.seeds
        return [[seed, crc32(task.encode()), crc32(method.encode())] for seed in range(count)]

    def about(self, task: str, method: str) -> np.ndarray:
        """What a file of traces was made from; one that says something else is made again."""
        return archive.pack_json([task, method, len(self.streams(task, method)), self.budget, self.settings])


@dataclass(frozen=True)
class Traces:
    """The runs of one method on one task: for each seed the candidates' numbers and their costs, in order."""

    numbers: list[np.ndarray]
    values: list[np.ndarray]


@lru_cache(maxsize=2)
def _prepared(prepare, task, settings) -> Entry:
    return prepare(task, *settings)


def _runs(contest: Contest, task: str, method: str, path: Path) -> Traces:
    """All seeds of one method on one task, computed and kept in `path`."""
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
    """The traces in a file; nothing where it is absent, damaged or made from something else."""
    try:
        arrays = archive.read(path)
    except UserError:
        return None
    if not np.array_equal(arrays["about"], contest.about(task, method)):
        return None
    ends = np.cumsum(arrays["lengths"])[:-1]
    return Traces(np.split(arrays["numbers"], ends), np.split(arrays["values"], ends))


def hold(contest: Contest, folder: Path, processes: int = 1, *,
         progress: bool = False) -> dict[tuple[str, str], Traces]:
    """Run what `folder` does not hold yet. The traces by (task, method)."""
    pairs = [(task, method) for task in contest.tasks for method in contest.methods]
    paths = {pair: folder / f"{quote('--'.join(pair), safe='')}.npz" for pair in pairs}
    traces = {pair: _kept(contest, *pair, paths[pair]) for pair in pairs}
    missing = [pair for pair in pairs if traces[pair] is None]
    with tqdm(total=len(pairs), initial=len(pairs) - len(missing), unit="cell", file=sys.stderr,
              disable=not progress) as bar:
        if processes == 1:
            for pair in missing:
                traces[pair] = _runs(contest, *pair, paths[pair])
                bar.update()
        else:
            # Fresh processes: a fork of one that runs threads may hang.
            with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as pool:
                jobs = {pool.submit(_runs, contest, *pair, paths[pair]): pair for pair in missing}
                for job in as_completed(jobs):
                    traces[jobs[job]] = job.result()
                    bar.update()
    return traces
