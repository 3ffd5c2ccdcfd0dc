import numpy as np
import pytest

from varigate.gateware.units.sampling import Sampler, Source
from varigate.model.fixedpoint import sampling
from varigate.model.fixedpoint.formats import Format
from varigate.sim.testbench.streams import get, put, run

TABLE = sampling.sigma_table()


def draw(z, requests, epsilon, *, stall=0.0):
    """Requests are triples (μ, v, source); returns the latent variables."""
    unit, received = Sampler(TABLE, z), []

    async def ask(ctx):
        await put(ctx, unit.i, [{"mu": mu, "v": v, "source": source} for mu, v, source in requests],
                  stall=stall, seed=1)

    async def feed(ctx):
        await put(ctx, unit.i_epsilon, epsilon, stall=stall, seed=2)

    async def take(ctx):
        received.extend(await get(ctx, unit.o, len(requests), stall=stall, seed=3))

    run(unit, ask, feed, take)
    return received


@pytest.mark.parametrize("frac", range(9))
@pytest.mark.parametrize("stall", [0, 0.3])
def test_all_sources_equal_the_reference(frac, stall):
    z, rng, count = Format(True, 8, frac), np.random.default_rng(frac), 300
    mu = rng.choice([-32768, 32767, 0, *rng.integers(-2000, 2000, 40)], count)
    v = rng.choice([-128, 127, *rng.integers(-128, 128, 40)], count)
    epsilon = rng.choice([-32768, 32767, 0, *rng.integers(-9000, 9000, 40)], count)
    sources = [Source(int(source)) for source in rng.integers(0, 3, count)]
    taken, expected = [], []
    for index, source in enumerate(sources):
        if source == Source.MEAN:
            expected.append(sampling.mean_latent(mu[index], z))
            continue
        taken.append(int(epsilon[index]))
        expected.append(sampling.prior_latent(epsilon[index], z) if source == Source.PRIOR
                        else sampling.sample(TABLE, mu[index], v[index], epsilon[index], z))
    requests = list(zip(mu.tolist(), v.tolist(), sources, strict=True))
    assert draw(z, requests, taken, stall=stall) == [int(value) for value in expected]


def test_every_code_of_v():
    z = Format(True, 8, 4)
    requests = [(0, code, Source.POSTERIOR) for code in range(-128, 128)]
    expected = sampling.sample(TABLE, 0, np.arange(-128, 128), 2048, z)
    assert draw(z, requests, [2048] * 256) == expected.tolist()
