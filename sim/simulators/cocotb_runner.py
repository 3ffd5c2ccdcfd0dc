"""Runs cocotb tests on a component's Verilog, in the simulator that `sim.simulators.verilator` makes from it."""

import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

from amaranth.back import rtlil
from cocotb_tools import config

from varigate.model.errors import UserError
from varigate.sim.simulators import verilator

__all__ = ["CocotbResult", "run", "simulator"]

# Everything that cocotb calls must see the symbols of everything else; and the interpreter stays locked meanwhile.
LAUNCH = "import ctypes, sys; ctypes.PyDLL(sys.argv[1], ctypes.RTLD_GLOBAL).simulate()"


@dataclass(frozen=True)
class CocotbResult:
    """The result of one cocotb test.

    Parameters
    ----------
    name : str
        `module.function`.
    status : str
        `passed`, `failed`, `skipped`.
    message : str
        the reason, if it has not passed.
    """

    name: str
    status: str
    message: str = ""


def simulator(component) -> Path:
    """The shared object that simulates `component`, an Amaranth component: its ports by name, clk and rst."""
    return verilator.library(verilator.verilog(rtlil.convert(component, name="top", emit_src=False)))


def _results(path: Path) -> list[CocotbResult]:
    found = []
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        bad = [child for child in case if child.tag in ("failure", "error")]
        status = "failed" if bad else "skipped" if case.find("skipped") is not None else "passed"
        message = "\n".join(f"{child.get('message')}\n{child.text}" for child in bad)
        found.append(CocotbResult(f"{case.get('classname')}.{case.get('name')}", status, message))
    return found


def run(library: Path, module: Path, *, out: Path, test: str | None = None, environment: dict[str, str] | None = None,
        seed: int = 1, limit: float = 300) -> list[CocotbResult]:
    """Runs the cocotb tests of `module` in one simulation: a test begins in the state that the last one left.

    Parameters
    ----------
    library : Path
        the result of `simulator`.
    module : Path
        a Python file; it can import the other files of its folder.
    out : Path
        the folder where `results.xml` and `log.txt` are written.
    test : str
        the function that is run; None: all.
    environment : dict
        additional environment variables.
    seed : int
        of `random` in the module.
    limit : float
        seconds.

    Raises
    ------
    UserError
        if the simulation ends early, takes longer than `limit`, or has no test to run.
    """
    results, log = out / "results.xml", out / "log.txt"
    results.unlink(missing_ok=True)
    variables = {
        **os.environ, **(environment or {}),
        "COCOTB_TEST_MODULES": module.stem, "COCOTB_TOPLEVEL": "top", "TOPLEVEL_LANG": "verilog",
        "COCOTB_RESULTS_FILE": str(results), "COCOTB_RANDOM_SEED": str(seed), "COCOTB_ANSI_OUTPUT": "0",
        "COCOTB_TRUST_INERTIAL_WRITES": "1",  # Verilator implements them
        "COCOTB_REWRITE_ASSERTION_FILES": module.name,  # not of all that is imported, which takes seconds
        "COCOTB_TEST_FILTER": "" if test is None else rf"\.{test}$",
        "PYTHONPATH": os.pathsep.join([str(module.parent), *filter(None, sys.path)]),
        "PYGPI_PYTHON_BIN": sys.executable, "GPI_USERS": config.pygpi_entry_point(),
    }
    try:
        with log.open("w", encoding="utf-8") as output:
            status = subprocess.run([sys.executable, "-c", LAUNCH, str(library)], env=variables, stdout=output,
                                    stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=limit).returncode
    except subprocess.TimeoutExpired:
        raise UserError(f"the simulation of {module.name} took longer than {limit} seconds; see {log}") from None
    try:
        found = _results(results)
    except (OSError, ElementTree.ParseError):
        found = []
    if status or not found:
        raise UserError(f"the simulation of {module.name} gave {len(found)} results and ended with status {status}; "
                        f"see {log}")
    return found
