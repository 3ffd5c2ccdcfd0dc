"""Buffers of activations in the matrix engine: vectors on their way in, and those that layers hand to one another.

In both memories element n of a vector lies in bank n mod `banks`, word n div `banks`; a step reads `columns` elements
of a word. Distributed RAM: they are shallow, and each bank must be written on its own.
"""

from amaranth.hdl import Cat, Module, Signal, signed, unsigned
from amaranth.lib import data, memory, stream, wiring
from amaranth.lib.wiring import In, Out

from varigate.gateware.lib.checks import check_choice, check_integer

__all__ = ["HiddenBuffer", "VectorBuffer"]


def _bank(m: Module, index: int, bits: int, words: int):
    """Add one bank to `m`; return its write port and its read port."""
    m.submodules[f"bank_{index}"] = ram = memory.Memory(
        shape=unsigned(bits), depth=max(words, 2), init=[], attrs={"ram_style": "distributed"})
    return ram.write_port(), ram.read_port()


class VectorBuffer(wiring.Component):
    """Buffers vectors on their way in: while the array reads one page, the next vector comes into the other.

    `gateware.estimate.timing_engine.EngineControl` mirrors its control clock by clock.

    Parameters
    ----------
    inputs, columns : int
        elements of a vector; elements that are read at once.
    bits : int
        bits of a signed element.
    pages : int
        vectors that it has room for, 1 or 2.

    Members
    -------
    i : In(stream of signed)
        the elements, vector after vector, in order.
    ready : Out(1)
        a whole vector is there that has not been picked.
    pick : In(1)
        the oldest of them will be read, from the next clock on, until `done`.
    done : In(1)
        it is read for the last time; its page is free from the next clock on.
    read_word : In
    read_data : Out(columns × signed)

    Cycles
    ------
    `latency` = 1 from `read_word` to `read_data`. One element is taken a clock while a page is free; `ready` rises one
    clock after the last element of a vector.

    Raises
    ------
    TypeError, ValueError
        if a size is not a positive integer, or `pages` is not 1 or 2.

    Examples
    --------
    >>> VectorBuffer(inputs=784, columns=16, bits=9).read_data.shape()
    ArrayLayout(signed(9), 16)
    """

    latency = 1

    def __init__(self, inputs: int, columns: int, bits: int, pages: int = 2):
        check_integer("number of inputs", inputs)
        check_integer("number of columns", columns)
        check_integer("width of an element", bits)
        check_choice("number of pages", pages, (1, 2))
        self._inputs, self._columns, self._bits, self._pages = inputs, columns, bits, pages
        self._words = -(-inputs // columns)
        super().__init__({
            "i": In(stream.Signature(signed(bits))),
            "ready": Out(1),
            "pick": In(1),
            "done": In(1),
            "read_word": In(range(max(self._words, 2))),
            "read_data": Out(data.ArrayLayout(signed(bits), columns)),
        })

    def elaborate(self, platform):
        m = Module()
        filled = Signal(self._pages)  # by page: it holds a whole vector that is not done with
        waiting = Signal(range(self._pages + 1))  # whole vectors that have not been picked
        page = Signal(range(self._pages))  # the page that is being filled; zero bits wide if there is only one
        next_page = Signal.like(page)  # the page that is picked next
        read_page = Signal.like(page, reset_less=True)
        word = Signal(range(max(self._words, 2)))
        bank = Signal(range(max(self._columns, 2)))
        count = Signal(range(max(self._inputs, 2)))
        taken = Signal()
        complete = Signal()
        m.d.comb += [
            self.i.ready.eq(~filled.bit_select(page, 1)),
            taken.eq(self.i.valid & self.i.ready),
            complete.eq(taken & (count == self._inputs - 1)),
            self.ready.eq(waiting != 0),
        ]
        with m.If(taken):
            m.d.sync += [count.eq(count + 1), bank.eq(bank + 1)]
            with m.If(bank == self._columns - 1):
                m.d.sync += [bank.eq(0), word.eq(word + 1)]
            with m.If(complete):
                m.d.sync += [count.eq(0), bank.eq(0), word.eq(0), page.eq(~page)]
        m.d.sync += waiting.eq(waiting + complete - self.pick)
        with m.If(self.pick):
            m.d.sync += [next_page.eq(~next_page), read_page.eq(next_page)]
        for index in range(self._pages):
            with m.If(self.done & (read_page == index)):
                m.d.sync += filled[index].eq(0)
            with m.If(complete & (page == index)):
                m.d.sync += filled[index].eq(1)
        for index in range(self._columns):
            write, read = _bank(m, index, self._bits, self._pages << (self._words - 1).bit_length())
            m.d.comb += [
                write.en.eq(taken & (bank == index)),
                write.addr.eq(Cat(word[:(self._words - 1).bit_length()], page)),
                write.data.eq(self.i.payload),
                read.addr.eq(Cat(self.read_word[:(self._words - 1).bit_length()], read_page)),
                self.read_data[index].eq(read.data),
            ]
        return m


class HiddenBuffer(wiring.Component):
    """Keeps what one layer hands to the next: `drain` elements are written a clock, `columns` are read.

    Parameters
    ----------
    banks, columns, drain : int
        `columns` and `drain` both divide the number of banks.
    bits : int
        bits of a signed element.
    words : int

    Members
    -------
    write : In(1), write_word, write_group, write_data : In
        writes `drain` elements, the `write_group`-th ones of their word.
    read_word, read_phase : In
    read_data : Out(columns × signed)
        the `read_phase`-th elements of their word.

    Cycles
    ------
    `latency` = 1 from `read_word` and `read_phase` to `read_data`; elements that are written in one clock can be asked
    for from the next on.

    Raises
    ------
    TypeError, ValueError
        if a size is not a positive integer, or `columns` or `drain` does not divide `banks`.

    Examples
    --------
    >>> HiddenBuffer(banks=4, columns=4, drain=2, bits=9, words=8).write_data.shape()
    ArrayLayout(signed(9), 2)
    """

    latency = 1

    def __init__(self, *, banks: int, columns: int, drain: int, bits: int, words: int):
        check_integer("number of banks", banks)
        for name, value in (("columns", columns), ("elements of a drain", drain)):
            check_integer(f"number of {name}", value)
            if banks % value:
                raise ValueError(f"The number of {name} must divide the number of banks, {banks}, not be {value!r}")
        check_integer("width of an element", bits)
        check_integer("number of words", words)
        self.banks, self._columns, self._drain = banks, columns, drain
        self._words = max(words, 2)
        word = range(self._words)
        super().__init__({
            "write": In(1),
            "write_word": In(word),
            "write_group": In(range(max(self.banks // drain, 2))),
            "write_data": In(data.ArrayLayout(signed(bits), drain)),
            "read_word": In(word),
            "read_phase": In(range(max(self.banks // columns, 2))),
            "read_data": Out(data.ArrayLayout(signed(bits), columns)),
        })

    def elaborate(self, platform):
        m = Module()
        words = []
        for index in range(self.banks):
            write, read = _bank(m, index, self.write_data[0].shape().width, self._words)
            m.d.comb += [
                write.en.eq(self.write & (self.write_group == index // self._drain)),
                write.addr.eq(self.write_word),
                write.data.eq(self.write_data[index % self._drain]),
                read.addr.eq(self.read_word),
            ]
            words.append(read.data)
        phase = Signal.like(self.read_phase, reset_less=True)
        m.d.sync += phase.eq(self.read_phase)
        with m.Switch(phase):
            for index in range(self.banks // self._columns):
                with m.Case(index):
                    m.d.comb += self.read_data.as_value().eq(
                        Cat(words[index * self._columns:(index + 1) * self._columns]))
        return m
