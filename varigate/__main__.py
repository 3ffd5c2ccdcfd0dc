"""The command line: `varigate COMMAND`, or `python -m varigate COMMAND`."""

import difflib
import sys

from varigate import commands
from varigate.model.errors import UserError
from varigate.parsing import run_command

__all__ = ["main"]

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
    return commands.load(name).run(options)


def _refuse(name: str):
    close = difflib.get_close_matches(name, commands.NAMES, 1)
    hint = f"did you mean {close[0]}?" if close else "varigate --help lists them"
    raise UserError(f"there is no command {name!r}: {hint}")


def main(argv=None) -> int:
    """Runs one command.

    Parameters
    ----------
    argv : list of str
        the command and its arguments (default: those of the process).

    Returns
    -------
    int
        0; 1 if a command found mismatches or failures; 2 for a wrong input; 130 after Ctrl-C.
    """
    argv = sys.argv[1:] if argv is None else argv
    if not argv:
        print(overview(), file=sys.stderr)
        return 2
    name, *arguments = argv
    if name in ("-h", "--help", "help"):
        return run_command("varigate", print, overview())
    if name == "--version":
        return run_command("varigate", print, _version())
    if name not in commands.NAMES:
        return run_command("varigate", _refuse, name)
    return run_command(f"varigate {name}", _run, name, arguments)


if __name__ == "__main__":
    sys.exit(main())
