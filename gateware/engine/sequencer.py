"""The sequencer of the matrix engine: picks the next matrix that is ready, and turns it into addresses."""

from amaranth.hdl import Cat, Module, Mux, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from varigate.gateware.engine.schedule import MatrixPlan
from varigate.gateware.lib.tables import select

__all__ = ["Sequencer"]


class Sequencer(wiring.Component):
    """Runs one matrix after the other, a step a clock, without a pause if another one is ready.

    Of several that are ready the one with the greatest index is picked: matrices are given in the order of the vectors'
    way, so that what has been begun is finished first.

    `gateware.estimate.timing_engine.EngineControl` mirrors it clock by clock.

    Parameters
    ----------
    plans : list of MatrixPlan
    phases : list of int
        for each matrix, steps that read from one word of its vector.

    Members
    -------
    ready : In(matrices)
        bit n: matrix n may run, since its vector is there and its result has room.
    pick : Out(matrices)
        one-hot: matrix n begins with the next clock. Only then may its bit of `ready` fall.
    done : Out(matrices)
        one-hot: this clock issues the last step of matrix n; its vector is not read again.
    matrix : Out
        the matrix of the current step.
    first, last : Out(1)
        this clock issues the first, the last step of a tile.
    opening : Out(1)
        the tile is the first one of its matrix.
    weight : Out
        address of the step's weights, which lie in the order of the matrices, tiles and steps.
    word, phase : Out
        which word of the vector, counted from its first, and which `columns` of its elements, the step reads.

    Cycles
    ------
    `pick` follows `ready` combinationally while nothing runs, and in the clock of the last step. The first step is
    issued `latency` = 1 clock after `pick`, unless the sums before it still drain, and `done` comes `MatrixPlan.issue`
    clocks after `pick`; a step a clock within a tile, a tile every `MatrixPlan.period` clocks.

    Raises
    ------
    ValueError
        if there is no plan, or not one number of phases for each.

    Examples
    --------
    >>> from varigate.gateware.engine.program import Array, lower
    >>> from varigate.gateware.engine.schedule import plan_subnet
    >>> from varigate.model.network import network_file
    >>> iris = network_file.load(network_file.find("iris"))
    >>> Sequencer(plan_subnet(lower(iris)[0], Array(8, 1)), phases=[1, 1]).steps
    12
    """

    latency = 1

    def __init__(self, plans: list[MatrixPlan], phases: list[int]):
        if not plans or len(plans) != len(phases):
            raise ValueError(f"A sequencer must have plans and a number of phases for each, not {len(plans)} plans and "
                             f"{len(phases)} numbers of phases")
        self._plans, self._phases = plans, phases
        self.steps = sum(plan.words for plan in plans)
        super().__init__({
            "ready": In(len(plans)),
            "pick": Out(len(plans)),
            "done": Out(len(plans)),
            "matrix": Out(range(max(len(plans), 2))),
            "first": Out(1),
            "last": Out(1),
            "opening": Out(1),
            "weight": Out(range(max(self.steps, 2))),
            "word": Out(range(max(max(-(-plan.steps // each) for plan, each in zip(plans, phases, strict=True)), 2))),
            "phase": Out(range(max(*phases, 2))),
        })

    def elaborate(self, platform):
        m = Module()
        plans = self._plans
        bases = [sum(plan.words for plan in plans[:index]) for index in range(len(plans))]

        running = Signal()
        step = Signal(range(max(max(plan.steps for plan in plans), 2)))
        tile = Signal(range(max(max(plan.tiles for plan in plans), 2)), reset_less=True)
        # Clocks until the drain has sent off the sums of the last tile; a tile's sums must not be captured before.
        draining = Signal(range(max(plan.drains for plan in plans) + 1))

        def of(values):
            return select(values, self.matrix)

        issue, final, last_tile, ending = Signal(), Signal(), Signal(), Signal()
        m.d.comb += [
            issue.eq(running & ((step != 0) | (draining <= of([plan.steps for plan in plans])))),
            final.eq(step == of([plan.steps - 1 for plan in plans])),
            last_tile.eq(tile == of([plan.tiles - 1 for plan in plans])),
            self.opening.eq(tile == 0),
            self.first.eq(issue & (step == 0)),
            self.last.eq(issue & final),
            ending.eq(self.last & last_tile),
        ]
        with m.If(self.last):
            m.d.sync += draining.eq(Mux(last_tile, of([plan.last_drains for plan in plans]),
                                        of([plan.drains for plan in plans])))
        with m.Elif(draining != 0):
            m.d.sync += draining.eq(draining - 1)

        with m.If(issue):
            m.d.sync += [self.weight.eq(self.weight + 1), step.eq(step + 1)]
            with m.If(self.phase == of([each - 1 for each in self._phases])):
                m.d.sync += [self.phase.eq(0), self.word.eq(self.word + 1)]
            with m.Else():
                m.d.sync += self.phase.eq(self.phase + 1)
            with m.If(final):
                m.d.sync += [step.eq(0), self.phase.eq(0), self.word.eq(0), tile.eq(tile + 1)]
        for index in range(len(plans)):
            m.d.comb += self.done[index].eq(ending & (self.matrix == index))

        greatest = self.ready & ~Cat(self.ready[index + 1:].any() for index in range(len(plans)))
        with m.If(~running | ending):
            m.d.comb += self.pick.eq(greatest)
            m.d.sync += [running.eq(self.ready.any()), tile.eq(0)]
            for index in range(len(plans)):
                with m.If(self.pick[index]):
                    m.d.sync += [self.matrix.eq(index), self.weight.eq(bases[index])]
        return m
