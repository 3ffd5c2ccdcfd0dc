"""The board as a hostile user sees it: whatever is on the line, no hang, no wrong answer, every good frame answered
exactly as the integer reference says, the counters right.
"""

import random

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from varigate.model.protocol.frames import Command, Frame, cobs_encode, encode
from varigate.model.protocol.requests import request_lengths
from varigate.sim.simulators.compiled import Simulation
from varigate.sim.testbench.corruption import BROKEN, CLEAN, clean, wire
from varigate.sim.testbench.hostile import Session, idle, line_of, sequence, top
from varigate.sim.testbench.serial_line import changes

BATCH = 100  # waveforms that are played at once


@pytest.fixture(scope="module")
def simulation(iris):
    with Simulation(top(iris)) as simulation:
        yield simulation


@pytest.mark.parametrize(("count", "seed"), [
    (2000, 1), *(pytest.param(10_000, seed, marks=pytest.mark.long) for seed in range(2, 12))])
def test_random_sequences_of_all_kinds(iris, simulation, count, seed):
    """Up to three sequences without a pause between them: frames come while replies are sent, and run together."""
    rng, session, done = random.Random(seed), Session(simulation, iris), 0
    lengths = request_lengths(iris.inputs, iris.latent)
    while done < count:
        lines = []
        for _ in range(BATCH):
            together = rng.choice((1, 1, 2, 3))
            lines.append(np.concatenate([sequence(rng, lengths) for _ in range(together)]))
            done += together
        session.play(lines)
    assert session.seen["answers"] > 0.4 * count
    assert session.seen["negatives"] > 0.3 * count
    assert session.seen["busy"] > 0.03 * count


frames = st.builds(Frame, st.integers(0, 255), st.one_of(st.sampled_from(Command), st.integers(0, 255)),
                   st.binary(max_size=6))
requests = st.builds(Frame, st.integers(1, 255), st.sampled_from([Command.CLASSIFY, Command.RECONSTRUCT]),
                     st.binary(min_size=4, max_size=4))
bodies = st.builds(lambda data: b"\0" + cobs_encode(data) + b"\0", st.binary(max_size=300))
pieces = st.one_of(
    st.builds(line_of, st.builds(clean, st.one_of(st.builds(wire, frames), st.builds(wire, requests),
                                                  st.binary(max_size=20), bodies))),
    st.builds(line_of, st.lists(st.tuples(st.integers(0, 255), st.sampled_from([CLEAN, CLEAN, BROKEN])), max_size=12)),
    st.builds(lambda clocks: np.append(np.zeros(clocks, np.uint8), idle(1)), st.integers(1, 200)),
    st.builds(idle, st.integers(1, 200)),
)
CLASSIFY = encode(5, Command.CLASSIFY, bytes([51, 35, 14, 2]))


@settings(derandomize=True, deadline=None, max_examples=150, database=None)
@given(st.lists(st.lists(pieces, min_size=1, max_size=5).map(np.concatenate), min_size=1, max_size=3))
@example([line_of(clean(CLASSIFY * 9))])  # busy
@example([line_of(clean(CLASSIFY[:-1] + CLASSIFY))])  # a delimiter for two
@example([line_of([*clean(CLASSIFY[:5]), (0, BROKEN), *clean(CLASSIFY[5:])])])
def test_whatever_hypothesis_puts_on_the_line(iris, simulation, lines):
    Session(simulation, iris).play(lines)


class Tampered:
    """A simulation whose `tx` is not what the board sends."""

    def __init__(self, simulation, change):
        self._simulation, self._change = simulation, change

    def __getattr__(self, name):
        return getattr(self._simulation, name)

    def play(self, clocks, inputs, outputs):
        times, values = self._simulation.play(clocks, inputs, outputs)["tx"]
        line = np.repeat(np.array([1, *values], np.uint8), np.diff([0, *times, clocks]))
        return {"tx": changes(self._change(line))}


def flipped(line):
    """Another bit in the reply's payload."""
    start = np.flatnonzero(line == 0)[0] + 80 * 5 + 8 * 4
    line[start:start + 8] ^= 1
    return line


@pytest.mark.parametrize(("change", "complaint"), [
    (lambda line: idle(len(line)), "is not answered"),
    (flipped, "is more than"),
    (lambda line: np.append(line[:300], np.zeros(len(line) - 300, np.uint8)), "without its stop bit|more than"),
    (lambda line: np.maximum(line, np.arange(len(line)) > 3000), "is not answered"),
])
def test_what_is_wrong_is_seen(iris, simulation, change, complaint):
    with pytest.raises(AssertionError, match=complaint):
        Session(Tampered(simulation, change), iris).play([line_of(clean(CLASSIFY))])


def test_a_counter_that_is_wrong_is_seen(iris, simulation):
    session = Session(simulation, iris)
    session.board.answered = 1
    with pytest.raises(AssertionError, match="is answered by"):
        session.play([])
    session = Session(simulation, iris)
    session.board.bad = 1
    with pytest.raises(AssertionError, match="0 bad frames, not 1"):
        session.play([])
