"""A panel in the simulator with a host, a process as the core, and a person's inputs and views."""

import numpy as np
from amaranth.hdl import Elaboratable, Module
from amaranth.lib.wiring import connect

from varigate.gateware.core.arbiter import CoreArbiter
from varigate.gateware.panel.panel import Panel
from varigate.model.protocol.operations import PARTS, Op, counts
from varigate.model.protocol.replies import Answer
from varigate.model.protocol.text import line
from varigate.sim.testbench.fake_core import FakeCore
from varigate.sim.testbench.streams import get, run

__all__ = ["PAGE", "REFRESH", "Desk"]

SETTLE, DIGIT, PAGE = 20, 4, 600
REFRESH = 8 * DIGIT


class Desk(Elaboratable):
    """A panel, a host, and a process as the core, whose answers depend on the data and the number of the run."""

    def __init__(self, network, stall=0.0):
        self.network, self.stall = network, stall
        self.panel = Panel(network, clock_hz=1e6, settle=SETTLE / 1e6, digit_hz=1e6 / DIGIT, led_time=1e-4,
                           page_time=PAGE / 1e6)
        self.arbiter = CoreArbiter(2)
        self.host = self.arbiter.clients[1]
        self.core = FakeCore(self.arbiter.core, network, self._answer, stall=stall)
        self.jobs, self.text = [], ""

    def elaborate(self, platform):
        m = Module()
        m.submodules.panel, m.submodules.arbiter = self.panel, self.arbiter
        connect(m, self.panel.client, self.arbiter.clients[0])
        result, snoop = self.arbiter.core.result, self.panel.snoop
        m.d.comb += [snoop.valid.eq(result.valid), snoop.ready.eq(result.ready), snoop.payload.eq(result.payload),
                     self.panel.busy.eq(self.arbiter.busy)]
        return m

    def answer(self, x):
        """(class, z, output) of the next run."""
        rng = np.random.default_rng([len(self.jobs), *map(int, x)])
        output = self.network.output
        return (int(rng.integers(max(1, self.network.classes))), rng.integers(-128, 128, self.network.latent).tolist(),
                rng.integers(output.low, output.high + 1, self.network.outputs).tolist())

    def _answer(self, op: Op, x: list[int]) -> Answer:
        network = self.network
        cls, z, output = self.answer(x)
        self.jobs.append((op, x, cls, z, output))
        fields = {"index": [0], "mu": z, "v": z, "scores": [3] * network.classes, "cls": [cls], "z": z,
                  "output": output}
        return Answer.of({part: fields[PARTS[part].field] for part in counts(op, network)})

    async def line(self, ctx):
        while True:
            byte, = await get(ctx, self.panel.o, 1, stall=self.stall, seed=len(self.text))
            self.text += chr(byte.data)
            assert byte.last == (byte.data == 10)

    def run(self, bench):
        run(self, bench, processes=[self.core.serve, self.line], deadline=100_000)

    # What a person does and sees.
    async def choose(self, ctx, number, clocks=60):
        ctx.set(self.panel.switches, 0xFF00 | number)
        await ctx.tick().repeat(clocks)

    async def press(self, ctx, name, clocks=SETTLE + 4):
        for level in (1, 0):
            ctx.set(self.panel.buttons, {name: level})
            await ctx.tick().repeat(clocks)

    async def settled(self, ctx):
        """Waits until nothing has been running for a while."""
        quiet = 0
        while quiet < 80:
            await ctx.tick()
            quiet = 0 if ctx.get(self.panel.leds) >> 15 else quiet + 1

    async def display(self, ctx):
        """The eight patterns, the leftmost first."""
        digits = {}
        for _ in range(REFRESH + DIGIT):
            await ctx.tick()
            if anodes := ctx.get(self.panel.anodes):
                digits[anodes] = ctx.get(self.panel.segments)
        return [digits[1 << digit] for digit in reversed(range(8))]

    def expected(self, number, job=-1):
        return line(self.network, number, *self.jobs[job][2:])
