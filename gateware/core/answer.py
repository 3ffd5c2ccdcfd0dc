"""The end of the core: puts the numbers of a job's answer in the order in which they are sent."""

from amaranth.hdl import Module, Signal, signed
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from varigate.gateware.core.job import OpShape, Result
from varigate.gateware.core.latent import Begun
from varigate.gateware.lib.checks import check_integer
from varigate.gateware.lib.number import Fixed
from varigate.gateware.units.argmax import ArgMax
from varigate.model.fixedpoint.sampling import MU
from varigate.model.network.network import SCORE_BITS, Network
from varigate.model.protocol.operations import Op, Part, counts

__all__ = ["Answerer"]


class Answerer(wiring.Component):
    """Gives one job's answer after the other, its parts in the order of `model.protocol.operations`.

    `gateware.estimate.timing_core.CoreControl` mirrors its control clock by clock.

    Parameters
    ----------
    network : Network
    output_bits : int
        bits of a signed element of `outputs`.

    Members
    -------
    i : In(stream of Begun)
        the jobs, in order.
    latents : In(stream of signed), samples : In(stream of z)
        μ and v; z.
    scores, outputs : In(stream of {value, last})
        results of the class head and of the decoder.
    result : Out(stream of Result)

    Cycles
    ------
    `latency` = 1 from a job to the first number of its answer. A job takes 1 clock and one for each number that is
    there; the next job follows at once.

    Raises
    ------
    TypeError, ValueError
        if `output_bits` is not a positive integer.

    Examples
    --------
    >>> from varigate.model.network import network_file
    >>> iris = network_file.load(network_file.find("iris"))
    >>> Answerer(iris, output_bits=8).latents.payload.shape()
    signed(16)
    """

    latency = 1

    def __init__(self, network: Network, output_bits: int):
        check_integer("width of an output", output_bits)
        self._network = network

        def results(bits):
            return In(stream.Signature(data.StructLayout({"value": signed(bits), "last": 1})))

        super().__init__({
            "i": In(stream.Signature(Begun)),
            "latents": In(stream.Signature(signed(MU.bits))),
            "samples": In(stream.Signature(Fixed(network.z))),
            "scores": results(SCORE_BITS),
            "outputs": results(output_bits),
            "result": Out(stream.Signature(Result)),
        })

    def elaborate(self, platform):
        m = Module()
        network, result = self._network, self.result
        answers = {op: list(counts(op, network)) for op in Op}
        m.submodules.argmax = argmax = ArgMax(max(network.classes, 1), SCORE_BITS)
        op, index = Signal(OpShape, reset_less=True), Signal(signed(32), reset_less=True)
        left = Signal(range(max(network.latent, 2)), reset_less=True)  # latent variables after the present one
        m.d.comb += [argmax.score.eq(self.scores.p.value), argmax.valid.eq(self.scores.valid & self.scores.ready)]

        def go(operation, part=None):
            """Go to the part after `part` in the answer to `operation`; without `part`, to its first one."""
            order = answers[operation]
            place = 0 if part is None else order.index(part) + 1
            m.next = order[place].name if place < len(order) else "IDLE"

        def state(part, valid, value, source_ready, ends):
            with m.State(part.name):
                m.d.comb += [result.valid.eq(valid), result.p.part.eq(part), result.p.value.eq(value)]
                if source_ready is not None:
                    m.d.comb += source_ready.eq(result.ready)
                with m.If(result.valid & result.ready):
                    m.d.sync += left.eq(left - 1)
                with m.Switch(op):
                    for operation, order in answers.items():
                        if part in order:
                            with m.Case(operation):
                                m.d.comb += result.p.last.eq(ends & (part == order[-1]))
                                with m.If(result.valid & result.ready & ends):
                                    m.d.sync += left.eq(network.latent - 1)
                                    go(operation, part)

        with m.FSM():
            with m.State("IDLE"):
                m.d.comb += [self.i.ready.eq(1), argmax.start.eq(1)]
                m.d.sync += [op.eq(self.i.p.op), index.eq(self.i.p.index), left.eq(network.latent - 1)]
                with m.If(self.i.valid):
                    with m.Switch(self.i.p.op):
                        for operation in Op:
                            with m.Case(operation):
                                go(operation)
            state(Part.INDEX, 1, index, None, 1)
            for part in (Part.MU, Part.V):
                state(part, self.latents.valid, self.latents.payload, self.latents.ready, left == 0)
            if network.classes:
                state(Part.SCORE, self.scores.valid, self.scores.p.value, self.scores.ready, self.scores.p.last)
                state(Part.CLASS, 1, argmax.index, None, 1)
            state(Part.Z, self.samples.valid, self.samples.payload.raw, self.samples.ready, left == 0)
            state(Part.OUTPUT, self.outputs.valid, self.outputs.p.value, self.outputs.ready, self.outputs.p.last)
        return m
