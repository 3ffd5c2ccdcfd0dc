"""Run a network's examples, or the images that it was tested on, through the simulated core.

Every number of every answer is compared with the integer reference. Exit status 1 if any differs.
"""

import sys
from pathlib import Path

from varigate.commands.network_options import add_data, add_network, core_of, images_of_test
from varigate.parsing import print_json, whole_number
from varigate.platform.toolchains.configuration import add_options
from varigate.sim.regression.engines import DEFAULT, ENGINES
from varigate.sim.regression.regress import regress

TRACED = 3  # samples of a run that writes waveforms, unless --count is given


def add_arguments(parser):
    add_network(parser)
    parser.add_argument("--count", type=whole_number, metavar="N",
                        help="samples (default: all examples with 4 seeds of ε; all images)")
    add_options(parser)
    add_data(parser)
    parser.add_argument("--engine", choices=list(ENGINES), default=DEFAULT, help="the simulator (default: %(default)s)")
    parser.add_argument("--stall", type=float, default=0.0, metavar="P",
                        help="probability that the core's client pauses in a cycle (default: %(default)s)")
    parser.add_argument("--vcd", type=Path, metavar="FILE",
                        help=f"write waveforms to this file (then --count defaults to {TRACED})")
    parser.add_argument("--json", action="store_true", help="the result as JSON on standard output")


def run(options) -> int:
    network, array, weights = core_of(options)
    count = TRACED if options.count is None and options.vcd else options.count
    result = regress(network, array, inputs=images_of_test(options), engine=options.engine, count=count,
                     weights=weights, stall=options.stall, trace=options.vcd, progress=sys.stderr.isatty())
    if options.json:
        print_json(result.as_dict())
    else:
        print(f"{result.network}, {array} array: {result.samples:,} samples in {result.cycles:,} cycles "
              f"({result.engine}, {result.cycles_per_second:,.0f} cycles a second), {result.mismatches} mismatches")
    return 1 if result.mismatches else 0
