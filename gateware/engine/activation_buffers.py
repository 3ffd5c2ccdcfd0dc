"""What the matrix engine keeps of activations: vectors on their way in, and what its layers hand to one another.

In both memories element n of a vector lies in bank n mod `banks`, word n div `banks`; a step reads `columns` elements
of a word. Distributed RAM: they are shallow, and each bank must be written on its own.
"""

from amaranth.hdl import Cat, Module, Signal, signed, unsigned
from amaranth.lib import data, memory, stream, wiring
from amaranth.lib.wiring import In, Out

__all__ = ["HiddenBuffer", "VectorBuffer"]


def _bank(m: Module, index: int, bits: int, words: int):
    """The write and the read port of one bank."""
    m.submodules[f"bank_{index}"] = ram = memory.Memory(
        shape=unsigned(bits), depth=max(words, 2), init=[], attrs={"ram_style": "distributed"})
    return ram.write_port(), ram.read_port()


class VectorBuffer(wiring.Component):
    """Vectors on their way in: of two pages one is read while the next vector comes into the other.

    Members
    -------
    i : In(stream of signed)
        the elements, vector after vector, in order.
    ready : Out(1)
        a whole vector is there that has not been picked.
    pick : In(1)
        the oldest of them will be read, from the next clock on, until `done`.
    done : In(1)
        it is read for the last time; its place is free.
    read_word : In
    read_data : Out(columns × signed)
        `latency` cycles later.

    Parameters
    ----------
    inputs, columns : int
    bits : int
        of a signed element.
    pages : int
        vectors that it has room for, 1 or 2.
    """

    latency = 1

    def __init__(self, inputs: int, columns: int, bits: int, pages: int = 2):
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
        filled = Signal(self._pages)  # by page: a whole vector is there, and not yet done with
        waiting = Signal(range(self._pages + 1))  # whole vectors that have not been picked
        page = Signal(range(self._pages))  # that comes in; without a bit where there is one only
        next_page = Signal.like(page)  # that is picked next
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
    """`drain` elements written a clock, `columns` read.

    Members
    -------
    write : In(1), write_word, write_group, write_data : In
        writes `drain` elements, the `write_group`-th ones of their word.
    read_word, read_phase : In
    read_data : Out(columns × signed)
        the `read_phase`-th elements of their word, `latency` cycles later. What is written in one cycle can be read
        from the next on.

    Parameters
    ----------
    banks, columns, drain : int
        both divide the number of banks.
    bits : int
        of a signed element.
    words : int
    """

    latency = 1

    def __init__(self, *, banks: int, columns: int, drain: int, bits: int, words: int):
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
