import random

from varigate.gateware.panel.buttons import Buttons, Switches
from varigate.sim.testbench.streams import run

NAMES = ("center", "up", "down", "left", "right")


def presses(script, settle=20):
    """`script`: (clocks, names of closed contacts) in turn; returns (clock, names) of each pulse."""
    dut, pulses = Buttons(clock_hz=1000 * settle, settle=1e-3), []
    assert dut.latency == settle + 3

    async def bench(ctx):
        clock = 0
        for clocks, closed in script:
            ctx.set(dut.pins, {name: name in closed for name in NAMES})
            for _ in range(clocks):
                _, _, pressed = await ctx.tick().sample(dut.pressed)
                if names := [name for name in NAMES if pressed[name]]:
                    pulses.append((clock, names))
                clock += 1

    run(dut, bench)
    return pulses


def bouncing(rng, name):
    return [(rng.randrange(1, 15), [name] if index % 2 else []) for index in range(rng.randrange(1, 9) * 2)]


def test_one_pulse_for_each_press_and_none_for_a_release():
    assert presses([(10, []), (100, ["up"]), (100, []), (100, ["right"]), (60, [])]) == [
        (10 + 23, ["up"]), (210 + 23, ["right"])]


def test_bouncing_contacts_press_once():
    rng = random.Random(1)
    for name in NAMES:
        before, after = bouncing(rng, name), bouncing(rng, name)
        script = [(50, []), *before, (80, [name]), *after, (80, [])]
        last = 50 + sum(clocks for clocks, _ in before[:-1])  # the bounce ends closed, and stays so
        assert presses(script) == [(last + 23, [name])]


def test_what_is_shorter_than_the_settling_time_is_nothing():
    assert presses([(50, []), (20, ["left"]), (50, [])]) == []
    assert presses([(50, []), (21, ["left"]), (50, [])]) != []


def test_a_second_button_counts_while_the_first_is_held():
    assert presses([(50, ["up"]), (50, ["up", "down"]), (50, ["down"]), (50, ["down", "center"])]) == [
        (23, ["up"]), (73, ["down"]), (173, ["center"])]


def test_switches_come_after_two_clocks():
    dut = Switches(8)

    async def bench(ctx):
        ctx.set(dut.pins, 0xA5)
        seen = [(await ctx.tick().sample(dut.o))[2] for _ in range(4)]
        assert seen == [0, 0, 0xA5, 0xA5]

    run(dut, bench)
