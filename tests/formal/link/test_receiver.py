"""However the receiver got into the state that it is in, it comes out of it: for all time, all states of all registers.

An *upset* sets every register to any value, in any cycle and as often as it likes; it stands for noise, a plug pulled
in the middle of a frame, a reset that came too early, and whatever else one can think of.

1. The serial port is at rest, and its byte delivered, within

       ⌈9 · bit⌉ + 3 clocks        (bit: clocks of a bit)

   of an idle line: less than the time of one byte, 10 bits, and not a clock too many: one less is refuted. Nine bits
   are the data and stop bit that an imagined byte may have still to come; two clocks are in the flip-flops at the pin,
   and one is that in which the byte is given.
2. The deframer has no time-out: a chunk is open until its delimiter, however long the line rests. After a delimiter
   what it says depends on nothing but the bytes since.

So after an idle line for as long as in 1, and a zero, the next frame is received as after a reset. The codes of the
serial port's state machine that name no state are left out: nothing but an upset leads there.
"""

from math import ceil, gcd

import pytest
from amaranth.hdl import Fragment, Module, Mux, Signal, Value

from varigate.gateware.link.deframer import OVERHEAD, Deframer
from varigate.gateware.link.uart import UartReceiver
from varigate.model.protocol.requests import LEAST_WIRE
from varigate.sim.formal.proof import Proof
from varigate.sim.testbench.opened import opened
from varigate.sim.testbench.streams import run

LONGEST = 4
MOST = OVERHEAD + LONGEST + 1  # where the deframer stops counting


def upset(proof, fragment, allowed=lambda register, value: 1):
    """Lets a signal, which is returned, set all registers of an opened component to any values that are `allowed`."""
    now, fragments = proof.free(Signal(name="upset")), [fragment]
    for each in fragments:
        fragments += [inner for inner, *_ in each.subfragments]
        registers = {id(signal): signal for statement in each.statements.get("sync", ())
                     for signal in statement._lhs_signals()}
        m = Module()
        with m.If(now):
            for register in registers.values():
                value = proof.free(Signal(len(register), name=f"any_{register.name}"))
                proof.assume(allowed(register, value))
                m.d.sync += register.eq(value)
        each.add_statements("sync", *Fragment.get(m, None).statements.get("sync", ()))
    return now


IDLE, START, DATA, STOP, LOW = range(5)  # states of the serial port


def bound(clock_hz, baud):
    return ceil(9 * clock_hz / baud) + 3


def port_proof(clock_hz, baud, within, help=True):
    """`within`: clocks. The invariants: two clocks after the line has become high, the bits that are to come last nine
    at most, and each clock takes one from them."""
    proof, receiver = Proof(), UartReceiver(clock_hz, baud)
    fragment, inside = opened(receiver)
    state, count, phase = inside["fsm_state"], inside["count"], inside["baud.phase"]
    near, line, given = inside["synchroniser.stage0"], inside["synchroniser.stage1"], receiver.o.valid
    now = upset(proof, fragment, lambda register, value: (register is not state) | (value <= LOW))
    proof.m.submodules.receiver = fragment
    proof.free(receiver.rx)
    idle = Signal(range(within + 1))  # clocks since the line was low, or an upset
    proof.m.d.sync += idle.eq(Mux(now | ~receiver.rx, 0, Mux(idle == within, within, idle + 1)))
    proof.claim("at rest", (state == IDLE) & near & line & ~given, when=idle == within)
    if not help:
        return proof

    divisor = gcd(clock_hz, baud)
    modulus, step = clock_hz // divisor, baud // divisor  # a bit is over when the phase passes the modulus
    bits = Mux(state == DATA, count + 2, 1)
    left = bits * modulus - Mux(phase < modulus, phase, modulus - 1)
    gone = Mux(idle < 2, 0, idle - 2) * step
    proof.claim("the clocks", idle <= within)
    proof.claim("a state", state <= LOW)
    proof.claim("high at the pin", near, when=idle >= 1)
    proof.claim("high behind the pin", line, when=idle >= 2)
    proof.claim("so much is left", gone + left <= 9 * modulus, when=(state != IDLE) & (state != LOW))
    proof.claim("the byte is given", gone <= 9 * modulus + step - 1, when=given)
    proof.claim("no longer low", idle <= 2, when=state == LOW)
    return proof


RATES = [(4, 1), (8, 1), (25, 3), pytest.param(100_000_000, 115_200, marks=pytest.mark.long)]


