"""A read-only memory with a second register directly after its read port."""

from amaranth.hdl import Cat, Module, Signal, unsigned
from amaranth.lib import memory, wiring
from amaranth.lib.wiring import In, Out

from varigate.gateware.lib.checks import check_choice, check_integer

__all__ = ["DEEP", "RAM_STYLES", "RegisteredRom", "bank_bits"]

RAM_STYLES = {"block": "block", "lut": "logic"}
SHALLOW, WIDE = 512, 72  # words and bits of a block RAM at its widest
DEEP = SHALLOW * 64  # words of a block RAM of single bits


def bank_bits(words: int) -> int:
    """Bits to a block RAM of 36 Kb that holds `words` words, or more.

    72 up to 512 words, half as many for each doubling, in widths without the ninth bit of a byte below 9; 1 from 32,768
    words on.

    >>> bank_bits(512), bank_bits(1024), bank_bits(8192), bank_bits(32768)
    (72, 36, 4, 1)
    """
    doublings = max(min(words, DEEP) - 1, 0) // SHALLOW
    width = WIDE >> doublings.bit_length()
    return width if width >= 9 else 1 << width.bit_length() - 1


class RegisteredRom(wiring.Component):
    """Reads words through two registers, so that the second can become the output register inside a block RAM.

    For that the second register has no reset and shares the memory's enable (none here, so both always load). In block
    RAM the words are cut into banks as wide as a block RAM of their number, so that no multiplexer chooses between
    block RAMs, whose outputs come late.

    Parameters
    ----------
    words : list of int
    width : int
    storage : str
        `block` for block RAM, `lut` for look-up tables.

    Members
    -------
    address : In
    data : Out

    Cycles
    ------
    `latency` = 2 from `address` to `data`; one word a clock.

    Raises
    ------
    TypeError, ValueError
        if `width` is not a positive integer, or for another storage.

    Examples
    --------
    >>> RegisteredRom([3, 1, 4, 1], width=3, storage="lut").address.shape()
    unsigned(2)
    """

    latency = 2

    def __init__(self, words, width: int, storage: str):
        check_integer("width of a word", width)
        check_choice("memory storage", storage, RAM_STYLES)
        self._words, self._storage = words, storage
        super().__init__({"address": In(range(max(len(words), 2))), "data": Out(unsigned(width))})

    def elaborate(self, platform):
        m = Module()
        width = len(self.data)
        bank = bank_bits(len(self._words)) if self._storage == "block" else width
        outputs = []
        for index, start in enumerate(range(0, width, bank)):
            bits = min(bank, width - start)
            rom = memory.Memory(shape=unsigned(bits), depth=max(len(self._words), 2),
                                init=[word >> start & (1 << bits) - 1 for word in self._words],
                                attrs={"ram_style": RAM_STYLES[self._storage]})
            m.submodules[f"bank_{index}"] = rom
            port = rom.read_port()
            output = Signal(bits, name=f"output_{index}", reset_less=True, attrs={"output_register": "yes"})
            m.d.comb += port.addr.eq(self.address)
            m.d.sync += output.eq(port.data)
            outputs.append(output)
        m.d.comb += self.data.eq(Cat(outputs))
        return m
