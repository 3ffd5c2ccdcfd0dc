"""`python -m sim`: gateware against the integer reference, simulators compared, a virtual board, statistics, units."""

import argparse
import json
import sys
from pathlib import Path

from varigate.gateware.engine.program import Array
from varigate.model.archive import write_bytes
from varigate.model.command import Parser, run_command
from varigate.model.errors import UserError
from varigate.model.network.network import Network
from varigate.model.train import cards
from varigate.platform.toolchains import flow
from varigate.platform.toolchains.device import DEVICES
from varigate.platform.toolchains.settings import SMALL, Settings, add_options
from varigate.sim.mutation import mutants
from varigate.sim.mutation.report import Report, explanations
from varigate.sim.mutation.suite import Suite
from varigate.sim.regression.bench import bench, table
from varigate.sim.regression.engines import DEFAULT, ENGINES
from varigate.sim.regression.regress import regress
from varigate.sim.units import battery

DEVICE = "xc7a100t"  # whose limits a core keeps here, too
TRACED = 3  # samples of a run that writes waveforms, unless the user says how many


def _count(text: str) -> int:
    try:
        count = float(text)
        if count != int(count):
            raise ValueError
        return int(count)
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(f"a count is a whole number, like 100000 or 1e8, not {text!r}") from None


def _core_of(options) -> tuple[Network, Array, str]:
    """The network, the array, and where its weights are kept, as a build would choose them."""
    settings = Settings.load(options)
    network, _ = flow.find_network(options.network, settings)
    return network, *settings.choose(network, DEVICES[DEVICE])


def _board_of(options) -> tuple[Network, Array, str]:
    """The same for a virtual board, which takes a small array if it may choose its shape: any is right, and that one,
    which need not fit a device, is simulated sooner."""
    if options.array or options.config:
        return _core_of(options)
    settings = Settings.load(options)
    return flow.find_network(options.network, settings)[0], settings.change(SMALL), settings.weights or "lut"


def _images(options, path: Path):
    """The codes of the images that the network was tested on; None where it has none, or they are not at hand."""
    if not cards.beside(path)[1].exists():
        return None
    try:
        found = cards.images_of(cards.read_card(path), options.data)
    except UserError as error:
        if options.data:
            raise
        print(f"{error}; the built-in examples are run instead", file=sys.stderr)
        return None
    return None if found is None else found[1].codes


def _regress(options) -> int:
    network, array, weights = _core_of(options)
    path = flow.find_file(options.network, Settings.load(options))
    count = TRACED if options.count is None and options.vcd else options.count
    result = regress(network, array, inputs=_images(options, path), engine=options.engine, count=count, weights=weights,
                     stall=options.stall, trace=options.vcd, progress=sys.stderr.isatty())
    if options.json:
        print(json.dumps(result.as_dict()))
    else:
        print(f"{result.network}, {array} array: {result.samples:,} samples in {result.cycles:,} cycles "
              f"({result.engine}, {result.cycles_per_second:,.0f} cycles a second), {result.mismatches} mismatches")
    return 1 if result.mismatches else 0


def _add_regress(commands):
    command = commands.add_parser("regress", help="run a network's examples, or the images that it was tested on, "
                                                  "through the simulated core")
    command.set_defaults(run=_regress)
    command.add_argument("network", metavar="NAME|FILE.npz")
    command.add_argument("--count", type=_count, metavar="N",
                         help="samples (default: all examples with 4 seeds of ε; all images)")
    add_options(command)
    command.add_argument("--data", type=Path, metavar="DIR",
                         help="where MNIST's files are (default: VARIGATE_DATA, or the user's cache)")
    command.add_argument("--engine", choices=list(ENGINES), default=DEFAULT,
                         help="the simulator (default: %(default)s)")
    command.add_argument("--stall", type=float, default=0.0, metavar="P",
                         help="probability that the core's client pauses in a cycle (default: %(default)s)")
    command.add_argument("--vcd", type=Path, metavar="FILE",
                         help=f"write the waveforms there, and run {TRACED} samples by default")
    command.add_argument("--json", action="store_true", help="the result as JSON on standard output")


def _bench(options) -> int:
    network, array, _ = _core_of(options)
    speeds = bench(network, array, progress=sys.stderr.isatty())
    print(json.dumps([speed.as_dict() for speed in speeds]) if options.json else table(speeds))
    return 0


def _add_bench(commands):
    command = commands.add_parser("bench", help="compare the speed of the simulators (minutes: it compiles them)")
    command.set_defaults(run=_bench)
    command.add_argument("network", metavar="NAME|FILE.npz", nargs="?", default="iris", help="default: %(default)s")
    add_options(command)
    command.add_argument("--json", action="store_true", help="the table as JSON on standard output")


def _epsilon(options) -> int:
    if not 0 <= options.seed < 1 << 32:
        raise UserError(f"a seed has 32 bits, not {options.seed}")
    report = battery.run(battery.generator(options.generator), options.seed, options.count, name=options.generator,
                         progress=sys.stderr.isatty())
    print(json.dumps(report.as_dict(), ensure_ascii=False) if options.json else report.table())
    return 1 if report.failures else 0


def _add_epsilon(commands):
    command = commands.add_parser("epsilon", help="test the statistics of ε (the integers that the gateware equals)")
    command.set_defaults(run=_epsilon)
    command.add_argument("--generator", choices=battery.GENERATORS, default="quadratic",
                         help="the two tables of the inverse CDF, or a source that is not good enough "
                              "(default: quadratic, which the networks use)")
    command.add_argument("--count", type=_count, default=10**8, metavar="N", help="samples (default: 1e8)")
    command.add_argument("--seed", type=int, default=battery.SEEDS[0], help="of 32 bits (default: %(default)s)")
    command.add_argument("--json", action="store_true", help="the result as JSON on standard output")


