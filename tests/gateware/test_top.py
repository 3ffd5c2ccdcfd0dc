import random

import numpy as np
import pytest

from varigate.gateware.core.vae import FoldedVae
from varigate.gateware.engine.program import Array
from varigate.gateware.panel.display import patterns
from varigate.gateware.top import Top
from varigate.model.fixedpoint.epsilon import epsilon
from varigate.model.fixedpoint.sampling import prior_latent
from varigate.model.network import network_file
from varigate.model.network.integer import decode, infer
from varigate.model.protocol.frames import NEGATIVE, REPLY, Command, Decoder, Frame, Reason, encode
from varigate.model.protocol.operations import Op, Part
from varigate.model.protocol.replies import Answer, Info, unpack_answer
from varigate.model.protocol.requests import request_lengths
from varigate.model.protocol.text import line
from varigate.sim.simulators.compiled import Simulation
from varigate.sim.testbench.corruption import clean, corruption, random_request, reference, wire
from varigate.sim.testbench.hostile import BYTE, idle, line_of, top
from varigate.sim.testbench.reference import Job, Reference
from varigate.sim.testbench.serial_line import Receiver, changes
from varigate.sim.testbench.streams import get, put, run
from varigate.sim.testbench.top_bench import BIT, TopBench

PATIENCE = 2000  # bytes
EPSILON_ON, ERROR, BUSY = 1 << 13, 1 << 14, 1 << 15
BYTES = {Part.MU: 2, Part.V: 1, Part.SCORE: 2, Part.CLASS: 1, Part.OUTPUT: 1}


def one_hot(cls):
    return 1 << int(cls)


def expected(network, x, index, *, epsilon_on=True, seed=None):
    """The answer to RECONSTRUCT when `index` samples of ε have been taken."""
    draws = epsilon(network.epsilon_table, network.epsilon_seed if seed is None else seed, network.latent, index)
    result = infer(network, x[np.newaxis], draws[np.newaxis] if epsilon_on else None)
    return Answer(index, result.mu[0], result.v[0], result.scores[0], int(result.cls[0]), result.z[0], result.output[0])


@pytest.mark.parametrize("kind", range(3))
def test_flowers_as_frames_through_the_pins(iris, kind):
    """Class scores, class and μ from the replies, the class from the LEDs: ten flowers of each kind.

    All 150 are sent to the compiled board: `tests/sim/board/test_command.py`.
    """
    device, flowers = TopBench(iris), iris.examples[50 * kind:50 * kind + 10].astype(int)
    reference, info = infer(iris, flowers), Info.of(iris, network_file.digest(iris))
    seen = []

    async def testbench(ctx):
        for x in flowers:
            reply = await device.ask(ctx, Command.CLASSIFY, bytes(x.tolist()))
            seen.append((unpack_answer(Command.CLASSIFY, info, reply.payload), device.leds(ctx)))

    device.run(testbench)
    assert len(seen) == 10
    for row, (answer, leds) in enumerate(seen):
        assert answer == Answer(mu=reference.mu[row], scores=reference.scores[row], cls=int(reference.cls[row]))
        assert leds & ~BUSY == EPSILON_ON | one_hot(reference.cls[row])


def test_a_conversation_keeps_count_of_epsilon(iris):
    """Retries, ε off, a seed, generated samples and button presses: every reply has the right ε and its index."""
    device, info = TopBench(iris), Info.of(iris, network_file.digest(iris))
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


def test_info_tells_the_index_of_epsilon(iris):
    device = TopBench(iris)

    async def testbench(ctx):
        await device.ask(ctx, Command.RECONSTRUCT, bytes(iris.inputs))
        reply = await device.ask(ctx, Command.INFO)
        assert Info.unpack(reply.payload).epsilon_index == iris.latent

    device.run(testbench)


def test_several_generated_samples(iris):
    device, info = TopBench(iris), Info.of(iris, network_file.digest(iris))

    async def testbench(ctx):
        await device.send(ctx, encode(9, Command.GENERATE, b"\5"))
        await device.reply(ctx, 5)

    device.run(testbench)
    z = prior_latent(epsilon(iris.epsilon_table, iris.epsilon_seed, 10).reshape(5, 2), iris.z)
    for place, frame in enumerate(device.frames):
        assert (frame.seq, frame.payload[0]) == (9, place)
        answer = unpack_answer(Command.GENERATE, info, frame.payload[1:])
        assert answer == Answer(index=2 * place, z=z[place], output=decode(iris, z[place])[1])


def test_a_line_that_nobody_has_driven_yet_is_idle(iris):
    """The first frame comes long after the reset, and rx is high until then."""
    device = TopBench(iris)

    async def testbench(ctx):
        await ctx.tick().repeat(40 * BIT)
        reply = await device.ask(ctx, Command.DECODE, b"\0\0")
        assert np.array_equal(list(reply.payload), decode(iris, np.zeros(2, int))[1])

    device.run(testbench)


def test_decode_of_a_given_z(iris):
    device, z = TopBench(iris), np.array([-128, 127])

    async def testbench(ctx):
        reply = await device.ask(ctx, Command.DECODE, bytes(code & 0xFF for code in z.tolist()))
        assert np.array_equal(list(reply.payload), decode(iris, z)[1])

    device.run(testbench)


