import random

import pytest
from amaranth.hdl import Fragment

from varigate.gateware.link.uart import UartReceiver, UartTransmitter, achieved_baud, check_baud
from varigate.model.errors import UserError
from varigate.sim.testbench.streams import put, run

RNG = random.Random(3)
EIGHT = (8_000_000, 1_000_000)  # 8 clocks a bit
REAL = (100_000_000, 115_200)  # 868.06 clocks a bit


def levels(byte, stop=1):
    return [0, *(byte >> index & 1 for index in range(8)), stop]


def receive(rates, waveform, clocks, idle=40):
    """`waveform`: the line's levels, each `clocks` long (a real number); returns what the receiver gives."""
    component, received = UartReceiver(*rates), []

    async def line(ctx):
        now = 0
        for index, level in enumerate(waveform):
            ctx.set(component.rx, level)
            until = round((index + 1) * clocks)
            await ctx.tick().repeat(until - now)
            now = until
        ctx.set(component.rx, 1)
        await ctx.tick().repeat(idle)

    async def collect(ctx):
        async for *_, valid, item in ctx.tick().sample(component.o.valid, component.o.payload):
            if valid:
                received.append((item.data, item.error))

    run(component, line, processes=[collect])
    return received


def line(data):
    return [level for byte in data for level in levels(byte)]


@pytest.mark.parametrize("clocks", [8.0, 8 * 0.98, 8 * 1.02])
def test_receiver_takes_back_to_back_bytes_with_a_mismatched_clock(clocks):
    data = [0x00, 0xFF, 0x55, 0xAA, 0x80, 0x01, *RNG.randbytes(40)]
    assert receive(EIGHT, [1, *line(data)], clocks) == [(byte, 0) for byte in data]


@pytest.mark.parametrize("mismatch", [0.98, 1.0, 1.02])
def test_receiver_at_the_real_divisor(mismatch):
    assert receive(REAL, [1, *line([0xA5])], 868.0556 * mismatch) == [(0xA5, 0)]


def test_receiver_where_a_bit_is_no_whole_number_of_clocks():
    data = RNG.randbytes(20)
    assert receive((100_000_000, 3_000_000), [1, *line(data)], 100 / 3) == [(byte, 0) for byte in data]


def test_receiver_drops_a_glitch():
    # sixteenths of a bit: three of eight clocks low is no start bit
    data = [level for level in line([0x5A]) for _ in range(8)]
    assert receive(EIGHT, [1] * 8 + [0] * 3 + [1] * 9 + data + [1] * 8 + [0] + [1] * 20 + data, 1) == [(0x5A, 0)] * 2


def test_receiver_reports_a_missing_stop_bit_once_and_goes_on():
    bad = [1, *levels(0x5A, stop=0), 1, 1]
    assert receive(EIGHT, bad + line([0x66]), 8) == [(0x5A, 1), (0x66, 0)]


@pytest.mark.parametrize("bits", [10, 13, 45])
def test_a_break_is_one_error(bits):
    assert receive(EIGHT, [1, *line([0x31]), *[0] * bits, 1, *line([0x32])], 8) == [(0x31, 0), (0, 1), (0x32, 0)]


def test_receiver_latency():
    component, cycles = UartReceiver(*EIGHT), 0

    async def testbench(ctx):
        nonlocal cycles
        await ctx.tick().repeat(5)
        for level in line([0x0F]):
            ctx.set(component.rx, level)
            for _ in range(8):
                await ctx.tick()
                cycles += 1
                if ctx.get(component.o.valid):
                    return
        raise AssertionError("nothing received")

    run(component, testbench)
    assert 3 <= cycles - 9.5 * 8 <= 5


def transmit(rates, data, cycles):
    """The line's level in each of `cycles` cycles from the first start bit on, `data` being offered at once."""
    component, wave = UartTransmitter(*rates), []

    async def sender(ctx):
        await ctx.tick().repeat(3)
        assert ctx.get(component.tx) == 1
        await put(ctx, component.i, data)

    async def watch(ctx):
        await ctx.tick().until(component.i.valid & component.i.ready)
        for _ in range(cycles):
            wave.append(ctx.get(component.tx))
            await ctx.tick()

    run(component, sender, watch)
    return wave


def test_transmitter_sends_without_gaps():
    data = [0x00, 0xFF, 0x5A]
    expected = [level for level in [*line(data), 1] for _ in range(8)]
    assert transmit(EIGHT, data, len(expected)) == expected


def test_transmitter_keeps_its_mean_rate_and_no_edge_is_off_by_a_clock():
    data = list(RNG.randbytes(12))
    wave = transmit((100_000_000, 3_000_000), data, 12 * 334)
    for index, level in enumerate(line(data)):
        start, end = index * 100 / 3, (index + 1) * 100 / 3
        assert set(wave[int(start + 1):int(end)]) == {level}


def test_transmitter_at_the_real_divisor():
    wave = transmit(REAL, [0xA5], 8690)
    assert [wave[round((index + 0.5) * 868.0556)] for index in range(10)] == levels(0xA5)
    assert wave.index(1) in (868, 869)


def refusal(*rates):
    with pytest.raises(UserError) as error:
        check_baud(*rates)
    return str(error.value)


@pytest.mark.parametrize(("clock", "baud"), [
    (100_000_000, 9_600), (100_000_000, 115_200), (100_000_000, 3_000_000), (100_000_000, 12_000_000),
    (100_000_000, 25_000_000), (12_000_000, 1_000_000), (99_999_999, 115_200), *[EIGHT],
])
def test_rates_that_are_accepted(clock, baud):
    for component in (UartReceiver, UartTransmitter):
        Fragment.get(component(clock, baud), None)
    assert abs(achieved_baud(clock, baud) / baud - 1) <= 0.01


@pytest.mark.parametrize(("clock", "baud", "achieved", "error"), [
    (100_000_000, 40_000_000, 25_000_000, "37.50"),
    (100_000_000, 16_000_000, 15_810_277, "1.19"), (1_000_000, 460_800, 250_000, "45.75"),
    (1_000_000, 3_000_000, 250_000, "91.67"),
])
def test_rates_that_are_refused_with_the_figures(clock, baud, achieved, error):
    assert achieved_baud(clock, baud) == pytest.approx(achieved, abs=1)
    message = refusal(clock, baud)
    for figure in (clock, baud, achieved, f"{error} %"):
        assert str(figure) in message


@pytest.mark.parametrize(("clock", "baud"), [(100e6, 115_200), (100_000_000, 0), (0, 9600)])
def test_rates_that_are_no_whole_numbers(clock, baud):
    assert "whole" in refusal(clock, baud)
