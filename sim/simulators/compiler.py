"""Finds and runs a C++ compiler: the user's, the machine's, or that of the `ziglang` package."""

import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from varigate.model.errors import UserError

__all__ = ["Compiler", "compile_shared", "find", "identity"]

NAMES = ("g++", "clang++", "c++")
ZIG = (sys.executable, "-m", "ziglang", "c++", "-mcpu=baseline")  # or else zig compiles for this one machine's CPU

# No sum or product here is floating point, so -O3 cannot change a result; -w, since generated code is full of unused
# variables. What a DLL exports is marked in the source, and code for Windows is position-independent anyway.
FLAGS = ("-std=c++17", "-O3", "-shared", "-w", *(() if os.name == "nt" else ("-fPIC", "-fvisibility=hidden")))


@dataclass(frozen=True)
class Compiler:
    """A command that compiles C++, and its version."""

    command: tuple[str, ...]
    version: str


@cache
def _version(command: tuple[str, ...]) -> str:
    """The first line that `command --version` prints."""
    try:
        run = subprocess.run([*command, "--version"], capture_output=True, text=True, errors="replace")
    except OSError as error:
        raise UserError(f"the C++ compiler {shlex.join(command)!r} does not start ({error.strerror}): "
                        "set CXX to another one, or unset it") from error
    if run.returncode:
        raise UserError(f"the C++ compiler {shlex.join(command)!r} does not work: {_first_line(run)}")
    return _first_line(run)


def _first_line(run: subprocess.CompletedProcess) -> str:
    """The first line with an error, or else the first line of the output."""
    lines = [line.strip() for line in (run.stderr + run.stdout).splitlines() if line.strip()]
    return next((line for line in lines if "error" in line.lower()), (lines or ["it printed nothing"])[0])


def find() -> Compiler:
    """The compiler in the environment variable `CXX`; if it is not set, g++, clang++, c++ or ziglang's.

    Raises
    ------
    UserError
        if there is no compiler, or that of `CXX` does not start.
    """
    own = os.environ.get("CXX")
    if own:
        try:
            command = tuple(shlex.split(own, posix=os.name != "nt"))
        except ValueError as error:
            raise UserError(f"CXX is {own!r}, which is not a command line ({error})") from error
    else:
        command = next(((name,) for name in NAMES if shutil.which(name)), None)
        if command is None and importlib.util.find_spec("ziglang"):
            command = ZIG
    if not command:
        raise UserError("a C++ compiler is missing: the compiled simulator is built with it; "
                        "install g++ or clang++, set CXX to one, or pip install ziglang")
    return Compiler(command, _version(command))


def identity() -> tuple[str, ...]:
    """A text for the cache that names compiler, version, flags and system."""
    found = find()
    return sys.platform, *found.command, found.version, *FLAGS


def compile_shared(source: Path, out: Path, include: list[Path], defines: tuple[str, ...] = (),
                   options: tuple[str, ...] = ()):
    """Compiles `source` to the shared object `out`; `include` are the folders of headers, `options` come last.

    Raises
    ------
    UserError
        if it fails, with the first error of the compiler.
    """
    compiler = find()
    command = [*compiler.command, *FLAGS, *(f"-D{name}" for name in defines), *(f"-I{path}" for path in include),
               "-o", str(out), str(source), *options]
    try:
        run = subprocess.run(command, capture_output=True, text=True, errors="replace")
    except OSError as error:
        raise UserError(f"the C++ compiler {compiler.command[0]!r} does not start: {error.strerror}") from error
    if run.returncode:
        raise UserError(f"the C++ compiler {shlex.join(compiler.command)!r} failed: {_first_line(run)}")
