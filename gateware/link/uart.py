"""An asynchronous serial port, 8N1: the baud generator, the receiver, the transmitter.

A bit lasts `clock_hz / baud` clocks, hardly ever a whole number. The generator's accumulator adds `baud` modulo
`clock_hz` (both divided by their greatest common divisor), so its mean rate is exact; what is left is that an edge
comes up to one clock late. Over the ten bits of a frame that is an error of rate of at most

    (1 − 1/baud') · baud / (10 · clock_hz),    baud' = baud / gcd(baud, clock_hz)

0.01 % for 115200 baud at 100 MHz, 0.2 % for 3 Mbaud (a plain divider would be 1.01 % off), nothing where a bit is a
whole number of clocks. The receiver's sampling point wanders by another clock, so that a bit needs four of them.
"""

from math import gcd

from amaranth.hdl import Cat, Const, Module, Mux, Signal, unsigned
from amaranth.lib import data, stream, wiring
from amaranth.lib.cdc import FFSynchronizer
from amaranth.lib.wiring import In, Out

from varigate.model.errors import UserError

__all__ = ["BaudGenerator", "Received", "UartReceiver", "UartTransmitter", "achieved_baud", "check_baud"]

FRAME_BITS = 10  # start, eight data, stop
LEAST_CLOCKS = 4  # in a bit
MAX_ERROR = 0.01

Received = data.StructLayout({"data": 8, "error": 1})
"""A byte from the line; `error` when its stop bit was missing. A break is a zero with an error."""


def achieved_baud(clock_hz: int, baud: int) -> float:
    """The rate of the slowest frame of ten bits that the generator makes, or that the receiver can follow.

    >>> round(achieved_baud(100_000_000, 115_200))
    115187
    """
    late = 1 - gcd(clock_hz, baud) / baud  # clocks
    return min(baud / (1 + late * baud / (FRAME_BITS * clock_hz)), clock_hz / LEAST_CLOCKS)


def check_baud(clock_hz: int, baud: int):
    """Refuse a rate that the clock cannot make.

    Raises
    ------
    UserError
        for an error above 1 %, with the figures.

    Examples
    --------
    >>> check_baud(100_000_000, 115_200)
    >>> check_baud(100_000_000, 40_000_000)  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    UserError: a clock of 100000000 Hz cannot make 40000000 baud
    """
    if not (isinstance(clock_hz, int) and isinstance(baud, int) and clock_hz > 0 and baud > 0):
        raise UserError(f"clock and baud rate must be positive whole numbers, not {clock_hz!r} and {baud!r}")
    achieved = achieved_baud(clock_hz, baud)
    error = 1 - achieved / baud
    if error > MAX_ERROR:
        raise UserError(f"a clock of {clock_hz} Hz cannot make {baud} baud: it achieves {achieved:.0f} baud, "
                        f"{100 * error:.2f} % off, and {100 * MAX_ERROR:.0f} % is the limit; choose a lower rate")


