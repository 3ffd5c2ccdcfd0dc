"""The drain: turns accumulators into activations (bias, requantise, activate), `drain` rows a clock."""

from amaranth.hdl import Cat, Module, Mux, Signal, signed, unsigned
from amaranth.lib import data, memory, wiring
from amaranth.lib.wiring import In, Out

from varigate.gateware.engine.program import Array, Kind, Matrix
from varigate.gateware.lib.checks import check_choice, check_integer
from varigate.gateware.lib.delay import delay
from varigate.gateware.lib.rom import RAM_STYLES
from varigate.gateware.lib.saturation import saturate
from varigate.gateware.lib.tables import select
from varigate.gateware.units.activation import SigmoidUnit
from varigate.model.fixedpoint.intervals import signed_bits
from varigate.model.fixedpoint.sigmoid import Sigmoid

__all__ = ["Drain", "kinds_of", "table_layout", "value_bits"]


def kinds_of(matrices: list[Matrix]) -> list[Kind]:
    """The kinds of all rows, in the order of their numbers in the drain's table.

    >>> from varigate.gateware.engine.program import lower
    >>> from varigate.model.network import network_file
    >>> [str(kind.format) for kind in kinds_of(lower(network_file.load(network_file.find("iris")))[0])]
    ['u8.4', 's8.4', 's16.8']
    """
    return sorted({kind for matrix in matrices for kind in matrix.kinds},
                  key=lambda kind: (kind.sigmoid, kind.format))


def value_bits(matrices: list[Matrix], sigmoid: Sigmoid | None) -> int:
    """Bits of the signed number that holds every result of the matrices, before and after a sigmoid.

    >>> from varigate.gateware.engine.program import lower
    >>> from varigate.model.network import network_file
    >>> value_bits(lower(network_file.load(network_file.find("iris")))[0], None)
    16
    """
    kinds = kinds_of(matrices)
    formats = [kind.format for kind in kinds] + [sigmoid.output for kind in kinds if kind.sigmoid]
    return max(signed_bits(number.low, number.high) for number in formats)


def table_layout(matrices: list[Matrix], array: Array, accumulator_bits: int) -> data.StructLayout:
    """Layout of a word of the drain's table: bias, shift and kind of a group's rows, and marks where tiles and matrices
    end.

    >>> from varigate.gateware.engine.program import lower
    >>> from varigate.model.network import network_file
    >>> table_layout(lower(network_file.load(network_file.find("iris")))[0], Array(8, 1), 24).size
    32
    """
    shift = max(int(matrix.shift.max()) for matrix in matrices)
    lane = data.StructLayout({"bias": signed(accumulator_bits), "shift": max(shift.bit_length(), 1),
                              "kind": unsigned(max((len(kinds_of(matrices)) - 1).bit_length(), 1))})
    return data.StructLayout({"lanes": data.ArrayLayout(lane, array.drain), "tile_last": 1, "matrix_last": 1})


