"""Vivado: the script that it runs, here or on another machine, and the reading of its reports.

The commands are those of the Tcl Command Reference (UG835), the reports' layout that of Vivado 2018 to 2023; tests run
against a stand-in that writes reports of this layout, not against Vivado.
"""

import re
from pathlib import Path

from varigate.model.errors import UserError
from varigate.platform.toolchains.device import Resources
from varigate.platform.toolchains.tools import Placed, Tool, ToolError, last_error, run

__all__ = ["VIVADO", "Vivado", "script"]

VIVADO = Tool("vivado", "VIVADO", "place and route, and the bitstream",
              "AMD (Vivado ML Standard, free of charge for this device)")
TIMING, UTILISATION, LOG = "timing.rpt", "utilisation.rpt", "vivado.log"

SCRIPT = """\
# vivado -mode batch -source {top}.tcl
# Makes {top}.bit of {top}.v and {top}.xdc. Nothing else is needed.
read_verilog {top}.v
read_xdc {top}.xdc
synth_design -top {top} -part {part}
# Pins are asynchronous to the clock; what comes in is synchronised inside.
set_false_path -from [get_ports -filter {{DIRECTION == IN && NAME != "{clock}"}}]
set_false_path -to [all_outputs]
opt_design
place_design
phys_opt_design
route_design
report_timing_summary -file {timing}
report_utilization -file {utilisation}
report_drc -file drc.rpt
foreach kind {{max min}} {{
    set slack [get_property SLACK [get_timing_paths -delay_type $kind]]
    if {{$slack < 0}} {{
        puts "ERROR: timing is not met, $kind slack $slack ns: see {timing}. No bitstream is written." exit 1
    }}
}}
write_bitstream -force {top}.bit
"""


def script(board, top: str = "top") -> str:
    """Write the Tcl that makes TOP.bit from TOP.v and TOP.xdc for `board`, with reports of timing and utilisation.

    >>> from varigate.platform.boards.nexys4ddr import Nexys4DDR
    >>> print(script(Nexys4DDR).splitlines()[4])
    synth_design -top top -part xc7a100tcsg324-1
    """
    return SCRIPT.format(top=top, part=board.part, clock=board.clock_port, timing=TIMING, utilisation=UTILISATION)


def read_timing(text: str) -> tuple[float, float]:
    """Read the worst setup and hold slack in ns from `report_timing_summary`."""
    found = re.search(r"WNS\(ns\)\s+TNS\(ns\).*?WHS\(ns\).*\n[\s-]+\n(.*)\n", text)
    try:
        columns = found.group(1).split()
        return float(columns[0]), float(columns[4])
    except (AttributeError, IndexError, ValueError) as error:
        raise UserError(f"cannot find a timing summary in Vivado's {TIMING}") from error


def read_utilisation(text: str) -> Resources:
    """Read resources from `report_utilization`: slices and primitives in tables of |-separated columns."""

    def used(label):
        found = re.search(rf"^\|\s*{label}\*?\s*\|\s*(\d+)\s*\|", text, re.MULTILINE)
        return int(found.group(1)) if found else 0

    return Resources(lut=used("Slice LUTs"), ff=used("Slice Registers"), carry4=used("CARRY4"), dsp=used("DSPs"),
                     ramb36=used("RAMB36/FIFO"), ramb18=used("RAMB18"), lutram=used("LUT as Memory"))


class Vivado:
    """Place and route with Vivado: synthesis from the Verilog, place and route, bitstream."""

    name = "vivado"
    tools = (VIVADO,)

    def place_and_route(self, board, directory: Path, top: str = "top") -> Placed:
        """Run TOP.tcl in `directory`.

        Raises
        ------
        UserError
            with Vivado's last error.
        """
        status = run([VIVADO.require(), "-mode", "batch", "-nojournal", "-nolog", "-source", f"{top}.tcl"],
                     directory, LOG)
        if not (directory / TIMING).exists():
            raise ToolError(f"Vivado failed: {last_error(directory, LOG)}")
        setup, hold = read_timing((directory / TIMING).read_text())
        met = setup >= 0 and hold >= 0
        if met and (status != 0 or not (directory / f"{top}.bit").exists()):
            raise ToolError(f"Vivado failed: {last_error(directory, LOG)}")
        fmax = 1e3 / (1e9 / board.clock_hz - setup)
        return Placed(self.name, f"{top}.bit" if met else None, fmax, met,
                      read_utilisation((directory / UTILISATION).read_text()))
