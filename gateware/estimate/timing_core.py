"""The core's control around the matrix engine as plain counters, for `gateware.estimate.timing`.

`CoreControl` mirrors `gateware.core.vae.FoldedVae`, `gateware.core.latent.Latent` and `gateware.core.answer.Answerer`
clock by clock: a change of theirs is a change here, and the other way round.
"""

from varigate.gateware.engine.program import Subnet
from varigate.gateware.estimate.timing_engine import EngineControl
from varigate.gateware.units.sampling import MeanRounder, Sampler
from varigate.model.network.network import Network
from varigate.model.protocol.operations import Op, Part, counts

__all__ = ["CoreControl"]


class _Pipe:
    """The valid bits of a `gateware.lib.pipeline.Pipeline`: bit n of `stages` is stage n, and the last one gives."""

    def __init__(self, latency: int):
        self.stages, self._last = 0, 1 << latency - 1

    @property
    def gives(self) -> bool:
        return self.stages >= self._last

    def advances(self, ready: bool) -> bool:
        return ready or not self.gives

    def tick(self, ready: bool, taken: bool):
        if self.advances(ready):
            self.stages = (self.stages << 1 | taken) & 2 * self._last - 1


class CoreControl:
    """Counts the clocks of the stages around the engine, for RECONSTRUCTs from a client that always gives and takes.

    It mirrors `FoldedVae` (loading), `Latent` (the middle) and `Answerer` (the part that is told).

    Parameters
    ----------
    network : Network
    engine : EngineControl
    jobs : int
        jobs that the client gives.
    jumps : bool
        clocks in which only counters move are counted as one; without, clock by clock, and to the same effect.

    Attributes
    ----------
    inputs, classes, outputs : list of int
        the clocks in which each job's last input, class (last v, without a class head) and last output went.

    Examples
    --------
    >>> from varigate.gateware.engine.matmul import MatrixEngine
    >>> from varigate.gateware.engine.program import Array, lower
    >>> from varigate.model.network import network_file
    >>> iris, array = network_file.load(network_file.find("iris")), Array(8, 1)
    >>> pipeline = MatrixEngine.pipeline_of(lower(iris), array, iris.sigmoid)
    >>> core = CoreControl(iris, EngineControl(lower(iris), array, pipeline), jobs=2)
    >>> core.run(2)
    >>> core.inputs
    [4, 10]
    """

    def __init__(self, network: Network, engine: EngineControl, jobs: int, *, jumps: bool = True):
        self._engine, self._jobs, self._jumps = engine, jobs, jumps
        self._elements, self._latent, self._head = network.inputs, network.latent, network.classes > 0
        self._order = list(counts(Op.RECONSTRUCT, network).items())
        self._class = Part.CLASS if network.classes else Part.V
        self.inputs, self.classes, self.outputs = [], [], []
        self._loading, self._left = "IDLE", 0
        self._middle, self._given = "IDLE", 0
        self._begun, self._latents, self._samples = 0, 0, 0
        self._mean, self._sampler = _Pipe(MeanRounder.latency), _Pipe(Sampler.latency)
        self._part, self._told = None, 0
        self._now = 0

    def run(self, outputs: int):
        """Run until `outputs` jobs have given their last output."""
        while len(self.outputs) < outputs:
            clocks = self._quiet(self._now) if self._jumps else 0
            if clocks > 0:
                self._skip(clocks)
                self._now += clocks
            self._tick(self._now)
            self._now += 1

    @property
    def state(self) -> tuple:
        """Everything that the clocks to come depend on, as long as the client has jobs to give."""
        return (self._loading, self._left, self._middle, self._given, self._begun, self._latents, self._samples,
                self._mean.stages, self._sampler.stages, self._part, self._told, *self._engine.state(self._now))

    def _there(self) -> int:
        """Count the numbers that are there of the part that is told."""
        part = self._order[self._part][0]
        if part is Part.OUTPUT:
            return self._engine.queued[Subnet.DECODER]
        if part is Part.MU or part is Part.V:
            return self._latents
        if part is Part.SCORE:
            return self._engine.queued[Subnet.HEAD]
        return self._samples if part is Part.Z else 1

    def _quiet(self, now: int) -> int:
        """Count the clocks from `now` on in which only counters move: elements come in, outputs are told, the array
        steps."""
        clocks = self._engine.quiet(now)
        if clocks <= 0:
            return 0
        if self._part is not None:
            part, count = self._order[self._part]
            if there := self._there():
                clocks = min(clocks, there, count - self._told - 1) if part is Part.OUTPUT else 0
        elif self._begun:
            return 0
        if clocks <= 0 or self._middle_moves() or self._hands_on() or self._loading == "IDLE":
            return 0
        return min(clocks, self._left - 1) if self._loads() else clocks

    def _skip(self, clocks: int):
        """Take `clocks` quiet clocks at once, to the effect of `_tick`."""
        loads, tells = self._loads(), self._part is not None and self._there() > 0
        self._left -= loads * clocks
        self._told += tells * clocks
        self._engine.skip(clocks, Subnet.ENCODER if loads else None, Subnet.DECODER if tells else None)

    def _loads(self) -> bool:
        return self._loading == "LOAD" and self._engine.can_take(Subnet.ENCODER)

    def _hands_on(self) -> bool:
        return self._loading == "HAND ON" and self._middle == "IDLE" and self._begun < 2

    def _head_ready(self) -> bool:
        return self._head and self._engine.can_take(Subnet.HEAD)

    def _decoder_ready(self) -> bool:
        return self._engine.can_take(Subnet.DECODER) and self._samples < self._latent

    def _gives(self) -> bool:
        """Whether one of the encoder's results is passed on: μ to the class head, if there is one, and v to the
        sampler."""
        if self._middle == "IDLE" or not self._engine.queued[Subnet.ENCODER] or self._latents == 2 * self._latent:
            return False
        if self._middle == "V":
            return self._sampler.advances(self._decoder_ready())
        return not self._head or self._mean.advances(self._head_ready())

    def _middle_moves(self) -> bool:
        return (self._gives() or (self._mean.stages and self._mean.advances(self._head_ready()))
                or (self._sampler.stages and self._sampler.advances(self._decoder_ready())))

    def _tick(self, now: int):
        taken_in, taken_out = [], []
        # Everything depends on the state before this clock.
        begins = self._part is None and self._begun > 0
        hands_on, loads, gives = self._hands_on(), self._loads(), self._gives()
        head_ready, decoder_ready = self._head_ready(), self._decoder_ready()
        told = self._tell(now, taken_out) if self._part is not None else None

        # The middle: the encoder's results to the class head and the sampler.
        if self._mean.gives and head_ready:
            taken_in.append(Subnet.HEAD)
        drawn = self._sampler.gives and decoder_ready
        if drawn:
            taken_in.append(Subnet.DECODER)
        self._mean.tick(head_ready, gives and self._middle == "MU" and self._head)
        self._sampler.tick(decoder_ready, gives and self._middle == "V")
        if gives:
            taken_out.append(Subnet.ENCODER)
            self._given += 1
            if self._given == self._latent:
                self._given, self._middle = 0, "V" if self._middle == "MU" else "IDLE"
        if hands_on:
            self._middle = "MU"
        if begins:
            self._part = 0
        self._begun += hands_on - begins
        self._latents += gives - (told is Part.MU or told is Part.V)
        self._samples += drawn - (told is Part.Z)

        # Loading.
        if self._loading == "IDLE":
            self._loading, self._left = "LOAD", self._elements
        elif loads:
            taken_in.append(Subnet.ENCODER)
            self._left -= 1
            if self._left == 0:
                self._loading = "HAND ON"
                self.inputs.append(now)
        elif hands_on:
            self._loading = "IDLE" if len(self.inputs) < self._jobs else "END"
        self._engine.tick(now, taken_in, taken_out)

    def _tell(self, now: int, taken_out: list[int]):
        """Tell a number and return its part, or None if none is there."""
        if not self._there():
            return None
        part, count = self._order[self._part]
        if part is Part.SCORE:
            taken_out.append(Subnet.HEAD)
        elif part is Part.OUTPUT:
            taken_out.append(Subnet.DECODER)
        self._told += 1
        if self._told == count:
            if part is self._class:
                self.classes.append(now)
            self._told, self._part = 0, self._part + 1
            if self._part == len(self._order):
                self._part = None
                self.outputs.append(now)
        return part
