"""A stand-in for the core, for tests of components that use it."""

from collections.abc import Callable
from itertools import repeat

import numpy as np

from varigate.model.protocol.operations import PARTS, Op, Part, codes_taken, counts
from varigate.model.protocol.replies import Answer
from varigate.sim.testbench.streams import get, put

__all__ = ["FakeCore", "random_answer"]


def random_answer(rng: np.random.Generator, op: Op, sizes) -> Answer:
    """Random numbers, often at the ends of their ranges; `sizes`: Network or Info."""
    def numbers(part: Part, count: int) -> np.ndarray:
        number = PARTS[part].number(sizes)
        return rng.choice([number.low, number.high, rng.integers(number.low, number.high, endpoint=True)], count)

    return Answer.of({part: numbers(part, count) for part, count in counts(op, sizes).items()})


class FakeCore:
    """Answers every job, and remembers the jobs.

    Parameters
    ----------
    client : interface of gateware.core.job.Client
        of the component that uses the core.
    sizes : Network or Info
        of what it is a stand-in for.
    answer : function
        (operation, codes as unsigned bytes) → Answer; random numbers by default.
    stall : float
        probability, each cycle, of not taking or giving what could be.

    Members
    -------
    jobs : list of (Op, list of int)
        what was asked, with the codes as unsigned bytes.
    answers : list of Answer
    """

    def __init__(self, client, sizes, answer: Callable[[Op, list[int]], Answer] | None = None, *, stall: float = 0.0):
        rng = np.random.default_rng(0)
        self._client, self._sizes, self._stall = client, sizes, stall
        self._answer = answer or (lambda op, codes: random_answer(rng, op, sizes))
        self.jobs, self.answers = [], []

    async def serve(self, ctx, count: int | None = None):
        """A testbench: `count` jobs, or as a process all that come."""
        client, sizes, stall = self._client, self._sizes, self._stall
        for _ in repeat(None) if count is None else repeat(None, count):
            seed = 3 * len(self.jobs)
            op = Op((await get(ctx, client.job, 1, stall=stall, seed=seed))[0])
            size = codes_taken(op, sizes.inputs, sizes.latent)
            codes = await get(ctx, client.data, size, stall=stall, seed=seed + 1)
            answer = self._answer(op, codes)
            numbers = answer.numbers(op, sizes)
            # An unsigned number of 32 bits comes as the signed one with the same bits.
            items = [{"part": part, "value": value - (value >> 31 << 32), "last": place == len(numbers)}
                     for place, (part, value) in enumerate(numbers, 1)]
            self.jobs.append((op, codes))
            self.answers.append(answer)
            await put(ctx, client.result, items, stall=stall, seed=seed + 2)
