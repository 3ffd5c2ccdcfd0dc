"""After a reset, whenever it comes, a component does what it does after power-on, whatever it was doing before."""

import random

import pytest
from amaranth.hdl import Const, ResetInserter, Signal, Value
from amaranth.lib.wiring import In

from varigate.gateware.core.arbiter import CoreArbiter, MessageArbiter
from varigate.gateware.core.vae import FoldedVae
from varigate.gateware.engine.matmul import MatrixEngine
from varigate.gateware.engine.program import Array, lower
from varigate.gateware.lib.pipeline import SkidBuffer
from varigate.gateware.link.cobs import CobsDecoder, CobsEncoder
from varigate.gateware.link.deframer import Deframer
from varigate.gateware.link.dispatcher import Dispatcher
from varigate.gateware.link.framer import Framer
from varigate.gateware.link.requests import Requests
from varigate.gateware.link.uart import UartReceiver, UartTransmitter
from varigate.gateware.panel.buttons import Buttons
from varigate.gateware.panel.display import Display
from varigate.gateware.panel.leds import Leds
from varigate.gateware.panel.panel import Panel
from varigate.gateware.panel.text import Text
from varigate.gateware.units.activation import FoldedSigmoidUnit
from varigate.gateware.units.argmax import ArgMax
from varigate.gateware.units.gaussian import EpsilonSource
from varigate.gateware.units.gaussian_baselines import ShiftRegister, SumOfUniforms
from varigate.gateware.units.sampling import Sampler
from varigate.model.fixedpoint.sigmoid import classic
from varigate.model.protocol.replies import Info
from varigate.sim.testbench.streams import run

SETTLE = 3  # clocks until inputs have come through two flip-flops that no reset touches
CLOCKS = 80
RESETS = 6
SEEDS = 3


def stimulus(inputs, rng, clocks):
    """Values for `inputs`, at random: often small, so that lengths, commands and delimiters are met; some stay."""
    rows, stay = [], rng.choice([0, 0.5, 0.9])
    for _ in range(clocks):
        rows.append([rows[-1][place] if rows and rng.random() < stay else
                     rng.choice([0, 1, rng.getrandbits(3), rng.getrandbits(32)]) & ((1 << len(value)) - 1)
                     for place, value in enumerate(inputs)])
    return rows


def answers(component, seed):
    """What is seen of `component` in `CLOCKS` cycles after a reset at power-on, and after each of `RESETS` others."""
    rng, reset, seen = random.Random(seed), Signal(), []
    leaves = [(path, member.flow is In, Value.cast(leaf)) for path, member, leaf in
              component.signature.flatten(component) if not isinstance(Value.cast(leaf), Const)]
    inputs = [value for _, inward, value in leaves if inward]
    valid = {path[:-1]: value for path, _, value in leaves if path[-1] == "valid"}
    outputs = [(value, valid.get(path[:-1]) if path[-1] == "payload" else None)
               for path, inward, value in leaves if not inward]
    idle = [value.init for value in inputs]
    script = stimulus(inputs, rng, CLOCKS)

    def apply(ctx, values):
        for signal, value in zip(inputs, values, strict=True):
            ctx.set(signal, value)

    async def testbench(ctx):
        for _ in range(RESETS + 1):
            apply(ctx, idle)
            ctx.set(reset, 1)
            await ctx.tick().repeat(SETTLE)
            ctx.set(reset, 0)
            seen.append([])
            for values in script:
                apply(ctx, values)
                seen[-1].append([ctx.get(value) if mask is None or ctx.get(mask) else None for value, mask in outputs])
                await ctx.tick()
            for values in stimulus(inputs, rng, rng.randrange(1, CLOCKS)):
                apply(ctx, values)
                await ctx.tick()

    run(ResetInserter(reset)(component), testbench)
    return seen


COMPONENTS = {
    "activation": lambda iris: FoldedSigmoidUnit(classic()),
    "core arbiter": lambda iris: CoreArbiter(2),
    "message arbiter": lambda iris: MessageArbiter(2),
    "argmax": lambda iris: ArgMax(3, 16),
    "shift register": lambda iris: ShiftRegister(7),
    "sum of uniforms": lambda iris: SumOfUniforms(),
    "buttons": lambda iris: Buttons(clock_hz=5, settle=1),
    "cobs decoder": lambda iris: CobsDecoder(),
    "cobs encoder": lambda iris: CobsEncoder(),
    "deframer": lambda iris: Deframer(5),
    "dispatcher": lambda iris: Dispatcher(Info.of(iris, bytes(32))),
    "display": lambda iris: Display(clock_hz=6, digit_hz=1),
    "framer": lambda iris: Framer(9),
    "epsilon": lambda iris: EpsilonSource(iris.epsilon_table, iris.epsilon_seed),
    "leds": lambda iris: Leds(iris, clock_hz=5, led_time=1),
    "engine": lambda iris: MatrixEngine(lower(iris), Array(4, 2, 2)),
    "panel": lambda iris: Panel(iris, clock_hz=6, settle=0.5, digit_hz=1, led_time=1, page_time=1),
    "skid buffer": lambda iris: SkidBuffer(8),
    "requests": lambda iris: Requests(iris.inputs, iris.latent),
    "sampler": lambda iris: Sampler(iris.sigma_table, iris.z),
    "text": lambda iris: Text(iris),
    "uart receiver": lambda iris: UartReceiver(4, 1),
    "uart transmitter": lambda iris: UartTransmitter(4, 1),
    "core": lambda iris: FoldedVae(iris, Array(8, 1)),
}


@pytest.mark.parametrize("name", COMPONENTS)
def test_a_reset_is_as_good_as_power_on(iris, name):
    for seed in range(SEEDS):
        first, *others = answers(COMPONENTS[name](iris), seed)
        assert len(others) == RESETS
        for place, other in enumerate(others):
            clock = next((clock for clock in range(CLOCKS) if other[clock] != first[clock]), None)
            assert clock is None, f"after reset {place}, clock {clock}: {other[clock]}, not {first[clock]}"
