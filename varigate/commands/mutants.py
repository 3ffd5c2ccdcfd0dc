"""Put small faults into the gateware and check that a test fails. Exit status 1 if too few are noticed."""

import sys
from pathlib import Path

from varigate.commands.checks import refuse
from varigate.model.errors import UserError
from varigate.model.files import check_writable, write_bytes
from varigate.parsing import print_json, whole_number
from varigate.sim.mutation import mutants
from varigate.sim.mutation.report import MutationReport, explanations
from varigate.sim.mutation.suite import Suite
from varigate.sim.mutation.tree import SourceTree

TESTS = ["tests/gateware/**/test_*.py", "tests/formal/**/test_*.py"]  # others look at hardware from further away


def add_arguments(parser):
    parser.add_argument("--count", type=whole_number, default=200, metavar="N",
                        help="mutants to draw (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the draw (default: %(default)s)")
    parser.add_argument("--jobs", type=int, default=2, metavar="N",
                        help="mutants to test in parallel (default: %(default)s)")
    parser.add_argument("--files", nargs="+", default=["gateware/**/*.py"], metavar="PATTERN",
                        help="the files to mutate (default: %(default)s)")
    parser.add_argument("--tests", nargs="+", metavar="PATTERN", default=TESTS,
                        help="the files of tests to run on them, as far as they import them (default: %(default)s)")
    parser.add_argument("--only", nargs="+", metavar="ID", help="test these mutants instead of drawing")
    parser.add_argument("--list", action="store_true", help="print the mutants without running tests")
    parser.add_argument("--budget", type=float, default=60, metavar="SECONDS",
                        help="CPU time of the tests for a mutant, the nearest and quickest first; mutants that only "
                             "later ones would notice count as survivors (default: %(default)s)")
    parser.add_argument("--resume", type=Path, metavar="FILE",
                        help="a file of measurements and outcomes: reuse those in it, and add the new ones")
    parser.add_argument("--root", type=Path, default=Path(__file__).parents[2], metavar="DIR",
                        help="the source tree (default: this one)")
    parser.add_argument("--json", action="store_true", help="the result as JSON on standard output")
    parser.add_argument("--out", type=Path, metavar="FILE.md", help="write the report as a page")


def run(options) -> int:
    if options.jobs < 1:
        raise UserError(f"--jobs must be at least 1, not {options.jobs}")
    if options.list:
        refuse(options, "jobs budget resume json out", "with --list, which runs no tests; leave it out")
    if options.only:
        refuse(options, "count seed", "with --only, which names the mutants; leave it out")
    for path in (options.out, options.resume):
        if path is not None:
            check_writable(path)
    tree = SourceTree(options.root, options.tests)
    found = mutants.select(options.root, options.files)
    drawn = mutants.pick(found, options.only) if options.only else mutants.draw(found, options.count, options.seed)
    if options.list:
        print("\n".join(f"{mutant.id}  {mutant.before}  →  {mutant.after}" for mutant in drawn))
        return 0
    suite = Suite(tree, sorted(found), budget=options.budget)
    outcomes = mutants.run(suite, drawn, jobs=options.jobs, resume=options.resume, progress=sys.stderr.isatty())
    candidates = sum(map(len, found.values()))
    report = MutationReport(options.seed, candidates, outcomes, explanations(options.root), options.budget)
    if options.out:
        write_bytes(options.out, report.page().encode())
    if options.json:
        print_json(report.as_dict())
    else:
        print(report.summary())
    return 0 if report.passed else 1
