"""The matrix engine: vectors in, vectors out, through the segments of a program held in its memories.

    i ─► activation buffer ─► MAC array ─► drain ─┬─► output queue ─► o
                ▲                ▲                │
                │             weights             │
                └─────────────────────────────────┘
"""

from math import lcm

import numpy as np
from amaranth.hdl import Module, Mux, Signal, signed
from amaranth.lib import data, fifo, stream, wiring
from amaranth.lib.wiring import In, Out

from gateware.buffer import ActivationBuffer
from gateware.drain import Drain, value_bits
from gateware.mac import MacArray
from gateware.program import Array, Matrix
from gateware.rom import RegisteredRom
from gateware.schedule import SegmentSchedule, schedule_segment
from gateware.sequencer import Sequencer, constants
from model.intervals import signed_bits
from model.sigmoid import Sigmoid

__all__ = ["MatrixEngine"]

WEIGHT_BITS = 8


class MatrixEngine(wiring.Component):
    """Runs one segment for each job, on one input vector; a batch of vectors is as many jobs.

    Members
    -------
    i_job : In(stream of segment indices)
        accepted when the engine is free and its output queue has room for all of the segment's results, so that the
        array never stalls.
    i : In(stream of signed)
        the vector's elements, in order, after the job.
    o : Out(stream of {value, last})
        the elements of the segment's result, in order.

    Cycles
    ------
    `schedules[segment].latency` from the last input's acceptance to the last result's being taken, where nobody
    stalls.

    Parameters
    ----------
    segments : list of list of Matrix
    array : Array
    sigmoid : Sigmoid or None
    weights : str
        where the weights are kept: `lut` or `block`.
    """

    def __init__(self, segments: list[list[Matrix]], array: Array, *, sigmoid: Sigmoid | None = None,
                 weights: str = "lut"):
        self._segments, self._array, self._style = segments, array, weights
        matrices = [matrix for segment in segments for matrix in segment]
        self._activation_bits = max(signed_bits(m.source.low, m.source.high) for m in matrices)
        bits = value_bits(segments, sigmoid)
        accumulator_bits = max(bits, *(matrix.accumulator_bits for matrix in matrices))
        self._macs = MacArray(array.rows, array.columns, weight_bits=WEIGHT_BITS,
                              activation_bits=self._activation_bits, accumulator_bits=accumulator_bits)
        self._drain = Drain(segments, array, sigmoid=sigmoid, accumulator_bits=accumulator_bits, style=weights)
        # The queue holds groups of `drain` results: room for one result of every segment.
        self._groups = [-(-segment[-1].rows // array.drain) for segment in segments]
        self.schedules = self.schedules_of(segments, array, sigmoid)
        super().__init__({
            "i_job": In(stream.Signature(range(max(len(segments), 2)))),
            "i": In(stream.Signature(signed(self._activation_bits))),
            "o": Out(stream.Signature(data.StructLayout({"value": signed(bits), "last": 1}))),
        })

    @staticmethod
    def schedules_of(segments: list[list[Matrix]], array: Array, sigmoid: Sigmoid | None) -> list[SegmentSchedule]:
        """The schedule of each segment: a result can be read again a clock after it has left the drain."""
        pipeline = RegisteredRom.latency + MacArray.latency_of(array.columns) + Drain.latency_of(sigmoid) + 1
        return [schedule_segment(segment, array, pipeline) for segment in segments]

    def elaborate(self, platform):
        m = Module()
        array, segments = self._array, self._segments
        m.submodules.macs, m.submodules.drain = macs, drain = self._macs, self._drain

        # Two regions of the buffer: matrices read one and write the other.
        sizes = [0, 0]
        for segment in segments:
            for place, matrix in enumerate(segment):
                sizes[place % 2] = max(sizes[place % 2], matrix.inputs)
        banks = lcm(array.columns, array.drain)
        words = [-(-size // banks) for size in sizes]
        m.submodules.buffer = buffer = ActivationBuffer(
            banks=banks, columns=array.columns, drain=array.drain, bits=self._activation_bits, words=sum(words))
        m.submodules.sequencer = sequencer = Sequencer(
            self.schedules, array, phases=banks // array.columns, region=words[0])
        m.submodules.weights = weights = RegisteredRom(
            self._weight_words(), array.multipliers * WEIGHT_BITS, self._style)

        segment = Signal(range(max(len(segments), 2)), reset_less=True)
        released = Signal()
        self._accept(m, segment, buffer, sequencer, released)
        m.d.comb += [
            sequencer.segment.eq(segment),
            weights.address.eq(sequencer.weight),
            buffer.read_word.eq(sequencer.word),
            buffer.read_phase.eq(sequencer.phase),
            macs.activations.eq(buffer.read_data),
            macs.weights.eq(weights.data),
        ]
        # The sequencer's marks travel beside the data.
        marks = data.StructLayout({"last": 1, "opening": 1, "segment": len(segment)})
        mark = Signal(marks)
        m.d.comb += [mark.last.eq(sequencer.last), mark.opening.eq(sequencer.opening), mark.segment.eq(segment)]
        for _ in range(RegisteredRom.latency + macs.latency):
            delayed = Signal(marks)
            m.d.sync += delayed.eq(mark)
            mark = delayed
        first = sequencer.first
        for _ in range(RegisteredRom.latency):
            delayed = Signal(reset_less=True)
            m.d.sync += delayed.eq(first)
            first = delayed
        m.d.comb += [
            macs.first.eq(first),
            drain.sums.eq(macs.sums),
            drain.capture.eq(mark.last),
            drain.opening.eq(mark.opening),
            drain.segment.eq(mark.segment),
        ]
        self._write_back(m, buffer, drain, words[0])
        self._queue(m, drain, released)
        return m

    def _accept(self, m: Module, segment, buffer, sequencer, released):
        """Takes a job once its results will fit the queue, then loads its vector."""
        groups = constants(self._groups)
        inputs = constants([entry[0].inputs - 1 for entry in self._segments])
        depth = sum(self._groups)
        reserved = Signal(range(depth + 1))
        loading = Signal()
        count = Signal(range(max(max(entry[0].inputs for entry in self._segments), 2)), reset_less=True)
        m.d.comb += [
            self.i_job.ready.eq(~loading & ~sequencer.running
                                & (reserved + groups[self.i_job.payload] <= depth)),
            self.i.ready.eq(loading),
            buffer.load.eq(self.i.valid & self.i.ready),
            buffer.load_data.eq(self.i.payload),
            sequencer.start.eq(buffer.load & (count == inputs[segment])),
        ]
        accepted = self.i_job.valid & self.i_job.ready
        m.d.sync += reserved.eq(reserved + Mux(accepted, groups[self.i_job.payload], 0) - released)
        with m.If(accepted):
            m.d.sync += [segment.eq(self.i_job.payload), loading.eq(1), count.eq(0),
                         buffer.load_bank.eq(0), buffer.load_word.eq(0)]
        with m.Elif(buffer.load):
            m.d.sync += count.eq(count + 1)
            with m.If(buffer.load_bank == buffer.banks - 1):
                m.d.sync += [buffer.load_bank.eq(0), buffer.load_word.eq(buffer.load_word + 1)]
            with m.Else():
                m.d.sync += buffer.load_bank.eq(buffer.load_bank + 1)
            with m.If(sequencer.start):
                m.d.sync += loading.eq(0)

    def _write_back(self, m: Module, buffer, drain, second: int):
        """Results of all but the last matrix go back to the buffer, to the region that was not read."""
        word = Signal.like(buffer.write_word)
        upper = Signal(init=1)
        m.d.comb += [
            buffer.write.eq(drain.valid & ~drain.emit),
            buffer.write_word.eq(word + Mux(upper, second, 0)),
        ]
        m.d.comb += [buffer.write_data[lane].eq(drain.values[lane]) for lane in range(self._array.drain)]
        with m.If(buffer.write):
            with m.If(buffer.write_group == buffer.banks // self._array.drain - 1):
                m.d.sync += [buffer.write_group.eq(0), word.eq(word + 1)]
            with m.Else():
                m.d.sync += buffer.write_group.eq(buffer.write_group + 1)
        with m.If(drain.valid & drain.matrix_last):
            m.d.sync += [buffer.write_group.eq(0), word.eq(0), upper.eq(drain.emit | ~upper)]

    def _queue(self, m: Module, drain, released):
        """Results of the last matrix wait in a queue of groups and leave one by one."""
        lanes = self._array.drain
        layout = data.StructLayout({"values": drain.values.shape(), "strobe": lanes, "last": 1})
        entry = Signal(layout)
        m.submodules.queue = queue = fifo.SyncFIFO(width=layout.size, depth=sum(self._groups))
        m.d.comb += [
            entry.values.eq(drain.values), entry.strobe.eq(drain.strobe), entry.last.eq(drain.matrix_last),
            queue.w_data.eq(entry), queue.w_en.eq(drain.valid & drain.emit),
        ]
        head = layout(queue.r_data)
        lane = Signal(range(max(lanes, 2)))
        final = Signal()  # this lane is the last one of its group
        m.d.comb += [
            final.eq(1 if lanes == 1 else ~(head.strobe >> 1 >> lane)[0]),
            self.o.valid.eq(queue.r_rdy),
            self.o.p.value.eq(head.values[lane] if lanes > 1 else head.values[0]),
            self.o.p.last.eq(head.last & final),
            queue.r_en.eq(self.o.ready & final),
            released.eq(queue.r_rdy & queue.r_en),
        ]
        with m.If(self.o.valid & self.o.ready):
            m.d.sync += lane.eq(Mux(final, 0, lane + 1))

    def _weight_words(self) -> list[int]:
        """One word a step: the weights of `rows` × `columns`, row by row, in the order of their use."""
        rows, columns = self._array.rows, self._array.columns
        words = []
        for matrix in (matrix for segment in self._segments for matrix in segment):
            steps, tiles = -(-matrix.inputs // columns), -(-matrix.rows // rows)
            padded = np.zeros((tiles * rows, steps * columns), dtype=np.int8)
            padded[:matrix.rows, :matrix.inputs] = matrix.weights
            blocks = padded.reshape(tiles, rows, steps, columns).transpose(0, 2, 1, 3)
            words += [int.from_bytes(block.tobytes(), "little") for block in blocks.reshape(-1, rows * columns)]
        return words
