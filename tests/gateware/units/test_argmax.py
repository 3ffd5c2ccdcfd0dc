import numpy as np
import pytest

from varigate.gateware.units.argmax import ArgMax
from varigate.model.network.integer import classify
from varigate.sim.testbench.streams import run


@pytest.mark.parametrize("classes", [1, 2, 3, 7])
def test_ties_and_extremes_equal_the_reference(classes):
    rng = np.random.default_rng(classes)
    rows = rng.choice([-32768, 32767, -1, 0, 1], (60, classes))
    unit, indices = ArgMax(classes, 16), []

    async def testbench(ctx):
        for row in rows:
            ctx.set(unit.start, 1)
            await ctx.tick()
            ctx.set(unit.start, 0)
            ctx.set(unit.valid, 1)
            for score in row:
                ctx.set(unit.score, int(score))
                await ctx.tick()
            ctx.set(unit.valid, 0)
            indices.append(ctx.get(unit.index))

    run(unit, testbench)
    assert indices == classify(rows).tolist()
