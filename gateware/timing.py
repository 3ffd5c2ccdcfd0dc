"""The core's clock cycles, counted by running its control alone: no data, and so the same for every input.

What is counted here is what the gateware does, clock by clock; tests hold the two equal. Where nothing but the array is
waited for, the interval is the sum of the costs of the matrices (`gateware.schedule`):

    interval = Σ [(tiles − 1)·max(steps, drains) + max(steps, last_drains)]
"""

from collections import deque
from dataclasses import dataclass

from gateware.answer import Answer
from gateware.job import Op, Part
from gateware.matmul import MatrixEngine
from gateware.program import Array, Segment, lower
from gateware.queue import ResultQueue
from gateware.sampling import MeanRounder, Sampler
from gateware.schedule import plan_segment
from model.network import Network

__all__ = ["Cycles", "array_cycles", "cycles", "run"]


@dataclass(frozen=True)
class Cycles:
    """Clock cycles of a RECONSTRUCT whose results are taken as they come, with ε at hand.

    class_latency : from the last input's acceptance to the class (to the last v, without a class head), of a job alone
    latency : from the last input's acceptance to the last output, of a job alone
    interval : from one job to the next, when they follow without a pause from a core at rest; the mean, where they
        take turns. After a pause the matrices may fall into another order, and follow a few cycles sooner or later.
    utilisation : multiply-accumulates of encoder and decoder, over multiplications a clock × interval
    """

    class_latency: int
    latency: int
    interval: float
    utilisation: float


def array_cycles(network: Network, array: Array) -> int:
    """Cycles of the array for one job: a lower bound of the interval."""
    return sum(plan.cost for segment in lower(network) for plan in plan_segment(segment, array))


class _Engine:
    """The matrix engine's control. `offer` and `available` are its streams; a clock is `settle`, then `tick`."""

    def __init__(self, network: Network, array: Array):
        segments = lower(network)
        self.plans, self.segment, self.opens, self.closes = [], [], [], []
        for index, segment in enumerate(segments):
            plans = plan_segment(segment, array)
            for place, plan in enumerate(plans):
                self.plans.append(plan)
                self.segment.append(index)
                self.opens.append(place == 0)
                self.closes.append(place == len(plans) - 1)
        self.pipeline = MatrixEngine.pipeline_of(segments, array, network.sigmoid)
        self.inputs = [segment[0].inputs for segment in segments]
        self.rows = [segment[-1].rows for segment in segments]
        self.drain, self.buffers = array.drain, array.buffers
        self.jobs = [ResultQueue.jobs_of(rows, array.drain, array.buffers) for rows in self.rows]
        count = len(segments)
        self.loaded, self.pages, self.waiting = [0] * count, [0] * count, [0] * count
        self.reserved, self.queued = [0] * count, [deque() for _ in range(count)]
        self.written, self.claimed = [False] * len(self.plans), [False] * len(self.plans)
        self.matrix, self.tile, self.step, self.draining = None, 0, 0, 0
        self.due = deque()  # (clock, matrix, first result, results, group of its matrix) of groups to be written

    def can_take(self, index: int) -> bool:
        """Whether the segment's stream of elements is ready."""
        return self.pages[index] < self.buffers

    def _ready(self, matrix: int) -> bool:
        there = self.waiting[self.segment[matrix]] > 0 if self.opens[matrix] else self.written[matrix]
        index = self.segment[matrix]
        room = self.reserved[index] < self.jobs[index] if self.closes[matrix] else not self.claimed[matrix]
        return there and room

    def tick(self, now: int, taken_in: list[int], taken_out: list[int]):
        """One clock, in which elements were taken into, and results out of, the segments of these indices."""
        finished = picked = None
        last = False
        if self.matrix is not None:
            plan = self.plans[self.matrix]
            if self.step or self.draining <= plan.steps:
                self.step += 1
                last = self.step == plan.steps
        if last:
            ends = self.tile == plan.tiles - 1
            drains = plan.last_drains if ends else plan.drains
            first = self.tile * plan.drains
            self.due.extend((now + self.pipeline + group, self.matrix, first + group) for group in range(drains))
            self.draining, self.step, self.tile = drains, 0, self.tile + 1
            finished = self.matrix if ends else None
        elif self.draining:
            self.draining -= 1
        if self.matrix is None or finished is not None:
            picked = next((matrix for matrix in reversed(range(len(self.plans))) if self._ready(matrix)), None)
            self.matrix, self.tile = picked, 0
        if finished is not None:
            if self.opens[finished]:
                self.pages[self.segment[finished]] -= 1
            else:
                self.claimed[finished - 1] = False
        if picked is not None:
            index = self.segment[picked]
            if self.opens[picked]:
                self.waiting[index] -= 1
            else:
                self.written[picked] = False
            if self.closes[picked]:
                self.reserved[index] += 1
            else:
                self.claimed[picked] = True
        for index in taken_out:
            if self.queued[index].popleft():
                self.reserved[index] -= 1
        for index in taken_in:
            self.loaded[index] += 1
            if self.loaded[index] == self.inputs[index]:
                self.loaded[index] = 0
                self.pages[index] += 1
                self.waiting[index] += 1
        while self.due and self.due[0][0] <= now:
            _, matrix, group = self.due.popleft()
            if self.closes[matrix]:
                index = self.segment[matrix]
                plan = self.plans[matrix]
                final = group == plan.groups - 1
                count = self.rows[index] - group * self.drain if final else self.drain
                self.queued[index].extend([False] * (count - 1) + [final])
            elif group == self.plans[matrix + 1].chase - 1:
                self.written[matrix + 1] = True



