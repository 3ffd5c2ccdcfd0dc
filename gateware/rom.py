"""A read-only memory with a second register directly after its read port."""

from amaranth.hdl import Module, Signal, unsigned
from amaranth.lib import memory, wiring
from amaranth.lib.wiring import In, Out

__all__ = ["STYLES", "RegisteredRom"]

STYLES = {"block": "block", "lut": "logic"}


class RegisteredRom(wiring.Component):
    """Words that are read through two registers. The second one has no reset and shares the memory's enable (none
    here, so both always load), as the output register inside a block RAM demands.

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
    """

    latency = 2

    def __init__(self, words, width: int, style: str):
        if style not in STYLES:
            raise ValueError(f"a memory's style is one of {', '.join(STYLES)}, not {style!r}")
        self._words, self._style = words, style
        super().__init__({"address": In(range(max(len(words), 2))), "data": Out(unsigned(width))})

    def elaborate(self, platform):
        m = Module()
        m.submodules.memory = rom = memory.Memory(
            shape=unsigned(len(self.data)), depth=max(len(self._words), 2), init=self._words,
            attrs={"ram_style": STYLES[self._style]})
        port = rom.read_port()
        output = Signal(len(self.data), reset_less=True)
        m.d.comb += [port.addr.eq(self.address), self.data.eq(output)]
        m.d.sync += output.eq(port.data)
        return m
