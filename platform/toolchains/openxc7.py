"""Place and route with open tools: nextpnr-xilinx (openXC7) or nextpnr-himbaechel, then Project X-Ray's two tools.

Checked with real programs, as far as a bitstream that prjxray's `bitread` reads back: both nextpnr programs,
`fasm2frames`, `xc7frames2bit`. The tests run against stand-ins that check the command lines. Placement depends on a
seed, and so do the frequency and, now and then, whether the router succeeds: a failure is tried again with others.
These tools' models have no delays for DSP48E1 ports, so their "meets 100 MHz" is an estimate. The flow has no way to
write the configuration's SPI width, rate or compression into the bitstream.
"""

import os
import re
from pathlib import Path

from varigate.model.errors import UserError
from varigate.platform.toolchains.tools import Placed, Tool, ToolError, last_error, run

__all__ = ["OpenXC7"]

SOURCE = "openXC7 (github.com/openXC7/toolchain-nix)"
NEXTPNR = Tool("nextpnr-xilinx", "NEXTPNR_XILINX", "place and route", SOURCE)
HIMBAECHEL = Tool("nextpnr-himbaechel", "NEXTPNR_XILINX", "place and route", SOURCE)
FASM2FRAMES = Tool("fasm2frames", "FASM2FRAMES", "turns the routed design into configuration frames", SOURCE)
FRAMES2BIT = Tool("xc7frames2bit", "XC7FRAMES2BIT", "turns configuration frames into a bitstream", SOURCE)
SEEDS = (None, 1, 2, 3)  # None: the tool's own
DB_DIR, CHIPDB_DIR = "/usr/share/nextpnr/prjxray-db", "/usr/share/nextpnr/xilinx-chipdb"


def read_fmax(log: str) -> float:
    """Read Fmax in MHz from nextpnr's log: the slowest clock of the last report, which is the one after routing.

    >>> read_fmax("Info: Max frequency for clock 'clk': 123.45 MHz (PASS at 100.00 MHz)")
    123.45
    """
    found = re.findall(r"Max frequency for clock\s+'([^']+)': ([\d.]+) MHz", log)
    if not found:
        raise UserError("nextpnr reported no clock frequency")
    return min(float(value) for value in dict(found).values())


def _chipdb(board) -> Path:
    """Find nextpnr-xilinx's database: openXC7 names it for device and package, others for the device alone."""
    directory = Path(os.environ.get("CHIPDB_DIR", CHIPDB_DIR))
    package = directory / f"{board.device}{board.package}.bin"
    return package if package.is_file() else directory / f"{board.device}.bin"


class OpenXC7:
    """Place and route with nextpnr and Project X-Ray: from the mapped netlist to a bitstream."""

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
            command = [program, "--chipdb", str(_chipdb(board))]
            for option, file in files.items():
                command += [f"--{option}", file]
        # Without --timing-allow-fail a design that misses timing would not even be reported as such.
        return [*command, "--json", f"{top}.json", "--freq", f"{board.clock_hz / 1e6:g}", "--timing-allow-fail"]

    def _placed(self, board, directory: Path, top: str) -> float:
        """Place and route with one seed after the other; return Fmax of the first that meets the clock, else the best
        one's.

        Raises
        ------
        ToolError
            if no seed can be placed and routed.
        """
        command, best, failure = self._nextpnr(board, top), 0.0, None
        for seed in SEEDS:
            try:
                self._step("nextpnr", command + ([] if seed is None else ["--seed", str(seed)]), directory)
            except ToolError as error:
                failure = failure or error
                continue
            best = max(best, read_fmax((directory / "nextpnr.log").read_text(errors="replace")))
            if best >= board.clock_hz / 1e6:
                break
        if best == 0:
            raise failure
        return best

    def place_and_route(self, board, directory: Path, top: str = "top") -> Placed:
        """Make TOP.bit from TOP.json and TOP.xdc in `directory`.

        Raises
        ------
        UserError
            with the last error of the tool.
        """
        for tool in self.tools:
            tool.require()
        database = Path(os.environ.get("DB_DIR", DB_DIR)) / "artix7"
        fmax = self._placed(board, directory, top)
        if fmax < board.clock_hz / 1e6:
            return Placed(self.name, None, fmax, met=False)
        self._step("fasm2frames", [FASM2FRAMES.require(), "--part", board.part, "--db-root", str(database),
                                   f"{top}.fasm"], directory, output=f"{top}.frames")
        self._step("xc7frames2bit", [FRAMES2BIT.require(), "--part_file", str(database / board.part / "part.yaml"),
                                     "--part_name", board.part, "--frm_file", f"{top}.frames",
                                     "--output_file", f"{top}.bit"], directory)
        bitstream = directory / f"{top}.bit"
        if not bitstream.is_file() or bitstream.stat().st_size == 0:  # the program exits with 0 even then
            raise ToolError(f"xc7frames2bit wrote no bitstream: {last_error(directory, 'xc7frames2bit.log')}")
        return Placed(self.name, bitstream.name, fmax, met=True)

    @staticmethod
    def _step(name: str, command: list[str], directory: Path, output: str | None = None):
        log = f"{name}.log"
        if run(command, directory, log, output=output) != 0:
            raise ToolError(f"{name} failed: {last_error(directory, log)}")
