"""Test the statistics of ε on the integers, which equal those of the gateware. Exit status 1 if a test fails."""

import sys

from varigate.model.errors import UserError
from varigate.parsing import print_json, whole_number
from varigate.sim.units import battery


def add_arguments(parser):
    parser.add_argument("--generator", choices=battery.GENERATORS, default="quadratic",
                        help="a table of the inverse CDF, or a poor source for comparison (default: quadratic, which "
                             "the networks use)")
    parser.add_argument("--count", type=whole_number, default=10**8, metavar="N", help="samples (default: 1e8)")
    parser.add_argument("--seed", type=int, default=battery.SEEDS[0], help="32 bits (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="the result as JSON on standard output")


def run(options) -> int:
    if not 0 <= options.seed < 1 << 32:
        raise UserError(f"--seed must be 0…{(1 << 32) - 1}, not {options.seed}")
    report = battery.run(battery.generator(options.generator), options.seed, options.count, name=options.generator,
                         progress=sys.stderr.isatty())
    if options.json:
        print_json(report.as_dict())
    else:
        print(report.table())
    return 1 if report.failures else 0
