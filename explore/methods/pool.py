"""The candidates that an acquisition function is computed for: all of a small space, a sample of a large one."""

import numpy as np

__all__ = ["EXHAUSTIVE", "pool"]

EXHAUSTIVE = 4096
SAMPLE = 2000


def pool(evaluations, rng) -> np.ndarray:
    """Numbers of unseen candidates, (m,).

    All of them if the task has at most `EXHAUSTIVE` candidates. Otherwise `SAMPLE` at random, and the unseen neighbours
    of the cheapest candidate so far: the time of a step then does not grow with the space.

    Examples
    --------
    >>> from varigate.explore.search.task import Evaluations, Task
    >>> from varigate.explore.spaces.space import Parameter, Space
    >>> space = Space("line", (Parameter("size", (1, 2, 4, 8)),))
    >>> evaluations = Evaluations(Task("example", space, space.labels(range(4)), lambda labels: 1.0, np.ones(1)), 3)
    >>> cost = evaluations(2)
    >>> pool(evaluations, np.random.default_rng(0))
    array([0, 1, 3])
    """
    unseen = np.flatnonzero(evaluations.unseen)
    if len(evaluations.task) <= EXHAUSTIVE:
        return unseen
    near = evaluations.task.neighbours(evaluations.best)
    return np.union1d(rng.choice(unseen, min(SAMPLE, len(unseen)), replace=False), near[evaluations.unseen[near]])
