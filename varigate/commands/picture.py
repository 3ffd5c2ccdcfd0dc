"""Save the picture on the virtual board's VGA screen: an example, its reconstruction, and generated images."""

import sys
from pathlib import Path

from varigate.commands.network_options import add_network, board_of
from varigate.model.errors import UserError
from varigate.platform.toolchains.configuration import add_options
from varigate.sim.board.screenshot import screenshot


def add_arguments(parser):
    add_network(parser, "a network of images")
    parser.add_argument("--example", type=int, default=1, metavar="N", help="the built-in example to run (default: 1)")
    parser.add_argument("--generate", type=int, default=20, metavar="N", help="images to generate (default: 20)")
    parser.add_argument("--out", type=Path, default=Path("screen.png"), metavar="FILE.png", help="default: %(default)s")
    add_options(parser)


def run(options):
    if options.out.suffix.lower() not in ("", ".png"):  # none: a pipe, say
        raise UserError(f"--out {options.out}: the picture is a PNG; name the file FILE.png")
    network, array, weights = board_of(options)
    screenshot(network, array, options.out, weights=weights, example=options.example, generated=options.generate,
               progress=sys.stderr.isatty())
    print(options.out)
