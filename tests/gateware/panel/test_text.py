import numpy as np
import pytest
from amaranth.hdl import Module
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out, connect, flipped

from varigate.gateware.core.arbiter import Message
from varigate.gateware.panel.decimals import Decimal, Values, slots
from varigate.gateware.panel.text import Text
from varigate.model.protocol.text import line
from varigate.sim.testbench.flowers import flowers
from varigate.sim.testbench.streams import get, put, run, transact


@pytest.mark.parametrize(("bits", "digits"), [(8, 3), (9, 3), (14, 5)])
def test_decimal(bits, digits):
    numbers = [0, 1, 4, 5, 9, 10, 99, 100, 255, (1 << bits) - 1, *np.random.default_rng(2).integers(0, 1 << bits, 20)]
    numbers = [int(number) for number in numbers]
    received = transact(Decimal(bits, digits), numbers, len(numbers), stall=0.3)
    assert [[*each] for each in received] == [[n // 10**k % 10 for k in range(digits)] for n in numbers]


def test_decimal_latency():
    dut = Decimal(9, 3)

    async def bench(ctx):
        ctx.set(dut.i.payload, 321)
        ctx.set(dut.i.valid, 1)
        await ctx.tick().until(dut.i.ready)
        ctx.set(dut.i.valid, 0)
        await ctx.tick().repeat(dut.latency - 2)
        assert not ctx.get(dut.o.valid)
        await ctx.tick()
        assert ctx.get(dut.o.valid)

    run(dut, bench)


class Line(wiring.Component):
    """Values and text together."""

    def __init__(self, network):
        self.values, self.text = Values(network, readers=1), Text(network)
        super().__init__({
            "codes": In(self.values.i.signature.flip()),
            "i": In(stream.Signature(self.text.i.payload.shape())),
            "o": Out(stream.Signature(Message)),
        })

    def elaborate(self, platform):
        m = Module()
        m.submodules.values, m.submodules.text = self.values, self.text
        connect(m, flipped(self.codes), self.values.i)
        connect(m, flipped(self.i), self.text.i)
        connect(m, self.text.values, self.values.readers[0])
        connect(m, flipped(self.o), self.text.o)
        return m


def lines(network, runs, stall=0.0) -> list[str]:
    """What is sent for `runs`: tuples (number, class, z, output)."""
    dut, sent = Line(network), []

    async def bench(ctx):
        for seed, (number, cls, z, output) in enumerate(runs):
            codes = [number, *z, *output][:slots(network)]
            items = [{"slot": slot, "code": int(code) & 0xFF} for slot, code in enumerate(codes)]
            await put(ctx, dut.codes, items, stall=stall, seed=seed)
            await ctx.tick().repeat(dut.values.latency)
            ctx.set(dut.i.payload, cls)
            ctx.set(dut.i.valid, 1)
            message = []
            while not message or not message[-1].last:
                message += await get(ctx, dut.o, 1, stall=stall, seed=seed + len(message))
            sent.append("".join(chr(byte.data) for byte in message))
            ctx.set(dut.i.valid, 0)
            await ctx.tick()

    async def watch(ctx):
        async for _, _, cls, byte, last in ctx.tick().sample(
                dut.i.valid & dut.i.ready, dut.o.valid & dut.o.ready, dut.o.payload.last):
            assert cls == (byte and last), "the class is taken with the last byte"

    run(dut, bench, processes=[watch])
    return sent


def random_runs(network, count, seed=3):
    rng = np.random.default_rng(seed)
    output = network.output
    return [(int(rng.integers(1, 256)), int(rng.integers(0, max(1, network.classes))),
             rng.integers(-128, 128, network.latent), rng.integers(output.low, output.high + 1, network.outputs))
            for _ in range(count)]


@pytest.mark.parametrize("frac", range(9))
def test_all_z_codes(frac):
    network = flowers(frac=frac, latent=32, outputs=17)
    runs = [(frac, 0, range(low, low + 32), [0] * 17) for low in range(-128, 128, 32)]
    assert lines(network, runs) == [line(network, *each) for each in runs]


@pytest.mark.parametrize("network", [
    flowers(), flowers(signed_output=True), flowers(tenths=False), flowers(tenths=False, signed_output=True),
    flowers(outputs=1, latent=1), flowers(classes=0), flowers(classes=1), flowers(classes=5, frac=0, outputs=16),
    flowers(outputs=17), flowers(output_activation="sigmoid"),
], ids=lambda network: f"{network.classes}-{network.latent}-{network.outputs}-{network.output}")
def test_lines_of_random_runs(network):
    runs = random_runs(network, 12)
    assert lines(network, runs) == [line(network, *each) for each in runs]
    assert lines(network, runs[:3], stall=0.4) == [line(network, *each) for each in runs[:3]]


def test_all_output_codes():
    network = flowers(outputs=16, inputs=16)
    runs = [(low + 1, 0, [0, 0], range(low, low + 16)) for low in range(0, 254, 16)]
    assert lines(network, runs) == [line(network, *each) for each in runs]
