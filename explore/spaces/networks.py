"""From the name of a network, or a shape, and a design's units to the network that the design computes."""

from functools import lru_cache

from varigate.explore.spaces.workloads import PATTERN, Workload
from varigate.model.network import network_file
from varigate.model.network.network import Network
from varigate.model.network.variants import find_bits, variant

__all__ = ["base", "network_of"]


@lru_cache(maxsize=16)
def base(workload: str, bits: int) -> Network:
    """The network with weights of so many bits: a named one or a file's, or one of random integers of a shape."""
    if PATTERN.fullmatch(workload):
        return Workload.parse(workload).network(bits)
    return network_file.load(find_bits(workload, bits))


def network_of(workload: str, values: dict) -> Network:
    """The network of a design, with its units; where there is no sigmoid, the design's choice of one means nothing."""
    network = base(workload, values["bits"])
    return variant(network, sigmoid=values["sigmoid"] if network.sigmoid else None, epsilon=values["epsilon"])
