"""Gaussian sources of poor quality in hardware, to compare ε with.

Their integer functions are in `model.fixedpoint.gaussian_baselines`.

The one-bit-shift source is `ShiftRegister` in front of `gateware.units.gaussian.InverseCdf`.
"""

from amaranth.hdl import Cat, Module, Signal, signed, unsigned
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from varigate.gateware.lib.checks import check_integer
from varigate.gateware.lib.number import Fixed
from varigate.model.fixedpoint.gaussian_baselines import CLT_CENTRE, CLT_DRAWS, CLT_SHIFT, SHIFT_TAPS
from varigate.model.fixedpoint.sampling import EPSILON
from varigate.model.fixedpoint.uniform import expand_seed

__all__ = ["ShiftRegister", "SumOfUniforms"]


class ShiftRegister(wiring.Component):
    """A 32-bit Fibonacci LFSR that moves by one bit a word.

    The integer function is `model.fixedpoint.gaussian_baselines.shift_words`.

    Parameters
    ----------
    seed : int
        32 bits.

    Members
    -------
    o : Out(stream of 32 bits)

    Cycles
    ------
    The first word comes `latency` = 1 clock after reset, then a word a clock.

    Raises
    ------
    TypeError, ValueError
        if `seed` is not an integer of 32 bits.

    Examples
    --------
    >>> ShiftRegister(seed=7).o.payload.shape()
    unsigned(32)
    """

    latency = 1

    def __init__(self, seed: int):
        check_integer("seed", seed, 0, 0xFFFFFFFF)
        self._state = expand_seed(seed)[0]
        super().__init__({"o": Out(stream.Signature(unsigned(32)))})

    def elaborate(self, platform):
        m = Module()
        state = Signal(32, init=self._state)
        m.d.comb += self.o.payload.eq(state)
        with m.If(~self.o.valid | self.o.ready):
            m.d.sync += [
                state.eq(Cat(Cat(state[tap] for tap in SHIFT_TAPS).xor(), state)),
                self.o.valid.eq(1),
            ]
        return m


class SumOfUniforms(wiring.Component):
    """Adds twelve uniform numbers, the halves of six draws, and centres the sum. The integer function is
    `model.fixedpoint.gaussian_baselines.clt`.

    Members
    -------
    i : In(stream of 32 bits)
    o : Out(stream of s16.11)

    Cycles
    ------
    `latency` = 1 from the last of six draws; one sample in six clocks.

    Examples
    --------
    >>> SumOfUniforms().latency
    1
    """

    i: In(stream.Signature(unsigned(32)))
    o: Out(stream.Signature(Fixed(EPSILON)))

    latency = 1

    def elaborate(self, platform):
        m = Module()
        half = 1 << CLT_SHIFT >> 1
        start = half - CLT_CENTRE
        total = Signal(range(start, half + CLT_CENTRE + 1), init=start)
        sample = Signal(signed(EPSILON.bits), reset_less=True)
        count = Signal(range(CLT_DRAWS))
        following = total + self.i.payload[:16] + self.i.payload[16:]

        m.d.comb += [
            self.i.ready.eq(~self.o.valid | self.o.ready),
            self.o.payload.eq(Fixed(EPSILON)(sample)),
        ]
        with m.If(self.i.ready):
            m.d.sync += self.o.valid.eq(0)
            with m.If(self.i.valid):
                m.d.sync += [total.eq(following), count.eq(count + 1)]
                with m.If(count == CLT_DRAWS - 1):
                    m.d.sync += [
                        total.eq(start),
                        count.eq(0),
                        sample.eq(following >> CLT_SHIFT),
                        self.o.valid.eq(1),
                    ]
        return m
