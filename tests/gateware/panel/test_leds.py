import random

import pytest

from varigate.gateware.panel.leds import Leds
from varigate.model.protocol.operations import Part
from varigate.sim.testbench.flowers import flowers
from varigate.sim.testbench.streams import run

STRETCH = 50


def trace(stimuli, network=None):
    """LEDs after each clock; a stimulus is a dict of ports, or of the snooped element's fields."""
    dut, seen = Leds(network or flowers(), clock_hz=1000, led_time=STRETCH / 1000), []

    async def bench(ctx):
        for stimulus in stimuli:
            stimulus = dict(stimulus)
            for name in ("epsilon_on", "error", "busy"):
                ctx.set(getattr(dut, name), stimulus.pop(name, 0))
            ctx.set(dut.snoop.valid, stimulus.pop("valid", bool(stimulus)))
            ctx.set(dut.snoop.ready, stimulus.pop("ready", 1))
            ctx.set(dut.snoop.payload, {"part": Part.MU, "value": 0, "last": 0} | stimulus)
            await ctx.tick()
            seen.append(ctx.get(dut.leds))

    run(dut, bench)
    return seen


def test_class_of_the_last_completed_operation():
    score, end = {"part": Part.SCORE, "value": 1}, {"part": Part.OUTPUT, "value": 2, "last": 1}
    seen = trace([
        score, end,                                             # without a class: nothing
        {"part": Part.CLASS, "value": 2}, score, end,           # a class on the way
        {"part": Part.CLASS, "value": 1, "last": 1},            # a class at the end
        {"part": Part.MU, "value": 7}, end,                     # without a class: stays
        {"part": Part.CLASS, "value": 0, "last": 1, "ready": 0},
        {"part": Part.CLASS, "value": 0, "last": 1, "valid": 0},
        {"part": Part.CLASS, "value": 0, "last": 1}])
    assert seen == [0, 0, 0, 0, 4, 2, 2, 2, 2, 2, 1]


def test_classes_from_thirteen_on_light_nothing():
    network = flowers(classes=15)
    assert trace([{"part": Part.CLASS, "value": value, "last": 1} for value in (12, 13, 0, 14)], network) == [
        1 << 12, 0, 1, 0]
    assert trace([{"part": Part.CLASS, "value": 0, "last": 1}], flowers(classes=0)) == [0]


@pytest.mark.parametrize(("name", "led"), [("error", 14), ("busy", 15)])
def test_error_and_busy_are_stretched(name, led):
    def lit(levels):
        return [leds >> led for leds in trace([{name: level} for level in levels])]

    assert lit([1] + [0] * 200) == [1] * STRETCH + [0] * (201 - STRETCH)
    assert lit([1] * 70 + [0] * 100) == [1] * (69 + STRETCH) + [0] * (101 - STRETCH)
    assert lit([1] + [0] * 30 + [1] + [0] * 100) == [1] * (31 + STRETCH) + [0] * (101 - STRETCH)


def test_epsilon():
    rng = random.Random(0)
    stimuli = [{"epsilon_on": rng.randrange(2)} for _ in range(20)]
    assert trace(stimuli) == [each["epsilon_on"] << 13 for each in stimuli]
