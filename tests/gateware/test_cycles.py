"""The section Cycles of components whose own tests do not measure it: latencies and rates, clock by clock."""

from math import ceil, gcd

import numpy as np
import pytest
from amaranth.hdl import Value

from varigate.gateware.core.answer import Answerer
from varigate.gateware.core.arbiter import CoreArbiter, MessageArbiter
from varigate.gateware.core.latent import Latent
from varigate.gateware.engine.activation_buffers import HiddenBuffer, VectorBuffer
from varigate.gateware.engine.drain import Drain
from varigate.gateware.engine.program import Array, lower
from varigate.gateware.engine.result_queue import ResultQueue
from varigate.gateware.engine.schedule import plan_subnet
from varigate.gateware.engine.sequencer import Sequencer
from varigate.gateware.lib.pipeline import SkidBuffer
from varigate.gateware.link.uart import BaudGenerator, UartTransmitter
from varigate.gateware.panel.buttons import Switches
from varigate.gateware.panel.decimals import Decimal, Values, slots
from varigate.gateware.panel.leds import Leds
from varigate.gateware.panel.pages import Page, Turner
from varigate.gateware.panel.panel import Panel
from varigate.gateware.panel.text import Text
from varigate.gateware.panel.walk import Repeater, Walk
from varigate.gateware.units.argmax import ArgMax
from varigate.gateware.units.gaussian_baselines import ShiftRegister
from varigate.gateware.units.sampling import MeanRounder, Sampler, Source
from varigate.gateware.video.gallery import PICTURES, Gallery
from varigate.model.fixedpoint.formats import Format
from varigate.model.fixedpoint.sampling import sigma_table
from varigate.model.protocol.operations import Op, Part, counts
from varigate.model.protocol.text import line
from varigate.sim.testbench.flowers import flowers
from varigate.sim.testbench.streams import run

Z = Format(True, 8, 5)


def trace(dut, stimuli, *watched, clocks=40):
    """The values of `watched` in each clock, an int array (watched, clocks).

    `stimuli` maps a clock to pairs (signal, value) that hold from then on.
    """
    seen = []

    async def bench(ctx):
        for clock in range(clocks):
            for signal, value in stimuli.get(clock, []):
                ctx.set(signal, value)
            seen.append([int(ctx.get(Value.cast(each))) for each in watched])
            await ctx.tick()

    run(dut, bench)
    return np.array(seen).T


def high(values) -> list[int]:
    """The clocks in which a signal is not 0."""
    return np.flatnonzero(values).tolist()


def pulse(clock, signal, value=1):
    return {clock: [(signal, value)], clock + 1: [(signal, 0)]}


@pytest.mark.parametrize(("make", "payload"), [
    (lambda: SkidBuffer(8), 1), (lambda: MeanRounder(Z), 256),
    (lambda: Sampler(sigma_table(), Z), {"mu": 256, "v": 0, "source": Source.MEAN})])
def test_streams_come_a_latency_later_one_a_clock(make, payload):
    dut = make()
    ready, valid = trace(dut, {0: [(dut.o.ready, 1)], 3: [(dut.i.payload, payload), (dut.i.valid, 1)],
                               8: [(dut.i.valid, 0)]}, dut.i.ready, dut.o.valid)
    assert ready.all()
    assert high(valid) == [clock + dut.latency for clock in range(3, 8)]


def test_the_greatest_score_is_known_a_clock_later():
    dut = ArgMax(4, 8)
    index, = trace(dut, {0: [(dut.start, 1)], 1: [(dut.start, 0), (dut.valid, 1), (dut.score, -3)],
                         2: [(dut.score, 5)], 3: [(dut.score, 2)], 4: [(dut.valid, 0)]}, dut.index, clocks=7)
    assert high(index == 1) == list(range(2 + dut.latency, 7))


def test_an_answer_takes_a_clock_and_one_for_each_number():
    network = flowers(latent=2)
    dut, numbers = Answerer(network, 8), 4
    stimuli = {0: [(dut.i.payload, {"op": Op.ENCODE, "index": 0}), (dut.i.valid, 1), (dut.latents.valid, 1),
                   (dut.result.ready, 1)]}
    ready, valid, last = trace(dut, stimuli, dut.i.ready, dut.result.valid, dut.result.payload.last, clocks=11)
    assert sum(counts(Op.ENCODE, network).values()) == numbers
    assert high(ready) == [0, 1 + numbers, 2 * (1 + numbers)]
    assert high(valid)[0] == dut.latency
    assert high(last & valid) == [numbers, 1 + 2 * numbers]


