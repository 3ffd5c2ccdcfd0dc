"""The board-independent top: core, serial port with its protocol, and panel.

    rx ─► UART ─► protocol ─┐                ┌─► LEDs, display
                            ├─► arbiter ─► core
    switches, buttons ─► panel ─┘            │
    tx ◄─ UART ◄─ frames and lines of text ◄─┘        images on the way ─► screen ─► VGA
"""

from dataclasses import dataclass

from amaranth.hdl import Module
from amaranth.lib import fifo, wiring
from amaranth.lib.wiring import In, Out

from varigate.gateware.core.arbiter import CoreArbiter, MessageArbiter
from varigate.gateware.core.job import OpShape, Result
from varigate.gateware.core.vae import FoldedVae
from varigate.gateware.engine.program import Array
from varigate.gateware.lib.number import connect
from varigate.gateware.lib.pipeline import SkidBuffer
from varigate.gateware.link.protocol import Protocol
from varigate.gateware.link.uart import UartReceiver, UartTransmitter, check_baud
from varigate.gateware.panel.buttons import ButtonLayout
from varigate.gateware.panel.panel import Panel
from varigate.gateware.video.gallery import watch
from varigate.gateware.video.screen import Screen
from varigate.gateware.video.screen_layout import image_side
from varigate.gateware.video.vga import PINS, Vga
from varigate.model.network.network import Network

__all__ = ["HumanTimes", "Top"]


@dataclass(frozen=True)
class HumanTimes:
    """Rates and times that a person notices, in hertz and seconds. Tests make them short."""

    settle: float = 0.01  # buttons are debounced
    digit_hz: float = 1000.0  # digits of the display a second
    led_time: float = 0.05  # the LEDs for error and busy are stretched
    page_time: float = 1.0  # z and reconstruction take turns
    repeat_hz: float = 8.0  # steps of a button that is held
    pixel_hz: float = 25e6  # of the screen; the nearest whole number of clocks, at least one


