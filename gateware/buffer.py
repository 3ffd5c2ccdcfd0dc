"""The activation buffer: one element written a clock while a vector is loaded, `drain` while it is computed, and
`columns` elements read."""

from amaranth.hdl import Cat, Module, Mux, Signal, signed, unsigned
from amaranth.lib import data, memory, wiring
from amaranth.lib.wiring import In, Out

__all__ = ["ActivationBuffer"]


class ActivationBuffer(wiring.Component):
    """Element n of a vector lies in bank n mod `banks`, word n div `banks`.

    Members
    -------
    load : In(1), load_word, load_bank, load_data : In
        writes one element.
    write : In(1), write_word, write_group, write_data : In
        writes `drain` elements, the `write_group`-th ones of their word; not in a cycle with `load`.
    read_word, read_phase : In
    read_data : Out
        `columns` elements, the `read_phase`-th ones of their word, `latency` cycles later. What is written in one
        cycle can be read from the next on.

    Parameters
    ----------
    banks, columns, drain : int
        both divide the number of banks.
    bits : int
        of a signed element.
    words : int
    """

    latency = 2

    def __init__(self, *, banks: int, columns: int, drain: int, bits: int, words: int):
        self.banks, self._columns, self._drain = banks, columns, drain
        self._words = max(words, 2)
        word = range(self._words)
        super().__init__({
            "load": In(1),
            "load_word": In(word),
            "load_bank": In(range(max(self.banks, 2))),
            "load_data": In(signed(bits)),
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
        for bank in range(self.banks):
            # Distributed RAM: the buffer is shallow, and each bank must be written on its own.
            m.submodules[f"bank_{bank}"] = ram = memory.Memory(
                shape=unsigned(len(self.load_data)), depth=self._words, init=[], attrs={"ram_style": "distributed"})
            write, read = ram.write_port(), ram.read_port()
            m.d.comb += [
                write.en.eq(self.load & (self.load_bank == bank)
                            | self.write & (self.write_group == bank // self._drain)),
                write.addr.eq(Mux(self.load, self.load_word, self.write_word)),
                write.data.eq(Mux(self.load, self.load_data, self.write_data[bank % self._drain])),
                read.addr.eq(self.read_word),
            ]
            words.append(read.data)

        phase = Signal.like(self.read_phase, reset_less=True)
        m.d.sync += phase.eq(self.read_phase)
        width = len(self.read_data.as_value())
        chosen = Signal(width, reset_less=True)
        with m.Switch(phase):
            for index in range(self.banks // self._columns):
                with m.Case(index):
                    m.d.sync += chosen.eq(Cat(words[index * self._columns:(index + 1) * self._columns]))
        m.d.comb += self.read_data.eq(chosen)
        return m
