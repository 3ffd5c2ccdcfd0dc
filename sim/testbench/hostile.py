"""A hostile user of the serial line, and a check that the board gives the right answers and negative replies only.

The line is any waveform. `sim.testbench.serial_line.Receiver` finds the bytes on it, `model.protocol.requests.judge`
the requests in them, and `sim.testbench.board_reference` the answers.
"""

from bisect import bisect_right
from dataclasses import dataclass

import numpy as np

from varigate.gateware.engine.program import Array
from varigate.gateware.top import Top
from varigate.model.network import network_file
from varigate.model.network.network import Network
from varigate.model.protocol.frames import NEGATIVE, REPLY, Command, Decoder, Frame, Reason, encode
from varigate.model.protocol.replies import Info, reply_length
from varigate.model.protocol.requests import judge, negative_reply
from varigate.sim.simulators.compiled import Simulation
from varigate.sim.testbench.board_reference import BoardReference
from varigate.sim.testbench.corruption import BROKEN, clean, corruption, random_request, wire
from varigate.sim.testbench.serial_line import BITS, Receiver, changes
from varigate.sim.testbench.top_bench import BAUD, BIT, QUICK

__all__ = ["Session", "idle", "line_of", "sequence", "top"]

BYTE = BITS * BIT  # clocks
FRAME_BYTES = 7  # of a frame with a short payload: delimiters, COBS code, sequence number, command, check sum
SETTLE = 200  # clocks: more than from a request to its reply's first bit, and for the core to compute
HIGH, LOW = 1, 0


def top(network: Network) -> Top:
    """The whole design with eight clocks per bit."""
    return Top(network, network_file.digest(network), array=Array(8, 1), clock_hz=BIT * BAUD, baud=BAUD, times=QUICK)


# Waveforms: a level for each clock, uint8.
def idle(clocks: int) -> np.ndarray:
    """The idle line, which is high, for `clocks` clocks."""
    return np.ones(clocks, np.uint8)


def line_of(items, bit: float = BIT) -> np.ndarray:
    """(byte, line error) pairs as a waveform without gaps. A byte with an error lacks its stop bit, and the line is
    high for two bits behind it.
    """
    bits = [level for byte, error in items
            for level in (0, *(byte >> n & 1 for n in range(8)), *((0, 1, 1) if error else (1,)))]
    edges = np.rint(np.arange(len(bits) + 1) * bit).astype(int)
    return np.repeat(np.array(bits, np.uint8), np.diff(edges))


