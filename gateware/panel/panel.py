"""The panel: the board without a host. Switches choose an example, buttons run it, LEDs, display and text answer."""

import numpy as np
from amaranth.hdl import Cat, Module, Mux, Signal
from amaranth.lib import memory, stream, wiring
from amaranth.lib.wiring import In, Out

from varigate.gateware.core.arbiter import Message
from varigate.gateware.core.job import Client
from varigate.gateware.panel.buttons import ButtonLayout, Buttons, Switches
from varigate.gateware.panel.decimals import Values
from varigate.gateware.panel.display import Display
from varigate.gateware.panel.leds import Leds, Snoop
from varigate.gateware.panel.pages import Page, Pages, Turner
from varigate.gateware.panel.text import Text, class_shape
from varigate.gateware.panel.walk import Walk, pair_bits
from varigate.gateware.video.screen_layout import image_side
from varigate.model.network.network import Network
from varigate.model.protocol.operations import Op, Part
from varigate.model.protocol.text import shown_outputs

__all__ = ["LUT_ROM_BITS", "Panel", "examples_shape"]

LUT_ROM_BITS = 16384  # larger memories of examples are left to the tool, which puts them in block RAM
NUMBER_BITS = 8


def examples_shape(network: Network) -> tuple[int, int]:
    """Rows and columns of the memory of examples: their numbers and their inputs, up to powers of two.

    >>> from varigate.model.network import network_file
    >>> examples_shape(network_file.load(network_file.find("iris")))
    (256, 4)
    """
    return 1 << max(len(network.examples) - 1, 0).bit_length(), 1 << (network.inputs - 1).bit_length()


