"""A stand-in for the core, for tests of those who use it."""

import numpy as np

from varigate.gateware.core.job import Op, Part
from varigate.model.protocol.replies import Answer
from varigate.sim.testbench.streams import put

__all__ = ["FakeCore"]

FIELDS = {"index": Part.INDEX, "mu": Part.MU, "v": Part.V, "scores": Part.SCORE, "cls": Part.CLASS, "z": Part.Z,
          "output": Part.OUTPUT}
ANSWERS = {  # as gateware.core.job says
    Op.CLASSIFY: ("mu", "scores", "cls"), Op.ENCODE: ("mu", "v"),
    Op.RECONSTRUCT: ("index", "mu", "v", "scores", "cls", "z", "output"),
    Op.GENERATE: ("index", "z", "output"), Op.DECODE: ("output",)}


class FakeCore:
    """Answers every job with random numbers, often at the ends of their ranges; remembers what it was asked.

    Parameters
    ----------
    client : interface of gateware.core.job.Client
        of the component that uses the core.
    info : Info
        the sizes of the answers.
    stall : float
        probability, each cycle, of not taking or giving what could be.
    seed : int
    """

    def __init__(self, client, info, *, stall=0.0, seed=0):
        self.client, self.info, self.stall = client, info, stall
        self.rng = np.random.default_rng(seed)
        self.jobs, self.answers = [], []

    def _answer(self, op):
        info, extremes = self.info, {"index": 32, "mu": 16, "v": 8, "scores": 16, "cls": 8, "z": 8, "output": 8}
        unsigned = {"index", "cls"} if info.output.signed else {"index", "cls", "output"}
        sizes = {"scores": info.classes, "cls": min(1, info.classes), "index": 1, "output": info.outputs}
        values = {}
        for part in ANSWERS[op]:
            low = 0 if part in unsigned else -(1 << extremes[part] - 1)
            count = sizes.get(part, info.latent)
            span = 1 << extremes[part]
            numbers = self.rng.choice([low, low + span - 1, int(self.rng.integers(low, low + span))], count)
            if count:
                values[part] = int(numbers[0]) if part in ("index", "cls") else numbers
        return Answer(**values)

    async def _take(self, ctx, stream):
        """Takes one payload from `stream`."""
        while self.rng.random() < self.stall:
            await ctx.tick()
        ctx.set(stream.ready, 1)
        payload, = await ctx.tick().sample(stream.payload).until(stream.valid)
        ctx.set(stream.ready, 0)
        return payload

    async def serve(self, ctx, count):
        """A testbench: `count` jobs."""
        for _ in range(count):
            op = Op(await self._take(ctx, self.client.job))
            sizes = {Op.GENERATE: 0, Op.DECODE: self.info.latent}
            answer = self._answer(op)
            numbers = [(FIELDS[part], int(value)) for part in ANSWERS[op] if getattr(answer, part) is not None
                       for value in np.atleast_1d(getattr(answer, part))]
            items = [{"part": part, "value": value - (value >> 31 << 32), "last": index == len(numbers) - 1}
                     for index, (part, value) in enumerate(numbers)]
            taken = bytes([await self._take(ctx, self.client.data) for _ in range(sizes.get(op, self.info.inputs))])
            await self._give(ctx, items)
            self.jobs.append((op, taken))
            self.answers.append(answer)

    async def _give(self, ctx, items):
        await put(ctx, self.client.result, items, stall=self.stall, seed=int(self.rng.integers(1000)))