class BaudGenerator(wiring.Component):
    """Ticks once a bit while it runs.

    Parameters
    ----------
    clock_hz, baud : int

    Members
    -------
    run : In(1)
        counts in this cycle; otherwise the phase stands still.
    align : In(1)
        instead: sets the phase so that the first tick is half a bit after the last cycle of `align`.
    tick : Out(1)
        high in the last cycle of a bit.

    Cycles
    ------
    `tick` follows `run` combinationally, every clock_hz/baud clocks in the mean, each at most one clock late. With
    clock_hz/baud = m/s in lowest terms, the first one comes ⌈⌊m/2⌋/s⌉ clocks after `align`.

    Raises
    ------
    UserError
        if the baud rate is more than 1 % off, over a frame of ten bits.

    Examples
    --------
    >>> sorted(BaudGenerator(100_000_000, 115_200).signature.members)
    ['align', 'run', 'tick']
    """

    run: In(1)
    align: In(1)
    tick: Out(1)

    def __init__(self, clock_hz: int, baud: int):
        check_baud(clock_hz, baud)
        self._rates = clock_hz, baud
        super().__init__()

    def elaborate(self, platform):
        m = Module()
        clock_hz, baud = self._rates
        divisor = gcd(clock_hz, baud)
        modulus, step = clock_hz // divisor, baud // divisor
        phase = Signal(range(modulus))
        m.d.comb += self.tick.eq(self.run & (phase >= modulus - step))
        with m.If(self.align):
            m.d.sync += phase.eq((modulus + 1) // 2)
        with m.Elif(self.run):
            # One adder: where the phase wraps, the step less the modulus is added, modulo the register's width.
            wrap = (step - modulus) % (1 << len(phase))
            m.d.sync += phase.eq(phase + Mux(self.tick, wrap, step))
        return m


class UartReceiver(wiring.Component):
    """Turns the level of a pin into bytes. The pin goes through two flip-flops here.

    A falling edge starts a byte; the line is looked at again in the middle of the start bit (a glitch is dropped) and
    of every bit. A byte without its stop bit is given with `error`; then nothing starts until the line has been high
    again, so that a break, however long, is one zero with an error.

    Parameters
    ----------
    clock_hz, baud : int

    Members
    -------
    rx : In(1)
        the pin; high when idle.
    o : Out(stream of Received, always ready)
        high for one cycle a byte: its taker never stalls.

    Cycles
    ------
    A byte is given 9.5 bits after its falling edge, with 3 to 5 clocks for the flip-flops; one byte in ten bits.

    Raises
    ------
    UserError
        if the baud rate is more than 1 % off, over a frame of ten bits.

    Examples
    --------
    >>> UartReceiver(100_000_000, 115_200).o.payload.shape() is Received
    True
    """

    def __init__(self, clock_hz: int, baud: int):
        check_baud(clock_hz, baud)
        self._rates = clock_hz, baud
        super().__init__({
            "rx": In(1, init=1),
            "o": Out(stream.Signature(Received, always_ready=True)),
        })

    def elaborate(self, platform):
        m = Module()
        m.submodules.baud = baud = BaudGenerator(*self._rates)
        line = Signal(init=1)
        m.submodules.synchroniser = FFSynchronizer(self.rx, line, init=1)

        bits = Signal(8, reset_less=True)
        count = Signal(range(8), reset_less=True)
        m.d.sync += self.o.valid.eq(0)
        with m.FSM():
            with m.State("IDLE"):
                m.d.comb += baud.align.eq(1)
                m.d.sync += count.eq(7)
                with m.If(~line):
                    m.next = "START"
            with m.State("START"):
                m.d.comb += baud.run.eq(1)
                with m.If(baud.tick):
                    m.next = "DATA"
                    with m.If(line):
                        m.next = "IDLE"
            with m.State("DATA"):
                m.d.comb += baud.run.eq(1)
                with m.If(baud.tick):
                    m.d.sync += [bits.eq(Cat(bits[1:], line)), count.eq(count - 1)]
                    with m.If(count == 0):
                        m.next = "STOP"
            with m.State("STOP"):
                m.d.comb += baud.run.eq(1)
                with m.If(baud.tick):
                    m.d.sync += [self.o.valid.eq(1), self.o.p.data.eq(bits), self.o.p.error.eq(~line)]
                    m.next = "IDLE"
                    with m.If(~line):
                        m.next = "LOW"
            with m.State("LOW"):
                with m.If(line):
                    m.next = "IDLE"
        return m


class UartTransmitter(wiring.Component):
    """Sends bytes to a pin.

    Parameters
    ----------
    clock_hz, baud : int

    Members
    -------
    i : In(stream of 8 bits)
    tx : Out(1)
        the pin, straight from a flip-flop; high when idle and in reset.

    Cycles
    ------
    The start bit begins `latency` = 1 cycle after a byte is taken; a byte takes ten bits, and the next one is taken in
    the last cycle of the stop bit, so that there is no gap.

    Raises
    ------
    UserError
        if the baud rate is more than 1 % off, over a frame of ten bits.

    Examples
    --------
    >>> UartTransmitter(100_000_000, 115_200).latency
    1
    """

    latency = 1

    def __init__(self, clock_hz: int, baud: int):
        check_baud(clock_hz, baud)
        self._rates = clock_hz, baud
        super().__init__({
            "i": In(stream.Signature(unsigned(8))),
            "tx": Out(1, init=1),
        })

    def elaborate(self, platform):
        m = Module()
        m.submodules.baud = baud = BaudGenerator(*self._rates)
        bits = Signal(9, reset_less=True)  # the bits after the one on the line
        count = Signal(range(FRAME_BITS + 1))  # bits of this frame that have not ended
        busy, last = count != 0, count == 1
        m.d.comb += [
            baud.run.eq(busy),
            self.i.ready.eq(~busy | (last & baud.tick)),
        ]
        with m.If(self.i.ready & self.i.valid):
            m.d.sync += [self.tx.eq(0), bits.eq(Cat(self.i.payload, Const(1, 1))), count.eq(FRAME_BITS)]
        with m.Elif(baud.tick):
            m.d.sync += [self.tx.eq(bits[0]), bits.eq(Cat(bits[1:], Const(1, 1))), count.eq(count - 1)]
        return m