class Drain(wiring.Component):
    """Takes the sums of a tile and gives their requantised, activated values in groups of `drain`.

    The integer function is `model.fixedpoint.formats.requantise`; each lane has a `SigmoidUnit` behind it if there is a
    sigmoid.

    Parameters
    ----------
    matrices : list of Matrix
    array : Array
    sigmoid : Sigmoid or None
        None if no row has one.
    accumulator_bits : int
        at least `value_bits`.
    storage : str
        where the table of biases and shifts is kept: `lut` or `block`.

    Members
    -------
    sums : In(rows × signed)
    capture : In(1)
        `sums` are complete.
    opening : In(1)
        with `capture`: the tile is the first one of `matrix`.
    matrix : In
        the matrix that the sums belong to.
    valid : Out(1), values : Out(drain × signed)
        a group of results. The last one of a matrix may be short.
    owner : Out
        the matrix of the group.
    last : Out(1)
        the group is the last one of its matrix.

    Cycles
    ------
    `latency` = 4, plus that of `SigmoidUnit` if there is one, from `capture` to the first group; then a group a clock,
    so that a tile takes ⌈rows in the tile/drain⌉ clocks.

    Raises
    ------
    TypeError, ValueError
        if `storage` is neither `lut` nor `block`, or `accumulator_bits` is less than `value_bits`.

    Examples
    --------
    >>> from varigate.model.fixedpoint.sigmoid import byte
    >>> Drain.latency_of(None), Drain.latency_of(byte())
    (4, 5)
    """

    def __init__(self, matrices: list[Matrix], array: Array, *, sigmoid: Sigmoid | None, accumulator_bits: int,
                 storage: str):
        check_choice("storage of the drain's table", storage, RAM_STYLES)
        check_integer("width of an accumulator", accumulator_bits, value_bits(matrices, sigmoid))
        self._matrices, self._array, self._storage = matrices, array, storage
        self._kinds = kinds_of(matrices)
        self._sigmoid = sigmoid
        self._accumulator = signed(accumulator_bits)
        self.latency = self.latency_of(sigmoid)
        self._value = signed(value_bits(matrices, sigmoid))
        owner = range(max(len(matrices), 2))
        super().__init__({
            "sums": In(data.ArrayLayout(self._accumulator, array.rows)),
            "capture": In(1),
            "opening": In(1),
            "matrix": In(owner),
            "valid": Out(1),
            "values": Out(data.ArrayLayout(self._value, array.drain)),
            "owner": Out(owner),
            "last": Out(1),
        })

    @staticmethod
    def latency_of(sigmoid: Sigmoid | None) -> int:
        """Latency in clocks of a drain with this sigmoid, or with None."""
        return 4 + (SigmoidUnit.latency_of(sigmoid) if sigmoid else 0)

    def _groups(self):
        """Return the table's rows, one for each group of `drain` results in the order of their draining, and the index
        at which each matrix begins."""
        drain, groups, heads = self._array.drain, [], []
        for matrix in self._matrices:
            heads.append(len(groups))
            for tile in range(0, matrix.rows, self._array.rows):
                end = min(tile + self._array.rows, matrix.rows)
                for row in range(tile, end, drain):
                    groups.append({
                        "lanes": [self._lane(matrix, each if each < end else None) for each in range(row, row + drain)],
                        "tile_last": row + drain >= end,
                        "matrix_last": row + drain >= matrix.rows,
                    })
        return groups, heads

    def _lane(self, matrix: Matrix, row: int | None):
        if row is None:
            return {"bias": 0, "shift": 0, "kind": 0}
        return {"bias": int(matrix.bias[row]), "shift": int(matrix.shift[row]),
                "kind": self._kinds.index(matrix.kinds[row])}

    def elaborate(self, platform):
        m = Module()
        array = self._array
        groups, heads = self._groups()
        layout = table_layout(self._matrices, array, self._accumulator.width)
        m.submodules.table = table = memory.Memory(shape=layout, depth=max(len(groups), 2), init=groups,
                                                   attrs={"ram_style": RAM_STYLES[self._storage]})
        port = table.read_port()
        group = port.data

        # The table's output always belongs to `pointer`. A matrix's first capture sets it: matrices come in any order.
        pointer = Signal(range(max(len(groups), 2)))
        owner = Signal.like(self.owner, reset_less=True)
        active = Signal()
        m.d.comb += port.addr.eq(pointer)
        with m.If(self.capture & self.opening):
            m.d.comb += port.addr.eq(select(heads, self.matrix))
        with m.Elif(active):
            m.d.comb += port.addr.eq(Mux(pointer == len(groups) - 1, 0, pointer + 1))
        m.d.sync += pointer.eq(port.addr)
        with m.If(self.capture):
            m.d.sync += [active.eq(1), owner.eq(self.matrix)]
        with m.Elif(group.tile_last):
            m.d.sync += active.eq(0)

        # The sums of a tile wait in `held` and move down by `drain` rows a clock.
        held = [Signal(self._accumulator, name=f"held_{row}", reset_less=True) for row in range(array.rows)]
        for row, register in enumerate(held):
            following = held[row + array.drain] if row + array.drain < array.rows else register
            m.d.sync += register.eq(Mux(self.capture, self.sums[row], following))

        valid = Signal(self.latency - 1)
        m.d.sync += valid.eq(valid << 1 | active)
        flags = delay(m, Cat(owner, group.matrix_last), cycles=self.latency - 1, name="flags")
        m.d.comb += [self.valid.eq(valid[-1]), Cat(self.owner, self.last).eq(flags)]
        for lane in range(array.drain):
            m.d.comb += self.values[lane].eq(self._requantise(m, lane, held[lane], group.lanes[lane]))
        return m

    def _requantise(self, m: Module, lane: int, held, parameters):
        """Add the lane's three stages (bias, shift, saturate), and the sigmoid beside a delay of equal length."""
        def register(value, name, cycles=1):
            return delay(m, value, cycles=cycles, name=f"{name}_{lane}")

        biased = Signal(self._accumulator, name=f"biased_{lane}", reset_less=True)
        m.d.sync += biased.eq(held + parameters.bias)
        shift, kind = register(parameters.shift, "shift"), register(parameters.kind, "kind")
        shifted, kind = register(biased >> shift, "shifted"), register(kind, "kind")
        saturated = Signal(self._value, name=f"saturated_{lane}", reset_less=True)
        with m.Switch(kind):
            for index, entry in enumerate(self._kinds):
                with m.Case(index):
                    m.d.sync += saturated.eq(saturate(shifted, entry.format))
        if self._sigmoid is None:
            return saturated

        sigmoidal = register(select([entry.sigmoid for entry in self._kinds], kind), "sigmoidal")
        m.submodules[f"sigmoid_{lane}"] = unit = SigmoidUnit(self._sigmoid)
        m.d.comb += [unit.o.ready.eq(1), unit.i.valid.eq(1),
                     unit.i.payload.eq(unit.i.payload.shape()(saturated[:self._sigmoid.input.bits].as_signed()))]
        linear = register(saturated, "linear", unit.latency)
        return Mux(register(sigmoidal, "sigmoidal", unit.latency), unit.o.payload.raw, linear)
