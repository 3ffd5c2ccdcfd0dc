"""Computes the costs of a design: exact cycles and resources, predicted area, and modelled energy."""

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
from varigate.gateware.estimate.structure import NetworkStructure, Structure
from varigate.gateware.estimate.timing import Cycles, cycles
from varigate.gateware.lib.rom import DEEP
from varigate.model.network import network_file
from varigate.model.network.network import Network
from varigate.model.network.variants import variant
from varigate.platform.toolchains.device import LABELS, Device

__all__ = ["Costs", "Evaluator", "Sizes"]


@dataclass(frozen=True)
class Sizes:
    """Resources of a whole build of a design, and the limit that it breaks.

    Parameters
    ----------
    dsp, ramb36 : int
        exact.
    lut, ff, core_ff : float
        predicted; `core_ff` are the core's flip-flops alone.
    broken, kind : str
        a sentence on the limit that is broken, and its resource in a word or two; empty if all limits are kept.

    Examples
    --------
    >>> Sizes(dsp=8, ramb36=4, lut=2100.0, ff=1500.0, core_ff=900.0).broken
    ''
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
    """The costs of one design.

    Parameters
    ----------
    latency, interval : float
        clock cycles of a single inference, and between inferences in steady state.
    energy : float
        nanojoules per inference, modelled.
    sizes : Sizes

    Examples
    --------
    >>> Costs(200.0, 150.0, 30.0, Sizes(8, 4, 2100.0, 1500.0, 900.0)).edp
    6000.0
    """

    latency: float
    interval: float
    energy: float
    sizes: Sizes

    @property
    def edp(self) -> float:
        """Energy-delay product: energy × latency, in nanojoules × cycles."""
        return self.energy * self.latency


class _Unit:
    """A network with its units, and the parts of its costs that many designs share."""

    def __init__(self, network: Network):
        self.network, self.engine = network, NetworkStructure(network)
        self.cores = {style: Core(network, style) for style in ("lut", "block")}
        self.around = around(network)
        self._pipelines = {}

    def pipeline(self, array: Array) -> int:
        """Clocks through the engine's pipeline. Cycles depend on it and on the array's dimensions only."""
        key = array.columns, array.packed, array.cascade
        if key not in self._pipelines:
            self._pipelines[key] = MatrixEngine.pipeline_of(self.engine.subnets, array, self.network.sigmoid)
        return self._pipelines[key]


class Evaluator:
    """Computes the costs of designs (dicts of values by parameter) for a family of networks on a device.

    Parameters
    ----------
    family : Family
    device : Device
    area : AreaModel
        of the core.
    surroundings : {"lut": float, "ff": float}
        the rest of a build.
    tolerance : Tolerance or None
        None: `Tolerance()`.

    Examples
    --------
    >>> from varigate.explore.costs.calibration import Calibration
    >>> from varigate.explore.spaces.family import family
    >>> from varigate.explore.spaces.varigate import SPACE
    >>> from varigate.platform.toolchains.device import DEVICES
    >>> shape, fit = family("4-8-z2-c3"), Calibration.read()
    >>> evaluate = Evaluator(shape, DEVICES["xc7a100t"], fit.area, fit.around(shape.networks[8]))
    >>> costs = evaluate(SPACE.values([0] * 10) | {"columns": 4, "bits": 8, "epsilon": "quadratic"})
    >>> costs.sizes.dsp, costs.sizes.broken, costs.latency
    (11, '', 72)
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
        """The network that a design computes, with the design's units."""
        return self._unit(values).network

    def sizes(self, values: dict) -> Sizes:
        """The resources of a design, and the limit that it breaks: one of the device, or of accuracy."""
        unit, array = self._unit(values), array_of(values)
        need = unit.cores[values["weights"]].need(array) + unit.around
        structure = unit.engine.on(array, values["weights"])
        predicted = self.area.predict([features(structure)])
        core_ff = float(predicted["ff"][0])
        lut, ff = (float(predicted[name][0]) + self.surroundings[name] for name in ("lut", "ff"))
        return Sizes(need.dsp, need.ramb36, lut, ff, core_ff, *self._broken(
            values["bits"], structure, {"dsp": need.dsp, "ramb36": need.ramb36, "lut": lut, "ff": ff}))

    def _broken(self, bits: int, structure: Structure, wanted: dict) -> tuple[str, str]:
        """A sentence on the first limit that is broken, and its kind; two empty texts if none is."""
        broken = self.family.broken(bits, self.tolerance)
        if broken:
            return broken, f"{bits}-bit weights' accuracy"
        if structure.block and structure.words > DEEP:
            return (f"{structure.words:,} words of weights; block RAM is counted exactly up to {DEEP:,} only",
                    "words of weights")
        for name, count in wanted.items():
            limit = getattr(self.device.capacity, name)
            if count > limit:
                return f"{count:,.0f} {LABELS[name]}; the {self.device.name} has {limit:,}", LABELS[name]
        return "", ""

    def key(self, values: dict) -> tuple:
        """A key of a design's cycles: designs with the same key have the same cycles."""
        array = array_of(values)
        return array.rows, array.columns, array.drain, array.buffers, self._unit(values).pipeline(array)

    def cycles(self, values: dict) -> Cycles:
        """The exact latency and interval of a design."""
        key = self.key(values)
        if key not in self._cycles:
            self._cycles[key] = cycles(self.network(values), array_of(values))
        return self._cycles[key]

    def digest(self) -> str:
        """SHA-256 of all data that costs depend on (not of the program)."""
        parts = {
            "networks": {bits: network_file.digest(each).hex() for bits, each in self.family.networks.items()},
            "losses": self.family.losses, "tolerance": asdict(self.tolerance), "device": self.device.name,
            "area": {name: weights.tolist() for name, weights in self.area.weights.items()},
            "around": self.surroundings, "energy": CONSTANTS}
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    def learn(self, counted: dict[tuple, Cycles]):
        """Adds cycles that another process counted, by `key`."""
        self._cycles |= counted

    def __call__(self, values: dict) -> Costs:
        """All costs of a design, even if it breaks a limit."""
        sizes, counted, array = self.sizes(values), self.cycles(values), array_of(values)
        structure = self._unit(values).engine.on(array, values["weights"])
        return Costs(counted.latency, counted.interval, energy(structure, counted.interval, sizes.core_ff), sizes)
