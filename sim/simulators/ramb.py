"""Decodes the parameters of a RAMB18E1 or RAMB36E1 (7 Series Memory Resources, UG473, chapter 1)."""

from dataclasses import dataclass

from varigate.model.errors import UserError
from varigate.platform.toolchains.netlist import Cell

__all__ = ["Pins", "Ramb", "RambPort", "parse"]

ADDRESS_BITS = {"RAMB18E1": 14, "RAMB36E1": 15}  # the address of a single bit
WIDEST = {"RAMB18E1": 36, "RAMB36E1": 72}  # in simple dual-port mode; half of it in true dual-port mode
WIDTHS = {0: (0, 0), 1: (1, 0), 2: (2, 0), 4: (4, 0), 9: (8, 1), 18: (16, 2), 36: (32, 4), 72: (64, 8)}
FIXED = {"RAM_EXTENSION_A": "NONE", "RAM_EXTENSION_B": "NONE", "EN_ECC_READ": "FALSE", "EN_ECC_WRITE": "FALSE",
         "INIT_FILE": "NONE", "IS_CLKARDCLK_INVERTED": 0, "IS_CLKBWRCLK_INVERTED": 0}


@dataclass(frozen=True)
class Pins:
    """The names of a port's pins; data pins in order, the lowest first."""

    clock: str
    enable: str
    address: str
    write: str
    reset: str
    register_enable: str
    register_reset: str


A = Pins("CLKARDCLK", "ENARDEN", "ADDRARDADDR", "WEA", "RSTRAMARSTRAM", "REGCEAREGCE", "RSTREGARSTREG")
B = Pins("CLKBWRCLK", "ENBWREN", "ADDRBWRADDR", "WEBWE", "RSTRAMB", "REGCEB", "RSTREGB")


@dataclass(frozen=True)
class RambPort:
    """One of the two ports.

    Members
    -------
    read, write : (int, int)
        bits of data and of parity; (0, 0) if the port does not read, or write.
    data_in, parity_in, data_out, parity_out : tuples of names of pins
    mode : str
        WRITE_FIRST, READ_FIRST or NO_CHANGE.
    registered : bool
        whether the output register is used.
    reset_first : bool
        whether the output register's reset works without enable.
    init, reset_value : int
        of the outputs; parity above data.
    """

    pins: Pins
    read: tuple[int, int]
    write: tuple[int, int]
    data_in: tuple[str, ...]
    parity_in: tuple[str, ...]
    data_out: tuple[str, ...]
    parity_out: tuple[str, ...]
    mode: str
    registered: bool
    reset_first: bool
    init: int
    reset_value: int


@dataclass(frozen=True)
class Ramb:
    """A block RAM as rows; a row is as wide as the widest word that a port reads or writes.

    Members
    -------
    ports : tuple of RambPort
        the ports that are used.
    inverted : frozenset of names of pins
    data, parity : int
        bits of a row.
    rows : list of int
        initial contents; parity above data.
    address_bits : int
        of the address of a single bit.
    """

    ports: tuple[RambPort, ...]
    inverted: frozenset[str]
    data: int
    parity: int
    rows: list[int]
    address_bits: int


def _bits(value) -> int:
    """The value of a parameter in bits; undefined bits are 0, as in a bitstream."""
    return int(value.translate(str.maketrans("xz", "00")), 2) if isinstance(value, str) else value


