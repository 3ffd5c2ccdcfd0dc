"""The program `varigate`, or `python -m varigate`: a command in a process of its own."""

import sys

from varigate import process

__all__ = ["main", "start"]

SERVERS = ("board",)  # commands that run until a signal ends them


def main(argv=None) -> int:
    """Runs one command.

    Parameters
    ----------
    argv : list of str
        the command and its arguments (default: those of the process).

    Returns
    -------
    int
        0; 1 if a command found mismatches or failures; 2 for a wrong input; 3 if `train` saved a poor network; 141 if
        nobody reads its output any more; 130, 143 or 129 after Ctrl-C, SIGTERM or SIGHUP.
    """
    from varigate.command_line import run  # here, where `start` has made the answer to Ctrl-C already

    return run(sys.argv[1:] if argv is None else argv)


def start(argv=None) -> int:
    """Runs one command, as `main` does, as all that the process is for: with its streams and its answers to signals."""
    argv = sys.argv[1:] if argv is None else argv
    process.prepare(always=argv[:1] and argv[0] in SERVERS)
    return main(argv)


if __name__ == "__main__":
    sys.exit(start())
