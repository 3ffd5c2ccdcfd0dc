"""The top as `build.py` makes it: 115200 baud at 100 MHz, buttons debounced for 10 ms, a millisecond a digit."""

import cocotb
from cocotb.triggers import FallingEdge, RisingEdge
from cocotb.utils import get_sim_time
from pins import EPSILON_ON, PERIOD, Pins, hex_vectors, packed

from varigate.gateware.panel.display import patterns
from varigate.model.protocol.frames import Command
from varigate.model.protocol.replies import Answer


@cocotb.test()
async def a_frame_at_the_real_divisor(dut):
    pins, row = await Pins(dut).start(), hex_vectors()[100]

    async def low_time():
        await FallingEdge(dut.tx)
        start = get_sim_time("ps")
        await RisingEdge(dut.tx)
        return get_sim_time("ps") - start

    delimiter = cocotb.start_soon(low_time())  # 00: the start bit and eight more
    payload = await pins.ask(Command.CLASSIFY, bytes(row["input"]))
    assert payload == packed(Command.CLASSIFY, Answer(mu=row["mu"], scores=row["scores"], cls=row["class"][0]))
    assert abs(await delimiter - 9 * 1e12 / 115_200) <= PERIOD


@cocotb.test()
async def the_display_and_a_button(dut):
    pins = await Pins(dut).start()
    assert await pins.display() == patterns("---     ")
    await pins.choose(1)
    await pins.press("center")
    heard, row = await pins.text(), hex_vectors()[0]
    assert heard.startswith("flower 001: setosa z=")
    assert pins.leds() == EPSILON_ON | 1 << row["class"][0] | 1 << 15
    assert await pins.display() == patterns("001.SEtoS")
