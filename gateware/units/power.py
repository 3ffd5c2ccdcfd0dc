"""The power σ = 2**v, one result a clock. The integer function is `model.fixedpoint.power.Power`.

The shift by v's whole part is a product with a power of two, so that a DSP slice does it, and the rounding with it.
"""

from amaranth.hdl import Cat, Module, Mux, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from varigate.gateware.lib.number import Fixed
from varigate.gateware.lib.pipeline import Pipeline
from varigate.gateware.lib.saturation import saturate
from varigate.gateware.units import horner
from varigate.model.fixedpoint.power import Power

__all__ = ["PowerUnit"]


class PowerUnit(wiring.Component):
    """Turns codes of v into codes of 2**v. The integer function is `model.fixedpoint.power.Power`.

    Parameters
    ----------
    power : Power

    Members
    -------
    i : In(stream of power.input)
    o : Out(stream of power.output)

    Cycles
    ------
    `latency` = 4 + 2·order; one result a clock, with order + 1 multipliers.

    Examples
    --------
    >>> from varigate.model.fixedpoint.power import fine
    >>> power = fine()
    >>> power.polynomial.order, PowerUnit(power).latency
    (1, 6)
    """

    def __init__(self, power: Power):
        self._power = power
        self.latency = horner.latency_of(power.polynomial) + 3
        super().__init__({
            "i": In(stream.Signature(Fixed(power.input))),
            "o": Out(stream.Signature(Fixed(power.output))),
        })

    def elaborate(self, platform):
        m = Module()
        spec = self._power
        pipeline = Pipeline(m, self.i, self.o, self.latency)
        stage = pipeline.stage

        v, frac = self.i.payload.raw, spec.input.frac
        y = horner.horner(pipeline, spec.polynomial, v[:frac].as_unsigned(), greatest=(1 << frac) - 1)
        whole = stage(v[frac:], name="whole", cycles=self.latency - 4).as_signed()

        # 2**(n − lowest), and whether n is out of range; the product; the sum, in the same DSP slice.
        places = range(spec.lowest, min(spec.ceiling, 1 << spec.input.bits - frac - 1))
        power = stage(Cat(whole == n for n in places), name="power")
        beyond = stage(whole >= spec.ceiling, name="beyond", cycles=3)
        product = stage(y * power, name="product")
        drop = spec.guard - spec.lowest
        total = stage(product + (1 << drop >> 1), name="total")
        result = Signal(spec.output.bits, reset_less=True)
        with m.If(pipeline.advance):
            m.d.sync += result.eq(Mux(beyond, spec.output.high, saturate(total[drop:], spec.output)))
        m.d.comb += self.o.payload.eq(Fixed(spec.output)(result))
        return m
