"""The command line: which command is meant, and the help for all of them."""

import difflib

from varigate import commands
from varigate.model.errors import UserError
from varigate.parsing import run_command
from varigate.process import say, signals

__all__ = ["run"]

USAGE = "usage: varigate COMMAND …   (varigate COMMAND --help shows a command's options)"


def overview() -> str:
    """The text of `varigate --help`: all commands, a line each, in groups."""
    width = max(map(len, commands.NAMES))
    groups = [f"{title}\n" + "\n".join(f"  {name:<{width}}  {text}" for name, text in group.items())
              for title, group in commands.GROUPS.items()]
    return "\n\n".join([USAGE, "Varigate makes hardware of small variational autoencoders.", *groups])


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version  # which takes longer than all the rest of --help

    try:
        return f"varigate {version('varigate')}"
    except PackageNotFoundError:
        return "varigate, from a checkout that is not installed"


def _run(name: str, arguments: list[str]) -> int | None:
    options = commands.make_parser(name).parse_args(arguments)
    command = commands.load(name)
    with signals.raising():
        return command.run(options)


def _refuse(name: str):
    close = difflib.get_close_matches(name, commands.NAMES, 1)
    hint = f"did you mean {close[0]}?" if close else "varigate --help lists them"
    raise UserError(f"there is no command {name!r}: {hint}")


def _show_usage() -> int:
    say(overview())
    return 2


def run(argv: list[str]) -> int:
    """Runs the command `argv[0]` with the arguments after it; returns the exit status, see `varigate.__main__.main`."""
    if not argv:
        return run_command("varigate", _show_usage)
    name, *arguments = argv
    if name in ("-h", "--help", "help"):
        return run_command("varigate", print, overview())
    if name == "--version":
        return run_command("varigate", print, _version())
    if name not in commands.NAMES:
        return run_command("varigate", _refuse, name)
    signals.name = f"varigate {name}"
    return run_command(signals.name, _run, name, arguments)
