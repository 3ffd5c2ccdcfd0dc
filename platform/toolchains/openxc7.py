"""Place and route with open tools: nextpnr-xilinx (openXC7) or nextpnr-himbaechel, then Project X-Ray's two tools.

The command lines follow the programs' own option tables and example scripts (nextpnr-xilinx of October 2024,
nextpnr-himbaechel of August 2026, prjxray's `fasm2frames` and `xc7frames2bit`); tests run against stand-ins that check
them. The flow has no way to write the configuration's SPI width, rate or compression into the bitstream.
"""

import os
import re
from pathlib import Path

from model.errors import UserError
from toolchains.tools import Placed, Tool, ToolError, last_error, run

__all__ = ["OpenXC7"]

SOURCE = "openXC7 (github.com/openXC7/toolchain-nix)"
NEXTPNR = Tool("nextpnr-xilinx", "NEXTPNR_XILINX", "place and route", SOURCE)
HIMBAECHEL = Tool("nextpnr-himbaechel", "NEXTPNR_XILINX", "place and route", SOURCE)
FASM2FRAMES = Tool("fasm2frames", "FASM2FRAMES", "turns the routed design into configuration frames", SOURCE)
FRAMES2BIT = Tool("xc7frames2bit", "XC7FRAMES2BIT", "turns configuration frames into a bitstream", SOURCE)
DB_DIR, CHIPDB_DIR = "/usr/share/nextpnr/prjxray-db", "/usr/share/nextpnr/xilinx-chipdb"


def read_fmax(log: str) -> float:
    """Fmax in MHz from nextpnr's log: the slowest clock of the last report, which is the one after routing."""
    found = re.findall(r"Max frequency for clock\s+'([^']+)': ([\d.]+) MHz", log)
    if not found:
        raise UserError("nextpnr reported no clock frequency")
    return min(float(value) for value in dict(found).values())


class OpenXC7:
    """From the mapped netlist to a bitstream."""

    name = "openxc7"

    @property
    def tools(self):
        return (HIMBAECHEL if NEXTPNR.path() is None and HIMBAECHEL.path() else NEXTPNR, FASM2FRAMES, FRAMES2BIT)

    def _nextpnr(self, board, top: str) -> list[str]:
        program = self.tools[0].require()
        files = {"xdc": f"{top}.xdc", "fasm": f"{top}.fasm"}
        if "himbaechel" in Path(program).name:
            command = [program, "--device", board.part]
            if "CHIPDB_DIR" in os.environ:
                command += ["--chipdb", str(Path(os.environ["CHIPDB_DIR"]) / f"chipdb-{board.device}.bin")]
            for option, file in files.items():
                command += ["-o", f"{option}={file}"]
        else:
            command = [program, "--chipdb", str(Path(os.environ.get("CHIPDB_DIR", CHIPDB_DIR)) / f"{board.device}.bin")]
            for option, file in files.items():
                command += [f"--{option}", file]
        # Without --timing-allow-fail a design that misses timing would not even be reported as such.
        return [*command, "--json", f"{top}.json", "--freq", f"{board.clock_hz / 1e6:g}", "--timing-allow-fail"]

    def place_and_route(self, board, directory: Path, top: str = "top") -> Placed:
        """TOP.json and TOP.xdc in `directory` to TOP.bit. Raises UserError with the last error of the tool."""
        for tool in self.tools:
            tool.require()
        database = Path(os.environ.get("DB_DIR", DB_DIR)) / "artix7"
        self._step("nextpnr", self._nextpnr(board, top), directory)
        fmax = read_fmax((directory / "nextpnr.log").read_text(errors="replace"))
        if fmax < board.clock_hz / 1e6:
            return Placed(self.name, None, fmax, met=False)
        self._step("fasm2frames", [FASM2FRAMES.require(), "--part", board.part, "--db-root", str(database),
                                   f"{top}.fasm"], directory, output=f"{top}.frames")
        self._step("xc7frames2bit", [FRAMES2BIT.require(), "--part_file", str(database / board.part / "part.yaml"),
                                     "--part_name", board.part, "--frm_file", f"{top}.frames",
                                     "--output_file", f"{top}.bit"], directory)
        return Placed(self.name, f"{top}.bit", fmax, met=True)

    @staticmethod
    def _step(name: str, command: list[str], directory: Path, output: str | None = None):
        log = f"{name}.log"
        if run(command, directory, log, output=output) != 0:
            raise ToolError(f"{name} failed: {last_error(directory, log)}")
