import mpmath
import numpy as np
import pytest

from varigate.gateware.units.power import PowerUnit
from varigate.model.fixedpoint.formats import Format
from varigate.model.fixedpoint.polynomial import Segmented, fit
from varigate.model.fixedpoint.power import Power, fine
from varigate.sim.testbench.streams import run, transact


def codes(power):
    return np.arange(power.input.low, power.input.high + 1)


def quadratic(input, output, guard):
    polynomial = fit(lambda f: mpmath.power(2, f), span=1 << input.frac, frac=input.frac, segments=4, order=2,
                     scale_bits=output.frac + guard)
    return Power(input, output, guard, polynomial)


QUADRATIC = quadratic(Format(True, 9, 5), Format(False, 10, 7), 3)


def test_every_code():
    power = fine()
    assert transact(PowerUnit(power), codes(power).tolist(), 1 << 16) == power(codes(power)).tolist()


@pytest.mark.parametrize("power", [
    fine(), QUADRATIC, quadratic(Format(True, 8, 6), Format(False, 12, 4), 2),
    Power(Format(True, 6, 4), Format(False, 5, 4), 2, Segmented(4, 4, np.array([0]), np.array([[127]]))),
], ids=["fine", "quadratic", "never beyond", "rounds up to saturation"])
@pytest.mark.parametrize("stall", [0, 0.3])
def test_other_formats_with_and_without_stalls(power, stall):
    some = codes(power)[::max(1, len(codes(power)) // 512)]
    assert transact(PowerUnit(power), some.tolist(), len(some), stall=stall) == power(some).tolist()


@pytest.mark.parametrize(("power", "latency"), [(fine(), 6), (QUADRATIC, 8)])
def test_latency_and_rate(power, latency):
    unit, seen = PowerUnit(power), []
    assert unit.latency == latency == 4 + 2 * power.polynomial.order

    async def testbench(ctx):
        ctx.set(unit.o.ready, 1)
        ctx.set(unit.i.valid, 1)
        for _ in range(latency + 4):
            *_, valid = await ctx.tick().sample(unit.o.valid)
            seen.append(valid)

    run(unit, testbench)
    assert seen == [0] * latency + [1] * 4
