"""The latent stage of the core: makes z from the encoder's results, from ε alone, or from the client's bytes."""

from amaranth.hdl import Const, Module, Mux, Signal, signed, unsigned
from amaranth.lib import data, fifo, memory, stream, wiring
from amaranth.lib.wiring import In, Out

from varigate.gateware.core.job import OpShape
from varigate.gateware.lib.number import Fixed, connect
from varigate.gateware.lib.pipeline import SkidBuffer
from varigate.gateware.units.sampling import MeanRounder, Sampler, Source
from varigate.model.fixedpoint.sampling import EPSILON, MU, V
from varigate.model.network.network import Network
from varigate.model.protocol.operations import Op

__all__ = ["Begun", "Latent", "LatentJob"]

LatentJob = data.StructLayout({"op": OpShape, "sampled": 1})
"""A job, and whether its z is to be a sample (of a RECONSTRUCT: else it is μz)."""

Begun = data.StructLayout({"op": OpShape, "index": 32})
"""A job that begins, and the index of the first ε that it takes, or would take."""


class Latent(wiring.Component):
    """Does one job after the other, in three ways.

    * CLASSIFY, ENCODE, RECONSTRUCT: passes on the encoder's μ and v (v not for CLASSIFY); as each μ comes, μz goes to
      the class head (not for ENCODE), and as each v comes, z goes to the decoder (for RECONSTRUCT only).
    * GENERATE: z from ε.
    * DECODE: z from the client.

    z comes from a `Sampler`, μz from a `MeanRounder`. `gateware.estimate.timing_core.CoreControl` mirrors its control
    for RECONSTRUCT clock by clock.

    Parameters
    ----------
    network : Network

    Members
    -------
    i : In(stream of LatentJob)
    encoder : In(stream of {value, last})
        μ, then v.
    data : In(stream of bytes)
        z of a DECODE.
    epsilon : In(stream of s16.11)
    index : In(32)
        index of the ε that `epsilon` offers next.
    head, decoder : Out(stream of z)
    o : Out(stream of Begun)
        offered as soon as a job begins.
    latents : Out(stream of signed), samples : Out(stream of z)
        the numbers of the answers: μ and v; z. They hold those of one job, so that the next one can go on while an
        answer is given.

    Cycles
    ------
    From a job to `o` `SkidBuffer.latency`. From μ to `head` `MeanRounder.latency`, and from v, or for GENERATE from ε,
    to `decoder` `Sampler.latency`; a z of the client passes combinationally. The numbers of the answer can be taken a
    clock after they have come: μ and v from `encoder`, z from the sampler. One number a clock, so that a job takes 1 +
    2·latent clocks (1 + latent for GENERATE and DECODE) if nothing is waited for.

    Examples
    --------
    >>> from varigate.model.network import network_file
    >>> iris = network_file.load(network_file.find("iris"))
    >>> Latent(iris).decoder.payload.shape()
    Fixed(s8.5)
    """

    def __init__(self, network: Network):
        self._network = network
        z = stream.Signature(Fixed(network.z))
        super().__init__({
            "i": In(stream.Signature(LatentJob)),
            "encoder": In(stream.Signature(data.StructLayout({"value": signed(MU.bits), "last": 1}))),
            "data": In(stream.Signature(unsigned(8))),
            "epsilon": In(stream.Signature(Fixed(EPSILON))),
            "index": In(32),
            "head": Out(z),
            "decoder": Out(z),
            "o": Out(stream.Signature(Begun)),
            "latents": Out(stream.Signature(signed(MU.bits))),
            "samples": Out(z),
        })

    def elaborate(self, platform):
        m = Module()
        network, element = self._network, self.encoder
        latent = network.latent
        m.submodules.sampler = sampler = Sampler(network.sigma_table, network.z)
        m.submodules.mean = mean = MeanRounder(network.z)
        m.submodules.begun = begun = SkidBuffer(Begun)
        m.submodules.latents = latents = fifo.SyncFIFO(width=MU.bits, depth=2 * latent)
        m.submodules.samples = samples = fifo.SyncFIFO(width=network.z.bits, depth=latent)
        connect(m, wiring.flipped(self.epsilon), sampler.i_epsilon)
        connect(m, begun.o, wiring.flipped(self.o))
        connect(m, mean.o, wiring.flipped(self.head))
        z = Fixed(network.z)
        m.d.comb += [
            self.latents.valid.eq(latents.r_rdy), self.latents.payload.eq(latents.r_data),
            latents.r_en.eq(self.latents.ready),
            self.samples.valid.eq(samples.r_rdy), self.samples.payload.eq(z(samples.r_data.as_signed())),
            samples.r_en.eq(self.samples.ready),
        ]

        op, sampled = Signal(OpShape, reset_less=True), Signal(reset_less=True)
        given = Signal(range(latent), reset_less=True)  # numbers before the present one
        last_given = given == latent - 1
        m.submodules.means = kept = memory.Memory(
            shape=signed(MU.bits), depth=max(latent, 2), init=[], attrs={"ram_style": "distributed"})
        write, read = kept.write_port(), kept.read_port(domain="comb")
        m.d.comb += [
            write.addr.eq(given), write.data.eq(element.p.value), read.addr.eq(given),
            sampler.i.p.mu.eq(Fixed(MU)(read.data)),
            sampler.i.p.v.eq(Fixed(V)(element.p.value[:V.bits].as_signed())),
            mean.i.payload.eq(Fixed(MU)(element.p.value)),
            latents.w_data.eq(element.p.value),
        ]

        # A sample goes to the decoder and to the queue of samples in the same clock.
        flying = Signal(range(Sampler.latency + 2))  # samples that have not left the sampler
        m.d.comb += [
            self.decoder.valid.eq(sampler.o.valid & samples.w_rdy),
            self.decoder.payload.eq(sampler.o.payload),
            sampler.o.ready.eq(self.decoder.ready & samples.w_rdy),
            samples.w_en.eq(sampler.o.valid & self.decoder.ready),
            samples.w_data.eq(sampler.o.payload.raw),
        ]
        m.d.sync += flying.eq(flying + (sampler.i.valid & sampler.i.ready) - (sampler.o.valid & sampler.o.ready))

        def count(taken, following):
            with m.If(taken):
                m.d.sync += given.eq(Mux(last_given, 0, given + 1))
                with m.If(last_given):
                    m.next = following

        def share(wanted, valid, ready, told):
            """Pass on an element of the encoder: to a unit if `wanted` and to the answer if `told`, in one clock."""
            m.d.comb += [
                valid.eq(element.valid & wanted & (latents.w_rdy | ~told)),
                latents.w_en.eq(element.valid & told & (ready | ~wanted)),
                element.ready.eq((ready | ~wanted) & (latents.w_rdy | ~told)),
            ]

        with m.FSM():
            with m.State("IDLE"):
                m.d.comb += [
                    self.i.ready.eq(begun.i.ready),
                    begun.i.valid.eq(self.i.valid),
                    begun.i.p.op.eq(self.i.p.op),
                    begun.i.p.index.eq(self.index),
                ]
                m.d.sync += [op.eq(self.i.p.op), sampled.eq(self.i.p.sampled), given.eq(0)]
                with m.If(self.i.valid & self.i.ready):
                    with m.Switch(self.i.p.op):
                        with m.Case(Op.GENERATE):
                            m.next = "GENERATE"
                        with m.Case(Op.DECODE):
                            m.next = "DECODE"
                        with m.Default():
                            m.next = "MU"
            with m.State("MU"):
                share((op != Op.ENCODE) & bool(network.classes), mean.i.valid, mean.i.ready, Const(1))
                m.d.comb += write.en.eq(1)
                count(element.valid & element.ready, "V")
            with m.State("V"):
                m.d.comb += sampler.i.p.source.eq(Mux(sampled, Source.POSTERIOR, Source.MEAN))
                share(op == Op.RECONSTRUCT, sampler.i.valid, sampler.i.ready, op != Op.CLASSIFY)
                count(element.valid & element.ready, "IDLE")
            with m.State("GENERATE"):
                m.d.comb += [sampler.i.p.source.eq(Source.PRIOR), sampler.i.valid.eq(1)]
                count(sampler.i.ready, "IDLE")
            with m.State("DECODE"):
                with m.If(flying == 0):
                    m.d.comb += [
                        self.decoder.valid.eq(self.data.valid),
                        self.decoder.payload.eq(z(self.data.payload.as_signed())),
                        self.data.ready.eq(self.decoder.ready),
                    ]
                    count(self.data.valid & self.data.ready, "IDLE")
        return m
