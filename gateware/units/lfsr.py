"""The uniform random source: taus88 with leap-forward, 32 fresh bits a clock, seeded at run time.

The integer function is `model.fixedpoint.uniform.uniforms`.
"""

from amaranth.hdl import Cat, Module, Mux, Signal, unsigned
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from varigate.gateware.lib.checks import check_integer
from varigate.model.fixedpoint.uniform import GENERATORS, ROUND_CONSTANT, ROUNDS

__all__ = ["Taus88"]


def _leap(state, generator):
    """Advance a component by one leap: `32 − right` bits of feedback below the kept ones, shifted left."""
    q, right, left, unused = generator
    return Cat((state[right:] ^ (state << q)[right:32]), state[unused:32 - left])


def _mix(word):
    """Apply one round of `model.fixedpoint.uniform.expand_seed`: an adder and an exclusive or."""
    total = ((word ^ ROUND_CONSTANT) + (word << 3))[:32]
    return total ^ (total >> 11)


class Taus88(wiring.Component):
    """Combines three Tausworthe generators of 31, 29 and 28 bits by exclusive or. The integer function is
    `model.fixedpoint.uniform.uniforms`.

    Parameters
    ----------
    seed : int
        the 32-bit seed after reset.

    Members
    -------
    i : In(stream of 32 bits)
        a seed; always accepted. Draws that were made before are dropped.
    o : Out(stream of 32 bits)

    Cycles
    ------
    `seeding` = 3 generators × 16 rounds + 2 = 50 from an accepted seed, or reset, to draw 0; then a draw a clock.

    Raises
    ------
    TypeError, ValueError
        if `seed` is not an integer of 32 bits.

    Examples
    --------
    >>> Taus88(seed=1).seeding
    50
    """

    def __init__(self, seed: int):
        check_integer("seed", seed, 0, 0xFFFFFFFF)
        self._seed = seed
        super().__init__({
            "i": In(stream.Signature(unsigned(32))),
            "o": Out(stream.Signature(unsigned(32))),
        })

    seeding = ROUNDS * len(GENERATORS) + 2

    def elaborate(self, platform):
        m = Module()

        count = Signal(range(self.seeding - 1))
        word = Signal(32, init=self._seed)
        expanding = Signal(init=1)
        states = [Signal(32, name=f"state_{index}", reset_less=True) for index in range(len(GENERATORS))]
        advance = Signal()
        m.d.comb += [
            self.i.ready.eq(1),
            advance.eq(~expanding & (~self.o.valid | self.o.ready)),
        ]

        # After each `ROUNDS` rounds the word is a state's seed, repaired as it is taken.
        taken = count[:ROUNDS.bit_length() - 1] == ROUNDS - 1
        with m.If(expanding):
            mixed = _mix(word)
            m.d.sync += [word.eq(mixed), count.eq(count + 1)]
            for index, (state, generator) in enumerate(zip(states, GENERATORS, strict=True)):
                unused = generator[-1]
                with m.If(taken & (count[ROUNDS.bit_length() - 1:] == index)):
                    degenerate = mixed[unused:] == 0
                    m.d.sync += state.eq(Mux(degenerate, mixed | 1 << unused, mixed))
            with m.If(count == ROUNDS * len(GENERATORS) - 1):
                m.d.sync += expanding.eq(0)

        following = [_leap(state, generator) for state, generator in zip(states, GENERATORS, strict=True)]
        with m.If(advance):
            m.d.sync += self.o.payload.eq(following[0] ^ following[1] ^ following[2])
            m.d.sync += [state.eq(after) for state, after in zip(states, following, strict=True)]
        with m.If(~self.o.valid | self.o.ready):
            m.d.sync += self.o.valid.eq(advance)

        with m.If(self.i.valid):
            m.d.sync += [word.eq(self.i.payload), count.eq(0), expanding.eq(1), self.o.valid.eq(0)]
        return m
