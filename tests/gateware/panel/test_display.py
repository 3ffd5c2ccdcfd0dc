from itertools import pairwise

import pytest

from varigate.gateware.panel.display import DIGITS, FONT, Display, glyph
from varigate.sim.testbench.streams import run


def refresh(dut, patterns, clocks):
    """(digit, anodes, segments) of each clock; `patterns` are those of the eight digits."""
    seen = []

    async def bench(ctx):
        for _ in range(clocks):
            ctx.set(dut.pattern, patterns[ctx.get(dut.digit)])
            _, _, *state = await ctx.tick().sample(dut.digit, dut.anodes, dut.segments)
            seen.append(tuple(state))

    run(dut, bench)
    return seen


@pytest.mark.parametrize("period", [2, 40, 100])
def test_each_digit_shows_its_pattern_for_a_period(period):
    dut = Display(clock_hz=1000 * period)
    assert dut.period == period
    patterns = [glyph(str(digit)) | digit % 2 << 7 for digit in range(DIGITS)]
    seen = refresh(dut, patterns, period * (2 * DIGITS + 1))
    lit = [(anodes, segments) for _, anodes, segments in seen if anodes]
    assert all(anodes.bit_count() == 1 and segments == patterns[anodes.bit_length() - 1] for anodes, segments in lit)
    for digit in range(DIGITS):
        assert sum(anodes == 1 << digit for anodes, _ in lit[:DIGITS * (period - dut.dark)]) == period - dut.dark


def test_between_two_digits_it_is_dark():
    dut = Display(clock_hz=64_000)
    seen = refresh(dut, [0xFF] * DIGITS, 64 * 10)
    assert dut.dark == 2
    anodes = [state[1] for state in seen]
    for before, after in pairwise(anodes):
        assert before == after or 0 in (before, after)
    assert all((anodes == 0) == (segments == 0) for _, anodes, segments in seen)
    gaps = "".join(".#"[a != 0] for a in anodes).strip(".").split("#")
    assert {len(gap) for gap in gaps if gap} == {dut.dark}


def test_a_pattern_that_changes_waits_for_the_next_turn():
    dut = Display(clock_hz=20_000)
    segments = []

    async def bench(ctx):
        for clock in range(155):
            ctx.set(dut.pattern, clock | 1)
            _, _, anodes, shown = await ctx.tick().sample(dut.anodes, dut.segments)
            segments.append((anodes, shown))

    run(dut, bench)
    lit = {state for state in segments if state[0]}
    assert len(lit) == len({anodes for anodes, _ in lit})


def test_font():
    assert FONT["8"] == 0x7F and glyph("-") == 0x40 and glyph(" ") == 0
    assert glyph("V") == glyph("v") != 0 and glyph("e") == FONT["E"]
    assert all(glyph(letter) for letter in "abcdefghijklmnopqrstuvwxyz0123456789")
    assert len({glyph(digit) for digit in "0123456789-"}) == 11
    assert glyph("é") == 0
