"""The core: a variational autoencoder on one matrix engine that all its layers share.

    data ─► engine: encoder ─► μ, v ─┬─► μz ─► engine: class head ─► scores ─┐
                                     └─► z (ε) ─► engine: decoder ─► output ─┴─► answer

The integer function is `model.network.integer.infer`. Jobs follow one another through loading, encoding, sampling,
decoding and answering, each in one of them at a time: while one is decoded the next one is encoded, and the one behind
it comes in.
"""

from amaranth.hdl import Module, Signal, unsigned
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from varigate.gateware.core.answer import Answerer
from varigate.gateware.core.job import Client
from varigate.gateware.core.latent import Latent
from varigate.gateware.engine.matmul import MatrixEngine
from varigate.gateware.engine.program import Array, lower
from varigate.gateware.lib.number import connect
from varigate.gateware.units.gaussian import EpsilonSource
from varigate.model.network.network import Network
from varigate.model.protocol.operations import Op

__all__ = ["FoldedVae"]

IN_FLIGHT = 4  # jobs: loading, in the middle, between, and answering


class FoldedVae(wiring.Component):
    """Runs the operations of `model.protocol.operations`, one after the other.

    The integer function is `model.network.integer.infer`. `gateware.estimate.timing_core.CoreControl` mirrors its
    control for RECONSTRUCT clock by clock.

    Parameters
    ----------
    network : Network
    array : Array
    weights : str
        where the weights are kept: `lut` or `block`.

    Members
    -------
    client : In(Client)
        jobs and their input bytes in, results out.
    seed : In(stream of 32 bits)
        for ε; accepted between jobs, and before a job that waits.
    epsilon_on : In(1)
        read when a RECONSTRUCT is accepted: z is a sample if it is high, else μz.
    epsilon_index : Out(32)
        index of the sample that will be taken next.
    busy : Out(1)
        a job was accepted and its answer has not ended.

    Cycles
    ------
    `gateware.estimate.timing.cycles` counts latency and interval of a RECONSTRUCT. In a busy core whose array is the
    slowest part the interval is the Σ of `gateware.engine.schedule.MatrixPlan.cost` over all matrices.

    Raises
    ------
    ValueError
        if `weights` is neither `lut` nor `block`.

    Examples
    --------
    >>> from varigate.gateware.estimate.timing import cycles
    >>> from varigate.model.network import network_file
    >>> core = FoldedVae(network_file.load(network_file.find("iris")), Array(8, 1))
    >>> cycles(core.network, core.array).latency
    70
    """

    def __init__(self, network: Network, array: Array, *, weights: str = "lut"):
        self.network, self.array = network, array
        self._engine = MatrixEngine(lower(network), array, sigmoid=network.sigmoid, weights=weights)
        super().__init__({
            "client": In(Client),
            "seed": In(stream.Signature(unsigned(32))),
            "epsilon_on": In(1),
            "epsilon_index": Out(32),
            "busy": Out(1),
        })

    def elaborate(self, platform):
        m = Module()
        network, client = self.network, self.client
        m.submodules.engine = engine = self._engine
        m.submodules.epsilon = epsilon = EpsilonSource(network.epsilon_table, network.epsilon_seed)
        m.submodules.latent = latent = Latent(network)
        m.submodules.answer = answer = Answerer(network, len(engine.o_1.p.value))
        connect(m, epsilon.o, latent.epsilon)
        connect(m, engine.o_0, latent.encoder)
        connect(m, latent.o, answer.i)
        connect(m, latent.latents, answer.latents)
        connect(m, latent.samples, answer.samples)
        connect(m, engine.o_1, answer.outputs)
        connect(m, answer.result, wiring.flipped(client.result))
        self._codes(m, latent.decoder, engine.i_1)
        if network.classes:
            self._codes(m, latent.head, engine.i_2)
            connect(m, engine.o_2, answer.scores)
        self._load(m, engine.i_0, latent)

        jobs = Signal(range(IN_FLIGHT + 1))
        result = client.result
        ended = Signal()  # the clock before ended a job
        m.d.sync += [ended.eq(result.valid & result.ready & result.p.last),
                     jobs.eq(jobs + (client.job.valid & client.job.ready) - ended)]
        m.d.comb += [
            self.busy.eq(jobs != 0),
            self.epsilon_index.eq(epsilon.index),
            latent.index.eq(epsilon.index),
            self.seed.ready.eq(~self.busy),
            epsilon.i.valid.eq(self.seed.valid & self.seed.ready),
            epsilon.i.payload.eq(self.seed.payload),
        ]
        return m

    @staticmethod
    def _codes(m: Module, source, sink):
        """Connect numbers of a format to a vector of the engine."""
        m.d.comb += [sink.valid.eq(source.valid), sink.payload.eq(source.payload.raw), source.ready.eq(sink.ready)]

    def _load(self, m: Module, vector, latent):
        """Take a job and its bytes, then hand it on.

        Nothing is answered before all inputs are in, so that a client may do one after the other.
        """
        client, network = self.client, self.network
        task = Signal.like(latent.i.payload, reset_less=True)
        left = Signal(range(max(network.inputs, network.latent)), reset_less=True)
        code = client.data.payload
        m.d.comb += [
            vector.payload.eq(code.as_signed() if network.input.signed else code),
            latent.i.payload.eq(task),
            latent.data.payload.eq(code),
        ]
        with m.FSM():
            with m.State("IDLE"):
                m.d.comb += client.job.ready.eq(~self.seed.valid)
                m.d.sync += [task.op.eq(client.job.payload), task.sampled.eq(self.epsilon_on),
                             left.eq(network.inputs - 1)]
                with m.If(client.job.valid & client.job.ready):
                    m.next = "LOAD"
                    with m.If((client.job.payload == Op.GENERATE) | (client.job.payload == Op.DECODE)):
                        m.next = "HAND ON"
            with m.State("LOAD"):
                m.d.comb += [vector.valid.eq(client.data.valid), client.data.ready.eq(vector.ready)]
                with m.If(client.data.valid & client.data.ready):
                    m.d.sync += left.eq(left - 1)
                    with m.If(left == 0):
                        m.next = "HAND ON"
            with m.State("HAND ON"):
                m.d.comb += latent.i.valid.eq(1)
                m.d.sync += left.eq(network.latent - 1)
                with m.If(latent.i.ready):
                    m.next = "IDLE"
                    with m.If(task.op == Op.DECODE):
                        m.next = "LEND"
            with m.State("LEND"):  # the latent stage takes its bytes itself
                m.d.comb += [latent.data.valid.eq(client.data.valid), client.data.ready.eq(latent.data.ready)]
                with m.If(client.data.valid & client.data.ready):
                    m.d.sync += left.eq(left - 1)
                    with m.If(left == 0):
                        m.next = "IDLE"
