"""Measure and draw the non-linear units, and write the book of units, units.md (a minute)."""

import sys
from pathlib import Path

from varigate.sim.units import book


def add_arguments(parser):
    parser.add_argument("--out", type=Path, default=Path("docs"), metavar="DIR", help="default: %(default)s")


def run(options):
    print(book.write(options.out, progress=sys.stderr.isatty()))
