"""The numbers that the board shows, in decimal: the example's number, its z, its reconstruction.

Slot 0 is the number, slots 1 … `latent` are z, the others the outputs (none for networks with more than 16).
"""

from amaranth.hdl import Module, Mux, Signal, unsigned
from amaranth.lib import data, memory, stream, wiring
from amaranth.lib.wiring import In, Out

from varigate.gateware.lib.checks import check_integer
from varigate.model.network.network import Network
from varigate.model.protocol.text import hundredths, shown_outputs

__all__ = ["Decimal", "Values", "reader", "slots", "value_layout"]


def slots(network: Network) -> int:
    """Count the numbers that are kept.

    >>> from varigate.model.network import network_file
    >>> slots(network_file.load(network_file.find("iris")))
    7
    """
    return 1 + network.latent + shown_outputs(network)


def _greatest(network: Network) -> int:
    return max(255, hundredths(-128, network.z.frac))


def value_layout(network: Network):
    """Layout of a shown number: a sign and decimal digits, the lowest first; a z in hundredths.

    >>> from varigate.model.network import network_file
    >>> value_layout(network_file.load(network_file.find("iris")))["digits"].shape
    ArrayLayout(4, 3)
    """
    return data.StructLayout({"negative": 1, "digits": data.ArrayLayout(4, len(str(_greatest(network))))})


def _slot_bits(network: Network) -> int:
    return slots(network).bit_length()


def reader(network: Network):
    """The signature of a reader: the value comes in the same clock as the slot is asked for.

    >>> from varigate.model.network import network_file
    >>> reader(network_file.load(network_file.find("iris"))).members["slot"]
    Out(3)
    """
    return wiring.Signature({"slot": Out(_slot_bits(network)), "value": In(value_layout(network))})


class Decimal(wiring.Component):
    """Converts binary numbers to decimal, a bit a clock: before each doubling, 3 is added to digits of 5 and more.

    Parameters
    ----------
    bits, digits : int
        of the binary and of the decimal number.

    Members
    -------
    i : In(stream of unsigned)
    o : Out(stream of digits, the lowest first)

    Cycles
    ------
    `latency` = 1 + bits from an accepted number to its digits; one number in 2 + bits clocks, if its digits are taken
    at once.

    Raises
    ------
    TypeError, ValueError
        if `bits` or `digits` is not a positive integer.

    Examples
    --------
    >>> Decimal(bits=9, digits=3).latency
    10
    """

    def __init__(self, bits: int, digits: int):
        check_integer("width of a number", bits)
        check_integer("number of digits", digits)
        super().__init__({
            "i": In(stream.Signature(unsigned(bits))),
            "o": Out(stream.Signature(data.ArrayLayout(4, digits))),
        })

    @property
    def latency(self) -> int:
        """Clocks from an accepted number to its digits."""
        return len(self.i.payload) + 1

    def elaborate(self, platform):
        m = Module()
        bits = len(self.i.payload)
        left = Signal(range(bits + 1))
        binary = Signal(bits, reset_less=True)
        digits = Signal.like(self.o.payload, reset_less=True)
        m.d.comb += [self.i.ready.eq((left == 0) & ~self.o.valid), self.o.payload.eq(digits)]

        carry = binary[-1]
        with m.If(left != 0):
            m.d.sync += [left.eq(left - 1), binary.eq(binary << 1), self.o.valid.eq(left == 1)]
            for digit in digits:
                adjusted = Mux(digit >= 5, digit + 3, digit)[:4]
                m.d.sync += digit.eq((adjusted << 1) | carry)
                carry = adjusted[-1]
        with m.Elif(self.o.valid):
            m.d.sync += self.o.valid.eq(~self.o.ready)
        with m.Elif(self.i.valid):
            m.d.sync += [left.eq(bits), binary.eq(self.i.payload), digits.as_value().eq(0)]
        return m


class Values(wiring.Component):
    """Takes codes, and keeps them as decimals. z is rounded to hundredths, *half away from zero*
    (`model.protocol.text.hundredths`).

    Parameters
    ----------
    network : Network
    readers : int

    Members
    -------
    i : In(stream of {slot, code})
    readers : array of In(`reader(network)`)

    Cycles
    ------
    `latency` = 2 + bits of the greatest number, from an accepted code until it can be read and the next one is
    accepted; reading is combinational.

    Raises
    ------
    TypeError, ValueError
        if `readers` is not a positive integer.

    Examples
    --------
    >>> from varigate.model.network import network_file
    >>> iris = network_file.load(network_file.find("iris"))
    >>> slots(iris), Values(iris).latency
    (7, 11)
    """

    def __init__(self, network: Network, readers: int = 2):
        check_integer("number of readers", readers)
        self._network = network
        self._decimal = Decimal(_greatest(network).bit_length(), len(str(_greatest(network))))
        super().__init__({
            "i": In(stream.Signature(data.StructLayout({"slot": _slot_bits(network), "code": 8}))),
            "readers": In(reader(network)).array(readers),
        })

    @property
    def latency(self) -> int:
        """Clocks from an accepted code until it can be read."""
        return self._decimal.latency + 1

    def elaborate(self, platform):
        m = Module()
        network = self._network
        m.submodules.decimal = decimal = self._decimal
        slot, code = self.i.payload.slot, self.i.payload.code

        codes = [code if code < 128 else code - 256 for code in range(256)]
        m.submodules.table = table = memory.Memory(
            shape=len(decimal.i.payload), depth=256, init=[hundredths(each, network.z.frac) for each in codes])
        rounded = table.read_port(domain="comb")
        is_z, negative = Signal(), Signal()
        m.d.comb += [
            rounded.addr.eq(code),
            is_z.eq((slot >= 1) & (slot <= network.latent)),
            negative.eq(code[-1] & (is_z | ((slot != 0) & network.output.signed))),
            decimal.i.payload.eq(Mux(is_z, rounded.data, Mux(negative, -code, code)[:8])),
            decimal.i.valid.eq(self.i.valid),
            self.i.ready.eq(decimal.i.ready),
        ]

        target = Signal.like(slot, reset_less=True)
        sign = Signal(reset_less=True)
        with m.If(self.i.valid & self.i.ready):
            m.d.sync += [target.eq(slot), sign.eq(negative)]

        # The depth is a power of two, so that no address is outside.
        m.submodules.kept = kept = memory.Memory(
            shape=value_layout(network), depth=1 << len(slot), init=[], attrs={"ram_style": "distributed"})
        write = kept.write_port()
        m.d.comb += [
            decimal.o.ready.eq(1),
            write.en.eq(decimal.o.valid),
            write.addr.eq(target),
            write.data.negative.eq(sign),
            write.data.digits.eq(decimal.o.payload),
        ]
        for each in self.readers:
            read = kept.read_port(domain="comb")
            m.d.comb += [read.addr.eq(each.slot), each.value.eq(read.data)]
        return m
