"""Draws the designs that a sweep synthesises at random, so that the fit covers the whole space."""

import numpy as np

from varigate.explore.costs.synthesis import Point
from varigate.explore.spaces.networks import network_of
from varigate.explore.spaces.varigate import SPACE, array_of, candidates
from varigate.explore.spaces.workloads import random_workload
from varigate.gateware.estimate.resources import Core
from varigate.model.network.variants import BITS
from varigate.platform.toolchains.device import Device

__all__ = ["sweep_points"]

SHAPES = ("4-8-z2-c3", "64-32-z8-c10-sigmoid", "784-256-z16-c10-sigmoid")  # of iris, digits and mnist
SHAPES_SHARE = 0.25  # of the cores
NETWORKS = ("iris", "digits", "mnist")  # for every second top
SLICES = 132  # DSP slices at most: the time of synthesis grows with them
LUT_WEIGHTS = 1500  # look-up tables at most, for the same reason; deep tables take several times as many


def _fits(workload: str, values: dict, device: Device) -> bool:
    network = network_of(workload, values)
    if network.sigmoid is None and values["sigmoid"] != SPACE.parameters[7].values[0]:
        return False
    need, capacity = Core(network, values["weights"]).need(array_of(values)), device.capacity
    return need.dsp <= min(SLICES, capacity.dsp) and need.ramb36 <= capacity.ramb36 and need.lut <= LUT_WEIGHTS


def sweep_points(cores: int, tops: int, seed: int, device: Device) -> list[Point]:
    """Draws `cores` cores and `tops` whole designs that fit the device, all different, small ones first.

    Networks of cores have random integers and shapes from Iris to MNIST. Tops have shipped networks and networks of
    random shapes in turn.

    Examples
    --------
    >>> from varigate.platform.toolchains.device import DEVICES
    >>> points = sweep_points(2, 1, 0, DEVICES["xc7a100t"])
    >>> sorted(point.scope for point in points)
    ['core', 'core', 'top']
    """
    rng, everything = np.random.default_rng(seed), candidates(BITS, sigmoid=True)
    found = {"core": {}, "top": {}}
    for scope, count in (("core", cores), ("top", tops)):
        while len(found[scope]) < count:
            values = SPACE.values(everything[int(rng.integers(len(everything)))])
            if scope == "top" and len(found[scope]) % 2 == 0:
                workload, values["bits"] = str(rng.choice(NETWORKS)), max(BITS)
            elif scope == "core" and rng.random() < SHAPES_SHARE:
                workload = str(rng.choice(SHAPES))
            else:
                workload = str(random_workload(rng))
            if _fits(workload, values, device):
                found[scope][Point(workload, tuple(values.values()), scope)] = array_of(values).multipliers
    points = {**found["core"], **found["top"]}
    return sorted(points, key=points.get)