class _Parser:
    def __init__(self, cell: Cell):
        self._cell, self._half = cell, WIDEST[cell.type] // 2
        for name, value in FIXED.items():
            self._choice(name, value)
        self._simple = self._choice("RAM_MODE", "TDP", "SDP") == "SDP"

    def _refuse(self, name: str, value):
        raise UserError(f"the model of {self._cell.type} does not support {name} = {value}")

    def _choice(self, name: str, *allowed):
        """A parameter that is one of `allowed`, the first of which is the default."""
        value = self._cell.parameters.get(name, allowed[0])
        value = str(value).strip() if isinstance(allowed[0], str) else _bits(value)
        if value not in allowed:
            self._refuse(name, value)
        return value

    def _number(self, name: str) -> int:
        return _bits(self._cell.parameters.get(name, 0))

    def _width(self, way: str, side: str) -> tuple[int, int]:
        name = f"{way}_WIDTH_{side}"
        width = self._number(name)
        if width not in WIDTHS or width > (WIDEST[self._cell.type] if self._simple else self._half):
            self._refuse(name, width)
        if self._simple and width and (way, side) not in (("READ", "A"), ("WRITE", "B")):
            self._refuse(f"{name} in RAM_MODE SDP", width)
        return WIDTHS[width]

    def _output_value(self, name: str, side: str, data: int, parity: int) -> int:
        """INIT or SRVAL of a port; for the widest word, A has the low half and B the high half."""
        if data + parity <= self._half:
            return self._number(f"{name}_{side}") & (1 << data + parity) - 1
        data, parity = data // 2, parity // 2
        halves = [self._number(f"{name}_{part}") for part in "AB"]
        return sum(((half & (1 << data) - 1) << place * data) | ((half >> data & (1 << parity) - 1)
                   << 2 * data + place * parity) for place, half in enumerate(halves))

    def port(self, side: str, pins: Pins) -> RambPort:
        read, write = self._width("READ", side), self._width("WRITE", side)
        ins = ("A", "B") if sum(write) > self._half else (side,)
        outs = ("A", "B") if sum(read) > self._half else (side,)
        registered = self._choice(f"DO{side}_REG", 0, 1)
        if len(outs) == 2 and self._number("DOB_REG") != registered:
            self._refuse("a DOB_REG other than DOA_REG with READ_WIDTH_A", sum(read))
        modes = ("WRITE_FIRST", "READ_FIRST", *(() if self._simple else ("NO_CHANGE",)))
        return RambPort(
            pins, read, write, tuple(f"DI{s}DI" for s in ins), tuple(f"DIP{s}DIP" for s in ins),
            tuple(f"DO{s}DO" for s in outs), tuple(f"DOP{s}DOP" for s in outs),
            self._choice(f"WRITE_MODE_{side}", *modes), bool(registered),
            self._choice(f"RSTREG_PRIORITY_{side}", "RSTREG", "REGCE") == "RSTREG",
            self._output_value("INIT", side, *read), self._output_value("SRVAL", side, *read))

    def contents(self, prefix: str, width: int, depth: int) -> list[int]:
        """The `depth` words of `width` bits in PREFIX_00, PREFIX_01, …; the first word is the lowest."""
        lines = (self._number(f"{prefix}_{line:02X}").to_bytes(32, "little") for line in range(depth * width // 256))
        whole = int.from_bytes(b"".join(lines), "little")
        digits = f"{whole:0{depth * width}b}"[::-1]
        return [int(digits[width * row:width * (row + 1)][::-1], 2) for row in range(depth)]


def parse(cell: Cell) -> Ramb:
    """Decodes a block RAM of a netlist.

    Raises
    ------
    UserError
        for cascades, error correction, inverted clocks and two clocks, with the parameter.
    """
    parser = _Parser(cell)
    ports = tuple(port for port in (parser.port("A", A), parser.port("B", B)) if port.read[0] or port.write[0])
    clocks = {tuple(cell.inputs.get(port.pins.clock, ())) for port in ports}
    if len(clocks) != 1:
        raise UserError(f"the model of {cell.type} needs one clock for both ports; this cell has {len(clocks)}")
    data, parity = max(max(port.read, port.write) for port in ports)
    bits = ADDRESS_BITS[cell.type]
    depth = (1 << bits) // data
    rows = parser.contents("INIT", data, depth)
    if parity:
        rows = [low | high << data for low, high in zip(rows, parser.contents("INITP", parity, depth), strict=True)]
    inverted = frozenset(name for name in cell.inputs if _bits(cell.parameters.get(f"IS_{name}_INVERTED", 0)))
    return Ramb(ports, inverted, data, parity, rows, bits)
