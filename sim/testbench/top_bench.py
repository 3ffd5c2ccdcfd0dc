"""Simulates the whole top at its pins (serial line, switches, buttons, LEDs, display) with Amaranth."""

from varigate.gateware.engine.program import Array
from varigate.gateware.top import HumanTimes, Top
from varigate.model.network import network_file
from varigate.model.network.network import Network
from varigate.model.protocol.frames import REPLY, Command, Decoder, Frame, encode
from varigate.sim.testbench.serial_line import Receiver
from varigate.sim.testbench.streams import run

__all__ = ["TopBench"]

ARRAY = Array(8, 1)
BIT = 8  # clocks
BAUD = 1_000_000
PATIENCE = 20_000  # bits
QUICK = HumanTimes(settle=20 / (BIT * BAUD), digit_hz=BIT * BAUD / 4, led_time=4e-4, page_time=1e-3)


class TopBench:
    """A top with a short bit time, and a person and a host beside it.

    Parameters
    ----------
    network : Network
    array : Array
    clock_hz, baud : int
        eight clocks a bit by default.
    times : HumanTimes

    Members
    -------
    frames, lines : lists
        what has come over the serial line.
    received : bytes
        the same as it came.
    """

    def __init__(self, network: Network, array: Array = ARRAY, *, clock_hz: int = BIT * BAUD, baud: int = BAUD,
                 times: HumanTimes = QUICK, weights: str = "lut"):
        self.network, self._bit = network, clock_hz / baud
        self.top = Top(network, network_file.digest(network), array=array, weights=weights, clock_hz=clock_hz,
                       baud=baud, times=times)
        self.settle = round(times.settle * clock_hz)
        self._led_clocks = round(times.led_time * clock_hz) + 2
        self.frames, self.lines, self.received = [], [], bytearray()
        self._decoder, self._seq = Decoder(), 0

    def run(self, *testbenches, processes=(), deadline: int = 2_000_000):
        """Simulates until all `testbenches` have ended; `processes` run in the background."""
        run(self.top, *testbenches, processes=[self._listen, *processes], deadline=deadline)

    # The serial line.
    async def _listen(self, ctx):
        """Reads `tx`, a bit's time after the other."""
        receiver, levels = Receiver(self._bit), []
        while True:
            await ctx.tick()
            levels.append(ctx.get(self.top.tx))
            if len(levels) < self._bit:
                continue
            data = bytes(byte for _, byte, _ in receiver.read_levels(levels))
            levels.clear()
            assert not receiver.errors + receiver.glitches, "a start bit is low and a stop bit high, for a bit's time"
            self.received += data
            for item in self._decoder.feed(data):
                (self.frames if isinstance(item, Frame) else self.lines).append(item)

    async def send(self, ctx, data: bytes, *, broken=()):
        """Puts bytes on `rx`, without gaps; those at the places `broken` without their stop bit, and a pause behind."""
        edges = 0.0
        for place, byte in enumerate(data):
            bits = f"1{byte:08b}0"[::-1] if place not in broken else f"110{byte:08b}0"[::-1]
            for bit in bits:
                ctx.set(self.top.rx, int(bit))
                before, edges = round(edges), edges + self._bit
                await ctx.tick().repeat(round(edges) - before)

    async def _arrival(self, ctx, items: list, count: int):
        for _ in range(PATIENCE):
            if len(items) >= count:
                return items[count - 1]
            await ctx.tick().repeat(round(self._bit))
        raise TimeoutError(f"{len(items)} of {count} frames or lines came within {PATIENCE} bits")

    async def reply(self, ctx, count: int) -> Frame:
        """Waits until `count` frames have come in all; returns the last one."""
        return await self._arrival(ctx, self.frames, count)

    async def text(self, ctx, count: int) -> str:
        """Waits until `count` lines of text have come in all; returns the last one."""
        return await self._arrival(ctx, self.lines, count)

    async def ask(self, ctx, command: Command, payload: bytes = b"") -> Frame:
        """One request and its reply."""
        self._seq = (self._seq + 1) % 256
        known = len(self.frames)
        await self.send(ctx, encode(self._seq, command, payload))
        reply = await self.reply(ctx, known + 1)
        assert (reply.seq, reply.command) == (self._seq, command | REPLY), reply
        return reply

    # The panel.
    async def choose(self, ctx, number: int):
        """Sets switches 0–7, and waits until they have been seen."""
        ctx.set(self.top.switches, number)
        await ctx.tick().repeat(60)

    async def press(self, ctx, name: str):
        for level in (1, 0):
            ctx.set(self.top.buttons, {name: level})
            await ctx.tick().repeat(self.settle + 6)

    async def rest(self, ctx):
        """Waits until the LEDs that are stretched show the present."""
        await ctx.tick().repeat(self._led_clocks)

    def leds(self, ctx) -> int:
        return ctx.get(self.top.leds)

    async def display(self, ctx) -> list[int]:
        """The eight patterns, the leftmost first."""
        digits = {}
        while len(digits) < 8:
            await ctx.tick()
            anodes = ctx.get(self.top.anodes)
            assert anodes & (anodes - 1) == 0, "one digit at a time"
            if anodes:
                digits[anodes] = ctx.get(self.top.segments)
        return [digits[1 << digit] for digit in reversed(range(8))]
