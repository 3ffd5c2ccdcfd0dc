"""The core: a variational autoencoder on one folded matrix engine.

    data ─► engine: encoder ─► μ, v ─► sampler (ε off) ─► engine: class head ─► scores ─► argmax
                                 │
                                 └───► sampler (ε) ─► z ─► engine: decoder ─► output

The integer function is `model.integer.infer`.
"""

from dataclasses import dataclass

from amaranth.hdl import Module, Mux, Signal, signed, unsigned
from amaranth.lib import memory, stream, wiring
from amaranth.lib.wiring import In, Out

from gateware.argmax import ArgMax
from gateware.gaussian import EpsilonSource
from gateware.job import Client, Op, Part
from gateware.matmul import MatrixEngine
from gateware.number import Fixed, connect
from gateware.program import Array, Segment, lower
from gateware.sampling import Sampler, Source
from model.network import SCORE_BITS, Network
from model.sampling import MU, V

__all__ = ["Cycles", "FoldedVae", "cycles"]


@dataclass(frozen=True)
class Cycles:
    """Clock cycles of a RECONSTRUCT whose results are taken as they come, with ε at hand.

    class_latency : from the last input's acceptance to the class (to the last v, without a class head)
    latency : from the last input's acceptance to the last output
    interval : from one job to the next
    utilisation : multiply-accumulates of encoder and decoder, over multipliers × interval
    """

    class_latency: int
    latency: int
    interval: int
    utilisation: float


def cycles(network: Network, array: Array) -> Cycles:
    """The exact counts. With E, H, D the latencies of the engine's segments (`gateware.schedule`) and
    S = 1 + sampler + latent, the way from one segment through the sampler into the next,

        class_latency = E + S + H + 1,    latency = class_latency + S + D,    interval = latency + inputs + 2,

    the two being the job and the engine's job.
    """
    encoder, decoder, *head = (schedule.latency for schedule in
                               MatrixEngine.schedules_of(lower(network), array, network.sigmoid))
    between = 1 + Sampler.latency + network.latent
    class_latency = encoder + sum(between + latency + 1 for latency in head)
    latency = class_latency + between + decoder
    interval = latency + network.inputs + 2
    return Cycles(class_latency, latency, interval, network.macs / (array.multipliers * interval))


