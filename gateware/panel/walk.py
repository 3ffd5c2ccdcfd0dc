"""Walks through the latent space by hand: buttons move a point along two dimensions, and the core decodes it."""

from amaranth.hdl import Cat, Const, Module, Mux, Signal, unsigned
from amaranth.lib import data, memory, stream, wiring
from amaranth.lib.wiring import In, Out

from varigate.gateware.core.job import Client
from varigate.gateware.lib.checks import check_integer, check_positive
from varigate.gateware.lib.saturation import saturate
from varigate.gateware.panel.buttons import ButtonLayout
from varigate.model.network.network import Network
from varigate.model.protocol.operations import Op

__all__ = ["Repeater", "Walk", "coordinate", "pair_bits"]

WAIT = 3  # intervals before the first repetition


def pair_bits(network: Network) -> int:
    """The width of the number of a pair of latent dimensions, 2·pair and 2·pair + 1.

    >>> from varigate.model.network import network_file
    >>> pair_bits(network_file.load(network_file.find("mnist")))
    3
    """
    return max(1, (network.latent - 1 >> 1).bit_length())


def coordinate(network: Network):
    """Layout of a coordinate: the index of a latent dimension, and z there, as bits.

    >>> from varigate.model.network import network_file
    >>> coordinate(network_file.load(network_file.find("mnist"))).size
    12
    """
    return data.StructLayout({"index": 1 + pair_bits(network), "z": unsigned(network.z.bits)})


class Repeater(wiring.Component):
    """Repeats buttons while they are held: at once, `WAIT` intervals later, then every interval.

    Parameters
    ----------
    interval : int
        clocks.

    Members
    -------
    held : In(ButtonLayout)
        debounced levels.
    moves : Out(ButtonLayout)
        the buttons that are down, as a pulse of one clock; center never is.

    Cycles
    ------
    `latency` = 1 from a button that goes down to its first pulse; the second one comes `WAIT`·interval clocks after it,
    the others every `interval` clocks.

    Raises
    ------
    TypeError, ValueError
        if `interval` is not a positive integer.

    Examples
    --------
    >>> Repeater(interval=50).latency
    1
    """

    latency = 1

    def __init__(self, interval: int):
        check_integer("interval of a repeater", interval)
        self._interval = interval
        super().__init__({"held": In(ButtonLayout), "moves": Out(ButtonLayout)})

    def elaborate(self, platform):
        m = Module()
        held = Signal(ButtonLayout)
        m.d.comb += [held.eq(self.held), held.center.eq(0)]
        clock, repeating = Signal(range(self._interval * WAIT)), Signal()
        m.d.sync += [self.moves.eq(0), repeating.eq(0), clock.eq(0)]
        with m.If(held.as_value().any()):
            m.d.sync += [repeating.eq(1), clock.eq(clock + 1)]
            with m.If(~repeating):
                m.d.sync += [self.moves.eq(held), clock.eq(0)]
            with m.Elif(clock == self._interval * WAIT - 1):
                m.d.sync += [self.moves.eq(held), clock.eq(self._interval * (WAIT - 1))]
        return m


