"""A read-only memory with a second register directly after its read port."""

from amaranth.hdl import Cat, Module, Signal, unsigned
from amaranth.lib import memory, wiring
from amaranth.lib.wiring import In, Out

__all__ = ["DEEP", "STYLES", "RegisteredRom", "bank_bits"]

STYLES = {"block": "block", "lut": "logic"}
SHALLOW, WIDE = 512, 72  # words and bits of a block RAM at its widest
DEEP = SHALLOW * 64  # words of a block RAM of single bits


def bank_bits(words: int) -> int:
    """Bits to a block RAM of 36 Kb that holds so many words, or more: 72 up to 512 words, half as many for each
    doubling, in widths without the ninth bit of a byte below 9; 1 from 32,768 words on."""
    doublings = max(min(words, DEEP) - 1, 0) // SHALLOW
    width = WIDE >> doublings.bit_length()
    return width if width >= 9 else 1 << width.bit_length() - 1


class RegisteredRom(wiring.Component):
    """Words that are read through two registers. The second one has no reset and shares the memory's enable (none
    here, so both always load), as the output register inside a block RAM demands.

    In block RAM the words are cut into banks as wide as a block RAM of their number, so that no multiplexer chooses
    between block RAMs, whose outputs come late.

    Members
    -------
    address : In
    data : Out
        the word two cycles later.

    Parameters
    ----------
    words : list of int
    width : int
    style : str
        `block` for block RAM, `lut` for look-up tables.

    Raises
    ------
    ValueError
        at elaboration, for another style.
    """

    latency = 2

    def __init__(self, words, width: int, style: str):
        self._words, self._style = words, style
        super().__init__({"address": In(range(max(len(words), 2))), "data": Out(unsigned(width))})

    def elaborate(self, platform):
        if self._style not in STYLES:
            raise ValueError(f"a memory's style is one of {', '.join(STYLES)}, not {self._style!r}")
        m = Module()
        width = len(self.data)
        bank = bank_bits(len(self._words)) if self._style == "block" else width
        outputs = []
        for index, start in enumerate(range(0, width, bank)):
            bits = min(bank, width - start)
            rom = memory.Memory(shape=unsigned(bits), depth=max(len(self._words), 2),
                                init=[word >> start & (1 << bits) - 1 for word in self._words],
                                attrs={"ram_style": STYLES[self._style]})
            m.submodules[f"bank_{index}"] = rom
            port = rom.read_port()
            output = Signal(bits, name=f"output_{index}", reset_less=True, attrs={"output_register": "yes"})
            m.d.comb += port.addr.eq(self.address)
            m.d.sync += output.eq(port.data)
            outputs.append(output)
        m.d.comb += self.data.eq(Cat(outputs))
        return m
