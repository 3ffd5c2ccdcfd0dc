import numpy as np
import pytest

from varigate.gateware.units.lfsr import Taus88
from varigate.model.fixedpoint import uniform
from varigate.sim.testbench.streams import get, put, run, transact

WORD = 0xFFFFFFFF


def unmix(word):
    """The inverse of one round of the seed's expansion: every step of it is a bijection."""
    total = word
    for _ in range(3):
        total = word ^ (total >> 11)
    before = 0
    for bit in range(32):  # bit by bit, since the sum's carries come from below only
        guess = ((before ^ uniform.ROUND_CONSTANT) + (before << 3)) & WORD
        before |= (guess ^ total) & (1 << bit)
    return before


def seed_for(component, word):
    """The seed from which generator `component` is given `word`."""
    for _ in range(uniform.ROUNDS * (component + 1)):
        word = unmix(word)
    return word


DEGENERATE = [(component, word) for component, (*_, unused) in enumerate(uniform.GENERATORS)
              for word in (0, 1, (1 << unused) - 1)]


@pytest.mark.parametrize("stall", [0, 0.4])
@pytest.mark.parametrize("seed", [0, 1, 0x7FFFFFFF, WORD])
def test_draws_equal_the_reference(seed, stall):
    assert transact(Taus88(seed), [], 200, stall=stall) == uniform.uniforms(seed, 200).tolist()


@pytest.mark.parametrize(("component", "word"), DEGENERATE)
def test_a_seed_that_would_stand_still_is_repaired(component, word):
    unused = uniform.GENERATORS[component][-1]
    seed = seed_for(component, word)
    assert uniform.expand_seed(seed)[component] == word | 1 << unused
    draws = transact(Taus88(seed), [], 40)
    assert draws == uniform.uniforms(seed, 40).tolist()
    assert len(set(draws)) == 40


def test_a_seed_drops_what_was_drawn_and_takes_effect_at_any_time():
    generator, received = Taus88(1), []
    seeds = [5, 6, WORD]

    async def testbench(ctx):
        for wait, seed in zip((3, 60, 90), seeds, strict=True):
            await ctx.tick().repeat(wait)
            await put(ctx, generator.i, [seed])
            if seed != 5:  # the first one is overtaken while it is still being expanded
                received.append(await get(ctx, generator.o, 20, stall=0.2, seed=seed))

    run(generator, testbench)
    assert received == [uniform.uniforms(seed, 20).tolist() for seed in seeds[1:]]


def test_the_first_draw_comes_when_the_docstring_says():
    generator, waited = Taus88(9), []

    async def testbench(ctx):
        for seed in (None, 77):
            if seed is not None:
                await put(ctx, generator.i, [seed])
            cycles = 1
            while not ctx.get(generator.o.valid):
                await ctx.tick()
                cycles += 1
            waited.append(cycles)

    run(generator, testbench)
    assert waited == [Taus88.seeding, Taus88.seeding]


def test_the_expansion_scatters_every_bit_of_the_seed():
    rng = np.random.default_rng(1)
    seeds = [int(seed) for seed in rng.integers(0, 1 << 32, 64)]
    for bit in range(32):
        flipped = np.array([[a ^ b for a, b in zip(uniform.expand_seed(seed), uniform.expand_seed(seed ^ 1 << bit),
                                                   strict=True)] for seed in seeds])
        for component in range(3):
            share = np.mean([int(word).bit_count() / 32 for word in flipped[:, component]])
            assert 0.42 < share < 0.58  # 2,048 bits: five standard deviations are 0.055
