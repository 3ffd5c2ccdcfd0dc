"""`python -m sim`: gateware against the integer reference."""

import argparse
import json
import sys

from gateware.program import Array
from model import network_file
from model.errors import UserError
from sim.regress import regress


def _array(text: str) -> Array:
    try:
        rows, columns = (int(number) for number in text.split("x"))
        return Array(rows, columns)
    except ValueError:
        raise argparse.ArgumentTypeError(f"an array is written ROWSxCOLUMNS, like 8x1, not {text!r}") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sim", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("regress", help="run a network's examples through the simulated core")
    command.add_argument("network", metavar="NAME|FILE.npz")
    command.add_argument("--count", type=int, metavar="N", help="samples (default: all examples with 4 seeds of ε)")
    command.add_argument("--array", type=_array, default=Array(8, 1), metavar="ROWSxCOLUMNS")
    command.add_argument("--weights", choices=["lut", "block"], default="lut", help="where the weights are kept")
    command.add_argument("--engine", choices=["pysim"], default="pysim", help="the simulator")
    command.add_argument("--json", action="store_true", help="the result as JSON on standard output")
    return parser


def main(argv=None) -> int:
    options = _parser().parse_args(argv)
    try:
        network = network_file.load(network_file.find(options.network))
        result = regress(network, options.array, count=options.count, weights=options.weights,
                         progress=sys.stderr.isatty())
    except UserError as error:
        print(f"sim: {error}", file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(result.as_dict()))
    else:
        print(f"{result.network}: {result.samples} samples in {result.cycles:,} cycles "
              f"({result.engine}, {result.cycles_per_second:,.0f} cycles a second), {result.mismatches} mismatches")
    return 1 if result.mismatches else 0


if __name__ == "__main__":
    sys.exit(main())
