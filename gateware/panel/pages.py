"""The pages of the display: the patterns of their digits, and the timer that turns them."""

from itertools import chain

from amaranth.hdl import Array, Cat, Const, Module, Mux, Signal
from amaranth.lib import enum, memory, wiring
from amaranth.lib.wiring import In, Out

from varigate.gateware.lib.checks import check_positive
from varigate.gateware.panel.decimals import reader
from varigate.gateware.panel.display import POINT, glyph
from varigate.gateware.panel.text import class_shape
from varigate.gateware.panel.walk import pair_bits
from varigate.model.network.network import Network
from varigate.model.protocol.text import decimals, shown_outputs

__all__ = ["LETTERS", "Page", "Pages", "Turner"]

LETTERS = 5


class Page(enum.Enum, shape=2):
    """CLASS: the number, and the class's first letters. Z: a pair of z. OUTPUT: the first outputs."""

    CLASS = 0
    Z = 1
    OUTPUT = 2


class Turner(wiring.Component):
    """Shows the page that was chosen last; Z and OUTPUT take turns, for networks whose outputs are shown.

    Parameters
    ----------
    network : Network
    clock_hz : float
    page_time : float
        seconds.

    Members
    -------
    choose : In(1), chosen : In(Page)
        a new page, for the whole of its time.
    page : Out(Page)

    Cycles
    ------
    `latency` = 1 from `choose` to `page`; pages change every max(1, round(clock_hz·page_time)) clocks.

    Raises
    ------
    TypeError, ValueError
        if `clock_hz` or `page_time` is not a positive number.

    Examples
    --------
    >>> from varigate.model.network import network_file
    >>> iris = network_file.load(network_file.find("iris"))
    >>> Turner(iris, clock_hz=1000, page_time=1).latency
    1
    """

    choose: In(1)
    chosen: In(Page)
    page: Out(Page)

    latency = 1

    def __init__(self, network: Network, *, clock_hz: float, page_time: float):
        check_positive("clock frequency", clock_hz)
        check_positive("time of a page", page_time)
        self._turns = shown_outputs(network) > 0
        self._clocks = max(1, round(clock_hz * page_time))
        super().__init__()

    def elaborate(self, platform):
        m = Module()
        clock = Signal(range(self._clocks), reset_less=True)
        m.d.sync += clock.eq(clock + 1)
        with m.If(self.choose):
            m.d.sync += [self.page.eq(self.chosen), clock.eq(0)]
        with m.Elif(clock == self._clocks - 1):
            m.d.sync += clock.eq(0)
            with m.If((self.page != Page.CLASS) & self._turns):
                m.d.sync += self.page.eq(Mux(self.page == Page.Z, Page.OUTPUT, Page.Z))
        return m


