import numpy as np
import pytest
from amaranth.back import rtlil

from gateware.display import patterns
from gateware.program import Array
from gateware.top import Top
from model import network_file
from model.epsilon import epsilon
from model.errors import UserError
from model.frames import NEGATIVE, Command, Reason, encode
from model.integer import decode, infer
from model.replies import Answer, Info, unpack_answer
from model.sampling import prior_latent
from model.text import line
from sim.device import Device

EPSILON_ON, ERROR = 1 << 13, 1 << 14


def one_hot(cls):
    return 1 << int(cls)


def expected(network, x, index, *, epsilon_on=True, seed=None):
    """The answer to RECONSTRUCT when `index` samples of ε have been taken."""
    draws = epsilon(network.epsilon_table, network.epsilon_seed if seed is None else seed, network.latent, index)
    result = infer(network, x[np.newaxis], draws[np.newaxis] if epsilon_on else None)
    return Answer(index, result.mu[0], result.v[0], result.scores[0], int(result.cls[0]), result.z[0], result.output[0])


@pytest.mark.parametrize("block", range(3))
def test_all_flowers_as_frames_through_the_pins(iris, block):
    """Class scores, class and μ from the replies, the class from the LEDs: 50 flowers in each block."""
    device, flowers = Device(iris), iris.examples[50 * block:50 * block + 50].astype(int)
    reference, info = infer(iris, flowers), Info.of(iris, network_file.digest(iris))
    seen = []

    async def testbench(ctx):
        for x in flowers:
            reply = await device.ask(ctx, Command.CLASSIFY, bytes(x.tolist()))
            seen.append((unpack_answer(Command.CLASSIFY, info, reply.payload), device.leds(ctx)))

    device.run(testbench)
    assert len(seen) == 50
    for row, (answer, leds) in enumerate(seen):
        assert answer == Answer(mu=reference.mu[row], scores=reference.scores[row], cls=int(reference.cls[row]))
        assert leds == EPSILON_ON | one_hot(reference.cls[row])


def test_a_conversation_keeps_count_of_epsilon(iris):
    """Retries, ε off, a seed, generated samples and button presses: every reply has the right ε and its index."""
    device, info = Device(iris), Info.of(iris, network_file.digest(iris))
    x = iris.examples[100].astype(int)
    answers, wanted, lines = [], [], []

    async def reconstruct(ctx, index, **how):
        reply = await device.ask(ctx, Command.RECONSTRUCT, bytes(x.tolist()))
        answers.append(unpack_answer(Command.RECONSTRUCT, info, reply.payload))
        wanted.append(expected(iris, x, index, **how))

    async def testbench(ctx):
        await reconstruct(ctx, 0)
        await reconstruct(ctx, 2)  # the same once more, as a retry would be
        await device.ask(ctx, Command.EPSILON, b"\0")
        await reconstruct(ctx, 4, epsilon_on=False)
        assert device.leds(ctx) & EPSILON_ON == 0
        await device.ask(ctx, Command.EPSILON, b"\1")
        await device.choose(ctx, 101)
        await device.press(ctx, "center")
        lines.append(await device.text(ctx, 1))
        await reconstruct(ctx, 6)
        await device.ask(ctx, Command.SEED, (77).to_bytes(4, "little"))
        await reconstruct(ctx, 0, seed=77)
        await device.press(ctx, "right")
        lines.append(await device.text(ctx, 2))
        reply = await device.ask(ctx, Command.GENERATE, b"\1")
        assert reply.payload[0] == 0
        answers.append(unpack_answer(Command.GENERATE, info, reply.payload[1:]))
        z = prior_latent(epsilon(iris.epsilon_table, 77, 2, 4), iris.z)
        wanted.append(Answer(index=4, z=z, output=decode(iris, z)[1]))
        reply = await device.ask(ctx, Command.INFO)
        assert Info.unpack(reply.payload).epsilon_index == 6

    device.run(testbench)
    assert answers == wanted
    runs = [expected(iris, x, 4), expected(iris, x, 2, seed=77)]
    assert lines == [line(iris, 101, run.cls, run.z, run.output).strip() for run in runs]


def test_several_generated_samples(iris):
    device, info = Device(iris), Info.of(iris, network_file.digest(iris))

    async def testbench(ctx):
        await device.send(ctx, encode(9, Command.GENERATE, b"\5"))
        await device.reply(ctx, 5)

    device.run(testbench)
    z = prior_latent(epsilon(iris.epsilon_table, iris.epsilon_seed, 10).reshape(5, 2), iris.z)
    for place, frame in enumerate(device.frames):
        assert (frame.seq, frame.payload[0]) == (9, place)
        answer = unpack_answer(Command.GENERATE, info, frame.payload[1:])
        assert answer == Answer(index=2 * place, z=z[place], output=decode(iris, z[place])[1])


def test_decode_of_a_given_z(iris):
    device, z = Device(iris), np.array([-128, 127])

    async def testbench(ctx):
        reply = await device.ask(ctx, Command.DECODE, bytes(code & 0xFF for code in z.tolist()))
        assert np.array_equal(list(reply.payload), decode(iris, z)[1])

    device.run(testbench)


def test_the_board_without_a_host(iris):
    device, x = Device(iris), iris.examples[50].astype(int)

    async def testbench(ctx):
        await device.choose(ctx, 0)
        assert await device.display(ctx) == patterns("---     ")
        await device.choose(ctx, 51)
        await device.press(ctx, "center")
        await device.text(ctx, 1)
        assert device.leds(ctx) & 0x1FFF == one_hot(expected(iris, x, 0).cls)
        assert await device.display(ctx) == patterns("051.vErSi")

    device.run(testbench)
    run = expected(iris, x, 0)
    assert device.lines == [line(iris, 51, run.cls, run.z, run.output).strip()]


def test_a_bad_frame_is_answered_shown_and_forgotten(iris):
    device, x = Device(iris), iris.examples[0].astype(int)
    damaged = bytearray(encode(1, Command.CLASSIFY, bytes(x.tolist())))
    damaged[4] ^= 0x40

    async def testbench(ctx):
        await device.send(ctx, bytes(damaged))
        refusal = await device.reply(ctx, 1)
        assert (refusal.command, refusal.payload[0]) == (NEGATIVE, Reason.CRC)
        assert device.leds(ctx) & ERROR
        await device.ask(ctx, Command.CLASSIFY, bytes(x.tolist()))
        assert not device.leds(ctx) & ERROR

    device.run(testbench)


def test_a_frame_at_the_real_divisor(iris):
    """115200 baud at 100 MHz: 868.06 clocks a bit."""
    device = Device(iris, clock_hz=100_000_000, baud=115_200)

    async def testbench(ctx):
        reply = await device.ask(ctx, Command.DECODE, b"\0\0")
        assert np.array_equal(list(reply.payload), decode(iris, np.zeros(2, int))[1])

    device.run(testbench)


def test_a_baud_rate_that_the_clock_cannot_make_is_refused(iris):
    with pytest.raises(UserError, match=r"100000000 Hz.*40000000 baud.*% off"):
        rtlil.convert(Top(iris, bytes(32), array=Array(8, 1), baud=40_000_000))
