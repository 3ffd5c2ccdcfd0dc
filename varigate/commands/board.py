"""Run a virtual board with a serial port, and show it in the terminal or as a page on this machine."""

from pathlib import Path

from varigate.commands.checks import refuse
from varigate.commands.network_options import add_network, board_of
from varigate.platform.toolchains.configuration import add_options
from varigate.sim.board.command import run_board
from varigate.sim.board.pictures import draw
from varigate.sim.board.virtual_board import Board


def add_arguments(parser):
    add_network(parser)
    parser.add_argument("--tcp", type=int, metavar="PORT", help="make the serial port a TCP port of this machine, for "
                        "`--port socket://127.0.0.1:PORT`; 0: any free port (default: a pseudo-terminal)")
    parser.add_argument("--web", type=int, nargs="?", const=0, metavar="PORT",
                        help="show the board as a web page on this machine instead of the terminal; PORT defaults to "
                             "0, any free port")
    add_options(parser)
    parser.add_argument("--bit", type=int, default=8, metavar="CLOCKS",
                        help="clocks per bit of the serial line; 868 is 115200 baud at 100 MHz, but slow to simulate "
                             "(default: %(default)s)")
    parser.add_argument("--pictures", type=Path, metavar="DIR",
                        help="only write pictures of the board for the documentation (needs Chromium and selenium)")


def run(options) -> int:
    if options.pictures:
        refuse(options, "tcp web", "with --pictures, which shows the board to nobody; leave it out")
    network, array, weights = board_of(options)

    def make() -> Board:
        return Board(network, array, weights=weights, bit=options.bit)

    if options.pictures:
        with make() as board:
            draw(board, network.examples[-1].astype("uint8").tobytes(), options.pictures)
        return 0
    return run_board(make, tcp=options.tcp, page=options.web)
