"""Arbiters: several clients share the core, several sources of messages share the serial line.

Both arbiters grant in turn: after a grant, the next in order goes before the last one, so nobody waits longer than for
one turn of each other. A grant is a register: it costs one clock, and what was offered stays offered.
"""

from amaranth.hdl import Module, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from varigate.gateware.core.job import Client
from varigate.gateware.lib.checks import check_integer

__all__ = ["CoreArbiter", "Message", "MessageArbiter"]

Message = data.StructLayout({"data": 8, "last": 1})
"""One byte of a message; `last` marks the message's last."""


def _grant(m, wanted, busy):
    """Return the owner: while not `busy`, the next after the last one whose bit in the list `wanted` is high."""
    owner = Signal(range(len(wanted)))
    with m.If(~busy):
        with m.Switch(owner):
            for last in range(len(wanted)):
                with m.Case(last):
                    for distance in range(len(wanted), 0, -1):  # the last assignment that applies wins: the nearest
                        candidate = (last + distance) % len(wanted)
                        with m.If(wanted[candidate]):
                            m.d.sync += [owner.eq(candidate), busy.eq(1)]
    return owner


class CoreArbiter(wiring.Component):
    """Shares one core among clients, a job at a time.

    A client owns job, data and result from the grant until the element with `last` of its result is taken; whatever the
    others offer waits. A second job of the owner waits like the others'.

    Parameters
    ----------
    clients : int

    Members
    -------
    clients : array of In(Client)
    core : Out(Client)
    busy : Out(1)
        a job was granted and has not ended.

    Cycles
    ------
    `latency` = 1 from a client's job to the core's, if no other client is served; data and results pass through
    combinationally. Between the end of a job and the next grant lies one clock.

    Raises
    ------
    TypeError, ValueError
        if `clients` is not a positive integer.

    Examples
    --------
    >>> len(CoreArbiter(3).clients)
    3
    """

    latency = 1

    def __init__(self, clients: int = 2):
        check_integer("number of clients", clients)
        super().__init__({"clients": In(Client).array(clients), "core": Out(Client), "busy": Out(1)})

    def elaborate(self, platform):
        m = Module()
        started = Signal()
        owner = _grant(m, [client.job.valid for client in self.clients], self.busy)
        core = self.core
        with m.Switch(owner):
            for index, client in enumerate(self.clients):
                m.d.comb += client.result.payload.eq(core.result.payload)
                with m.Case(index):
                    m.d.comb += [
                        core.job.payload.eq(client.job.payload),
                        core.job.valid.eq(client.job.valid & self.busy & ~started),
                        client.job.ready.eq(core.job.ready & self.busy & ~started),
                        core.data.payload.eq(client.data.payload),
                        core.data.valid.eq(client.data.valid & self.busy),
                        client.data.ready.eq(core.data.ready & self.busy),
                        client.result.valid.eq(core.result.valid & self.busy),
                        core.result.ready.eq(client.result.ready & self.busy),
                    ]
        with m.If(core.job.valid & core.job.ready):
            m.d.sync += started.eq(1)
        with m.If(core.result.valid & core.result.ready & core.result.payload.last):
            m.d.sync += [self.busy.eq(0), started.eq(0)]
        return m


class MessageArbiter(wiring.Component):
    """Merges streams of messages into one stream of bytes, a whole message at a time.

    Parameters
    ----------
    inputs : int

    Members
    -------
    i : array of In(stream of Message)
    o : Out(stream of bytes)

    Cycles
    ------
    `latency` = 1 from a message's first byte to the output; then a byte a clock, and one clock between two messages.

    Raises
    ------
    TypeError, ValueError
        if `inputs` is not a positive integer.

    Examples
    --------
    >>> len(MessageArbiter(2).i)
    2
    """

    latency = 1

    def __init__(self, inputs: int = 2):
        check_integer("number of inputs", inputs)
        super().__init__({"i": In(stream.Signature(Message)).array(inputs), "o": Out(stream.Signature(8))})

    def elaborate(self, platform):
        m = Module()
        busy = Signal()
        last = Signal()
        owner = _grant(m, [i.valid for i in self.i], busy)
        with m.Switch(owner):
            for index, i in enumerate(self.i):
                with m.Case(index):
                    m.d.comb += [
                        self.o.payload.eq(i.payload.data),
                        self.o.valid.eq(i.valid & busy),
                        i.ready.eq(self.o.ready & busy),
                        last.eq(i.payload.last),
                    ]
        with m.If(self.o.valid & self.o.ready & last):
            m.d.sync += busy.eq(0)
        return m
