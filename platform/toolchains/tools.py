"""Finding and running external programs."""

import os
import shutil
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from varigate.model.errors import UserError

__all__ = ["Placed", "Tool", "ToolError", "last_error", "run"]


class ToolError(UserError):
    """A program failed, and its log in the build directory says more than this line."""


@dataclass(frozen=True)
class Tool:
    """A program that this project calls.

    Parameters
    ----------
    name : str
        of the executable.
    variable : str
        environment variable that may name another one.
    purpose, source : str
        its use and where to get it, for the message that it is missing.

    Examples
    --------
    >>> Tool("no-such-program", "NO_SUCH_PROGRAM", "place and route", "its makers").path() is None
    True
    """

    name: str
    variable: str
    purpose: str
    source: str

    def path(self) -> str | None:
        return shutil.which(os.environ.get(self.variable, self.name))

    def require(self) -> str:
        """Return the path of the program.

        Raises
        ------
        UserError
            if it is missing, with its purpose and source.
        """
        path = self.path()
        if path is None:
            wanted = os.environ.get(self.variable)
            missing = f"{self.name} is missing" if wanted is None else f"{self.variable} is {wanted!r}, no such program"
            raise UserError(f"{missing}: {self.purpose}; get it from {self.source}")
        return path


@dataclass(frozen=True)
class Placed:
    """The result of place and route.

    Parameters
    ----------
    tool : str
    bitstream : str or None
        file name; None if timing is not met.
    fmax_mhz : float
    met : bool
        whether every timing requirement is met, as the tool sees it.
    resources : Resources or None
        as the tool counts them, if it does.
    """

    tool: str
    bitstream: str | None
    fmax_mhz: float
    met: bool
    resources: object = None


def _wait(command: list[str], hours: float, **options) -> int:
    """Run `command` to its end; after an interruption, or `hours`, it is ended with all that it has started."""
    with subprocess.Popen(command, start_new_session=True, **options) as process:
        try:
            return process.wait(hours * 3600)
        except BaseException:
            if os.name == "nt":
                process.kill()
            else:
                with suppress(ProcessLookupError):  # Vivado, for one, is a script that starts the program
                    os.killpg(process.pid, signal.SIGKILL)
            raise


def run(command: list[str], directory: Path, log: str, *, output: str | None = None, hours: float = 2.0) -> int:
    """Run `command` in `directory`; its output goes to the file `log`, or its standard output to `output`.

    Returns
    -------
    int
        the exit status.

    Raises
    ------
    ToolError
        if it has not ended after `hours`.
    """
    try:
        with (directory / log).open("wb") as text:
            if output is None:
                return _wait(command, hours, cwd=directory, stdout=text, stderr=subprocess.STDOUT)
            with (directory / output).open("wb") as data:
                return _wait(command, hours, cwd=directory, stdout=data, stderr=text)
    except subprocess.TimeoutExpired:
        raise ToolError(f"{Path(command[0]).name} had not ended after {hours:g} hours") from None


def last_error(directory: Path, log: str) -> str:
    """Find the last line of `log` that begins with "error", or else that contains it, or else the last line."""
    lines = [line.strip() for line in (directory / log).read_text(errors="replace").splitlines() if line.strip()]
    for found in (str.startswith, str.__contains__):
        for line in reversed(lines):
            if found(line.lower(), "error"):
                return line
    return (lines or ["it printed nothing"])[-1]
