"""`python -m sim`: gateware against the integer reference, the statistics of ε, the book of units."""

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

from gateware.program import Array
from model import network_file
from model.command import Parser, run_command
from model.errors import UserError
from sim import battery, book
from sim.regress import regress


def _array(text: str) -> Array:
    try:
        return Array.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _count(text: str) -> int:
    try:
        count = float(text)
        if count != int(count):
            raise ValueError
        return int(count)
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(f"a count is a whole number, like 100000 or 1e8, not {text!r}") from None


def _regress(options) -> int:
    network = network_file.load(network_file.find(options.network))
    try:
        array = replace(options.array, drain=options.drain)
    except ValueError as error:
        raise UserError(str(error)) from error
    result = regress(network, array, count=options.count, weights=options.weights,
                     progress=sys.stderr.isatty())
    if options.json:
        print(json.dumps(result.as_dict()))
    else:
        print(f"{result.network}: {result.samples} samples in {result.cycles:,} cycles "
              f"({result.engine}, {result.cycles_per_second:,.0f} cycles a second), {result.mismatches} mismatches")
    return 1 if result.mismatches else 0


def _epsilon(options) -> int:
    if not 0 <= options.seed < 1 << 32:
        raise UserError(f"a seed has 32 bits, not {options.seed}")
    report = battery.run(battery.generator(options.generator), options.seed, options.count, name=options.generator,
                         progress=sys.stderr.isatty())
    print(json.dumps(report.as_dict(), ensure_ascii=False) if options.json else report.table())
    return 1 if report.failures else 0


def _units(options) -> int:
    print(book.write(options.out, progress=sys.stderr.isatty()))
    return 0


def _parser() -> Parser:
    parser = Parser(prog="python -m sim", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    command = commands.add_parser("regress", help="run a network's examples through the simulated core")
    command.set_defaults(run=_regress)
    command.add_argument("network", metavar="NAME|FILE.npz")
    command.add_argument("--count", type=int, metavar="N", help="samples (default: all examples with 4 seeds of ε)")
    command.add_argument("--array", type=_array, default=Array(8, 1), metavar="ROWSxCOLUMNS",
                         help="outputs and inputs in parallel (default: %(default)s)")
    command.add_argument("--drain", type=int, default=1, metavar="N",
                         help="results that leave the array a clock; divides the rows (default: %(default)s)")
    command.add_argument("--weights", choices=["lut", "block"], default="lut", help="where the weights are kept")
    command.add_argument("--engine", choices=["pysim"], default="pysim", help="the simulator")
    command.add_argument("--json", action="store_true", help="the result as JSON on standard output")

    command = commands.add_parser("epsilon", help="test the statistics of ε (the integers that the gateware equals)")
    command.set_defaults(run=_epsilon)
    command.add_argument("--generator", choices=battery.GENERATORS, default="quadratic",
                         help="the two tables of the inverse CDF, or a source that is not good enough "
                              "(default: quadratic, which the networks use)")
    command.add_argument("--count", type=_count, default=10**8, metavar="N", help="samples (default: 1e8)")
    command.add_argument("--seed", type=int, default=battery.SEEDS[0], help="of 32 bits (default: %(default)s)")
    command.add_argument("--json", action="store_true", help="the result as JSON on standard output")

    command = commands.add_parser("units", help="evaluate and draw the non-linear units (a minute)")
    command.set_defaults(run=_units)
    command.add_argument("--out", type=Path, default=Path("docs"), metavar="DIR", help="default: %(default)s")
    return parser


def _run(argv) -> int:
    options = _parser().parse_args(argv)
    return options.run(options)


def main(argv=None) -> int:
    return run_command("sim", _run, argv)


if __name__ == "__main__":
    sys.exit(main())