def test_a_job_reaches_the_core_a_clock_later_and_the_next_a_clock_after_the_end():
    dut = CoreArbiter(2)
    job, = trace(dut, {0: [(dut.core.job.ready, 1)], 2: [(client.job.valid, 1) for client in dut.clients],
                       6: [(dut.core.result.payload, {"part": Part.Z, "value": 0, "last": 1}),
                           (dut.core.result.valid, 1), *((client.result.ready, 1) for client in dut.clients)],
                       7: [(dut.core.result.valid, 0)]}, dut.core.job.valid, clocks=12)
    assert high(job) == [2 + dut.latency, 6 + 1 + dut.latency]


def test_a_message_goes_out_a_clock_later_and_the_next_a_clock_after_the_end():
    dut = MessageArbiter(2)
    byte = {"data": 7, "last": 1}
    valid, = trace(dut, {0: [(dut.o.ready, 1)], 2: [pair for i in dut.i for pair in ((i.payload, byte), (i.valid, 1))]},
                   dut.o.valid, clocks=9)
    assert high(valid) == [2 + dut.latency, 4 + dut.latency, 6 + dut.latency]


def test_words_of_the_shift_register_come_every_clock():
    dut = ShiftRegister(1)
    valid, word = trace(dut, {0: [(dut.o.ready, 1)]}, dut.o.valid, dut.o.payload, clocks=20)
    assert high(valid) == list(range(dut.latency, 20)) and len(set(word[1:])) == 19


@pytest.mark.parametrize("pages", [1, 2])
def test_a_vector_is_ready_a_clock_after_its_last_element(pages):
    inputs, dut = 5, VectorBuffer(5, 2, 8, pages)
    stimuli = {0: [(dut.i.valid, 1)]} | pulse(inputs * pages + 3, dut.pick) | pulse(inputs * pages + 7, dut.done)
    taken, ready = trace(dut, stimuli, dut.i.ready, dut.ready, clocks=40)
    picked, done = inputs * pages + 3, inputs * pages + 7
    again = [*range(inputs * pages), *range(done + 1, done + 1 + inputs)]
    assert high(taken) == again
    if pages == 1:
        assert high(ready) == [*range(inputs, picked + 1), *range(done + 1 + inputs, 40)]
    else:
        assert high(ready) == list(range(inputs, 40))


def test_elements_of_a_vector_come_a_clock_after_their_address():
    dut = VectorBuffer(4, 2, 8)
    stimuli = {clock: [(dut.i.valid, clock < 4), (dut.i.payload, 10 + clock)] for clock in range(5)}
    stimuli |= pulse(5, dut.pick) | {6: [(dut.pick, 0), (dut.read_word, 1)], 7: [(dut.read_word, 0)]}
    low, = trace(dut, stimuli, dut.read_data[0], clocks=9)
    assert low[6 + dut.latency:9].tolist() == [12, 10]


def test_hidden_elements_can_be_asked_for_a_clock_after_they_are_written():
    dut = HiddenBuffer(banks=2, columns=2, drain=1, bits=8, words=4)
    stimuli = {0: [(dut.write_word, 3), (dut.write_data, [5])], **pulse(2, dut.write), 3: [(dut.write, 0),
               (dut.read_word, 3)], 4: [(dut.read_word, 0)]}
    low, = trace(dut, stimuli, dut.read_data[0], clocks=8)
    assert high(low == 5) == [3 + dut.latency]


def test_switches_take_two_clocks():
    dut = Switches(4)
    o, = trace(dut, {3: [(dut.pins, 9)]}, dut.o, clocks=10)
    assert high(o == 9) == list(range(3 + dut.latency, 10))


def test_the_drain_gives_groups_a_latency_after_the_sums():
    matrix = lower(flowers())[0][0]
    dut = Drain([matrix], Array(8, 1, 2), sigmoid=None, accumulator_bits=32, storage="lut")
    valid, = trace(dut, {0: [(dut.opening, 1)], **pulse(5, dut.capture)}, dut.valid)
    assert high(valid) == list(range(5 + dut.latency, 5 + dut.latency + ceil(matrix.rows / 2)))


def test_a_pixel_can_be_asked_for_two_clocks_after_it_has_passed():
    dut = Gallery(8)
    watched = dut.watched
    pixel = {"part": Part.OUTPUT, "value": 0xF0, "last": 0}
    stimuli = {0: [(dut.walking, 1), (watched.result.ready, 1), (watched.result.payload, pixel)],
               **pulse(3, watched.result.valid),
               5: [(dut.wanted, {"column": 0, "row": 0, "picture": PICTURES - 1})], 6: [(dut.wanted, {})]}
    o_pixel, = trace(dut, stimuli, dut.o_pixel, clocks=10)
    assert o_pixel[5 + dut.latency] == 15


