"""What goes wrong on the line, as seen from outside: each fault is named, and the next good frame is answered."""

import cocotb
from pins import BUSY, EPSILON_ON, ERROR, INFO, NETWORK, Pins, clocks, golden_answer, hex_vectors, packed

from varigate.model.protocol.frames import NEGATIVE, REPLY, UNKNOWN, Command, Frame, Reason, encode
from varigate.model.protocol.replies import Answer, Info

X = bytes(hex_vectors()[60]["input"])


async def is_answered(pins: Pins):
    row = hex_vectors()[60]
    payload = await pins.ask(Command.CLASSIFY, X)
    assert payload == packed(Command.CLASSIFY, Answer(mu=row["mu"], scores=row["scores"], cls=row["class"][0]))


async def fault(dut, wire: bytes, reason: Reason, *, origin=(0, UNKNOWN), broken=()):
    """`wire` is refused for `reason`, shown by the LED, counted, and forgotten."""
    pins = await Pins(dut).start()
    await pins.send(wire, broken=broken)
    assert await pins.negative() == (origin[0], bytes([reason, origin[1]]))
    assert pins.leds() & ERROR
    await pins.rest()
    assert pins.leds() == ERROR | EPSILON_ON, "until the next good frame, not just stretched"
    await is_answered(pins)
    assert pins.leds() & BUSY
    await pins.rest()
    assert pins.leds() == EPSILON_ON | 1 << hex_vectors()[60]["class"][0]
    now = Info.unpack(await pins.ask(Command.INFO))
    assert (now.answered, now.bad) == (1, 1)


@cocotb.test()
async def wrong_check_sum(dut):
    wire = bytearray(encode(1, Command.CLASSIFY, X))
    wire[4] ^= 0x40
    await fault(dut, bytes(wire), Reason.CRC)


@cocotb.test()
async def chunk_that_ends_within_a_block(dut):
    wire = encode(1, Command.CLASSIFY, X)
    await fault(dut, wire[:-3] + b"\0", Reason.COBS)


@cocotb.test()
async def longer_than_any_request(dut):
    await fault(dut, encode(9, Command.CLASSIFY, bytes(300)), Reason.OVERSIZE, origin=(9, Command.CLASSIFY))


@cocotb.test()
async def unknown_command(dut):
    await fault(dut, encode(7, 0x55, X), Reason.COMMAND, origin=(7, 0x55))


@cocotb.test()
async def wrong_length(dut):
    await fault(dut, encode(7, Command.CLASSIFY, X[:-1]), Reason.LENGTH, origin=(7, Command.CLASSIFY))


@cocotb.test()
async def wrong_argument(dut):
    await fault(dut, encode(7, Command.GENERATE, b"\0"), Reason.ARGUMENT, origin=(7, Command.GENERATE))


@cocotb.test()
async def broken_stop_bit(dut):
    """Of any byte of the chunk."""
    await fault(dut, encode(1, Command.CLASSIFY, X), Reason.LINE, broken={4})


@cocotb.test()
async def broken_delimiter(dut):
    """A zero without a stop bit is a break, and no delimiter: the chunk ends with the next one."""
    wire = encode(1, Command.CLASSIFY, X)
    await fault(dut, wire + b"\0", Reason.LINE, broken={len(wire) - 1})


@cocotb.test()
async def too_many_requests(dut):
    """One is being answered, one waits, the third is refused at once; it is no bad frame."""
    pins = await Pins(dut).start()
    (first, generate), (second, waits), (third, refused) = (
        pins.request(*request) for request in ((Command.GENERATE, b"\x08"), (Command.INFO,), (Command.INFO,)))
    await pins.send(generate + waits + refused)
    heard = [await pins.reply() for _ in range(10)]
    negative = Frame(third, NEGATIVE, bytes([Reason.BUSY, Command.INFO]))
    assert heard.count(negative) == 1
    heard.remove(negative)
    assert [(frame.seq, frame.command) for frame in heard] == [
        *[(first, Command.GENERATE | REPLY)] * 8, (second, Command.INFO | REPLY)]
    assert Info.unpack(heard[-1].payload).bad == 0
    await is_answered(pins)


@cocotb.test()
async def silence_is_the_answer_to_text_and_scraps(dut):
    pins = await Pins(dut).start()
    for chunk in (b"help\r\n", b"classify 5.1 3.5\t1.4 0.2\r\n", b"\1\2\3\4", b"\xFF", b""):
        await pins.send(b"\0" + chunk + b"\0")
    await pins.silence(300)
    await is_answered(pins)
    assert Info.unpack(await pins.ask(Command.INFO)).bad == 0


@cocotb.test()
async def reset_in_the_middle_of_a_frame(dut):
    """After any of its bytes: the rest of the frame is a scrap, and the next one is answered."""
    pins = await Pins(dut).start()
    _, wire = pins.request(Command.RECONSTRUCT, X)
    for place in range(2, len(wire)):  # without the first delimiter alone the frame is whole
        await pins.send(wire[:place])
        await pins.reset()
        await pins.send(wire[place:])
        await clocks(100 * pins.bit)
        while not pins.frames.empty():  # a long rest is refused, a short one is not taken for a frame
            assert await pins.negative() in ((0, bytes([reason, UNKNOWN])) for reason in (Reason.CRC, Reason.COBS))
        await is_answered(pins)


@cocotb.test()
async def reset_in_the_middle_of_a_reply(dut):
    """The line goes idle, counters and ε start anew."""
    pins, row = await Pins(dut).start(), hex_vectors()[0]
    for bits in (3, 25, 41, 120):
        _, wire = pins.request(Command.RECONSTRUCT, bytes(row["input"]))
        await pins.send(wire)
        await clocks(bits * pins.bit)
        assert pins.dut.tx.value == 0 or len(pins.raw) > 0, "the reply is on its way"
        await pins.reset()
        await pins.silence(50)
        assert pins.leds() == EPSILON_ON
        assert Info.unpack(await pins.ask(Command.INFO)) == INFO
        payload = await pins.ask(Command.RECONSTRUCT, bytes(row["input"]))
        assert payload == packed(Command.RECONSTRUCT, golden_answer(row, 0))
        assert NETWORK.latent == Info.unpack(await pins.ask(Command.INFO)).epsilon_index
        await pins.reset()