class Panel(wiring.Component):
    """A client of the core that runs the network's built-in examples.

    Switches 0–7 choose the example, 1 … n; the centre button runs it (RECONSTRUCT), and the right button runs it again
    with a new ε. After a run the line of `model.protocol.text.line` is sent. The display shows the pages of
    `gateware.panel.pages`: the number, and after the centre button the class; after the right button, z and the
    reconstruction in turn (networks with more than 16 outputs go on showing number and class). Another number clears
    the class.

    For networks of images left, right, up and down steer a point in the latent space instead (`gateware.panel.walk`),
    and switches 8 and on choose the pair of its dimensions; the centre button, which draws a new ε each time, puts the
    point to the z that it has drawn. After each step the point is decoded, without a line of text, and the display
    shows its place in the pair.

    A press during a run, the sending of its line included, is remembered; of several the last one counts. The switches
    are looked at between runs. A press for a number that is no example does nothing.

    Parameters
    ----------
    network : Network
    clock_hz : float
    settle, led_time, page_time : float
        seconds: buttons' debouncing, the error LED's stretching, and how long z or the reconstruction is shown.
    digit_hz : float
        digits of the display a second.
    repeat_hz : float
        steps a second of a button that is held.

    Members
    -------
    switches : In(16)
        raw, as `buttons` are.
    buttons : In(ButtonLayout)
    leds : Out(16)
    segments, anodes : Out(8)
        see `gateware.panel.display`.
    client : Out(Client)
    o : Out(stream of Message)
        a line of text after each run.
    snoop : In(Snoop)
        the core's result stream: LEDs show the class of whatever was run.
    epsilon_on, error, busy : In(1)
        for the LEDs, see `gateware.panel.leds`.
    walking : Out(1)
        the core decodes the point that is steered: its answer belongs to the walk.

    Cycles
    ------
    From the pulse of a button to the job 2 clocks; to the last byte of data, 2 more for each byte. Values are taken
    from the core in `Values.latency` clocks each, the rest of its answer at once.

    Raises
    ------
    TypeError, ValueError
        if a rate or a time is not a positive number, or a digit lasts less than two clocks.

    Examples
    --------
    >>> from varigate.model.network import network_file
    >>> iris = network_file.load(network_file.find("iris"))
    >>> "walking" in Panel(iris).signature.members
    True
    """

    def __init__(self, network: Network, *, clock_hz: float = 100e6, settle: float = 0.01, digit_hz: float = 1000,
                 led_time: float = 0.05, page_time: float = 1.0, repeat_hz: float = 8):
        self._network = network
        self._steered = image_side(network) is not None
        if self._steered:
            self._walk = Walk(network, clock_hz=clock_hz, repeat_hz=repeat_hz)
        self._turner = Turner(network, clock_hz=clock_hz, page_time=page_time)
        self._buttons = Buttons(clock_hz=clock_hz, settle=settle)
        self._display = Display(clock_hz=clock_hz, digit_hz=digit_hz)
        self._leds = Leds(network, clock_hz=clock_hz, led_time=led_time)
        super().__init__({
            "switches": In(16), "buttons": In(ButtonLayout),
            "leds": Out(16), "segments": Out(8), "anodes": Out(8),
            "client": Out(Client), "o": Out(stream.Signature(Message)), "snoop": In(Snoop),
            "epsilon_on": In(1), "error": In(1), "busy": In(1), "walking": Out(1),
        })

    def _examples(self):
        """Return the memory of the examples' bytes, and its read port; rows and columns are padded to powers of two."""
        examples, inputs = self._network.examples, self._network.inputs
        table = np.zeros(examples_shape(self._network), dtype=int)
        if examples.size:
            table[:len(examples), :inputs] = examples
        bytes_ = memory.Memory(shape=8, depth=table.size, init=table.ravel().tolist())
        # A port without a register keeps a small memory out of block RAM.
        return bytes_, bytes_.read_port(domain="comb" if 8 * table.size <= LUT_ROM_BITS else "sync")

    def _walk_state(self, m, held, pair, values, running):
        """Add the state WALK: the point that is steered has the core and the numbers on the display."""
        m.submodules.walk = walk = self._walk
        client = self.client
        m.d.comb += [
            walk.held.eq(held), walk.pair.eq(pair), self.walking.eq(walk.decoding),
            walk.start.valid.eq(client.result.valid & client.result.ready & (client.result.payload.part == Part.Z)),
            walk.start.payload.eq(client.result.payload.value),
        ]
        with m.State("WALK"):
            m.d.comb += [
                walk.go.eq(1), running.eq(1),
                values.i.valid.eq(walk.o.valid), walk.o.ready.eq(values.i.ready),
                values.i.payload.slot.eq(walk.o.payload.index + 1), values.i.payload.code.eq(walk.o.payload.z),
            ]
            for ours, theirs in ((client.job, walk.client.job), (client.data, walk.client.data),
                                 (walk.client.result, client.result)):
                m.d.comb += [ours.payload.eq(theirs.payload), ours.valid.eq(theirs.valid), theirs.ready.eq(ours.ready)]
            with m.If(walk.done):
                m.next = "IDLE"

    def elaborate(self, platform):
        m = Module()
        network, client, result = self._network, self.client, self.client.result.payload
        m.submodules.switches = switches = Switches(NUMBER_BITS + pair_bits(network) * self._steered)
        m.submodules.buttons = buttons = self._buttons
        m.submodules.leds = leds = self._leds
        m.submodules.display = display = self._display
        m.submodules.pages = pages = Pages(network)
        m.submodules.values = values = Values(network)
        m.submodules.text = text = Text(network)
        m.submodules.examples, read = self._examples()
        wiring.connect(m, pages.values, values.readers[0])
        wiring.connect(m, text.values, values.readers[1])
        wiring.connect(m, wiring.flipped(self.o), text.o)
        wiring.connect(m, wiring.flipped(self.snoop), leds.snoop)

        number, pair = Signal(NUMBER_BITS), Signal(pair_bits(network))
        chosen = switches.o[:NUMBER_BITS]
        m.d.comb += pair.eq(switches.o[NUMBER_BITS:])
        valid, known, running = Signal(), Signal(), Signal()
        cls = Signal(class_shape(network), reset_less=True)
        m.submodules.turner = turner = self._turner
        m.d.comb += [
            switches.pins.eq(self.switches),
            buttons.pins.eq(self.buttons),
            valid.eq((number != 0) & (number <= len(network.examples))),
            pages.page.eq(turner.page), pages.digit.eq(display.digit), pages.pair.eq(pair),
            pages.valid.eq(valid), pages.known.eq(known), pages.cls.eq(cls),
            display.pattern.eq(pages.pattern), self.segments.eq(display.segments), self.anodes.eq(display.anodes),
            leds.epsilon_on.eq(self.epsilon_on), leds.error.eq(self.error),
            leds.busy.eq(self.busy | running), self.leds.eq(leds.leds),
        ]

        def show(page):
            m.d.comb += [turner.chosen.eq(page), turner.choose.eq(1)]

        byte = Signal(range(max(2, network.inputs)), reset_less=True)
        slot = Signal.like(values.i.payload.slot, reset_less=True)
        m.d.comb += [
            read.addr.eq(Cat(byte[:(network.inputs - 1).bit_length()], (number - 1)[:NUMBER_BITS])),
            client.job.payload.eq(Op.RECONSTRUCT),
            client.data.payload.eq(read.data),
            values.i.payload.slot.eq(slot),
            text.i.payload.eq(cls),
        ]

        wanted, wanted_again, again = Signal(), Signal(), Signal()
        with m.FSM():
            with m.State("IDLE"):
                m.d.sync += byte.eq(0)
                with m.If(chosen != number):
                    m.d.sync += [number.eq(chosen), slot.eq(0), known.eq(0)]
                    show(Page.CLASS)
                    m.next = "NUMBER"
                with m.Elif(wanted):
                    m.d.sync += [wanted.eq(0), again.eq(wanted_again)]
                    with m.If(valid):
                        m.next = "JOB"
                if self._steered:
                    with m.Elif(self._walk.wanted):
                        show(Page.Z)
                        m.next = "WALK"

            with m.State("NUMBER"):
                m.d.comb += [values.i.valid.eq(1), values.i.payload.code.eq(number)]
                with m.If(values.i.ready):
                    m.next = "IDLE"

            with m.State("JOB"):
                m.d.comb += [running.eq(1), client.job.valid.eq(1)]
                with m.If(client.job.ready):
                    m.next = "FETCH"

            with m.State("FETCH"):
                m.d.comb += running.eq(1)
                m.next = "DATA"

            with m.State("DATA"):
                m.d.comb += [running.eq(1), client.data.valid.eq(1)]
                m.d.sync += slot.eq(1)
                with m.If(client.data.ready):
                    m.d.sync += byte.eq(byte + 1)
                    m.next = "FETCH"
                    with m.If(byte == network.inputs - 1):
                        m.next = "RESULT"

            with m.State("RESULT"):
                kept = (result.part == Part.Z) | ((result.part == Part.OUTPUT) & (shown_outputs(network) > 0))
                m.d.comb += [
                    running.eq(1),
                    values.i.valid.eq(client.result.valid & kept),
                    values.i.payload.code.eq(result.value),
                    client.result.ready.eq(values.i.ready | ~kept),
                ]
                with m.If(client.result.valid & client.result.ready):
                    m.d.sync += slot.eq(slot + kept)
                    with m.If(result.part == Part.CLASS):
                        m.d.sync += [cls.eq(result.value), known.eq(1)]
                    with m.If(result.last):
                        show(Mux(again & (shown_outputs(network) > 0), Page.Z, Page.CLASS))
                        m.next = "TEXT"

            with m.State("TEXT"):  # the last value may still be on its way
                m.d.comb += [running.eq(1), text.i.valid.eq(values.i.ready)]
                with m.If(text.i.ready):
                    m.next = "IDLE"

            if self._steered:
                self._walk_state(m, buttons.held, pair, values, running)

        with m.If(buttons.pressed.center | (buttons.pressed.right & (not self._steered))):
            m.d.sync += [wanted.eq(1), wanted_again.eq(~buttons.pressed.center)]
        return m
