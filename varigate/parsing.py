"""The common part of all command lines: an error is one line on standard error, and so is an interruption."""

import argparse
import os
import re
import sys
from itertools import pairwise

from varigate.model.errors import UserError

__all__ = ["Parser", "add_by_order", "add_no_header", "run_command", "whole_number"]


class Parser(argparse.ArgumentParser):
    """A parser that raises a `UserError` for an argument that it cannot parse; its subcommands' parsers do so, too.

    Unlike that of argparse, it accepts a list of numbers that begins with a minus, as in `--z -1.25,0.5`.
    """

    def parse_args(self, args=None, namespace=None):
        args = list(sys.argv[1:] if args is None else args)
        for place, (option, value) in enumerate(pairwise(args)):
            if option.startswith("--") and re.fullmatch(r"-[\d.][^=]*,.*", value):
                args[place:place + 2] = [f"{option}={value}"]
                break
        return super().parse_args(args, namespace)

    def error(self, message: str):
        raise UserError(f"{message} ({self.prog} --help shows the options)")


def _end_of_the_reader() -> int:
    """Return 141: nobody reads standard output any more, as in `varigate … | head`, and that is no error."""
    # What is left to be written would fail once more when the interpreter ends.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 141


def run_command(name: str, run, *arguments) -> int:
    """Run the command `name`, `run(*arguments)`, and return its exit status.

    Returns
    -------
    int
        the value of `run`, 0 for None; 2 after a `UserError` or `OSError`; 130 and 141, as shells have it, after an
        interruption from the keyboard, and when nobody reads standard output any more.
    """
    try:
        status = run(*arguments) or 0
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        return _end_of_the_reader()
    except (UserError, OSError) as error:
        print(f"{name}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"{name}: interrupted", file=sys.stderr)
        return 130


def whole_number(text: str) -> int:
    """Parses a whole number, which may be written like 1e5.

    Examples
    --------
    >>> whole_number("1e5")
    100000
    """
    try:
        count = float(text)
        if count != int(count):
            raise ValueError
        return int(count)
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(f"a count is a whole number, like 100000 or 1e8, not {text!r}") from None


def add_no_header(parser):
    """Adds --no-header."""
    parser.add_argument("--no-header", action="store_true", help="the table has no header row: its first row is a "
                        "sample, too, and its columns are named 1, 2, …, also for --label")


def add_by_order(parser):
    """Adds --by-order."""
    parser.add_argument("--by-order", action="store_true", help="take the table's columns in their order, whatever "
                        "their names are (default: they are found by their names, in which case, blanks, _ - . and "
                        "a unit in brackets do not count)")