class FoldedVae(wiring.Component):
    """Runs the operations of `gateware.job`, one after the other.

    Members
    -------
    client : In(Client)
        jobs and their input bytes in, results out.
    seed : In(stream of 32 bits)
        for ε; accepted between jobs, and before a job that waits.
    epsilon_on : In(1)
        read when a RECONSTRUCT is accepted: z is a sample, or else μz.
    epsilon_index : Out(32)
        index of the sample that will be taken next.
    busy : Out(1)

    Cycles
    ------
    See `cycles`.

    Parameters
    ----------
    network : Network
    array : Array
    weights : str
        where the weights are kept: `lut` or `block`.
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
        m.submodules.sampler = sampler = Sampler(network.sigma_table, network.z)
        connect(m, epsilon.o, sampler.i_epsilon)

        op, use_epsilon = Signal(Op, reset_less=True), Signal(reset_less=True)
        index = Signal(32, reset_less=True)
        result = client.result

        def emit(part, value, last=0):
            m.d.comb += [result.p.part.eq(part), result.p.value.eq(value), result.p.last.eq(last)]

        def ask(segment, following):
            m.d.comb += [engine.i_job.valid.eq(1), engine.i_job.payload.eq(segment)]
            with m.If(engine.i_job.ready):
                m.d.sync += [count.eq(0), sent.eq(0)]
                m.next = following

        count = Signal(range(2 * network.latent + 1), reset_less=True)  # results of the encoder
        sent = Signal(range(network.latent + 1), reset_less=True)  # latent variables given to the sampler
        keep = Signal()
        self._remember(m, sampler, engine, keep, count, sent)

        with m.FSM():
            with m.State("IDLE"):
                m.d.comb += [
                    self.seed.ready.eq(1),
                    client.job.ready.eq(~self.seed.valid),
                ]
                m.d.sync += [op.eq(client.job.payload), use_epsilon.eq(self.epsilon_on), index.eq(epsilon.index)]
                with m.If(client.job.valid & client.job.ready):
                    with m.Switch(client.job.payload):
                        with m.Case(Op.GENERATE):
                            m.next = "INDEX"
                        with m.Case(Op.DECODE):
                            m.next = "ASK DECODER"
                        with m.Default():
                            m.next = "ASK ENCODER"

            with m.State("ASK ENCODER"):
                ask(Segment.ENCODER, "LOAD")
            with m.State("LOAD"):
                # No result is offered before all inputs are in, so that a client may do one after the other.
                self._load_from_client(m, engine, network.input.signed)
                with m.If(~engine.i.ready):
                    m.next = "ENCODE"
                    with m.If(op == Op.RECONSTRUCT):
                        m.next = "INDEX"

            with m.State("INDEX"):
                emit(Part.INDEX, index.as_signed())
                m.d.comb += result.valid.eq(1)
                with m.If(result.ready):
                    m.next = "ASK DECODER"
                    with m.If(op == Op.RECONSTRUCT):
                        m.next = "ENCODE"

            with m.State("ENCODE"):
                is_mu = count < network.latent
                wanted = is_mu | (op != Op.CLASSIFY)
                last_mu = (op == Op.CLASSIFY) & (count == network.latent - 1) & (not network.classes)
                emit(Mux(is_mu, Part.MU, Part.V), engine.o.p.value, last_mu | (op == Op.ENCODE) & engine.o.p.last)
                m.d.comb += [result.valid.eq(engine.o.valid & wanted), engine.o.ready.eq(result.ready | ~wanted)]
                with m.If(engine.o.valid & engine.o.ready):
                    m.d.comb += keep.eq(1)
                    m.d.sync += count.eq(count + 1)
                    with m.If(engine.o.p.last):
                        m.next = "ASK HEAD" if network.classes else "ASK DECODER"
                        with m.If((op == Op.ENCODE) | (op == Op.CLASSIFY) & (not network.classes)):
                            m.next = "IDLE"

            if network.classes:
                m.submodules.argmax = argmax = ArgMax(network.classes, SCORE_BITS)
                m.d.comb += argmax.score.eq(engine.o.p.value)
                with m.State("ASK HEAD"):
                    m.d.comb += argmax.start.eq(1)
                    ask(Segment.HEAD, "HEAD")
                with m.State("HEAD"):
                    m.d.comb += [
                        sampler.i.valid.eq(sent != network.latent),
                        sampler.i.p.source.eq(Source.MEAN),
                        engine.i.valid.eq(sampler.o.valid),
                        engine.i.payload.eq(sampler.o.payload.raw),
                        sampler.o.ready.eq(engine.i.ready),
                        result.valid.eq(engine.o.valid),
                        engine.o.ready.eq(result.ready),
                        argmax.valid.eq(engine.o.valid & engine.o.ready),
                    ]
                    emit(Part.SCORE, engine.o.p.value)
                    with m.If(engine.o.valid & engine.o.ready & engine.o.p.last):
                        m.next = "CLASS"
                with m.State("CLASS"):
                    emit(Part.CLASS, argmax.index, op == Op.CLASSIFY)
                    m.d.comb += result.valid.eq(1)
                    with m.If(result.ready):
                        with m.If(op == Op.CLASSIFY):
                            m.next = "IDLE"
                        with m.Else():
                            m.next = "ASK DECODER"

            with m.State("ASK DECODER"):
                ask(Segment.DECODER, "DECODE")
            with m.State("DECODE"):
                with m.If(op == Op.DECODE):
                    self._load_from_client(m, engine, True)
                with m.Else():
                    # Each z goes to the engine and to the client in one and the same cycle.
                    m.d.comb += [
                        sampler.i.valid.eq(sent != network.latent),
                        sampler.i.p.source.eq(Mux(op == Op.GENERATE, Source.PRIOR,
                                                  Mux(use_epsilon, Source.POSTERIOR, Source.MEAN))),
                        engine.i.valid.eq(sampler.o.valid & result.ready),
                        engine.i.payload.eq(sampler.o.payload.raw),
                        sampler.o.ready.eq(engine.i.ready & result.ready),
                    ]
                with m.If(engine.i.ready):
                    emit(Part.Z, sampler.o.payload.raw)
                    m.d.comb += result.valid.eq(sampler.o.valid)
                with m.Else():
                    emit(Part.OUTPUT, engine.o.p.value, engine.o.p.last)
                    m.d.comb += [result.valid.eq(engine.o.valid), engine.o.ready.eq(result.ready)]
                with m.If(engine.o.valid & engine.o.ready & engine.o.p.last):
                    m.next = "IDLE"

        m.d.comb += [
            self.epsilon_index.eq(epsilon.index),
            epsilon.i.valid.eq(self.seed.valid & self.seed.ready),
            epsilon.i.payload.eq(self.seed.payload),
            self.busy.eq(~self.seed.ready),
        ]
        return m

    def _load_from_client(self, m: Module, engine, is_signed: bool):
        code = self.client.data.payload
        m.d.comb += [
            engine.i.valid.eq(self.client.data.valid),
            engine.i.payload.eq(code.as_signed() if is_signed else code),
            self.client.data.ready.eq(engine.i.ready),
        ]

    def _remember(self, m: Module, sampler, engine, keep, count, sent):
        """Keeps μ and v of the encoder's results, and offers those of latent variable `sent` to the sampler."""
        latent = self.network.latent
        for field, number, start in (("mu", MU, 0), ("v", V, latent)):
            m.submodules[field] = kept = memory.Memory(
                shape=signed(number.bits), depth=max(latent, 2), init=[], attrs={"ram_style": "distributed"})
            write, read = kept.write_port(), kept.read_port(domain="comb")
            m.d.comb += [
                write.addr.eq(count - start),
                write.data.eq(engine.o.p.value),
                write.en.eq(keep & (count >= start) & (count < start + latent)),
                read.addr.eq(sent),
                sampler.i.p[field].eq(Fixed(number)(read.data)),
            ]
        with m.If(sampler.i.valid & sampler.i.ready):
            m.d.sync += sent.eq(sent + 1)