def test_the_board_without_a_host(iris):
    device, x = TopBench(iris), iris.examples[50].astype(int)

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
    device, x = TopBench(iris), iris.examples[0].astype(int)
    damaged = bytearray(encode(1, Command.CLASSIFY, bytes(x.tolist())))
    damaged[4] ^= 0x40

    async def testbench(ctx):
        await device.send(ctx, bytes(damaged))
        negative = await device.reply(ctx, 1)
        assert (negative.command, negative.payload[0]) == (NEGATIVE, Reason.CRC)
        assert device.leds(ctx) & ERROR
        await device.rest(ctx)
        assert device.leds(ctx) == ERROR | EPSILON_ON  # until the next good frame, not just stretched
        await device.ask(ctx, Command.CLASSIFY, bytes(x.tolist()))
        assert device.leds(ctx) & BUSY
        await device.rest(ctx)
        assert device.leds(ctx) == EPSILON_ON | one_hot(infer(iris, x[np.newaxis]).cls[0])

    device.run(testbench)


def answered(iris, request):
    """The payload of the reply to an operation that takes no ε."""
    numbers = Reference(iris).answer(Job(Op(request.command & 0x0F), operands(iris, request)))
    return b"".join((value % (1 << 8 * BYTES[part])).to_bytes(BYTES[part], "little") for part, value in numbers)


def operands(iris, request):
    signed = request.command == Command.DECODE
    return tuple(np.frombuffer(request.payload, np.int8 if signed else np.uint8).astype(int).tolist())


class CompiledLine:
    """The serial line of a compiled top: waveforms in, and the `frames` that have come out."""

    def __init__(self, simulation, bit):
        self._simulation, self._receiver, self._decoder = simulation, Receiver(bit), Decoder()
        self.frames = []
        simulation.set("rx", 1)
        simulation.reset()

    def play(self, *waveforms):
        levels = np.concatenate(waveforms)
        seen = self._simulation.play(len(levels), {"rx": changes(levels)}, ["tx"])["tx"]
        self.frames += self._decoder.feed(self._receiver.feed(*seen, len(levels)))
        assert not self._receiver.errors + self._receiver.glitches, "a start bit is low, a stop bit high, for its time"


@pytest.fixture(scope="module")
def simulation(iris):
    with Simulation(top(iris)) as simulation:
        yield simulation


@pytest.mark.parametrize("rounds", [40, pytest.param(400, marks=pytest.mark.long)])
def test_corruptions_on_the_line_lose_nothing(iris, simulation, rounds):
    """Each kind of corruption at the pins, then a good frame: every good frame gets its right answer, in order."""
    serial, rng, seen = CompiledLine(simulation, BIT), random.Random(rounds), 0
    lengths = request_lengths(iris.inputs, iris.latent)
    plain = {command: lengths[command] for command in (Command.CLASSIFY, Command.ENCODE, Command.DECODE)}
    reasons = set()
    for _ in range(rounds):
        good = random_request(rng, plain)
        items = clean(b"\0") + corruption(rng, plain) + clean(wire(good))
        requests, negatives = reference(items, lengths)
        serial.play(line_of(items))
        for _ in range(PATIENCE):
            round_ = serial.frames[seen:]
            answers = [frame for frame in round_ if frame.command != NEGATIVE]
            if round_ and round_[-1].seq == good.seq and len(answers) >= len(requests):
                break
            serial.play(idle(BYTE))
        seen = len(serial.frames)
        assert answers == [Frame(request.seq, request.command | REPLY, answered(iris, request))
                           for request in requests]
        # Of several negative replies in a row, one waits and the others may be dropped.
        refused = [frame for frame in round_ if frame.command == NEGATIVE]
        remaining = iter(negatives)
        assert all(frame in remaining for frame in refused) and bool(refused) == bool(negatives)
        reasons.update(frame.payload[0] for frame in refused)
    assert reasons >= {Reason.CRC, Reason.COBS, Reason.OVERSIZE, Reason.COMMAND, Reason.LENGTH, Reason.LINE}


def test_epsilon_off_during_a_run_counts_from_the_next_run_on(iris):
    """What a run does is settled when it is accepted."""
    core = FoldedVae(iris, Array(8, 1))
    x, answers = tuple(iris.examples[3].tolist()), []

    async def requests(ctx):
        ctx.set(core.epsilon_on, 1)
        for _ in range(2):
            await put(ctx, core.client.job, [Op.RECONSTRUCT])
            ctx.set(core.epsilon_on, 0)
            await put(ctx, core.client.data, x)

    async def results(ctx):
        for _ in range(2):
            answer = [await get(ctx, core.client.result, 1)]
            while not answer[-1][0].last:
                answer.append(await get(ctx, core.client.result, 1))
            answers.append([(item.part, item.value) for item, in answer])

    run(core, requests, results)
    on = Reference(iris)
    expected = [on.answer(Job(Op.RECONSTRUCT, x))]
    on.epsilon_on = False
    assert answers == [*expected, on.answer(Job(Op.RECONSTRUCT, x))]


def test_a_frame_at_the_real_divisor(iris):
    """115200 baud at 100 MHz: 868.06 clocks a bit."""
    clock_hz, baud = 100_000_000, 115_200
    bit = clock_hz / baud
    request = clean(encode(1, Command.DECODE, b"\0\0"))
    with Simulation(Top(iris, network_file.digest(iris), array=Array(8, 1), clock_hz=clock_hz,
                        baud=baud)) as simulation:
        serial = CompiledLine(simulation, bit)
        serial.play(line_of(request, bit), idle(200_000))
    reply, = serial.frames
    assert (reply.seq, reply.command) == (1, Command.DECODE | REPLY)
    assert np.array_equal(list(reply.payload), decode(iris, np.zeros(2, int))[1])
