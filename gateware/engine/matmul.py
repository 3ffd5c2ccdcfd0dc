"""The matrix engine: vectors in, vectors out, through subnets of matrices that share one MAC array.

    i_0 ─► vector buffer ─┐                                       ┌─► result queue ─► o_0
    i_1 ─► vector buffer ─┼─► MAC array ─► drain ─┬───────────────┼─► result queue ─► o_1
     …                    │       ▲               │               └─► …
        hidden buffer ────┘    weights            │
              ▲                                   │
              └───────────────────────────────────┘
"""

from math import lcm

import numpy as np
from amaranth.hdl import Cat, Module, Mux, Signal, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from varigate.gateware.engine.activation_buffers import HiddenBuffer, VectorBuffer
from varigate.gateware.engine.drain import Drain, value_bits
from varigate.gateware.engine.mac import MacArray, longest_chain
from varigate.gateware.engine.program import Array, Matrix, weight_blocks
from varigate.gateware.engine.result_queue import ResultQueue
from varigate.gateware.engine.schedule import plan_subnet
from varigate.gateware.engine.sequencer import Sequencer
from varigate.gateware.lib.checks import check_choice
from varigate.gateware.lib.delay import delay
from varigate.gateware.lib.rom import RAM_STYLES, RegisteredRom
from varigate.gateware.lib.tables import select
from varigate.model.fixedpoint.intervals import signed_bits
from varigate.model.fixedpoint.sigmoid import Sigmoid

__all__ = ["MatrixEngine", "accumulator_bits_of", "greatest_product", "weight_bits_of"]


