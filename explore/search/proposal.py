"""What a search hands over: the best designs in figures, a configuration file, and the commands that build and check.
"""

from dataclasses import dataclass
from pathlib import Path

from varigate.explore.costs.evaluator import Costs, Evaluator
from varigate.model.archive import write_bytes
from varigate.platform.toolchains.configuration import Configuration

__all__ = ["Proposal", "propose"]

COLUMNS = ("design", "latency", "interval", "energy nJ", "EDP nJ·µs", "DSP", "RAMB36", "LUT", "FF", "accuracy", "−ELBO")


@dataclass(frozen=True)
class Proposal:
    """A design for a network.

    Parameters
    ----------
    values : dict
        of the design, by the names of `explore.spaces.varigate.SPACE`.
    costs : Costs
    quality : dict
        what the network's card tells of its integers: `accuracy`, `neg_elbo`.
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
        costs, sizes = self.costs, self.costs.sizes
        return {"design": self.values, "latency": costs.latency, "interval": costs.interval,
                "energy_nj": round(costs.energy, 3), "edp_nj_us": round(costs.edp / 100, 3),
                "resources": {"dsp": sizes.dsp, "ramb36": sizes.ramb36, "lut": round(sizes.lut), "ff": round(sizes.ff)},
                "quality": self.quality}

    def row(self) -> tuple[str, ...]:
        """The cells of `COLUMNS`."""
        costs, sizes = self.costs, self.costs.sizes
        accuracy, nats = self.quality.get("accuracy"), self.quality.get("neg_elbo")
        return (self.text, f"{costs.latency:,.0f}", f"{costs.interval:,.1f}", f"{costs.energy:,.1f}",
                f"{costs.edp / 100:,.1f}", str(sizes.dsp), str(sizes.ramb36), f"{sizes.lut:,.0f}", f"{sizes.ff:,.0f}",
                "" if accuracy is None else f"{accuracy:.2%}", "" if nats is None else f"{nats:.2f}")

    def write(self, path):
        """The configuration that `build.py --config` reads."""
        write_bytes(Path(path), Configuration(**self.values).as_toml().encode())


def propose(evaluator: Evaluator, values: dict) -> Proposal:
    """The design with its costs; the choice of a sigmoid's unit is left out where the network has none."""
    kept = {name: value for name, value in values.items() if name != "sigmoid" or evaluator.family.sigmoid}
    quality = {key: value for key, value in evaluator.family.losses.get(values["bits"], {}).items()
               if key in ("accuracy", "neg_elbo")}
    return Proposal(kept, evaluator(values), quality)
