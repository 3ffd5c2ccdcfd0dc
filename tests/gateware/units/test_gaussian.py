import numpy as np
import pytest

from varigate.gateware.units.gaussian import EpsilonSource, InverseCdf
from varigate.model.fixedpoint import epsilon
from varigate.sim.testbench.streams import get, put, run, transact

CORNERS = [0, 1, 2, 3, 0x7FFFFFFF, 0x80000000, 0x80000001, 0xFFFFFFFF, *(1 << bit for bit in range(32)),
           *((1 << bit) - 1 for bit in range(32))]


@pytest.mark.parametrize("stall", [0, 0.3])
@pytest.mark.parametrize("kind", epsilon.KINDS)
def test_samples_equal_the_reference(kind, stall):
    rng = np.random.default_rng(4)
    draws = np.array([*CORNERS, *(rng.integers(0, 1 << 32, 1000) >> rng.integers(0, 31, 1000))])
    received = transact(InverseCdf(epsilon.epsilon_table(kind)), draws.tolist(), len(draws), stall=stall)
    assert received == epsilon.gaussian(epsilon.epsilon_table(kind), draws).tolist()


@pytest.mark.parametrize(("kind", "latency"), [("quadratic", 9), ("linear", 6)])
def test_latency_and_rate(kind, latency):
    unit, seen = InverseCdf(epsilon.epsilon_table(kind)), []

    async def testbench(ctx):
        ctx.set(unit.o.ready, 1)
        ctx.set(unit.i.valid, 1)
        for _ in range(latency + 5):
            *_, valid = await ctx.tick().sample(unit.o.valid)
            seen.append(valid)

    run(unit, testbench)
    assert seen == [0] * latency + [1] * 5
    assert unit.latency == latency == 3 + 3 * epsilon.KINDS[kind].degree


@pytest.mark.parametrize("kind", epsilon.KINDS)
def test_sample_0_comes_when_the_docstring_says(kind):
    source, waited = EpsilonSource(epsilon.epsilon_table(kind), 9), []

    async def testbench(ctx):
        for seed in (None, 77):
            if seed is not None:
                await put(ctx, source.i, [seed])
            cycles = 1
            while not ctx.get(source.o.valid):
                await ctx.tick()
                cycles += 1
            waited.append(cycles)

    run(source, testbench)
    assert waited == [source.seeding, source.seeding]


def stream(kind, build_seed, seed, count):
    """The first `count` samples, one a clock, after reset (None) or after a seed that comes when samples wait."""
    source, received = EpsilonSource(epsilon.epsilon_table(kind), build_seed), []

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

    run(source, testbench, deadline=count + 1000)
    return received


@pytest.mark.parametrize(("kind", "seed", "count"), [
    ("quadratic", None, 100_000), ("quadratic", 20261120, 20_000), ("linear", None, 20_000),
    pytest.param("quadratic", 20261120, 1_000_000, marks=pytest.mark.long),
])
def test_the_stream_equals_the_reference(kind, seed, count):
    build_seed = 0x5EED
    expected = epsilon.epsilon(epsilon.epsilon_table(kind), build_seed if seed is None else seed, count)
    assert np.array_equal(stream(kind, build_seed, seed, count), expected)


def test_the_index_counts_what_was_taken_since_the_seed():
    source, seen = EpsilonSource(epsilon.epsilon_table(), 1), []

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
