"""What a design costs: cycles and resources by the generator's own formulas, area by the fit, energy by the model.
"""

import hashlib
import json
from dataclasses import asdict, dataclass

from varigate.explore.costs.area import AreaModel, features
from varigate.explore.costs.energy import CONSTANTS, energy
from varigate.explore.spaces.family import Family, Tolerance
from varigate.explore.spaces.varigate import array_of
from varigate.gateware.engine.matmul import MatrixEngine
from varigate.gateware.engine.program import Array
from varigate.gateware.estimate.resources import Core, around
from varigate.gateware.estimate.structure import Engine, Structure
from varigate.gateware.estimate.timing import Cycles, cycles
from varigate.gateware.lib.rom import DEEP
from varigate.model.network import network_file
from varigate.model.network.network import Network
from varigate.model.network.variants import variant
from varigate.platform.toolchains.device import LABELS, Device

__all__ = ["Costs", "Evaluator", "Sizes"]


@dataclass(frozen=True)
class Sizes:
    """What a design takes of a device, all that a build makes; look-up tables and flip-flops are predicted.

    `core_ff` are the core's flip-flops alone. `broken` says which limit the design breaks, and `kind` of what the limit
    is, in a word or two; both are empty where it keeps them all.
    """

    dsp: int
    ramb36: int
    lut: float
    ff: float
    core_ff: float
    broken: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Costs:
    """Of one design.

    Parameters
    ----------
    latency, interval : float
        clock cycles of an inference alone, and from one to the next.
    energy : float
        nanojoules an inference, modelled.
    sizes : Sizes
    """

    latency: float
    interval: float
    energy: float
    sizes: Sizes

    @property
    def edp(self) -> float:
        """Energy × latency, nanojoules × cycles."""
        return self.energy * self.latency


class _Unit:
    """A network with its units, and what of it is asked for again and again."""

    def __init__(self, network: Network):
        self.network, self.engine = network, Engine(network)
        self.cores = {style: Core(network, style) for style in ("lut", "block")}
        self.around = around(network)
        self._pipelines = {}

    def pipeline(self, array: Array) -> int:
        """Clocks through the engine's pipeline: all that cycles depend on besides the array's measures."""
        key = array.columns, array.packed, array.cascade
        if key not in self._pipelines:
            self._pipelines[key] = MatrixEngine.pipeline_of(self.engine.subnets, array, self.network.sigmoid)
        return self._pipelines[key]


class Evaluator:
    """Evaluates designs, as values by name, for a family of networks on a device.

    Parameters
    ----------
    family : Family
    device : Device
    area : AreaModel
        of the core.
    surroundings : {"lut": float, "ff": float}
        what a build has around the core.
    tolerance : Tolerance or None
        None is the default one.
    """

    def __init__(self, family: Family, device: Device, area: AreaModel, surroundings: dict,
                 tolerance: Tolerance | None = None):
        self.family, self.device, self.area, self.surroundings = family, device, area, surroundings
        self.tolerance = tolerance or Tolerance()
        self._units: dict[tuple, _Unit] = {}
        self._cycles: dict[tuple, Cycles] = {}

    def _unit(self, values: dict) -> _Unit:
        key = values["bits"], values["sigmoid"], values["epsilon"]
        if key not in self._units:
            network = self.family.networks[values["bits"]]
            self._units[key] = _Unit(variant(network, sigmoid=values["sigmoid"] if network.sigmoid else None,
                                             epsilon=values["epsilon"]))
        return self._units[key]

    def network(self, values: dict) -> Network:
        """The network that a design computes."""
        return self._unit(values).network

    def sizes(self, values: dict) -> Sizes:
        """What a design takes, and which limit it breaks: the device's, or one of accuracy."""
        unit, array = self._unit(values), array_of(values)
        need = unit.cores[values["weights"]].need(array) + unit.around
        structure = unit.engine.on(array, values["weights"])
        predicted = self.area.predict([features(structure)])
        core_ff = float(predicted["ff"][0])
        lut, ff = (float(predicted[name][0]) + self.surroundings[name] for name in ("lut", "ff"))
        return Sizes(need.dsp, need.ramb36, lut, ff, core_ff, *self._broken(
            values["bits"], structure, {"dsp": need.dsp, "ramb36": need.ramb36, "lut": lut, "ff": ff}))

    def _broken(self, bits: int, structure: Structure, wanted: dict) -> tuple[str, str]:
        """The first limit that is broken, and its kind."""
        broken = self.family.broken(bits, self.tolerance)
        if broken:
            return broken, f"{bits}-bit weights' accuracy"
        if structure.block and structure.words > DEEP:
            return (f"{structure.words:,} words of weights, and block RAM is counted exactly up to {DEEP:,}",
                    "words of weights")
        for name, count in wanted.items():
            limit = getattr(self.device.capacity, name)
            if count > limit:
                return f"{count:,.0f} {LABELS[name]}, and the {self.device.name} has {limit:,}", LABELS[name]
        return "", ""

    def key(self, values: dict) -> tuple:
        """What a design's cycles depend on: designs of one key have the same."""
        array = array_of(values)
        return array.rows, array.columns, array.drain, array.buffers, self._unit(values).pipeline(array)

    def cycles(self, values: dict) -> Cycles:
        """The exact counts."""
        key = self.key(values)
        if key not in self._cycles:
            self._cycles[key] = cycles(self.network(values), array_of(values))
        return self._cycles[key]

    def digest(self) -> str:
        """Of all that costs depend on, but for the program itself."""
        parts = {
            "networks": {bits: network_file.digest(each).hex() for bits, each in self.family.networks.items()},
            "losses": self.family.losses, "tolerance": asdict(self.tolerance), "device": self.device.name,
            "area": {name: weights.tolist() for name, weights in self.area.weights.items()},
            "around": self.surroundings, "energy": CONSTANTS}
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    def learn(self, counted: dict[tuple, Cycles]):
        """Takes cycles over that were counted elsewhere, by `key`."""
        self._cycles |= counted

    def __call__(self, values: dict) -> Costs:
        """All costs; of a design that breaks a limit, too."""
        sizes, counted, array = self.sizes(values), self.cycles(values), array_of(values)
        structure = self._unit(values).engine.on(array, values["weights"])
        return Costs(counted.latency, counted.interval, energy(structure, counted.interval, sizes.core_ff), sizes)
