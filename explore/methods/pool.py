"""Which candidates an acquisition function looks at: all of a small space, a sample of a large one."""

import numpy as np

__all__ = ["EXHAUSTIVE", "pool"]

EXHAUSTIVE = 4096
SAMPLE = 2000


def pool(evaluations, rng) -> np.ndarray:
    """Numbers of unseen candidates: all where the task has at most `EXHAUSTIVE`; otherwise `SAMPLE` at random and the
    unseen neighbours of the cheapest one so far, so that a step's cost does not grow with the space."""
    unseen = np.flatnonzero(evaluations.unseen)
    if len(evaluations.task) <= EXHAUSTIVE:
        return unseen
    near = evaluations.task.neighbours(evaluations.best)
    return np.union1d(rng.choice(unseen, min(SAMPLE, len(unseen)), replace=False), near[evaluations.unseen[near]])
