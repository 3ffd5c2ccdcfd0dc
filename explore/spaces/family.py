"""The networks that one search chooses from: one per width of weights, with the accuracy that its integers lose."""

from contextlib import suppress
from dataclasses import dataclass

from varigate.explore.spaces.networks import base
from varigate.explore.spaces.workloads import PATTERN, Workload
from varigate.model.errors import UserError
from varigate.model.network import network_file
from varigate.model.network.network import Network
from varigate.model.network.variants import BITS, find_bits
from varigate.platform.toolchains.flow import find_network

__all__ = ["Family", "Tolerance", "family"]


@dataclass(frozen=True)
class Tolerance:
    """The most that integers may lose against floats.

    Parameters
    ----------
    points : float
        percentage points of accuracy.
    nats : float
        nats of negative ELBO per sample.

    Examples
    --------
    >>> Tolerance(points=1.0)
    Tolerance(points=1.0, nats=0.35)
    """

    points: float = 0.3
    nats: float = 0.35


@dataclass(frozen=True)
class Family:
    """The networks of one workload, one per width of weights.

    Parameters
    ----------
    name : str
        a network's name or file, or a shape.
    networks : {bits: Network}
    losses : {bits: dict}
        `points` and `nats` that the integers lose, and their `accuracy` and `neg_elbo`; empty for a network without
        a card.

    Examples
    --------
    >>> family("4-8-z2-c3").broken(4, Tolerance())  # random integers: no accuracy is known, so none is lost
    ''
    >>> losses = {4: {"points": 2.0}}
    >>> Family("iris", {}, losses).broken(4, Tolerance())
    '4-bit weights lose 2.00 points of accuracy, more than 0.3'
    """

    name: str
    networks: dict[int, Network]
    losses: dict[int, dict]

    @property
    def workload(self) -> Workload:
        """The shape that all the networks have."""
        return Workload.of(next(iter(self.networks.values())))

    @property
    def sigmoid(self) -> bool:
        """Whether the networks have a sigmoid."""
        return next(iter(self.networks.values())).sigmoid is not None

    @property
    def judged(self) -> bool:
        """Whether the accuracy of every network is known."""
        return all(self.losses.get(bits) for bits in self.networks)

    def broken(self, bits: int, tolerance: Tolerance) -> str:
        """A sentence on the tolerance that weights of `bits` bits exceed; empty if they exceed neither."""
        loss = self.losses.get(bits, {})
        for key, unit, limit in (("points", "points of accuracy", tolerance.points), ("nats", "nats", tolerance.nats)):
            if loss.get(key, 0.0) > limit:
                return f"{bits}-bit weights lose {loss[key]:.2f} {unit}, more than {limit:g}"
        return ""


def _loss(card: dict, reference: dict) -> dict:
    """Losses of the integers of `card` against the floats of `reference`, from samples not trained on if possible."""
    found = {}
    for key, unit, scale in (("cv_accuracy", "points", -100), ("accuracy", "points", -100), ("neg_elbo", "nats", 1)):
        if unit in found or f"{key}_integer" not in card or f"{key}_float" not in reference:
            continue
        found[unit] = scale * (card[f"{key}_integer"] - reference[f"{key}_float"])
        found[key.removeprefix("cv_")] = card[f"{key}_integer"]
    return found


def family(name: str) -> Family:
    """The networks of a name, a file or a shape.

    A named network or a file comes with its own weights, and with others if such files lie beside it (`find_bits`). A
    shape (`Workload.parse`) gets random integers of every width, and has no known accuracy.

    Raises
    ------
    UserError
        if there is no such network, or the files of the widths differ in shape.

    Examples
    --------
    >>> found = family("4-8-z2-c3")
    >>> sorted(found.networks), str(found.workload), found.judged
    ([4, 6, 8], '4-8-z2-c3', False)
    """
    if PATTERN.fullmatch(name):
        return Family(name, {bits: base(name, bits) for bits in BITS}, {})
    path, paths = network_file.find(name), {}
    for bits in BITS:
        with suppress(UserError):  # of the file itself one width is there
            paths[bits] = find_bits(path, bits)
    found = {bits: find_network(str(path)) for bits, path in paths.items()}
    networks = {bits: network for bits, (network, _) in found.items()}
    if len(shapes := {str(Workload.of(each)) for each in networks.values()}) > 1:
        raise UserError(f"the networks of {name} have different shapes ({', '.join(sorted(shapes))}); "
                        "train all of them with one shape")
    _, reference = found[max(found)]
    return Family(name, networks, {bits: _loss(card, reference) for bits, (_, card) in found.items()})