class Walk(wiring.Component):
    """A client of the core that keeps a point z, moves it by a quarter of the prior's σ a step, and has it decoded.

    Left and right move it in the first dimension of the chosen pair, down and up in the second; it stops at the ends of
    z's format. Dimensions that the network lacks are neither moved nor told. A move that comes while one waits replaces
    it.

    Parameters
    ----------
    network : Network
    clock_hz, repeat_hz : float
        clocks a second; steps a second while a button is held.

    Members
    -------
    held : In(ButtonLayout)
        debounced levels.
    pair : In
        chooses the dimensions 2·pair and 2·pair + 1.
    start : In(stream of bytes, always ready)
        the point where the walk starts: all dimensions of a z, one after the other. Not during a walk.
    wanted : Out(1)
        a move waits.
    go : In(1)
        it may be made; high until `done`.
    done : Out(1)
        in the last clock.
    decoding : Out(1)
        the core has taken the job and not yet ended it: its answer is this walk's.
    client : Out(Client)
    o : Out(stream of `coordinate(network)`)
        the pair that was steered, to be shown.

    Cycles
    ------
    `latency` = 2 from a button that goes down to `wanted`. From `go` to the job 3 clocks, plus those for which `o`
    waits; then a byte of data a clock. `done` comes with the last result.

    Raises
    ------
    TypeError, ValueError
        if a rate is not a positive number.

    Examples
    --------
    >>> from varigate.model.network import network_file
    >>> digits = network_file.load(network_file.find("digits"))
    >>> Walk(digits).step, digits.z.frac
    (8, 5)
    """

    latency = 2

    def __init__(self, network: Network, *, clock_hz: float = 100e6, repeat_hz: float = 8):
        check_positive("clock frequency", clock_hz)
        check_positive("rate of steps", repeat_hz)
        self._network = network
        self._repeater = Repeater(max(1, round(clock_hz / repeat_hz)))
        super().__init__({
            "held": In(ButtonLayout), "pair": In(pair_bits(network)),
            "start": In(stream.Signature(unsigned(network.z.bits), always_ready=True)),
            "wanted": Out(1), "go": In(1), "done": Out(1), "decoding": Out(1),
            "client": Out(Client), "o": Out(stream.Signature(coordinate(network))),
        })

    @property
    def step(self) -> int:
        """The length of a step, in codes of z."""
        return max(1, (1 << self._network.z.frac) // 4)

    def elaborate(self, platform):
        m = Module()
        network, client, z = self._network, self.client, self._network.z
        index = Signal(1 + len(self.pair), reset_less=True)
        m.submodules.point = point = memory.Memory(
            shape=z.bits, depth=1 << len(index), init=[], attrs={"ram_style": "distributed"})
        m.submodules.repeater = repeater = self._repeater
        write, read = point.write_port(), point.read_port(domain="comb")
        here = read.data.as_signed()

        started = Signal.like(index)  # dimensions of the start that have come
        last_index = network.latent - 1
        with m.If(self.start.valid):
            m.d.sync += started.eq(Mux(started == last_index, 0, started + 1))

        waiting, moves = Signal(ButtonLayout, reset_less=True), Signal(ButtonLayout, reset_less=True)
        second, exists, less, more = Signal(), Signal(), Signal(), Signal()
        moved, next_z = Signal(range(z.low - self.step, z.high + self.step + 1)), Signal(z.bits)
        m.d.comb += [
            repeater.held.eq(self.held),
            read.addr.eq(index),
            less.eq(Mux(second, moves.down, moves.left)), more.eq(Mux(second, moves.up, moves.right)),
            moved.eq(here + Mux(more, self.step, 0) - Mux(less, self.step, 0)),
            next_z.eq(saturate(moved, z)),
            self.o.p.index.eq(index), self.o.p.z.eq(next_z),
            client.job.payload.eq(Op.DECODE), client.data.payload.eq(read.data),
            write.addr.eq(Mux(self.start.valid, started, index)),
            write.data.eq(Mux(self.start.valid, self.start.payload, next_z)),
        ]
        with m.If(self.start.valid):
            m.d.comb += write.en.eq(1)

        with m.FSM():
            with m.State("IDLE"):
                m.d.sync += [second.eq(0), index.eq(Cat(Const(0, 1), self.pair)), moves.eq(waiting)]
                with m.If(self.go & self.wanted):
                    m.d.sync += self.wanted.eq(0)
                    m.next = "MOVE"
            with m.State("MOVE"):
                m.d.comb += [exists.eq(index <= last_index), self.o.valid.eq(exists)]
                with m.If(self.o.ready | ~exists):
                    m.d.comb += write.en.eq(exists)
                    m.d.sync += [second.eq(1), index.eq(index | 1)]
                    with m.If(second):
                        m.d.sync += index.eq(0)
                        m.next = "JOB"
            with m.State("JOB"):
                m.d.comb += client.job.valid.eq(1)
                with m.If(client.job.ready):
                    m.next = "DATA"
            with m.State("DATA"):
                m.d.comb += [self.decoding.eq(1), client.data.valid.eq(1)]
                with m.If(client.data.ready):
                    m.d.sync += index.eq(index + 1)
                    with m.If(index == last_index):
                        m.next = "RESULT"
            with m.State("RESULT"):
                m.d.comb += [self.decoding.eq(1), client.result.ready.eq(1)]
                with m.If(client.result.valid & client.result.payload.last):
                    m.d.comb += self.done.eq(1)
                    m.next = "IDLE"

        with m.If(repeater.moves.as_value().any()):
            m.d.sync += [waiting.eq(repeater.moves), self.wanted.eq(1)]
        return m
