import random

from varigate.gateware.link.crc import crc16
from varigate.model.protocol import frames
from varigate.sim.testbench.streams import run


def test_equals_the_model_a_byte_a_clock():
    rng, unit = random.Random(1), crc16()
    messages = [b"123456789", b"", *(rng.randbytes(rng.randrange(40)) for _ in range(30))]

    async def testbench(ctx):
        for message in messages:
            ctx.set(unit.start, 1)
            await ctx.tick()
            ctx.set(unit.start, 0)
            ctx.set(unit.valid, 1)
            for byte in message:
                ctx.set(unit.data, byte)
                await ctx.tick()
            ctx.set(unit.valid, 0)
            assert ctx.get(unit.crc) == frames.crc16(message)

    run(unit, testbench)
    assert frames.crc16(messages[0]) == 0x29B1