class Top(wiring.Component):
    """The whole design, without its clock and pins.

    Parameters
    ----------
    network : Network
    digest : bytes
        of the network, 32 bytes (`model.network.network_file.digest`).
    array : Array
    weights : str
        where the weights are kept: `lut` or `block`.
    clock_hz, baud : int
    times : HumanTimes

    Members
    -------
    rx : In(1), tx : Out(1)
        the serial port, 8N1; high when idle.
    switches : In(16)
        0–7 choose a built-in example; for networks of images 8 and on a pair of latent dimensions.
    buttons : In(ButtonLayout)
        center runs the example, right runs it with a new ε; for networks of images left, right, up and down steer a
        point in the latent space.
    leds : Out(16)
        0…12 the class, 13 ε on, 14 protocol error until the next good frame, 15 busy; 14 and 15 are stretched.
    segments, anodes : Out(8)
        the display; bits 0…7 of a digit are a…g and the point, bit 0 of the anodes is the rightmost digit.
    red, green, blue : Out(4)
    hsync, vsync : Out(1)
        a VGA screen, see `gateware.video.vga` and `gateware.video.screen`; networks of images alone have one.

    Cycles
    ------
    Those of `UartReceiver`, `Protocol` or `Panel`, `CoreArbiter`, `FoldedVae` (`gateware.estimate.timing.cycles`) and
    `UartTransmitter`, one after the other. A job, a byte of its data and a number of its results each take a clock
    more, in the buffers around the core.

    Raises
    ------
    UserError
        if the clock cannot make the baud rate.
    ValueError
        if the digest has another length, or `weights` is neither `lut` nor `block`.

    Examples
    --------
    >>> from varigate.model.network import network_file
    >>> iris = network_file.load(network_file.find("iris"))
    >>> top = Top(iris, network_file.digest(iris), array=Array(8, 1))
    >>> sorted(top.signature.members)
    ['anodes', 'buttons', 'leds', 'rx', 'segments', 'switches', 'tx']
    """

    def __init__(self, network: Network, digest: bytes, *, array: Array, weights: str = "lut",
                 clock_hz: int = 100_000_000, baud: int = 115_200, times: HumanTimes = HumanTimes()):
        check_baud(clock_hz, baud)
        self._network, self._clock_hz, self._baud, self._times = network, clock_hz, baud, times
        self._protocol = Protocol(network, digest)
        self._core = FoldedVae(network, array, weights=weights)
        self._side = image_side(network)
        super().__init__({
            "rx": In(1, init=1),
            "tx": Out(1, init=1),
            "switches": In(16),
            "buttons": In(ButtonLayout),
            "leds": Out(16),
            "segments": Out(8),
            "anodes": Out(8),
            **({} if self._side is None else PINS),
        })

    def elaborate(self, platform):
        clock_hz, baud, times = self._clock_hz, self._baud, self._times
        m = Module()
        m.submodules.receiver = receiver = UartReceiver(clock_hz, baud)
        m.submodules.transmitter = transmitter = UartTransmitter(clock_hz, baud)
        m.submodules.protocol = protocol = self._protocol
        m.submodules.panel = panel = Panel(
            self._network, clock_hz=clock_hz, settle=times.settle, digit_hz=times.digit_hz,
            led_time=times.led_time, page_time=times.page_time, repeat_hz=times.repeat_hz)
        m.submodules.core = core = self._core
        m.submodules.arbiter = arbiter = CoreArbiter(2)
        m.submodules.messages = messages = MessageArbiter(2)

        m.d.comb += [receiver.rx.eq(self.rx), self.tx.eq(transmitter.tx)]
        wiring.connect(m, receiver.o, protocol.i)
        wiring.connect(m, protocol.core, arbiter.clients[0])
        wiring.connect(m, panel.client, arbiter.clients[1])
        self._between(m, arbiter.core, core.client)
        wiring.connect(m, protocol.o, messages.i[0])
        wiring.connect(m, panel.o, messages.i[1])
        wiring.connect(m, messages.o, transmitter.i)
        wiring.connect(m, protocol.seed, core.seed)

        m.d.comb += [
            core.epsilon_on.eq(protocol.epsilon_on),
            protocol.epsilon_index.eq(core.epsilon_index),
            panel.switches.eq(self.switches),
            panel.buttons.eq(self.buttons),
            panel.snoop.valid.eq(arbiter.core.result.valid),
            panel.snoop.ready.eq(arbiter.core.result.ready),
            panel.snoop.payload.eq(arbiter.core.result.payload),
            panel.epsilon_on.eq(protocol.epsilon_on),
            panel.error.eq(protocol.error),
            panel.busy.eq(arbiter.busy),
            self.leds.eq(panel.leds),
            self.segments.eq(panel.segments),
            self.anodes.eq(panel.anodes),
        ]
        if self._side is not None:
            self._draw(m, core.client, panel.walking)
        return m

    @staticmethod
    def _between(m, client, core):
        """Put buffers between arbiter and core, so that no long path leads through protocol or panel and core.

        Results come late in their clock: their buffer is a memory, which has nothing before it to choose what is
        stored.
        """
        m.submodules.job_buffer, m.submodules.data_buffer = buffers = SkidBuffer(OpShape), SkidBuffer(8)
        for buffer, source, sink in zip(buffers, (client.job, client.data), (core.job, core.data), strict=True):
            connect(m, source, buffer.i)
            connect(m, buffer.o, sink)
        m.submodules.result_buffer = results = fifo.SyncFIFO(width=Result.size, depth=2)
        m.d.comb += [
            results.w_data.eq(core.result.payload), results.w_en.eq(core.result.valid),
            core.result.ready.eq(results.w_rdy),
            client.result.payload.eq(results.r_data), client.result.valid.eq(results.r_rdy),
            results.r_en.eq(client.result.ready),
        ]

    def _draw(self, m, client, walking):
        """Add the screen, which watches the core; nobody waits for it."""
        m.submodules.screen = screen = Screen(self._side)
        m.submodules.vga = vga = Vga(clocks=max(1, round(self._clock_hz / self._times.pixel_hz)),
                                     latency=screen.latency)
        watch(m, client, screen.watched)
        m.d.comb += [screen.walking.eq(walking), screen.x.eq(vga.x), screen.y.eq(vga.y), vga.colour.eq(screen.colour)]
        m.d.comb += [getattr(self, name).eq(getattr(vga, name)) for name in PINS]
