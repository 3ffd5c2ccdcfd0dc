"""The reparameterisation z = μ + σ·ε, one latent variable a clock.

The integer functions are those of `model.fixedpoint.sampling`: one datapath serves all three sources, since μz is a
sample with ε = 0, and a draw from the prior is one with μ = 0 and σ = 1.
"""

from amaranth.hdl import Const, Module, Mux, signed
from amaranth.lib import data, enum, stream, wiring
from amaranth.lib.wiring import In, Out

from varigate.gateware.lib.number import Fixed
from varigate.gateware.lib.pipeline import Pipeline
from varigate.gateware.lib.saturation import saturate
from varigate.gateware.lib.tables import select
from varigate.model.fixedpoint.formats import Format
from varigate.model.fixedpoint.sampling import EPSILON, MU, PRODUCT_FRAC, SIGMA, V

__all__ = ["MeanRounder", "Sampler", "Source"]


class Source(enum.Enum, shape=2):
    """The source of a z: the mean, a sample of the posterior, or one of the prior."""

    MEAN = 0
    POSTERIOR = 1
    PRIOR = 2


def _check_latent(z: Format):
    """Refuse a format of z that the rounding of μ and σ·ε cannot reach."""
    if not z.signed or not 0 <= z.frac <= MU.frac:
        raise ValueError(f"The format of z must be signed with 0 to {MU.frac} fraction bits, not {z}")


class Sampler(wiring.Component):
    """Makes latent variables from μ, v and ε.

    The integer functions are `model.fixedpoint.sampling.mean_latent`, `model.fixedpoint.sampling.sample` and
    `model.fixedpoint.sampling.prior_latent`, by source.

    Parameters
    ----------
    sigma_table : 256 unsigned bytes
        σ by v's code as an unsigned byte.
    z : Format

    Members
    -------
    i : In(stream of {mu: s16.8, v: s8.4, source})
    i_epsilon : In(stream of s16.11)
        one is taken with each input whose source is not MEAN.
    o : Out(stream of z)

    Cycles
    ------
    `latency` = 4; one a clock.

    Raises
    ------
    ValueError
        if `z` is not signed with 0 to 8 fraction bits, or the table has another length.

    Examples
    --------
    >>> from varigate.model.fixedpoint.sampling import sigma_table
    >>> Sampler(sigma_table(), Format(True, 8, 5)).o.payload.shape()
    Fixed(s8.5)
    """

    latency = 4

    def __init__(self, sigma_table, z: Format):
        _check_latent(z)
        if len(sigma_table) != 1 << V.bits:
            raise ValueError(f"The table of σ must have {1 << V.bits} entries, not {len(sigma_table)}")
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

        sigma = stage(Mux(prior, 1 << SIGMA.frac, select(self._sigma, request.v.raw.as_unsigned())), name="sigma")
        epsilon = stage(Mux(mean, Const(0, signed(EPSILON.bits)), self.i_epsilon.payload.raw), name="epsilon")
        mu = stage(Mux(prior, Const(0, signed(MU.bits)), request.mu.raw), name="mu")
        product = stage(sigma * epsilon, name="product")
        shift = PRODUCT_FRAC - self._z.frac
        aligned = (stage(mu, name="mu_2") << (PRODUCT_FRAC - MU.frac)) + (1 << shift >> 1)
        total = stage(aligned + product, name="total") >> shift
        m.d.comb += self.o.payload.eq(Fixed(self._z)(stage(saturate(total, self._z), name="result")))
        return m


class MeanRounder(wiring.Component):
    """Rounds μ half up to the format of z and saturates it, for users that need no sample.

    The integer function is `model.fixedpoint.sampling.mean_latent`.

    Parameters
    ----------
    z : Format

    Members
    -------
    i : In(stream of s16.8)
    o : Out(stream of z)

    Cycles
    ------
    `latency` = 2; one a clock.

    Raises
    ------
    ValueError
        if `z` is not signed with 0 to 8 fraction bits.

    Examples
    --------
    >>> MeanRounder(Format(True, 8, 5)).latency
    2
    """

    latency = 2

    def __init__(self, z: Format):
        _check_latent(z)
        self._z = z
        super().__init__({"i": In(stream.Signature(Fixed(MU))), "o": Out(stream.Signature(Fixed(z)))})

    def elaborate(self, platform):
        m = Module()
        pipeline = Pipeline(m, self.i, self.o, self.latency)
        shift = MU.frac - self._z.frac
        rounded = pipeline.stage(self.i.payload.raw + (1 << shift >> 1) >> shift, name="rounded")
        m.d.comb += self.o.payload.eq(Fixed(self._z)(pipeline.stage(saturate(rounded, self._z), name="z")))
        return m
