"""The networks that one search chooses from: one for each width of weights, with what its integers lose against the
floats of the widest one."""

from dataclasses import dataclass

from varigate.explore.spaces.networks import base
from varigate.explore.spaces.workloads import PATTERN, Workload
from varigate.model.errors import UserError
from varigate.model.network.network import Network
from varigate.model.network.variants import BITS, find_bits
from varigate.platform.toolchains.flow import find_network

__all__ = ["Family", "Tolerance", "family"]


@dataclass(frozen=True)
class Tolerance:
    """What integers may lose against floats: percentage points of accuracy, nats of −ELBO a sample."""

    points: float = 0.3
    nats: float = 0.35


@dataclass(frozen=True)
class Family:
    """One workload's networks.

    Parameters
    ----------
    name : str
        a network's name or file, or a shape.
    networks : {bits: Network}
    losses : {bits: dict}
        `points` and `nats` lost by the integers, and their `accuracy` and `neg_elbo`, where the cards tell them.
    """

    name: str
    networks: dict[int, Network]
    losses: dict[int, dict]

    @property
    def workload(self) -> Workload:
        return Workload.of(next(iter(self.networks.values())))

    @property
    def sigmoid(self) -> bool:
        return next(iter(self.networks.values())).sigmoid is not None

    @property
    def judged(self) -> bool:
        """Whether the cards tell what the integers lose."""
        return all(self.losses.get(bits) for bits in self.networks)

    def broken(self, bits: int, tolerance: Tolerance) -> str:
        """Which tolerance the integers of this width break, in words; empty where they keep both."""
        loss = self.losses.get(bits, {})
        for key, unit, limit in (("points", "points of accuracy", tolerance.points), ("nats", "nats", tolerance.nats)):
            if loss.get(key, 0.0) > limit:
                return f"{bits}-bit weights lose {loss[key]:.2f} {unit}, more than {limit:g}"
        return ""


def _loss(card: dict, reference: dict) -> dict:
    """Of the integers of `card`, against the floats of `reference`: what was measured on samples not trained on."""
    found = {}
    for key, unit, scale in (("cv_accuracy", "points", -100), ("accuracy", "points", -100), ("neg_elbo", "nats", 1)):
        if unit in found or f"{key}_integer" not in card or f"{key}_float" not in reference:
            continue
        found[unit] = scale * (card[f"{key}_integer"] - reference[f"{key}_float"])
        found[key.removeprefix("cv_")] = card[f"{key}_integer"]
    return found


def family(name: str) -> Family:
    """The family of a network, by its name or file: its weights of 8 bits, and of fewer where such a network lies
    beside it; or of random integers of a shape, whose accuracy nobody asks for."""
    if PATTERN.fullmatch(name):
        return Family(name, {bits: base(name, bits) for bits in BITS}, {})
    paths = {}
    for bits in BITS:
        try:
            paths[bits] = find_bits(name, bits)
        except UserError:
            if bits == max(BITS):
                raise
    found = {bits: find_network(str(path)) for bits, path in paths.items()}
    networks = {bits: network for bits, (network, _) in found.items()}
    if len(shapes := {str(Workload.of(each)) for each in networks.values()}) > 1:
        raise UserError(f"the networks of {name} are of several shapes ({', '.join(sorted(shapes))}); train them alike")
    _, reference = found[max(BITS)]
    return Family(name, networks, {bits: _loss(card, reference) for bits, (_, card) in found.items()})
