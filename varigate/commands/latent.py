"""Write the book of latent spaces, latent.md, with its figures (some minutes)."""

import sys
from pathlib import Path

from varigate.model.figures import latent_book


def add_arguments(parser):
    parser.add_argument("--out", type=Path, default=Path("docs"), metavar="DIR", help="default: %(default)s")


def run(options):
    print(latent_book.write(options.out, progress=sys.stderr.isatty()))
