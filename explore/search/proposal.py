"""The designs that a search proposes: their figures, and a configuration file for the build."""

from dataclasses import dataclass
from pathlib import Path

from varigate.explore.costs.evaluator import Costs, Evaluator
from varigate.model.files import write_bytes
from varigate.platform.toolchains.configuration import Configuration

__all__ = ["Proposal", "propose"]

COLUMNS = ("design", "latency", "interval", "energy nJ", "EDP nJ·µs", "DSP", "RAMB36", "LUT", "FF", "accuracy", "−ELBO")


@dataclass(frozen=True)
class Proposal:
    """A proposed design for a network, with its costs.

    Parameters
    ----------
    values : dict
        the design's values, by the names of `explore.spaces.varigate.SPACE`.
    costs : Costs
    quality : dict
        `accuracy` and `neg_elbo` (nats) of the network's integers, as far as its card has them.

    Examples
    --------
    >>> from varigate.explore.costs.evaluator import Sizes
    >>> from varigate.explore.spaces.varigate import SPACE
    >>> costs = Costs(200.0, 150.0, 30.0, Sizes(8, 4, 2100.0, 1500.0, 900.0))
    >>> proposal = Proposal(SPACE.values([0] * 10), costs, {"accuracy": 0.97})
    >>> proposal.text
    '2x1 drain 1 4 bits lut table linear 1 buffer'
    >>> dict(zip(COLUMNS, proposal.row()))["accuracy"], proposal.as_dict()["edp_nj_us"]  # at 100 MHz
    ('97.00%', 60.0)
    """

    values: dict
    costs: Costs
    quality: dict

    @property
    def text(self) -> str:
        """The design in a few words."""
        v = self.values
        marks = [f"{v['rows']}x{v['columns']}", f"drain {v['drain']}",
                 *(name for name in ("packed", "cascade") if v[name]),
                 f"{v['bits']} bits", v["weights"], *([v["sigmoid"]] if "sigmoid" in v else []), v["epsilon"],
                 f"{v['buffers']} buffer{'s' * (v['buffers'] > 1)}"]
        return " ".join(marks)

    def as_dict(self) -> dict:
        """The design, its costs and its quality, for JSON."""
        costs, sizes = self.costs, self.costs.sizes
        return {"design": self.values, "latency": costs.latency, "interval": costs.interval,
                "energy_nj": round(costs.energy, 3), "edp_nj_us": round(costs.edp / 100, 3),
                "resources": {"dsp": sizes.dsp, "ramb36": sizes.ramb36, "lut": round(sizes.lut), "ff": round(sizes.ff)},
                "quality": self.quality}

    def row(self) -> tuple[str, ...]:
        """The texts of a row of the table of `COLUMNS`."""
        costs, sizes = self.costs, self.costs.sizes
        accuracy, nats = self.quality.get("accuracy"), self.quality.get("neg_elbo")
        return (self.text, f"{costs.latency:,.0f}", f"{costs.interval:,.1f}", f"{costs.energy:,.1f}",
                f"{costs.edp / 100:,.1f}", str(sizes.dsp), str(sizes.ramb36), f"{sizes.lut:,.0f}", f"{sizes.ff:,.0f}",
                "" if accuracy is None else f"{accuracy:.2%}", "" if nats is None else f"{nats:.2f}")

    def write(self, path):
        """Writes the configuration file that `varigate build --config` reads."""
        write_bytes(Path(path), Configuration(**self.values).as_toml().encode())


def propose(evaluator: Evaluator, values: dict) -> Proposal:
    """The design with its costs, without the parameter `sigmoid` if the network has no sigmoid."""
    kept = {name: value for name, value in values.items() if name != "sigmoid" or evaluator.family.sigmoid}
    quality = {key: value for key, value in evaluator.family.losses.get(values["bits"], {}).items()
               if key in ("accuracy", "neg_elbo")}
    return Proposal(kept, evaluator(values), quality)
