"""The sequencer of the matrix engine: turns a segment's schedule into addresses, one step a clock."""

from amaranth.hdl import Array as Choice
from amaranth.hdl import Const, Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from gateware.program import Array
from gateware.schedule import SegmentSchedule

__all__ = ["Sequencer", "constants"]


def constants(values):
    """A table of constants to be indexed by a signal."""
    bits = max(int(max(values)).bit_length(), 1)
    return Choice([Const(int(value), bits) for value in values])


class Sequencer(wiring.Component):
    """Counts through the steps of a segment's tiles, as `gateware.schedule` says.

    Members
    -------
    start : In(1)
        begins `segment` with the next cycle, which is cycle 1 of the schedule.
    segment : In
        held while the segment runs.
    running : Out(1)
    first, last : Out(1)
        this cycle issues the first, the last step of a tile.
    opening : Out(1)
        the tile is the first one of the segment.
    weight : Out
        address of the step's weights, which lie in the order of their use.
    word, phase : Out
        which word of the activation buffer, and which `columns` of its elements, the step reads.

    Parameters
    ----------
    segments : list of SegmentSchedule
    array : Array
    phases : int
        steps that read from one word of the activation buffer.
    region : int
        words of the activation buffer's first region: matrices read the first, the second, the first … region.
    """

    def __init__(self, segments: list[SegmentSchedule], array: Array, *, phases: int, region: int):
        self._segments, self._phases, self._region = segments, phases, region
        self._matrices = [matrix for segment in segments for matrix in segment.matrices]
        self.steps = sum(matrix.steps * matrix.tiles for matrix in self._matrices)
        words = region + max(-(-matrix.steps // phases) for matrix in self._matrices)
        super().__init__({
            "start": In(1),
            "segment": In(range(max(len(segments), 2))),
            "running": Out(1),
            "first": Out(1),
            "last": Out(1),
            "opening": Out(1),
            "weight": Out(range(max(self.steps, 2))),
            "word": Out(range(words)),
            "phase": Out(range(max(phases, 2))),
        })

    def elaborate(self, platform):
        m = Module()
        matrices = self._matrices
        # Where each segment begins: its index in the list of matrices, and its first weight.
        heads, weights, index, weight = [], [], 0, 0
        for segment in self._segments:
            heads.append(index)
            weights.append(weight)
            index += len(segment.matrices)
            weight += sum(matrix.steps * matrix.tiles for matrix in segment.matrices)
        tails = [head + len(segment.matrices) - 1 for head, segment in zip(heads, self._segments, strict=True)]
        places = [place for segment in self._segments for place in range(len(segment.matrices))]

        matrix = Signal(range(max(len(matrices), 2)), reset_less=True)
        tile = Signal(range(max(max(entry.tiles for entry in matrices), 2)), reset_less=True)
        cycle = Signal(range(max(max(entry.period, entry.last_period) for entry in matrices)), reset_less=True)
        region = Signal(range(self._region + 1))
        steps = constants([entry.steps - 1 for entry in matrices])[matrix]
        last_tile = tile == constants([entry.tiles - 1 for entry in matrices])[matrix]
        period = Mux(last_tile, constants([entry.last_period - 1 for entry in matrices])[matrix],
                     constants([entry.period - 1 for entry in matrices])[matrix])
        issue = Signal()
        m.d.comb += [
            region.eq(Mux(constants([place % 2 for place in places])[matrix], self._region, 0)),
            issue.eq(self.running & (cycle <= steps)),
            self.first.eq(issue & (cycle == 0)),
            self.last.eq(issue & (cycle == steps)),
            self.opening.eq((tile == 0) & (constants([place == 0 for place in places])[matrix])),
        ]

        offset = Signal.like(self.word, reset_less=True)
        m.d.comb += self.word.eq(region + offset)
        with m.If(self.start):
            m.d.sync += [
                self.running.eq(1),
                matrix.eq(constants(heads)[self.segment]),
                self.weight.eq(constants(weights)[self.segment]),
                tile.eq(0), cycle.eq(0), offset.eq(0), self.phase.eq(0),
            ]
        with m.Elif(self.running):
            m.d.sync += cycle.eq(cycle + 1)
            with m.If(issue):
                m.d.sync += self.weight.eq(self.weight + 1)
                with m.If(self.phase == self._phases - 1):
                    m.d.sync += [self.phase.eq(0), offset.eq(offset + 1)]
                with m.Else():
                    m.d.sync += self.phase.eq(self.phase + 1)
            with m.If(cycle == period):
                m.d.sync += [cycle.eq(0), offset.eq(0), self.phase.eq(0), tile.eq(tile + 1)]
                with m.If(last_tile):
                    m.d.sync += [tile.eq(0), matrix.eq(matrix + 1)]
                    with m.If(matrix == constants(tails)[self.segment]):
                        m.d.sync += self.running.eq(0)
        return m
