"""A build: network → gateware → mapped netlist → (with a place-and-route tool) bitstream → report."""

from contextlib import nullcontext
from dataclasses import dataclass, fields
from pathlib import Path

from varigate.gateware.estimate.timing import cycles
from varigate.gateware.top import Top
from varigate.model.errors import UserError
from varigate.model.network import network_file
from varigate.platform import boards, toolchains
from varigate.platform.toolchains import flow, report
from varigate.platform.toolchains.build_directory import build_directory
from varigate.platform.toolchains.configuration import Configuration
from varigate.platform.toolchains.device import DEVICES
from varigate.platform.toolchains.tools import Placed

__all__ = ["Build", "build"]


@dataclass(frozen=True)
class Build:
    """The results of a build.

    Members
    -------
    report : dict
        the contents of `report.json`; `print(varigate.platform.toolchains.report.table(report))` shows it to people.
    directory : Path
        the folder of the gateware as RTLIL and Verilog, the netlist, the constraints and the reports.
    placed : Placed or None
        the outcome of place and route, with the bitstream's name; None if no tool was found.
    """

    report: dict
    directory: Path
    placed: Placed | None


def build(board: str = "nexys4ddr", network: str = "iris", *, toolchain: str = "auto", retrain: bool = False,
          folder="build", progress: bool = False, **settings) -> Build:
    """Build the accelerator of a network for a board, into `folder`/BOARD-NETWORK.

    Parameters
    ----------
    board : str
        a name of `varigate.platform.boards.NAMES`.
    network : str
        the name of a shipped network, or the path of a FILE.npz.
    toolchain : str
        for place and route: `auto` takes what the machine has, `none` ends at the netlist.
    retrain : bool
        train the network again, and build the result.
    folder : str or Path
        where the directory BOARD-NETWORK is made.
    progress : bool
        say each step, with its seconds, on standard error.
    settings
        rows=8, columns=1, weights="block" …: the fields of `varigate.platform.toolchains.configuration.Configuration`.

    Returns
    -------
    Build
        the report, the directory, and the outcome of place and route.

    Raises
    ------
    UserError
        for an unknown board, network or setting, for a design that does not fit the device (with the resource, the
        need and the limit), and for a netlist with a latch, a combinational loop or an undriven net. Nothing
        half-built is left.

    Examples
    --------
    `build("nexys4ddr", "iris", rows=4).report["cycles"]["latency"]` takes half a minute. What cannot be built is
    refused at once:

    >>> from varigate import build
    >>> build("arty", "iris")
    Traceback (most recent call last):
    ...
    varigate.model.errors.UserError: unknown board 'arty': the boards are nexys4ddr, nexysa7
    """
    known = [field.name for field in fields(Configuration)]
    for name in settings:
        if name not in known:
            raise UserError(f"unknown setting {name!r}; the settings are {', '.join(known)}")
    target_board, wanted, folder = boards.find(board)(), Configuration(**settings), Path(folder)
    tool, placed = toolchains.find(toolchain), None
    steps = flow.Steps(4 + retrain + (tool is not None))
    step = steps if progress else lambda text: nullcontext()
    if retrain:
        with step(f"training {network}"):
            network = flow.retrain(flow.find_file(network, wanted), folder)
    with step(f"network {network}"):
        found, card = flow.find_network(network, wanted)
    array, weights = wanted.choose(found, DEVICES[target_board.device])
    target = flow.target(target_board, found, folder)
    with build_directory(target) as directory:
        with step(f"gateware, {array} array"), flow.quiet_refusal():
            top = Top(found, network_file.digest(found), array=array, clock_hz=target_board.clock_hz, baud=wanted.baud,
                      weights=weights)
            flow.write_design(target_board, top, directory)
        with step("synthesis and checks (Yosys; its first run on a machine takes a minute more)"):
            mapped = flow.map_design(target_board, directory)
        if tool is not None:
            with step(f"place and route, bitstream ({tool.name})"):
                placed = tool.place_and_route(target_board, directory)
        with step("report"):
            result = report.make(target_board, found, cycles(found, array), array, mapped, placed, card)
            report.write(result, directory)
    return Build(result, target, placed)