def _pulses(rng) -> np.ndarray:
    """Noise: levels of random lengths, unrelated to bits."""
    longest = rng.choice((3, 12, 60))
    runs = [rng.randrange(1, longest + 1) for _ in range(2 * rng.randrange(1, 20))]
    return np.repeat(np.array([LOW, HIGH] * (len(runs) // 2), np.uint8), runs)


def _with_gaps(rng, items) -> np.ndarray:
    return np.concatenate([part for item in items for part in (line_of([item]), idle(rng.randrange(3 * BIT)))])


def _good(rng, lengths) -> bytes:
    """A good request, now and then with ε off, or many of them with shared delimiters."""
    request = random_request(rng, lengths)
    if request.command == Command.EPSILON:
        request = Frame(request.seq, request.command, bytes([rng.randrange(2)]))
    if request.command == Command.GENERATE:
        request = Frame(request.seq, request.command, bytes([rng.randrange(1, 4)]))
    return wire(request)


def sequence(rng, lengths) -> np.ndarray:
    """A random waveform: good and bad frames, alone or without gaps, and noise.

    Parameters
    ----------
    rng : random.Random
    lengths : dict
        of `model.protocol.requests.request_lengths`.
    """
    kind = rng.randrange(16)
    if kind < 5:
        return line_of(corruption(rng, lengths))
    if kind < 8:
        return line_of(clean(_good(rng, lengths)))
    if kind == 8:  # two that share a delimiter, or lack one
        first, second = _good(rng, lengths), _good(rng, lengths)
        return line_of(clean(first + second[1:] if rng.random() < 0.7 else first[:-1] + second[1:]))
    if kind == 9:  # more than the board takes
        return line_of(clean(b"".join(_good(rng, lengths) for _ in range(rng.randrange(3, 6)))))
    if kind == 10:
        return line_of(clean(bytes(rng.randrange(1, 40))))
    if kind == 11:
        return _pulses(rng)
    if kind == 12:  # a break
        return np.append(np.zeros(rng.randrange(1, 5 * BYTE), np.uint8), idle(rng.randrange(1, BIT)))
    if kind == 13:  # a sender whose clock is wrong, by more than a receiver can bear, too
        return line_of(clean(_good(rng, lengths)), BIT * rng.choice((0.93, 0.97, 1.03, 1.07)))
    if kind == 14:
        return _with_gaps(rng, clean(_good(rng, lengths)))
    data = rng.choice((b"hello\r\n", b"\x1B[A\x1B[B", b"AT+GMR\r", "ä€".encode(), b"\x7F" * 9, b"\x01" * 30, b"U" * 20))
    items = clean(data)
    if rng.random() < 0.3:
        items[rng.randrange(len(items))] = (rng.randrange(256), BROKEN)
    return line_of(items)


@dataclass
class _Burst:
    """The frames sent since the board was last idle, as `judge` has found them.

    start: clock; verdicts: (clock of the frame's first byte, good request or None, negative reply or None), in order.
    """

    start: int
    verdicts: list[tuple[int, Frame | None, Frame | None]]

    @property
    def requests(self) -> list[Frame]:
        return [request for _, request, _ in self.verdicts if request]

    @property
    def bad(self) -> int:
        return sum(negative is not None for *_, negative in self.verdicts)


class Session:
    """A conversation with a board in the compiled simulator, from a reset on.

    Parameters
    ----------
    simulation : Simulation
        of `top(network)`.
    network : Network
    """

    def __init__(self, simulation: Simulation, network: Network):
        self._simulation, self.board = simulation, BoardReference(network)
        self._info = self.board.info
        self._heard, self._sent = Receiver(BIT), Receiver(BIT)
        self._chunk, self._broken, self._begin, self._clock = bytearray(), 0, 0, 0
        self._done = []  # when the reply to each request was over, in clocks
        self.seen = {"answers": 0, "negatives": 0, "busy": 0}
        simulation.set("rx", 1)
        simulation.reset()

    def play(self, lines):
        """Sends each of the waveforms `lines` when the replies to the one before have come, and checks all replies;
        then asks for the counters.

        Raises
        ------
        AssertionError
            for a hang, a wrong answer or negative reply, or a wrong counter.
        """
        lines = [*lines, line_of(clean(b"\0" + encode(1, Command.INFO)))]
        bursts, parts, start = [], [], self._clock
        for line in lines:
            burst = _Burst(self._clock, [])
            for part in (line, idle(BYTE), None):  # a byte that has begun is complete before the patience counts
                part = idle(self._patience(burst)) if part is None else part
                parts.append(part)
                self._clock += len(part)
                for item in self._heard.read_levels(part):
                    burst.verdicts += self._judge(*item)
            bursts.append(burst)
        clocks = self._clock - start
        found = self._simulation.play(clocks, {"rx": changes(np.concatenate(parts))}, ["tx"])
        replies = self._sent.read(*found["tx"], clocks)
        assert not any(error for _, _, error in replies), "a byte came without its stop bit"
        ends = [burst.start for burst in bursts[1:]] + [self._clock]
        place = 0
        for number, (burst, end) in enumerate(zip(bursts, ends, strict=True)):
            first = place
            while place < len(replies) and replies[place][0] < end:
                place += 1
            try:
                self._check(burst, replies[first:place])
            except AssertionError as error:
                raise AssertionError(f"waveform {number}, clock {burst.start}: {error}; it was {burst.verdicts}, sent "
                                     f"{''.join(map(str, lines[number][::BIT // 2]))} (two samples a bit)") from error
        assert place == len(replies)

    def _judge(self, clock: int, byte: int, error: int):
        if not self._chunk and not self._broken:
            self._begin = clock
        if error:
            self._broken += 1
        elif byte:
            self._chunk.append(byte)
        else:
            verdict = judge(bytes(self._chunk), self.board.lengths, self._broken)
            self._chunk, self._broken = bytearray(), 0
            if any(verdict):
                yield self._begin, *verdict

    def _patience(self, burst: _Burst) -> int:
        """Clocks after which the board must have sent all its replies."""
        total = (FRAME_BYTES + 2) * burst.bad
        for request in burst.requests:
            count = request.payload[0] if request.command == Command.GENERATE else 1
            total += count * (FRAME_BYTES + 1 + reply_length(Command(request.command), self._info))
        return BYTE * (2 + total) + SETTLE * (1 + len(burst.requests))

    def _check(self, burst: _Burst, items):
        """Compares the bytes that the board has sent, `items` of (clock, byte, 0), with the reference."""
        received = bytes(byte for _, byte, _ in items)
        frames = Decoder().feed(received)
        assert all(isinstance(frame, Frame) for frame in frames), f"{received} is more than frames"
        assert b"".join(map(wire, frames)) == received, f"{received} is more than {frames}"
        ends = [items[count - 1][0] + BYTE for count in np.cumsum([len(wire(frame)) for frame in frames])]
        answers = [(end, frame) for end, frame in zip(ends, frames, strict=True) if frame.command != NEGATIVE]
        refused = [frame for frame in frames if frame.command == NEGATIVE]
        before, self.board.bad = self.board.bad, self.board.bad + burst.bad
        negatives, busy = [], 0
        for begin, request, negative in burst.verdicts:
            if negative:
                negatives.append(negative)
            elif answers and (answers[0][1].seq, answers[0][1].command) == (request.seq, request.command | REPLY):
                payloads = self.board.answer(request)
                found, answers = answers[:len(payloads)], answers[len(payloads):]
                self._compare(request, [frame.payload for _, frame in found], payloads, before)
                self._done.append(found[-1][0])
            else:
                waiting = len(self._done) - bisect_right(self._done, begin)
                assert waiting > 1, f"{request} is not answered, though {waiting} of 2 places were taken"
                negatives.append(negative_reply(Reason.BUSY, request.seq, request.command))
                busy += 1
        assert not answers, f"nobody asked for {answers}"
        # One negative reply waits and further ones are dropped meanwhile.
        remaining = iter(negatives)
        assert all(frame in remaining for frame in refused), f"{refused} are not among {negatives}"
        assert refused[:1] == negatives[:1], f"{negatives[:1]} is missing"
        self.seen["answers"] += len(frames) - len(refused)
        self.seen["negatives"] += len(refused)
        self.seen["busy"] += busy

    def _compare(self, request: Frame, found: list[bytes], expected: list[bytes], before: int):
        if request.command == Command.INFO:  # bad frames may come while it is being sent
            bad = Info.unpack(found[0]).bad
            assert before <= bad <= self.board.bad, f"{bad} bad frames, not {before}…{self.board.bad}"
            expected = [expected[0][:-4] + found[0][-4:]]
        assert found == expected, f"{request} is answered by {found}, not {expected}"
