"""From a network to a bitstream: `python build.py nexys4ddr`. Results are in build/BOARD-NETWORK/."""

import sys
from pathlib import Path

from varigate.gateware.estimate.timing import cycles
from varigate.gateware.top import Top
from varigate.model.command import Parser, run_command
from varigate.model.errors import UserError
from varigate.model.network import network_file
from varigate.platform import boards, toolchains
from varigate.platform.toolchains import flow, programmer, report
from varigate.platform.toolchains.device import DEVICES
from varigate.platform.toolchains.settings import Settings, add_options


def arguments(argv):
    parser = Parser(prog="build.py", description=__doc__)
    parser.add_argument("board", help=f"one of {', '.join(boards.NAMES)}")
    parser.add_argument("--network", default="iris", metavar="NAME|FILE.npz", help="what to build (default: iris)")
    add_options(parser)
    parser.add_argument("--retrain", action="store_true", help="train the network anew, and build that")
    parser.add_argument("--toolchain", default="auto", choices=toolchains.CHOICES, help="for place and route")
    parser.add_argument("--program", action="store_true", help="load the bitstream into the board")
    parser.add_argument("--flash", action="store_true", help="write it to the board's memory: it stays after power-off")
    return parser.parse_args(argv)


def build(argv, root=Path("build")):
    options = arguments(argv)
    board = boards.find(options.board)()
    settings = Settings.load(options)
    toolchain = toolchains.find(options.toolchain)
    loads = options.program or options.flash
    if loads:
        flow.check_tools(toolchain)
    step = flow.Steps(4 + options.retrain + (toolchain is not None) + loads)
    if options.retrain:
        with step(f"training {options.network}"):
            options.network = flow.retrain(flow.find_file(options.network, settings), root)
    with step(f"network {options.network}"):
        network, card = flow.find_network(options.network, settings)
    array, weights = settings.choose(network, DEVICES[board.device])
    target, placed = flow.target(board, network, root), None
    with flow.build_directory(target) as directory:
        with step(f"gateware, {array} array"):
            top = Top(network, network_file.digest(network), array=array, clock_hz=board.clock_hz,
                      baud=settings.baud, weights=weights)
            flow.write_design(board, top, directory)
        with step("synthesis and checks (Yosys; its first run on a machine takes a minute more)"):
            mapped = flow.map_design(board, directory)
        if toolchain is not None:
            with step(f"place and route, bitstream ({toolchain.name})"):
                placed = toolchain.place_and_route(board, directory)
        with step("report"):
            result = report.make(board, network, cycles(network, array), array, mapped, placed, card)
            report.write(result, directory)
    print(report.table(result))
    if placed is None:
        print(f"\nno bitstream was made: {flow.BITSTREAM_HINT}")
    elif not placed.met:
        raise UserError(f"no bitstream was made: timing is not met ({placed.fmax_mhz:.1f} MHz); try a smaller array")
    elif loads:
        with step("loading the board"):
            programmer.program(board, target, flash=options.flash)


def main(argv=None) -> int:
    return run_command("build.py", build, argv)


if __name__ == "__main__":
    sys.exit(main())