@pytest.mark.parametrize(("clock_hz", "baud"), RATES)
def test_the_serial_port_comes_to_rest(clock_hz, baud):
    outcome = port_proof(clock_hz, baud, bound(clock_hz, baud)).prove(steps=2)
    assert outcome.status == "proved", str(outcome)


@pytest.mark.long
def test_a_clock_less_is_refuted():
    within = bound(4, 1) - 1
    outcome = port_proof(4, 1, within, help=False).prove(steps=within + 3, bounded=True)
    assert outcome.status == "refuted" and outcome.broken == ("at_rest",), str(outcome)


@pytest.mark.parametrize(("clock_hz", "baud"), RATES)
def test_a_pulse_of_half_a_bit_takes_all_that_time(clock_hz, baud):
    """It is taken for the start bit of FF, from whose middle on the line is high."""
    receiver, last = UartReceiver(clock_hz, baud), []

    async def testbench(ctx):
        middle = round(clock_hz / baud / 2)
        for pulse in range(max(1, middle - 1), middle + 3):
            for level, clocks in ((0, pulse), (1, bound(clock_hz, baud) + 2)):
                ctx.set(receiver.rx, level)
                given = [clock for clock in range(clocks) if (await ctx.tick().sample(receiver.o.valid))[2]]
            last.extend(given)

    run(receiver, testbench)
    assert max(last) == bound(clock_hz, baud) - 1


def deframer_proof(fault=0):
    """Against another one, which nothing upsets."""
    proof, names = Proof(), ("left", "quiet", "wire", "broken", "text", "count", "crc_reg")
    tried, other = Deframer(LONGEST), Deframer(LONGEST)
    (fragment, inside), (beside, reference) = opened(tried), opened(other)
    now = upset(proof, fragment)
    proof.m.submodules.tried, proof.m.submodules.other = fragment, beside
    proof.free(tried.i.valid, tried.i.payload)
    proof.m.d.comb += [other.i.valid.eq(tried.i.valid), other.i.payload.eq(tried.i.payload)]
    delimiter = tried.i.valid & (tried.i.p.data == 0) & (fault | ~tried.i.p.error)
    cured = Signal(init=1)  # a delimiter has come since the last upset
    proof.m.d.sync += cured.eq(~now & (cured | delimiter))
    for name in ("o_verdict", "o_payload"):
        mine, its = getattr(tried, name), getattr(other, name)
        proof.claim(f"{name} comes when it should", mine.valid == its.valid, when=cured)
        proof.claim(f"{name} is right", Value.cast(mine.payload) == Value.cast(its.payload), when=cured & its.valid)

    def register(signals, name):
        return next(signal for path, signal in signals.items() if path.rpartition(".")[2] == name)

    count, wire, left, quiet, broken = (register(reference, name) for name in (
        "count", "wire", "left", "quiet", "broken"))
    for name in names:
        proof.claim(f"the same {name}", register(inside, name) == register(reference, name), when=cured)
    held = [register(signals, "held") for signals in (inside, reference)]
    proof.claim("the same last byte", held[0][:8] == held[1][:8], when=cured & (count >= 1))
    proof.claim("the same byte before", held[0][8:] == held[1][8:], when=cured & (count >= 2))
    for name, least in (("$signal", 3), ("command", 4)):  # the sequence number is the nameless one
        proof.claim(f"the same {name}", inside[name] == reference[name], when=cured & (count >= least))
    # Invariants of the other one: whatever is not too short on the wire holds at least a frame's overhead.
    far = Mux(left > 254 - MOST, 254 - left, MOST)
    proof.claim("the counts", (count <= MOST) & (wire <= LEAST_WIRE) & (left <= 254))
    proof.claim("nothing yet", (count == 0) & (left == 0) & quiet & ~broken, when=wire == 0)
    proof.claim("a byte for each but the first", count + 1 >= wire, when=~broken)
    proof.claim("a long block is long", count >= far, when=~broken & quiet & (wire != 0))
    return proof


def test_after_a_delimiter_the_deframer_has_forgotten_everything():
    outcome = deframer_proof().prove(steps=2)
    assert outcome.status == "proved", str(outcome)


def test_a_delimiter_with_a_line_error_does_not_do():
    outcome = deframer_proof(fault=1).prove(steps=12, bounded=True)
    assert outcome.status == "refuted", str(outcome)
