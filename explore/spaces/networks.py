"""The network that a design computes: found by name or made from a shape, with the units that the design chose."""

from functools import lru_cache

from varigate.explore.spaces.workloads import PATTERN, Workload
from varigate.model.network import network_file
from varigate.model.network.network import Network
from varigate.model.network.variants import find_bits, variant

__all__ = ["base", "network_of"]


@lru_cache(maxsize=16)
def base(workload: str, bits: int) -> Network:
    """The network of a workload, with weights of `bits` bits.

    A name or a file is loaded; a shape (`Workload.parse`) gets random integers.

    Examples
    --------
    >>> base("iris", 8).name
    'iris'
    >>> base("4-8-z2-c3", 4).latent
    2
    """
    if PATTERN.fullmatch(workload):
        return Workload.parse(workload).network(bits)
    return network_file.load(find_bits(workload, bits))


def network_of(workload: str, values: dict) -> Network:
    """The network of a workload with a design's width of weights and its units of the sigmoid and of ε.

    A network without a sigmoid ignores `values["sigmoid"]`.

    Examples
    --------
    >>> network = network_of("64-32-z8-c10-sigmoid", {"bits": 8, "sigmoid": "line", "epsilon": "quadratic"})
    >>> network.sigmoid.order
    1
    """
    network = base(workload, values["bits"])
    return variant(network, sigmoid=values["sigmoid"] if network.sigmoid else None, epsilon=values["epsilon"])
