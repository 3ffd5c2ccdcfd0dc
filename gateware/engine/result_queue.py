"""The queue in which a subnet's results wait for their taker, so that the array never does."""

from amaranth.hdl import Module, Mux, Signal, signed
from amaranth.lib import data, fifo, stream, wiring
from amaranth.lib.wiring import In, Out

from varigate.gateware.lib.checks import check_integer

__all__ = ["ResultQueue"]

SHALLOW = 64  # groups that one look-up table holds for each bit


class ResultQueue(wiring.Component):
    """Takes groups of `lanes` results and gives them one by one. Room is reserved, and only for whole jobs.

    `gateware.estimate.timing_engine.EngineControl` mirrors its control clock by clock.

    Parameters
    ----------
    results : int
        results of one job.
    lanes : int
    bits : int
        bits of a signed value.
    buffers : int
        jobs that it has room for at most.

    Members
    -------
    room : Out(1)
        there is room for the results of one more job.
    reserve : In(1)
        takes that room.
    write : In(1), values : In(lanes × signed), last : In(1)
        a group; never refused after `reserve`. The last group of a job may be short.
    o : Out(stream of {value, last})
        `last` marks the last result of a job.

    Cycles
    ------
    `latency` = 1 from the writing of a group to its first result, if no other result waits; then one a clock. `room`
    follows `reserve`, and the taking of a job's last result, after a clock.

    Raises
    ------
    TypeError, ValueError
        if a size is not a positive integer.

    Examples
    --------
    >>> ResultQueue(results=10, lanes=4, bits=16, buffers=2).jobs
    2
    """

    latency = 1

    def __init__(self, results: int, lanes: int, bits: int, buffers: int = 2):
        for name, value in (("number of results", results), ("number of lanes", lanes), ("width of a value", bits),
                            ("number of buffers", buffers)):
            check_integer(name, value)
        self._lanes, self._short = lanes, (results - 1) % lanes
        self._groups = -(-results // lanes)
        self.jobs = self.jobs_of(results, lanes, buffers)
        super().__init__({
            "room": Out(1),
            "reserve": In(1),
            "write": In(1),
            "values": In(data.ArrayLayout(signed(bits), lanes)),
            "last": In(1),
            "o": Out(stream.Signature(data.StructLayout({"value": signed(bits), "last": 1}))),
        })

    @staticmethod
    def jobs_of(results: int, lanes: int, buffers: int) -> int:
        """Jobs that it has room for: `buffers` if they cost no more than one, so that the second is computed while the
        first one leaves; else 1."""
        return buffers if buffers * -(-results // lanes) <= SHALLOW else 1

    def elaborate(self, platform):
        m = Module()
        entry = data.StructLayout({"values": self.values.shape(), "last": 1})
        incoming = Signal(entry)
        m.submodules.groups = groups = fifo.SyncFIFO(width=entry.size, depth=self.jobs * self._groups)
        m.d.comb += [
            incoming.values.eq(self.values), incoming.last.eq(self.last),
            groups.w_data.eq(incoming), groups.w_en.eq(self.write),
        ]
        head = entry(groups.r_data)
        lane = Signal(range(max(self._lanes, 2)))
        final, taken = Signal(), Signal()  # `final`: this lane is the last one of its group
        m.d.comb += [
            final.eq(lane == Mux(head.last, self._short, self._lanes - 1)),
            taken.eq(self.o.valid & self.o.ready),
            self.o.valid.eq(groups.r_rdy),
            self.o.p.value.eq(head.values[lane] if self._lanes > 1 else head.values[0]),
            self.o.p.last.eq(head.last & final),
            groups.r_en.eq(self.o.ready & final),
        ]
        with m.If(taken):
            m.d.sync += lane.eq(Mux(final, 0, lane + 1))

        reserved = Signal(range(self.jobs + 1))
        m.d.comb += self.room.eq(reserved != self.jobs)
        m.d.sync += reserved.eq(reserved + self.reserve - (taken & self.o.p.last))
        return m