def _units(options) -> int:
    from varigate.sim.units import book  # which computes tables, seconds that the other commands need not wait for

    print(book.write(options.out, progress=sys.stderr.isatty()))
    return 0


def _add_units(commands):
    command = commands.add_parser("units", help="evaluate and draw the non-linear units (a minute)")
    command.set_defaults(run=_units)
    command.add_argument("--out", type=Path, default=Path("docs"), metavar="DIR", help="default: %(default)s")


def _board(options) -> int:
    from varigate.sim.board.command import run_board  # with libraries that the other commands need not wait for
    from varigate.sim.board.engine import Board

    network, array, weights = _board_of(options)

    def make() -> Board:
        return Board(network, array, weights=weights, bit=options.bit)

    if options.pictures:
        from varigate.sim.board.pictures import draw

        with make() as board:
            draw(board, network.examples[-1].astype("uint8").tobytes(), options.pictures)
        return 0
    return run_board(make, tcp=options.tcp, page=options.web)


def _add_board(commands):
    command = commands.add_parser("board", help="a virtual board, live, with a serial port")
    command.set_defaults(run=_board)
    command.add_argument("network", metavar="NAME|FILE.npz")
    command.add_argument("--tcp", type=int, metavar="PORT", help="the serial port is a TCP port of this machine, for "
                         "`--port socket://127.0.0.1:PORT`; 0 for any (default: a pseudo-terminal)")
    command.add_argument("--web", type=int, nargs="?", const=0, metavar="PORT",
                         help="show the board as a web page on this machine, not in the terminal; 0, the default, "
                              "for any port")
    add_options(command)
    command.add_argument("--bit", type=int, default=8, metavar="CLOCKS",
                         help="clocks in a bit of the serial line; 868 is that of 115200 baud at 100 MHz, and slow "
                              "(default: %(default)s)")
    command.add_argument("--pictures", type=Path, metavar="DIR",
                         help="instead: draw the board for the documentation (needs Chromium and selenium)")


def _picture(options) -> int:
    from varigate.sim.board.screenshot import screenshot  # with libraries that the other commands need not wait for

    network, array, weights = _board_of(options)
    screenshot(network, array, options.out, weights=weights, example=options.example, generated=options.generate,
               progress=sys.stderr.isatty())
    print(options.out)
    return 0


def _add_picture(commands):
    command = commands.add_parser("picture", help="what the VGA screen shows, as a PNG")
    command.set_defaults(run=_picture)
    command.add_argument("network", metavar="NAME|FILE.npz", help="a network of images")
    command.add_argument("--example", type=int, default=1, metavar="N", help="the built-in one that is run")
    command.add_argument("--generate", type=int, default=20, metavar="N", help="images on the wall (default: 20)")
    command.add_argument("--out", type=Path, default=Path("screen.png"), metavar="FILE", help="default: %(default)s")
    add_options(command)


def _mutants(options) -> int:
    if options.jobs < 1:
        raise UserError(f"the number of jobs is at least 1, not {options.jobs}")
    suite = Suite(options.root, slowest=options.slowest)
    found = mutants.select(options.root, options.files)
    drawn = mutants.pick(found, options.only) if options.only else mutants.draw(found, options.count, options.seed)
    if options.list:
        print("\n".join(f"{mutant.id}  {mutant.before}  →  {mutant.after}" for mutant in drawn))
        return 0
    outcomes = mutants.run(suite, drawn, jobs=options.jobs, resume=options.resume, progress=sys.stderr.isatty())
    report = Report(options.seed, sum(map(len, found.values())), outcomes, explanations(options.root), suite.slow)
    if options.out:
        write_bytes(options.out, report.page().encode())
    print(json.dumps(report.as_dict(), ensure_ascii=False) if options.json else report.summary())
    return 0 if report.passed else 1


def _add_mutants(commands):
    command = commands.add_parser("mutants", help="put small faults into the gateware and see whether a test fails")
    command.set_defaults(run=_mutants)
    command.add_argument("--count", type=_count, default=200, metavar="N", help="mutants (default: %(default)s)")
    command.add_argument("--seed", type=int, default=1, help="of the draw (default: %(default)s)")
    command.add_argument("--jobs", type=int, default=2, metavar="N", help="mutants at a time (default: %(default)s)")
    command.add_argument("--files", nargs="+", default=["gateware/**/*.py"], metavar="PATTERN",
                         help="which files are mutated (default: %(default)s)")
    command.add_argument("--only", nargs="+", metavar="ID", help="these mutants, and no draw")
    command.add_argument("--list", action="store_true", help="print the mutants, and run no tests")
    command.add_argument("--slowest", type=float, default=5, metavar="SECONDS",
                         help="leave out tests that take longer: what they alone would notice counts as unnoticed "
                              "(default: %(default)s)")
    command.add_argument("--resume", type=Path, metavar="FILE", help="keep outcomes there, and go on from them")
    command.add_argument("--root", type=Path, default=Path(__file__).parents[1], metavar="DIR",
                         help="the source tree (default: this one)")
    command.add_argument("--json", action="store_true", help="the result as JSON on standard output")
    command.add_argument("--out", type=Path, metavar="FILE.md", help="write the report as a page")


COMMANDS = (_add_regress, _add_bench, _add_board, _add_picture, _add_epsilon, _add_units, _add_mutants)


def _parser() -> Parser:
    parser = Parser(prog="python -m sim", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for add in COMMANDS:
        add(commands)
    return parser


def _run(argv) -> int:
    options = _parser().parse_args(argv)
    return options.run(options)


def main(argv=None) -> int:
    return run_command("sim", _run, argv)


if __name__ == "__main__":
    sys.exit(main())