def test_leds_follow_a_clock_later():
    dut = Leds(flowers(), clock_hz=1000, led_time=0.004)
    leds, = trace(dut, pulse(3, dut.busy), dut.leds, clocks=15)
    assert high(leds >> 15) == list(range(3 + dut.latency, 4 + dut.stretch))


def test_a_page_follows_a_clock_later_and_turns_after_its_time():
    dut = Turner(flowers(), clock_hz=1000, page_time=0.005)
    page, = trace(dut, {0: [(dut.chosen, Page.Z)], **pulse(3, dut.choose)}, dut.page, clocks=20)
    first = 3 + dut.latency
    assert page.tolist() == [0] * first + [1] * 5 + [2] * 5 + [1] * 5 + [2] * (20 - 15 - first)


def test_a_press_becomes_a_job_two_clocks_later_with_a_byte_every_second_clock():
    network = flowers()
    dut = Panel(network, clock_hz=1e6, settle=5e-6, digit_hz=1e5, led_time=1e-4, page_time=1e-3)
    client = dut.client
    stimuli = {0: [(dut.switches, 3), (client.job.ready, 1), (client.data.ready, 1)],
               10: [(dut.buttons, {"center": 1})]}
    job, data = trace(dut, stimuli, client.job.valid, client.data.valid)
    asked = 10 + (3 + 5) + 2  # the debouncer's clocks, and two
    assert high(job) == [asked]
    assert high(data) == [asked + 2 * (byte + 1) for byte in range(network.inputs)]


def test_results_leave_the_queue_a_clock_after_their_group_one_a_clock():
    dut = ResultQueue(results=3, lanes=2, bits=8, buffers=1)
    stimuli = {0: [(dut.o.ready, 1)], 1: [(dut.reserve, 1)], 2: [(dut.reserve, 0)], 4: [(dut.write, 1)],
               5: [(dut.last, 1)], 6: [(dut.write, 0)]}
    valid, last, room = trace(dut, stimuli, dut.o.valid, dut.o.payload.last, dut.room, clocks=12)
    assert high(valid) == [4 + dut.latency + number for number in range(3)]
    assert high(last & valid) == [6 + dut.latency]
    assert high(room == 0) == list(range(2, 6 + dut.latency + 1))


@pytest.mark.parametrize("op", Op)
def test_the_latent_stage_takes_a_number_a_clock(op):
    network = flowers(latent=3)
    dut = Latent(network)
    stimuli = {0: [(dut.i.payload, {"op": op, "sampled": 1}), (dut.i.valid, 1), (dut.encoder.valid, 1),
                   (dut.data.valid, 1), (dut.epsilon.valid, 1),
                   *((each.ready, 1) for each in (dut.head, dut.decoder, dut.o, dut.latents, dut.samples))]}
    accepted, begun, head, decoder, latents, samples = trace(
        dut, stimuli, dut.i.ready, dut.o.valid, dut.head.valid, dut.decoder.valid, dut.latents.valid,
        dut.samples.valid, clocks=20)
    latent, encodes = network.latent, op not in (Op.GENERATE, Op.DECODE)
    job = 1 + latent * (1 + encodes)

    def each_job(first, count):
        """The clocks of `count` numbers, the first of them `first` clocks after a job."""
        clocks = [start + first + number for start in range(0, 20, job) for number in range(count)]
        return [clock for clock in clocks if clock < 20]

    wait = {Op.DECODE: 0, Op.GENERATE: Sampler.latency, Op.RECONSTRUCT: latent + Sampler.latency}
    assert high(accepted) == each_job(0, 1)
    assert high(begun) == each_job(SkidBuffer.latency, 1)
    assert high(head) == each_job(1 + MeanRounder.latency, latent * (encodes and op != Op.ENCODE))
    assert high(decoder) == each_job(1 + wait.get(op, 0), latent * (op in wait))
    assert high(latents) == each_job(2, {Op.CLASSIFY: 1, Op.GENERATE: 0, Op.DECODE: 0}.get(op, 2) * latent)
    assert high(samples) == each_job(2 + wait.get(op, 0), latent * (op in (Op.GENERATE, Op.RECONSTRUCT)))