class Pages(wiring.Component):
    """Gives the pattern of one digit of a page.

    CLASS   `051.vErSi`: three digits with leading zeros and the point, `---` for a number that is no example; five
            letters, blank while the class is not known.
    Z       `-1.19 0.31`: two values in four places each: minus or blank, then three digits of d.dd; from 10 on dd.d,
            from 100 on ddd. (what does not fit is dropped, not rounded).
    OUTPUT  tenths without sign, `6.93.14.81.5`: four values in two places each, d.d; from 10.0 on dd., dropped
            likewise. All other outputs, `-012 105`: two values in four places each: minus or blank, then three digits,
            with the point for tenths.

    Parameters
    ----------
    network : Network

    Members
    -------
    page : In(Page)
    digit : In(3)
        0 is the rightmost.
    pair : In
        page Z shows the dimensions 2·pair and 2·pair + 1, if the network has them.
    valid, known : In(1)
        the number is that of an example; its class is known.
    cls : In(class index)
    values : Out(`reader(network)`)
    pattern : Out(8)

    Cycles
    ------
    Combinational, by way of `values`.

    Examples
    --------
    >>> from varigate.model.network import network_file
    >>> iris = network_file.load(network_file.find("iris"))
    >>> Pages(iris).cls.shape()
    unsigned(2)
    """

    def __init__(self, network: Network):
        self._network = network
        super().__init__({
            "page": In(Page), "digit": In(3), "pair": In(pair_bits(network)), "valid": In(1), "known": In(1),
            "cls": In(len(Const(0, class_shape(network)))),
            "values": Out(reader(network)), "pattern": Out(8),
        })

    def _letters(self):
        """Return the patterns by class (high) and place (three bits, 0 rightmost)."""
        names = [name[:LETTERS].ljust(LETTERS)[::-1].ljust(8) for name in self._network.class_names]
        rows = [[glyph(character) for character in name] for name in names]
        return [*chain.from_iterable(rows)] + [0] * (8 * (1 << len(self.cls)) - 8 * len(rows))

    def _fields(self, m, count, first, width, skipped=0):
        """Show `count` numbers from slot `first` on, the `skipped` first left out, in `width` places each.

        Returns a signal: whether there is a number at this digit.
        """
        places = 8 // width
        present = Signal()
        shift = width.bit_length() - 1
        with m.Switch(self.digit[shift:]):
            for field in range(places):
                with m.Case(places - 1 - field):
                    here = field + skipped < count
                    m.d.comb += [self.values.slot.eq(Mux(here, first + field + skipped, 0)), present.eq(here)]
        return present

    def elaborate(self, platform):
        m = Module()
        network, value = self._network, self.values.value
        m.submodules.names = names = memory.Memory(shape=8, depth=8 << len(self.cls), init=self._letters())
        letter = names.read_port(domain="comb")
        m.d.comb += letter.addr.eq(Cat(self.digit, self.cls))

        # A field is a window of the value's digits: `place` of the window's lowest is 0; 3 is the sign's.
        last = len(value.digits) - 1
        place, lowest, window = Signal(2), Signal(2), Signal(3)
        present, point, signed = Signal(), Signal(range(4)), Signal()
        m.d.comb += window.eq(place + lowest)

        def slide(top, limit):
            """Set the window's lowest digit so that the highest digit that is not zero is in place `top` or below."""
            for offset in range(1, min(limit, last - top) + 1):
                with m.If(value.digits[top + offset] != 0):
                    m.d.comb += lowest.eq(offset)

        tenths, outputs = decimals(network), shown_outputs(network)
        pairs = bool(tenths) and not network.output.signed
        with m.Switch(self.page):
            with m.Case(Page.CLASS):
                m.d.comb += [place.eq(self.digit - LETTERS), present.eq(1)]
            with m.Case(Page.Z):
                m.d.comb += [place.eq(self.digit[:2]), point.eq(2), signed.eq(1),
                             present.eq(self._fields(m, network.latent, 1, 4, 2 * self.pair))]
                slide(2, 2)
            with m.Case(Page.OUTPUT):
                first = 1 + network.latent
                if pairs:
                    m.d.comb += [place.eq(self.digit[0]), point.eq(1), present.eq(self._fields(m, outputs, first, 2))]
                    slide(1, 1)
                else:
                    m.d.comb += [place.eq(self.digit[:2]), point.eq(tenths), signed.eq(1),
                                 present.eq(self._fields(m, outputs, first, 4))]

        digits = Array([glyph(str(digit)) for digit in range(10)])
        selected, shown = Signal(4), Signal(8)
        m.d.comb += [
            selected.eq(value.digits[window]),
            shown.eq(Cat(Const(0, 7), (point != 0) & (window == point)) | digits[selected]),
        ]
        with m.If(self.page == Page.CLASS):
            with m.If(self.digit < LETTERS):
                m.d.comb += self.pattern.eq(Mux(self.known, letter.data, 0))
            with m.Elif(~self.valid):
                m.d.comb += self.pattern.eq(glyph("-"))
            with m.Else():
                m.d.comb += self.pattern.eq(shown | Mux(self.digit == LETTERS, POINT, 0))
        with m.Elif(present):
            m.d.comb += self.pattern.eq(shown)
            with m.If(signed & (place == 3)):
                m.d.comb += self.pattern.eq(Mux(value.negative, glyph("-"), 0))
        return m
