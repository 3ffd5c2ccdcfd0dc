import mpmath
import numpy as np
import pytest
from amaranth.hdl import Module, Signal, signed, unsigned
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from varigate.gateware.lib.pipeline import Pipeline
from varigate.gateware.units import horner
from varigate.model.fixedpoint.polynomial import Segmented, fit
from varigate.sim.testbench.streams import run, transact


class Bare(wiring.Component):
    """The polynomial alone between two streams."""

    def __init__(self, polynomial, greatest, offset=0):
        self.polynomial, self.greatest, self.offset = polynomial, greatest, offset
        super().__init__({"i": In(stream.Signature(unsigned(max(greatest.bit_length(), 1)))),
                          "o": Out(stream.Signature(signed(40)))})

    def elaborate(self, platform):
        m = Module()
        pipeline = Pipeline(m, self.i, self.o, horner.latency_of(self.polynomial))
        m.d.comb += self.o.payload.eq(horner.horner(pipeline, self.polynomial, self.i.payload, greatest=self.greatest,
                                                    offset=self.offset))
        return m


def sine(segments, order, coarsen=0):
    """Coefficients of either sign, on 256 codes."""
    return fit(mpmath.sin, span=256, frac=5, segments=segments, order=order, scale_bits=14, coarsen=coarsen)


@pytest.mark.parametrize("stall", [0, 0.4])
@pytest.mark.parametrize(("segments", "order", "coarsen"),
                         [(1, 3, 0), (4, 1, 0), (4, 4, 0), (16, 2, 0), (16, 2, 3), (64, 1, 8), (128, 1, 0), (256, 0, 0)]
                         )
def test_every_argument(segments, order, coarsen, stall):
    polynomial = sine(segments, order, coarsen)
    expected = (polynomial.steps(np.arange(256))[-1] + 5).tolist()
    assert transact(Bare(polynomial, 255, 5), range(256), 256, stall=stall) == expected


def test_arguments_beyond_the_last_segment_use_it():
    polynomial = sine(4, 2)
    assert transact(Bare(polynomial, 300), range(301), 301) == polynomial.steps(np.arange(301))[-1].tolist()


def test_centres_that_are_not_in_the_middle():
    rng = np.random.default_rng(1)
    polynomial = Segmented(4, 5, np.array([16, 40, 64, 127]), rng.integers(-5000, 5000, (4, 3)))
    assert transact(Bare(polynomial, 127), range(128), 128) == polynomial.steps(np.arange(128))[-1].tolist()


def test_centres_in_the_middle_cost_no_subtraction():
    """t is the low bits of the argument then, with its sign; any other centre needs a bit more."""
    middle, other = sine(4, 2), Segmented(4, 6, np.array([32, 96, 161, 224]), np.zeros((4, 3), int))
    widths = [len(horner.abscissa(polynomial, Signal(8), 255)[1]) for polynomial in (middle, other)]
    assert widths[0] == middle.segment_bits < widths[1]


@pytest.mark.parametrize("order", [0, 1, 3])
def test_latency(order):
    unit, seen = Bare(sine(4, order), 255), []

    async def testbench(ctx):
        ctx.set(unit.o.ready, 1)
        ctx.set(unit.i.valid, 1)
        for _ in range(2 * order + 4):
            *_, valid = await ctx.tick().sample(unit.o.valid)
            seen.append(valid)

    run(unit, testbench)
    assert seen == [0] * (1 + 2 * order) + [1] * 3