class MatrixEngine(wiring.Component):
    """Multiplies matrices by vectors: every subnet takes vectors on its own stream and gives its results in order.

    A subnet holds `buffers` vectors on their way in, one between each two of its matrices, and the results of one (of
    `buffers` if they are few); the array goes from one matrix that is ready to the next, whichever subnets they belong
    to. A batch is a sequence of vectors.

    The integer function of a matrix is `model.network.integer.dense`. `gateware.estimate.timing_engine.EngineControl`
    mirrors the control clock by clock.

    Parameters
    ----------
    subnets : list of list of Matrix
    array : Array
    sigmoid : Sigmoid or None
        None if no row has one.
    weights : str
        where the weights are kept: `lut` or `block`.

    Members
    -------
    i_0, i_1, … : In(stream of signed)
        the elements of a subnet's vectors, in order.
    o_0, o_1, … : Out(stream of {value, last})
        the elements of its results, in order.

    Cycles
    ------
    A matrix holds the array for its `gateware.engine.schedule.MatrixPlan.cost`, Σ of them in a busy engine. Its first
    group of results is written `pipeline_of` = `RegisteredRom.latency` + `MacArray.latency` + `Drain.latency` clocks
    after the last step of its first tile, and a step that follows at once upon what is awaited follows `PICK` clocks
    later. The clocks of whole jobs are counted by `gateware.estimate.timing`.

    Raises
    ------
    ValueError
        if `weights` is neither `lut` nor `block`.

    Examples
    --------
    >>> from varigate.gateware.engine.program import lower
    >>> from varigate.model.network import network_file
    >>> iris = network_file.load(network_file.find("iris"))
    >>> engine = MatrixEngine(lower(iris), Array(8, 1))
    >>> [plan.cost for plan in engine.plans]
    [8, 8, 8, 8, 3]
    >>> MatrixEngine.pipeline_of(lower(iris), Array(8, 1), None)
    8
    """

    def __init__(self, subnets: list[list[Matrix]], array: Array, *, sigmoid: Sigmoid | None = None,
                 weights: str = "lut"):
        check_choice("place of the weights", weights, RAM_STYLES)
        self._subnets, self._array, self._sigmoid, self._storage = subnets, array, sigmoid, weights
        self._matrices = [matrix for subnet in subnets for matrix in subnet]
        self.plans = [plan for subnet in subnets for plan in plan_subnet(subnet, array)]
        members = {}
        for index, subnet in enumerate(subnets):
            members[f"i_{index}"] = In(stream.Signature(signed(_bits(subnet[0]))))
            members[f"o_{index}"] = Out(stream.Signature(data.StructLayout(
                {"value": signed(value_bits(subnet[-1:], sigmoid)), "last": 1})))
        super().__init__(members)

    @staticmethod
    def pipeline_of(subnets: list[list[Matrix]], array: Array, sigmoid: Sigmoid | None) -> int:
        """Clocks from the last step of a tile to the writing of its first group of results."""
        chain = _chain([matrix for subnet in subnets for matrix in subnet], array)
        return RegisteredRom.latency + MacArray.latency_of(array.columns, chain, array.packed) \
            + Drain.latency_of(sigmoid)

    def elaborate(self, platform):
        m = Module()
        array, matrices = self._array, self._matrices
        accumulator_bits = accumulator_bits_of(matrices, self._sigmoid)
        m.submodules.macs = macs = MacArray(
            array.rows, array.columns, weight_bits=weight_bits_of(matrices), activation_bits=max(map(_bits, matrices)),
            accumulator_bits=accumulator_bits, chain=_chain(matrices, array), packed=array.packed)
        m.submodules.drain = drain = Drain(
            matrices, array, sigmoid=self._sigmoid, accumulator_bits=accumulator_bits, storage=self._storage)
        m.submodules.weights = weights = RegisteredRom(
            self._weight_words(), array.multipliers * weight_bits_of(matrices), self._storage)
        banks = lcm(array.columns, array.drain)
        m.submodules.sequencer = sequencer = Sequencer(
            self.plans, [1 if opens else banks // array.columns for opens in self._opens])

        # A matrix may run when its vector is there and its result has room.
        vectors, there, room = [], [], []
        for index, subnet in enumerate(self._subnets):
            opening = len(there)
            closing = opening + len(subnet) - 1
            vectors += [self._vector(m, index, subnet[0], sequencer, opening), *[None] * (closing - opening)]
            there.append(vectors[opening].ready)
            for before in range(opening, closing):
                written, free = self._handover(m, sequencer, drain, before)
                there.append(written)
                room.append(free)
            room.append(self._queue(m, index, subnet[-1], sequencer, drain, closing))
        m.d.comb += [sequencer.ready[index].eq(both[0] & both[1])
                     for index, both in enumerate(zip(there, room, strict=True))]

        m.d.comb += [
            weights.address.eq(sequencer.weight),
            macs.weights.eq(weights.data),
            macs.first.eq(_mark(m, sequencer.first, RegisteredRom.latency)),
            drain.sums.eq(macs.sums),
        ]
        m.d.sync += macs.activations.eq(self._activations(m, sequencer, drain, vectors, banks))
        # The marks of the last step travel beside the data.
        marks = Cat(sequencer.last, sequencer.opening, sequencer.matrix)
        m.d.comb += Cat(drain.capture, drain.opening, drain.matrix).eq(
            _mark(m, marks, RegisteredRom.latency + macs.latency))
        return m

    @property
    def _opens(self) -> list[bool]:
        """For each matrix, whether it is the first of its subnet."""
        return [index == 0 for subnet in self._subnets for index in range(len(subnet))]

    def _vector(self, m: Module, index: int, matrix: Matrix, sequencer, opening: int):
        """Add the buffer of a subnet's incoming vectors."""
        m.submodules[f"vector_{index}"] = vector = VectorBuffer(
            matrix.inputs, self._array.columns, _bits(matrix), self._array.buffers)
        wiring.connect(m, wiring.flipped(getattr(self, f"i_{index}")), vector.i)
        m.d.comb += [
            vector.pick.eq(sequencer.pick[opening]),
            vector.done.eq(sequencer.done[opening]),
            vector.read_word.eq(sequencer.word),
        ]
        return vector

    def _queue(self, m: Module, index: int, matrix: Matrix, sequencer, drain, closing: int):
        """Add the queue of a subnet's results; return whether it has room."""
        o = getattr(self, f"o_{index}")
        m.submodules[f"queue_{index}"] = queue = ResultQueue(
            matrix.rows, self._array.drain, len(o.p.value), self._array.buffers)
        wiring.connect(m, queue.o, wiring.flipped(o))
        m.d.comb += [
            queue.reserve.eq(sequencer.pick[closing]),
            queue.write.eq(drain.valid & (drain.owner == closing)),
            queue.last.eq(drain.last),
        ]
        m.d.comb += [queue.values[lane].eq(drain.values[lane]) for lane in range(self._array.drain)]
        return queue.room

    def _handover(self, m: Module, sequencer, drain, before: int):
        """Return whether enough of the vector from matrix `before` to the next one is written, and whether it may be
        written."""
        chase = self.plans[before + 1].chase
        ours, awaited = Signal(name=f"ours_{before}"), Signal(name=f"awaited_{before}")
        written, claimed = Signal(name=f"written_{before}"), Signal(name=f"claimed_{before}")
        groups = Signal(range(chase + 1), name=f"groups_{before}")
        m.d.comb += [ours.eq(drain.valid & (drain.owner == before)), awaited.eq(ours & (groups == chase - 1))]
        with m.If(ours):
            m.d.sync += groups.eq(Mux(drain.last, 0, groups + (groups != chase)))
        m.d.sync += [
            written.eq((written | awaited) & ~sequencer.pick[before + 1]),
            claimed.eq((claimed | sequencer.pick[before]) & ~sequencer.done[before + 1]),
        ]
        return written, ~claimed

    def _activations(self, m: Module, sequencer, drain, vectors, banks: int):
        """Choose the elements that the array reads: from a matrix's own vector buffer, or from the hidden buffer."""
        columns = self._array.columns
        inner = [index for index, vector in enumerate(vectors) if vector is None]
        sources = {index: vector.read_data for index, vector in enumerate(vectors) if vector is not None}
        if inner:
            m.submodules.hidden = hidden = self._hidden(m, sequencer, drain, inner, banks)
            sources |= dict.fromkeys(inner, hidden.read_data)
        matrix = _mark(m, sequencer.matrix, VectorBuffer.latency)
        chosen = Signal(data.ArrayLayout(signed(max(map(_bits, self._matrices))), columns))
        with m.Switch(matrix):
            for index, source in sources.items():
                with m.Case(index):
                    m.d.comb += [chosen[column].eq(source[column]) for column in range(columns)]
        return chosen

    def _hidden(self, m: Module, sequencer, drain, inner: list[int], banks: int):
        """Add the buffer between matrices; the vectors of the matrices `inner` lie in it one behind the other."""
        array, matrices = self._array, self._matrices
        sizes = [-(-matrices[index].inputs // banks) for index in inner]
        bases = {index: sum(sizes[:place]) for place, index in enumerate(inner)}
        hidden = HiddenBuffer(banks=banks, columns=array.columns, drain=array.drain,
                              bits=max(_bits(matrices[index]) for index in inner), words=sum(sizes))
        word = Signal.like(hidden.write_word)
        m.d.comb += [
            hidden.read_word.eq(
                sequencer.word + select([bases.get(index, 0) for index in range(len(matrices))], sequencer.matrix)),
            hidden.read_phase.eq(sequencer.phase),
            hidden.write.eq(
                drain.valid & select([index + 1 in bases for index in range(len(matrices))], drain.owner)),
            hidden.write_word.eq(
                word + select([bases.get(index + 1, 0) for index in range(len(matrices))], drain.owner)),
        ]
        m.d.comb += [hidden.write_data[lane].eq(drain.values[lane]) for lane in range(array.drain)]
        with m.If(hidden.write):
            with m.If(drain.last):
                m.d.sync += [hidden.write_group.eq(0), word.eq(0)]
            with m.Elif(hidden.write_group == banks // array.drain - 1):
                m.d.sync += [hidden.write_group.eq(0), word.eq(word + 1)]
            with m.Else():
                m.d.sync += hidden.write_group.eq(hidden.write_group + 1)
        return hidden

    def _weight_words(self) -> list[int]:
        """Build one word a step: the weights of `rows` × `columns`, row by row."""
        bits = weight_bits_of(self._matrices)
        words = []
        for matrix in self._matrices:
            for block in weight_blocks(matrix.weights, self._array):
                planes = block.reshape(-1, 1) >> np.arange(bits) & 1
                octets = np.packbits(planes.astype(np.uint8), bitorder="little")
                words.append(int.from_bytes(octets.tobytes(), "little"))
        return words


def weight_bits_of(matrices: list[Matrix]) -> int:
    """Bits of a signed weight: 8 for weights up to ±127, 4 for up to ±7.

    >>> from varigate.gateware.engine.program import lower
    >>> from varigate.model.network import network_file
    >>> weight_bits_of(lower(network_file.load(network_file.find("iris")))[0])
    8
    """
    return 1 + max(matrix.greatest for matrix in matrices).bit_length()


def accumulator_bits_of(matrices: list[Matrix], sigmoid: Sigmoid | None) -> int:
    """Bits of the signed number that holds every sum, and every result."""
    return max(value_bits(matrices, sigmoid), *(matrix.accumulator_bits for matrix in matrices))


def _mark(m: Module, value, cycles: int):
    """Delay `value` by some cycles. The registers are reset, for it may be a mark that starts something."""
    return delay(m, value, cycles=cycles, reset_less=False)


def _bits(matrix: Matrix) -> int:
    """Bits of the signed number that holds an element of the matrix's vector."""
    return signed_bits(matrix.source.low, matrix.source.high)


def greatest_product(matrices: list[Matrix]) -> int:
    """The greatest size of a weight times an activation."""
    return max(max(-matrix.source.low, matrix.source.high) * matrix.greatest for matrix in matrices)


def _chain(matrices: list[Matrix], array: Array) -> int:
    """Columns that one cascade of the array sums for these matrices."""
    return longest_chain(array.columns, packed=array.packed, cascade=array.cascade, product=greatest_product(matrices))
