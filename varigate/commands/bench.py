"""Compare the speed of the simulators (takes minutes, mostly to compile them)."""

import sys

from varigate.commands.network_options import add_network, core_of
from varigate.parsing import print_json
from varigate.platform.toolchains.configuration import add_options
from varigate.sim.regression.bench import bench, table


def add_arguments(parser):
    add_network(parser, "default: %(default)s", nargs="?", default="iris")
    add_options(parser)
    parser.add_argument("--json", action="store_true", help="the table as JSON on standard output")


def run(options):
    network, array, _ = core_of(options)
    speeds = bench(network, array, progress=sys.stderr.isatty())
    if options.json:
        print_json([speed.as_dict() for speed in speeds])
    else:
        print(table(speeds))
