"""The common part of all command lines: an error is one line on standard error, and so is an interruption."""

import argparse
import json
import re
import signal
import sys
from itertools import pairwise

from varigate.model.errors import UserError
from varigate.process import drop_unread_output, nobody_reads, say, words_of

__all__ = ["Parser", "add_by_order", "add_no_header", "print_json", "run_command", "whole_number"]


NOT_GIVEN = object()


class Parser(argparse.ArgumentParser):
    """A parser that raises a `UserError` for an argument that it cannot parse; its subcommands' parsers do so, too.

    Unlike that of argparse, it accepts a list of numbers that begins with a minus, as in `--z -1.25,0.5`. What it
    returns has a set `given`: the destinations of the options that were given, even with the value of their default.

    Examples
    --------
    >>> parser = Parser("try")
    >>> _ = parser.add_argument("--size", type=int, default=1)
    >>> _ = parser.add_argument("--colour")
    >>> parser.parse_args(["--size", "1"]).given
    {'size'}
    """

    def __init__(self, *arguments, **options):
        self._options = []
        super().__init__(*arguments, **options)

    def add_argument(self, *names, **options):
        action = super().add_argument(*names, **options)
        if action.option_strings and action.default is not argparse.SUPPRESS:
            self._options.append(action)
        return action

    def parse_known_args(self, args=None, namespace=None):
        namespace = argparse.Namespace() if namespace is None else namespace
        for action in self._options:
            setattr(namespace, action.dest, NOT_GIVEN)  # argparse then leaves its default out
        namespace, rest = super().parse_known_args(args, namespace)
        given = {action.dest for action in self._options if getattr(namespace, action.dest) is not NOT_GIVEN}
        for action in self._options:
            if action.dest not in given:
                setattr(namespace, action.dest, action.default)
        namespace.given = given | getattr(namespace, "given", set())  # there are those of a subcommand
        return namespace, rest

    def parse_args(self, args=None, namespace=None):
        args = list(sys.argv[1:] if args is None else args)
        for place, (option, value) in enumerate(pairwise(args)):
            if option.startswith("--") and re.fullmatch(r"-[\d.][^=]*,.*", value):
                args[place:place + 2] = [f"{option}={value}"]
                break
        return super().parse_args(args, namespace)

    def exit(self, status: int = 0, message: str | None = None):
        sys.stdout.flush()  # here a reader that has gone is noticed
        super().exit(status, message)

    def _print_message(self, message: str, file=None):
        (file or sys.stdout).write(message)  # that of argparse lets a failure pass

    def error(self, message: str):
        raise UserError(f"{message} ({self.prog} --help shows the options)")


def _status_of(name: str, error: BaseException) -> int:
    """Says why the command `name` failed; returns its exit status."""
    if isinstance(error, KeyboardInterrupt):
        number = getattr(error, "number", signal.SIGINT)
        say(f"{name}: {words_of(number)}")
        return 128 + number
    if isinstance(error, BrokenPipeError) and nobody_reads():
        return 141
    say(f"{name}: {error}")
    return 2


def run_command(name: str, run, *arguments) -> int:
    """Run the command `name`, `run(*arguments)`, and return its exit status.

    Returns
    -------
    int
        the value of `run`, 0 for None; 2 after a `UserError` or `OSError`; as shells have it, 128 + its number after a
        signal (130 after Ctrl-C), and 141, without a word, when nobody reads on, as in `varigate … | head -1`.
    """
    try:
        status = run(*arguments) or 0
        sys.stdout.flush()
    except (UserError, OSError, KeyboardInterrupt) as error:
        status = _status_of(name, error)
    drop_unread_output()
    return status


def print_json(value, indent: int | None = None):
    """Print `value` as JSON; signs that standard output cannot have in its encoding are escaped.

    Examples
    --------
    >>> print_json({"class": "süß", "accuracy": 1.0})
    {"class": "süß", "accuracy": 1.0}
    """
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(value, indent=indent)
    print(text)


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
