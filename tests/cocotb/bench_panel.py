"""The board without a host, from outside: switches, buttons that bounce, LEDs, display, and lines of text."""

import cocotb
from pins import BUSY, EPSILON_ON, NETWORK, TIMING, Pins, clocks, golden_answer, hex_vectors, packed

from varigate.gateware.panel.display import patterns
from varigate.model.protocol.frames import Command
from varigate.model.protocol.text import hundredths, line

ROWS = hex_vectors()


def text(number: int, row: dict) -> str:
    return line(NETWORK, number, row["class"][0], row["z"], row["output"]).strip()


async def runs(pins: Pins, button: str, number: int, place: int):
    """A press runs flower `number`, the run being the one after `place` others since reset."""
    await pins.press(button)
    heard = await pins.text()
    row = ROWS[number - 1]
    if number == place + 1:  # only for these do the golden vectors hold the z
        assert heard == text(number, row)
    assert heard.startswith(f"flower {number:03d}: {NETWORK.class_names[row['class'][0]]} z=")
    assert pins.leds() & ~BUSY == EPSILON_ON | 1 << row["class"][0]


@cocotb.test()
async def the_centre_button_runs_the_chosen_flower(dut):
    pins = await Pins(dut).start()
    assert await pins.display() == patterns("---     ")
    for place, number in enumerate((1, 2, 3, 51, 101, 150)):
        await pins.choose(number)
        assert await pins.display() == patterns(f"{number:03d}.     ")
        await runs(pins, "center", number, place)
        name = NETWORK.class_names[ROWS[number - 1]["class"][0]]
        assert await pins.display() == patterns(f"{number:03d}.{name[:5]}")
    await pins.silence(200)
    assert pins.lines.empty(), "one line for each press, however the contact bounces"


@cocotb.test()
async def every_flower_prints_its_line(dut):
    """In order from reset on, so that each gets the ε of its golden vector."""
    pins = await Pins(dut).start()
    for place in range(len(ROWS)):
        await pins.choose(place + 1)
        await runs(pins, "center", place + 1, place)


@cocotb.test()
async def the_right_button_shows_z_and_the_reconstruction_in_turn(dut):
    pins, row = await Pins(dut).start(), ROWS[0]
    await pins.choose(1)
    await runs(pins, "right", 1, 0)
    signed = [f"{'-' if code < 0 else ' '}{hundredths(code, NETWORK.z.frac) / 100:.2f}" for code in row["z"]]
    pages = [patterns("".join(signed)), patterns("".join(f"{code / 10:.1f}" for code in row["output"]))]
    seen = []
    for _ in range(4):
        page = await pins.display()
        seen.append(pages.index(page if page in pages else await pins.display()))
        await clocks(TIMING["page"])
    assert seen in ([0, 1, 0, 1], [1, 0, 1, 0])


@cocotb.test()
async def a_bounce_alone_is_no_press(dut):
    pins = await Pins(dut).start()
    await pins.choose(1)
    for _ in range(5):
        dut.buttons.value = 0b11111
        await clocks(TIMING["settle"] - 2)
        dut.buttons.value = 0
        await clocks(TIMING["settle"] - 2)
    await pins.silence(200)
    assert pins.leds() == EPSILON_ON
    for name in ("up", "down", "left"):
        await pins.press(name)
    await pins.silence(200)
    await runs(pins, "center", 1, 0)


@cocotb.test()
async def numbers_that_are_no_flower(dut):
    pins = await Pins(dut).start()
    for number in (0, 151, 255):
        await pins.choose(number)
        for button in ("center", "right"):
            await pins.press(button)
        await pins.silence(100)
        assert await pins.display() == patterns("---     ")
        assert pins.leds() == EPSILON_ON
    await pins.choose(0xFF00 | 150)  # the switches from 8 on mean nothing
    assert await pins.display() == patterns("150.     ")


@cocotb.test()
async def busy_is_stretched(dut):
    pins = await Pins(dut).start()
    await pins.choose(51)
    await runs(pins, "center", 51, 0)
    assert pins.leds() & BUSY
    await pins.rest()
    assert pins.leds() == EPSILON_ON | 1 << ROWS[50]["class"][0]


@cocotb.test()
async def a_line_of_text_between_frames(dut):
    """Presses while a host talks: frames and lines come whole, and ε is shared."""
    pins = await Pins(dut).start()
    await pins.choose(2)
    lines, presses = [], cocotb.start_soon(pins.press("center"))
    for place in range(8):
        index = NETWORK.latent * place
        x = bytes(ROWS[0]["input"])
        payload = await pins.ask(Command.RECONSTRUCT, x)
        if presses.done() and len(lines) < 2:
            lines.append(place)
            presses = cocotb.start_soon(pins.press("center"))
        assert payload[:4] >= index.to_bytes(4, "little")
        assert payload[10:17] == packed(Command.RECONSTRUCT, golden_answer(ROWS[0], 0))[10:17]
    await presses
    for _ in range(len(lines) + 1):
        assert (await pins.text()).startswith("flower 002: setosa z=")
    assert len(lines) == 2
