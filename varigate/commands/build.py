"""Build a network's accelerator for a board: netlist, report and, with a place-and-route tool, a bitstream.

Results are written to build/BOARD-NETWORK/.
"""

from dataclasses import asdict

from varigate import building
from varigate.commands.checks import refuse
from varigate.commands.network_options import refuse_dsps
from varigate.model.errors import UserError
from varigate.platform import boards, toolchains
from varigate.platform.toolchains import flow, programmer, report
from varigate.platform.toolchains.configuration import Configuration, add_options


def add_arguments(parser):
    parser.add_argument("board", help=f"one of {', '.join(boards.NAMES)}")
    parser.add_argument("--network", default="iris", metavar="NAME|FILE.npz",
                        help="the network to build (default: iris)")
    add_options(parser)
    parser.add_argument("--retrain", action="store_true", help="train the network again, and build the result")
    parser.add_argument("--toolchain", default="auto", choices=toolchains.CHOICES,
                        help="for place and route (default: auto)")
    parser.add_argument("--program", action="store_true", help="load the bitstream into the board")
    parser.add_argument("--flash", action="store_true", help="write it to the board's flash: it stays after power-off")


def run(options):
    settings = Configuration.load(options)
    if options.toolchain == "none":
        refuse(options, "program flash", "with --toolchain none, which makes no bitstream; leave one of them out")
    if options.flash:
        refuse(options, "program", "beside --flash; give one of them")
    if "dsps" in options.given:
        refuse_dsps(options, settings, flow.find_network(options.network, settings)[0])
    if options.program or options.flash:
        flow.check_tools(toolchains.find(options.toolchain))
    built = building.build(options.board, options.network, toolchain=options.toolchain, retrain=options.retrain,
                           progress=True, **asdict(settings))
    print(report.table(built.report))
    if built.placed is None:
        print(f"\nno bitstream was made: {flow.BITSTREAM_HINT}")
    elif not built.placed.met:
        raise UserError(f"no bitstream was made: timing is not met ({built.placed.fmax_mhz:.1f} MHz); "
                        "try a smaller array")
    elif options.program or options.flash:
        with flow.Steps(1)("loading the board"):
            programmer.program(boards.find(options.board)(), built.directory, flash=options.flash)
