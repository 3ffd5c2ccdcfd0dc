"""What all command lines have in common: a complaint is one line on standard error, and so is an interruption."""

import argparse
import sys

from varigate.model.errors import UserError

__all__ = ["Parser", "run_command"]


class Parser(argparse.ArgumentParser):
    """Raises a `UserError` for what it cannot parse, and its subcommands' parsers do so, too."""

    def error(self, message: str):
        raise UserError(f"{message} ({self.prog} --help shows the options)")


def run_command(name: str, run, *arguments) -> int:
    """The exit status of the command `name`, which is `run(*arguments)`.

    Returns
    -------
    int
        what `run` returns, 0 for None; 2 after a `UserError` or `OSError`; 130, as shells have it, after an
        interruption from the keyboard.
    """
    try:
        return run(*arguments) or 0
    except (UserError, OSError) as error:
        print(f"{name}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"{name}: interrupted", file=sys.stderr)
        return 130
