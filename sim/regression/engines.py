"""The simulators by name. Each one opens a core that runs many RECONSTRUCT jobs."""

from varigate.gateware.core.vae import FoldedVae
from varigate.gateware.engine.program import Array
from varigate.model.errors import UserError
from varigate.model.network.network import Network
from varigate.sim.regression.bulk import AmaranthCore, StreamCore
from varigate.sim.simulators.compiled import Simulation
from varigate.sim.simulators.gate import simulation as gate_level

__all__ = ["DEFAULT", "ENGINES"]


def _compiled(network: Network, array: Array, *, weights: str = "lut", trace=None) -> StreamCore:
    return StreamCore(Simulation(FoldedVae(network, array, weights=weights), trace=trace), network)


def _pysim(network: Network, array: Array, *, weights: str = "lut", trace=None) -> AmaranthCore:
    if trace is not None:
        raise UserError("--engine pysim cannot write a VCD: choose --engine compiled")
    return AmaranthCore(lambda: FoldedVae(network, array, weights=weights))


def _gate(network: Network, array: Array, *, weights: str = "lut", trace=None) -> StreamCore:
    return StreamCore(gate_level(FoldedVae(network, array, weights=weights), trace=trace), network)


DEFAULT = "compiled"
ENGINES = {
    "compiled": _compiled,  # CXXRTL: the RTL as C++
    "pysim": _pysim,  # Amaranth's own simulator
    "gate": _gate,  # the netlist that synthesis makes, in CXXRTL
}
"""Functions (network, array, weights=…, trace=…) → a context manager with a method `reconstruct`, see `bulk`.

`trace` is None, or the path of the VCD that is written.
"""