@pytest.mark.parametrize("array", [Array(8, 1), Array(4, 3), Array(2, 4, 2)])
def test_the_sequencer_issues_as_planned(array):
    plans = plan_subnet(lower(flowers())[0], array)
    dut = Sequencer(plans, [1] * len(plans))
    for index, plan in enumerate(plans):
        picked, first, last, done = trace(dut, pulse(3, dut.ready, 1 << index), dut.pick, dut.first, dut.last,
                                          dut.done, clocks=3 + 2 * plan.issue)
        begin = 3 + dut.latency
        assert high(picked) == [3]
        assert high(first) == [begin + tile * plan.period for tile in range(plan.tiles)]
        assert high(last) == [clock + plan.steps - 1 for clock in high(first)]
        assert high(done) == [3 + plan.issue]


def test_a_held_button_is_a_move_a_clock_later_and_a_walk_two():
    held = {"up": 1}
    repeater = Repeater(4)
    moves, = trace(repeater, {3: [(repeater.held, held)]}, repeater.moves.up)
    assert high(moves)[:3] == [3 + repeater.latency + wait for wait in (0, 3 * 4, 4 * 4)]
    walk = Walk(flowers(latent=3), clock_hz=1000, repeat_hz=1)
    stimuli = {0: [(walk.o.ready, 1), (walk.client.job.ready, 1), (walk.client.data.ready, 1)],
               3: [(walk.held, held)], 8: [(walk.go, 1)]}
    wanted, job, data = trace(walk, stimuli, walk.wanted, walk.client.job.valid, walk.client.data.valid)
    assert high(wanted) == list(range(3 + walk.latency, 9)) and high(job) == [8 + 3] and high(data) == [12, 13, 14]


@pytest.mark.parametrize("network", [flowers(), flowers(signed_output=True), flowers(latent=3, outputs=17)])
def test_a_line_of_text_takes_a_clock_a_byte_and_what_is_skipped(network):
    """All numbers are 0 here: printed are the unit, what is behind the point, and the sign of each z."""
    dut = Text(network)
    stimuli = {0: [(dut.i.valid, 1), (dut.o.ready, 1)]}
    sent, ready = trace(dut, stimuli, dut.o.valid, dut.i.ready, clocks=250)
    text = line(network, 0, 0, [0] * network.latent, [0] * network.outputs)
    numbers, digits, printed = slots(network), len(dut.values.value.digits), sum(map(str.isdigit, text))
    assert high(sent)[0] == dut.latency and sent[:high(ready)[0] + 1].sum() == len(text)
    skipped = numbers * digits - printed
    assert np.diff(high(ready))[0] == 1 + len(text) + (numbers + 1) + (numbers - network.latent) + skipped


@pytest.mark.parametrize(("clock_hz", "baud"), [(8, 1), (100, 15), (45, 4), (27, 2)])
def test_ticks_come_once_a_bit(clock_hz, baud):
    dut, bits, divisor = BaudGenerator(clock_hz, baud), 20, gcd(clock_hz, baud)
    m, s = clock_hz // divisor, baud // divisor
    clocks = 3 + ceil((bits + 1) * clock_hz / baud)
    tick, = trace(dut, {0: [(dut.align, 1)], 3: [(dut.align, 0), (dut.run, 1)]}, dut.tick, clocks=clocks)
    assert high(tick)[0] == 2 + ceil(m // 2 / s)
    late = [clock - (2 + (number + 0.5) * m / s) for number, clock in enumerate(high(tick))]
    assert len(late) >= bits and all(-0.5 / s <= each < 1 for each in late)


def test_the_start_bit_begins_a_clock_after_the_byte():
    dut = UartTransmitter(8, 1)
    tx, = trace(dut, {3: [(dut.i.payload, 0xFF), (dut.i.valid, 1)], 4: [(dut.i.valid, 0)]}, dut.tx)
    assert high(tx == 0) == list(range(3 + dut.latency, 3 + dut.latency + 8))


def test_a_number_is_decimal_after_a_clock_a_bit():
    decimal = Decimal(6, 2)
    stimuli = {0: [(decimal.i.valid, 1), (decimal.o.ready, 1)]}
    ready, valid = trace(decimal, stimuli, decimal.i.ready, decimal.o.valid, clocks=22)
    assert high(ready) == [0, 8, 16] and high(valid) == [decimal.latency, 8 + decimal.latency]
    values = Values(flowers())
    ready, = trace(values, {0: [(values.i.valid, 1)]}, values.i.ready, clocks=25)
    assert high(ready)[:3] == [0, values.latency, 2 * values.latency]
