"""Several that want one: clients of the core, messages for the line.

Both arbiters grant in turn: after a grant, the next in order goes before the last one, so nobody waits longer than for
one turn of each other. A grant is a register: it costs one clock, and what was offered stays offered.
"""

from amaranth.hdl import Module, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from varigate.gateware.core.job import Client

__all__ = ["CoreArbiter", "Message", "MessageArbiter"]

Message = data.StructLayout({"data": 8, "last": 1})
"""One byte of a message; `last` marks the message's last."""


def _grant(m, wanted, busy):
    """Returns the owner: while not `busy`, and if anybody is `wanted` (a list of bits), the next of them."""
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
    others offer waits. A second job of the owner waits like the others'. Latency: one clock from a client's job to the
    core's; data and results pass through; one clock between two jobs.

    Parameters
    ----------
    clients : int

    Members
    -------
    clients : array of In(Client)
    core : Out(Client)
    busy : Out(1)
        a job was granted and has not ended.
    """

    def __init__(self, clients: int = 2):
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

    Latency: one clock from a message's first byte to the output; one clock between two messages.

    Parameters
    ----------
    inputs : int

    Members
    -------
    i : array of In(stream of Message)
    o : Out(stream of bytes)
    """

    def __init__(self, inputs: int = 2):
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
