import numpy as np
import pytest

from gateware.gaussian import EpsilonSource, InverseCdf
from model import epsilon
from sim.streams import get, put, run, transact

TABLE = epsilon.epsilon_table()
CORNERS = [0, 1, 2, 3, 0x7FFFFFFF, 0x80000000, 0x80000001, 0xFFFFFFFF, *(1 << bit for bit in range(32)),
           *((1 << bit) - 1 for bit in range(32))]


@pytest.mark.parametrize("stall", [0, 0.3])
def test_samples_equal_the_reference(stall):
    rng = np.random.default_rng(4)
    draws = np.array([*CORNERS, *(rng.integers(0, 1 << 32, 1000) >> rng.integers(0, 31, 1000))])
    received = transact(InverseCdf(TABLE), draws.tolist(), len(draws), stall=stall)
    assert received == epsilon.gaussian(TABLE, draws).tolist()


def test_latency_and_rate():
    unit, seen = InverseCdf(TABLE), []

    async def testbench(ctx):
        ctx.set(unit.o.ready, 1)
        ctx.set(unit.i.valid, 1)
        for _ in range(unit.latency + 5):
            *_, valid = await ctx.tick().sample(unit.o.valid)
            seen.append(valid)

    run(unit, testbench)
    assert seen == [0] * unit.latency + [1] * 5


@pytest.mark.parametrize("seed", [None, 20261120])
def test_stream_of_100000_samples(seed):
    """After reset (None) and after a seed that is given when samples are already waiting."""
    build_seed, count = 0x5EED, 100_000
    source, received = EpsilonSource(TABLE, build_seed), []

    async def testbench(ctx):
        if seed is not None:
            await ctx.tick().repeat(100)
            await put(ctx, source.i, [seed])
        ctx.set(source.o.ready, 1)
        async for *_, valid, sample in ctx.tick().sample(source.o.valid, source.o.payload):
            if valid:
                received.append(sample)
                if len(received) == count:
                    return

    run(source, testbench)
    assert np.array_equal(received, epsilon.epsilon(TABLE, build_seed if seed is None else seed, count))


def test_the_index_counts_what_was_taken_since_the_seed():
    source, seen = EpsilonSource(TABLE, 1), []

    async def testbench(ctx):
        for seed in (None, 3):
            if seed is not None:
                await put(ctx, source.i, [seed])
            seen.append(ctx.get(source.index))
            await get(ctx, source.o, 7, stall=0.5, seed=1)
            await ctx.tick().repeat(5)
            seen.append(ctx.get(source.index))

    run(source, testbench)
    assert seen == [0, 7, 0, 7]
