"""The reparameterisation z = μ + σ·ε, one latent variable a clock.

The integer functions are those of `model.fixedpoint.sampling`: one datapath serves all three sources, since μz is a
sample with ε = 0, and a draw from the prior is one with μ = 0 and σ = 1.
"""

from amaranth.hdl import Const, Module, Mux, signed
from amaranth.lib import data, enum, stream, wiring
from amaranth.lib.wiring import In, Out

from varigate.gateware.engine.sequencer import constants
from varigate.gateware.lib.number import Fixed
from varigate.gateware.lib.pipeline import Pipeline
from varigate.model.fixedpoint.formats import Format
from varigate.model.fixedpoint.sampling import EPSILON, MU, PRODUCT_FRAC, SIGMA, V

__all__ = ["MeanRounder", "Sampler", "Source"]


class Source(enum.Enum, shape=2):
    """What z is to be: the mean, a sample of the posterior, or one of the prior."""

    MEAN = 0
    POSTERIOR = 1
    PRIOR = 2


class Sampler(wiring.Component):
    """Latent variables from μ, v and ε.

    Members
    -------
    i : In(stream of {mu: s16.8, v: s8.4, source})
    i_epsilon : In(stream of s16.11)
        one is taken with each input whose source is not MEAN.
    o : Out(stream of z)

    Cycles
    ------
    latency = 4; one a clock.

    Parameters
    ----------
    sigma_table : 256 unsigned bytes
        σ by v's code as an unsigned byte.
    z : Format
    """

    latency = 4

    def __init__(self, sigma_table, z: Format):
        self._sigma, self._z = sigma_table, z
        super().__init__({
            "i": In(stream.Signature(data.StructLayout({"mu": Fixed(MU), "v": Fixed(V), "source": Source}))),
            "i_epsilon": In(stream.Signature(Fixed(EPSILON))),
            "o": Out(stream.Signature(Fixed(z))),
        })

    def elaborate(self, platform):
        m = Module()
        joined = stream.Signature(1).create()
        pipeline = Pipeline(m, joined, self.o, self.latency)
        stage = pipeline.stage

        request = self.i.p
        mean, prior = request.source == Source.MEAN, request.source == Source.PRIOR
        m.d.comb += [
            joined.valid.eq(self.i.valid & (mean | self.i_epsilon.valid)),
            self.i.ready.eq(joined.ready & (mean | self.i_epsilon.valid)),
            self.i_epsilon.ready.eq(joined.ready & self.i.valid & ~mean),
        ]

        sigma = stage(Mux(prior, 1 << SIGMA.frac, constants(self._sigma)[request.v.raw.as_unsigned()]), name="sigma")
        epsilon = stage(Mux(mean, Const(0, signed(EPSILON.bits)), self.i_epsilon.payload.raw), name="epsilon")
        mu = stage(Mux(prior, Const(0, signed(MU.bits)), request.mu.raw), name="mu")
        product = stage(sigma * epsilon, name="product")
        shift = PRODUCT_FRAC - self._z.frac
        aligned = (stage(mu, name="mu_2") << (PRODUCT_FRAC - MU.frac)) + (1 << shift >> 1)
        total = stage(aligned + product, name="total") >> shift
        m.d.comb += self.o.payload.eq(Fixed(self._z)(stage(_saturated(total, self._z), name="result")))
        return m


class MeanRounder(wiring.Component):
    """μz of each μ, for those who need no sample: `model.fixedpoint.sampling.mean_latent`, rounded half up, saturated.

    Members
    -------
    i : In(stream of s16.8)
    o : Out(stream of z)

    Cycles
    ------
    latency = 2; one a clock.

    Parameters
    ----------
    z : Format
    """

    latency = 2

    def __init__(self, z: Format):
        self._z = z
        super().__init__({"i": In(stream.Signature(Fixed(MU))), "o": Out(stream.Signature(Fixed(z)))})

    def elaborate(self, platform):
        m = Module()
        pipeline = Pipeline(m, self.i, self.o, self.latency)
        shift = MU.frac - self._z.frac
        rounded = pipeline.stage(self.i.payload.raw + (1 << shift >> 1) >> shift, name="rounded")
        m.d.comb += self.o.payload.eq(Fixed(self._z)(pipeline.stage(_saturated(rounded, self._z), name="z")))
        return m


def _saturated(value, target: Format):
    """`value` limited to the format."""
    result = Mux(value > target.high, target.high, Mux(value < target.low, target.low, value))
    return result[:target.bits].as_signed()
