"""Clock cycles of the core, counted by running its control alone: no data, and so the same for every input.

The counters of `gateware.estimate.timing_core` and `gateware.estimate.timing_engine` do what the gateware does, though
clocks in which only counters move are taken at once; tests hold the two equal. If nothing but the array is waited for,
the interval is the sum of the costs of the matrices (`gateware.engine.schedule`):

    interval = Σ [(tiles − 1)·max(steps, drains) + max(steps, last_drains)]
"""

import sys
from dataclasses import dataclass
from functools import lru_cache

from varigate.gateware.engine.matmul import MatrixEngine
from varigate.gateware.engine.program import Array, Matrix, lower
from varigate.gateware.estimate.timing_core import CoreControl
from varigate.gateware.estimate.timing_engine import EngineControl
from varigate.model.network.network import Network

__all__ = ["Cycles", "cycles", "run"]


@dataclass(frozen=True)
class Cycles:
    """Clock cycles of a RECONSTRUCT whose results are taken as they come, with ε at hand.

    Members
    -------
    class_latency : int
        clocks from the last input's acceptance to the class (to the last v, without a class head), of a job alone.
    latency : int
        clocks from the last input's acceptance to the last output, of a job alone.
    interval : float
        clocks from one job to the next, when they follow without a pause from a core at rest; the mean, where they
        take turns. After a pause the matrices may fall into another order, and follow a few cycles sooner or later.
    utilisation : float
        multiply-accumulates of encoder and decoder, over multiplications a clock × interval; at most 1.
    """

    class_latency: int
    latency: int
    interval: float
    utilisation: float


@lru_cache(maxsize=8)
def _subnets(network: Network) -> list[list[Matrix]]:
    """Lower the network once: a search asks for the cycles of one network on many arrays."""
    return lower(network)


def _pipeline(network: Network, array: Array) -> int:
    return MatrixEngine.pipeline_of(_subnets(network), array, network.sigmoid)


def _core(network: Network, array: Array, jobs: int, **options) -> CoreControl:
    engine = EngineControl(_subnets(network), array, _pipeline(network, array))
    return CoreControl(network, engine, jobs, **options)


def run(network: Network, array: Array, jobs: int, *, jumps: bool = True):
    """Run `jobs` jobs; return the clocks of their last inputs, classes and last outputs.

    Three lists; clock 0 is the first job's acceptance. Without a class head the last v stands for the class. Without
    `jumps` it is counted clock by clock.

    >>> from varigate.model.network import network_file
    >>> inputs, classes, outputs = run(network_file.load(network_file.find("iris")), Array(8, 1), jobs=2)
    >>> inputs, classes, outputs
    ([4, 10], [53, 94], [84, 105])
    """
    core = _core(network, array, jobs, jumps=jumps)
    core.run(jobs)
    return core.inputs, core.classes, core.outputs


def _interval(core: CoreControl) -> float:
    """Mean number of clocks from one job to the next, until a core whose client never ends is in a state once more."""
    core.run(1)
    seen = {}
    while core.state not in seen:
        seen[core.state] = len(core.outputs), core.outputs[-1]
        core.run(len(core.outputs) + 1)
    jobs, clock = seen[core.state]
    return (core.outputs[-1] - clock) / (len(core.outputs) - jobs)


def cycles(network: Network, array: Array) -> Cycles:
    """Count the cycles of `gateware.core.vae.FoldedVae` exactly.

    >>> from varigate.model.network import network_file
    >>> counted = cycles(network_file.load(network_file.find("iris")), Array(8, 1))
    >>> counted.latency, counted.interval
    (70, 36.0)
    """
    (input_,), (cls,), (output,) = run(network, array, 1)
    interval = _interval(_core(network, array, sys.maxsize))
    return Cycles(cls - input_, output - input_, interval, network.macs / (array.multipliers * interval))
