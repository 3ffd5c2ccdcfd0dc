import numpy as np
import pytest
from amaranth.sim import Simulator

from varigate.gateware.lib.rom import RegisteredRom, bank_bits


@pytest.mark.parametrize(("words", "bits"), [
    (1, 72), (512, 72), (513, 36), (1024, 36), (1025, 18), (2048, 18), (2049, 9), (4096, 9), (4097, 4), (8192, 4),
    (8193, 2), (16384, 2), (16385, 1), (32768, 1), (100_000, 1)])
def test_banks_are_as_wide_as_a_block_ram_is_deep(words, bits):
    assert bank_bits(words) == bits


@pytest.mark.parametrize("storage", ["block", "lut"])
@pytest.mark.parametrize(("words", "width"), [(1, 1), (5, 71), (5, 72), (5, 73), (600, 100)])
def test_words_come_two_clocks_later(words, width, storage):
    rng = np.random.default_rng(words + width)
    content = [int.from_bytes(rng.bytes(13), "little") % (1 << width) for _ in range(words)]
    addresses = rng.integers(words, size=20).tolist()
    rom = RegisteredRom(content, width, storage)
    simulator, seen = Simulator(rom), []
    simulator.add_clock(1e-6)

    async def read(ctx):
        for address in [*addresses, *[0] * rom.latency]:
            ctx.set(rom.address, address)
            await ctx.tick()
            seen.append(ctx.get(rom.data))

    simulator.add_testbench(read)
    simulator.run()
    assert seen[rom.latency - 1:-1] == [content[address] for address in addresses]
