import numpy as np
import pytest

from varigate.gateware.engine.mac import MacArray
from varigate.sim.testbench.streams import run

SHAPES = [(1, 1, 4), (3, 1, 4), (2, 2, 4), (2, 3, 1), (2, 4, 4), (2, 5, 4), (1, 9, 4), (2, 7, 3)]


@pytest.mark.parametrize(("rows", "columns", "chain"), SHAPES)
def test_sums_of_random_and_extreme_products(rows, columns, chain):
    rng = np.random.default_rng([rows, columns, chain])
    macs = MacArray(rows, columns, weight_bits=8, activation_bits=9, accumulator_bits=24, chain=chain)
    lengths = rng.integers(1, 12, 12)
    activations = rng.choice([-256, -1, 0, 1, 255, *rng.integers(-256, 256, 5)], (lengths.sum(), columns))
    weights = rng.choice([-127, 127, 0, *rng.integers(-127, 128, 5)], (lengths.sum(), rows, columns))
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    seen = []

    async def testbench(ctx):
        steps = len(activations)
        for step in range(steps + macs.latency):
            if step < steps:
                ctx.set(macs.activations, activations[step].tolist())
                ctx.set(macs.weights, weights[step].tolist())
                ctx.set(macs.first, int(step in starts))
            seen.append([ctx.get(macs.sums[row]) for row in range(rows)])
            await ctx.tick()

    run(macs, testbench)
    products = np.einsum("src,sc->sr", weights, activations)
    for start, length in zip(starts, lengths, strict=True):
        expected = np.cumsum(products[start:start + length], axis=0)
        assert np.array_equal(seen[start + macs.latency:start + length + macs.latency], expected)


def test_the_accumulator_wraps_only_beyond_its_width():
    macs = MacArray(1, 1, weight_bits=8, activation_bits=8, accumulator_bits=18)
    reached = []

    async def testbench(ctx):
        ctx.set(macs.activations, [127])
        ctx.set(macs.weights, [[127]])
        ctx.set(macs.first, 1)
        await ctx.tick()
        ctx.set(macs.first, 0)
        for _ in range(8 + macs.latency):
            await ctx.tick()
            reached.append(ctx.get(macs.sums[0]))

    run(macs, testbench)
    sums = [127 * 127 * (count + 1) for count in range(9)]
    expected = [total if total < 1 << 17 else total - (1 << 18) for total in sums]
    assert expected[-1] < 0 <= expected[-2]
    assert reached[macs.latency - 2:][:9] == expected[:9][:len(reached) - macs.latency + 2]