class _Pipe:
    """Pipeline stages that move as a whole."""

    def __init__(self, latency: int):
        self.stages = [False] * latency

    def advances(self, ready: bool) -> bool:
        return ready or not self.stages[-1]

    def tick(self, ready: bool, taken: bool):
        if self.advances(ready):
            self.stages = [taken, *self.stages[:-1]]


class _Core:
    """The stages around the engine, for RECONSTRUCTs from a client who always gives and takes. `inputs`, `classes` and
    `outputs` are the clocks in which each job's last input, class and last output went."""

    def __init__(self, network: Network, array: Array, jobs: int):
        self.network, self.engine, self.jobs = network, _Engine(network, array), jobs
        self.order = list(Answer.numbers(network, Op.RECONSTRUCT).items())
        self.inputs, self.classes, self.outputs = [], [], []
        self.loading, self.left = "IDLE", 0
        self.middle, self.given = "IDLE", 0
        self.begun, self.latents, self.samples = 0, 0, 0
        self.mean, self.sampler = _Pipe(MeanRounder.latency), _Pipe(Sampler.latency)
        self.part, self.told = None, 0

    def run(self):
        now = 0
        while len(self.outputs) < self.jobs:
            self._tick(now)
            now += 1

    def _tick(self, now: int):
        network, engine = self.network, self.engine
        latent, queued = network.latent, engine.queued
        taken_in, taken_out = [], []

        # The answer: which part is told, and whether its next number is there.
        begins = self.part is None and self.begun > 0
        latents_out = samples_out = 0
        if self.part is not None:
            part, count = self.order[self.part]
            there = {Part.MU: self.latents, Part.V: self.latents, Part.SCORE: len(queued[-1]), Part.Z: self.samples,
                     Part.OUTPUT: len(queued[Segment.DECODER])}.get(part, 1)
            if there:
                latents_out, samples_out = part in (Part.MU, Part.V), part == Part.Z
                taken_out += {Part.SCORE: [Segment.HEAD], Part.OUTPUT: [Segment.DECODER]}.get(part, [])
                self.told += 1
                if part == (Part.CLASS if network.classes else Part.V) and self.told == count:
                    self.classes.append(now)
                if self.told == count:
                    self.told, self.part = 0, self.part + 1
                    if self.part == len(self.order):
                        self.part = None
                        self.outputs.append(now)

        # The middle: the encoder's results to the class head and the sampler.
        head_ready = network.classes and engine.can_take(Segment.HEAD)
        decoder_ready = engine.can_take(Segment.DECODER) and self.samples < latent
        if network.classes and self.mean.stages[-1] and head_ready:
            taken_in.append(Segment.HEAD)
        drawn = self.sampler.stages[-1] and decoder_ready
        if drawn:
            taken_in.append(Segment.DECODER)
        hand_on = self.loading == "HAND ON" and self.middle == "IDLE" and self.begun < 2
        pipe, ready = {"MU": (self.mean if network.classes else None, head_ready),
                       "V": (self.sampler, decoder_ready)}.get(self.middle, (None, False))
        element = (self.middle != "IDLE" and len(queued[Segment.ENCODER]) > 0 and self.latents < 2 * latent
                   and (pipe is None or pipe.advances(ready)))
        self.mean.tick(head_ready, element and pipe is self.mean)
        self.sampler.tick(decoder_ready, element and pipe is self.sampler)
        if element:
            taken_out.append(Segment.ENCODER)
            self.given += 1
            if self.given == latent:
                self.given, self.middle = 0, {"MU": "V", "V": "IDLE"}[self.middle]
        if hand_on:
            self.middle = "MU"
        if begins:
            self.part = 0
        self.begun += hand_on - begins
        self.latents += element - latents_out
        self.samples += drawn - samples_out

        # Loading.
        if self.loading == "IDLE":
            self.loading, self.left = "LOAD", network.inputs
        elif self.loading == "LOAD" and engine.can_take(Segment.ENCODER):
            taken_in.append(Segment.ENCODER)
            self.left -= 1
            if self.left == 0:
                self.loading = "HAND ON"
                self.inputs.append(now)
        elif hand_on:
            self.loading = "IDLE" if len(self.inputs) < self.jobs else "END"
        engine.tick(now, taken_in, taken_out)


SETTLED, PERIOD = 6, 4  # jobs until the core repeats itself while others follow, and after which it does at the latest


def run(network: Network, array: Array, jobs: int):
    """The clocks in which the last inputs, classes (last v, without a class head) and last outputs of so many jobs go,
    three lists; clock 0 is the first job's acceptance."""
    core = _Core(network, array, jobs)
    core.run()
    return core.inputs, core.classes, core.outputs


def cycles(network: Network, array: Array) -> Cycles:
    """The exact counts of `FoldedVae`."""
    (input_,), (cls,), (output,) = run(network, array, 1)
    *_, outputs = run(network, array, SETTLED + 2 * PERIOD)
    interval = (outputs[SETTLED + PERIOD] - outputs[SETTLED]) / PERIOD
    return Cycles(cls - input_, output - input_, interval, network.macs / (array.multipliers * interval))
