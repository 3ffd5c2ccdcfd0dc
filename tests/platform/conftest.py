"""Netlists of a small top, and stand-ins for programs that are not installed."""

import json
import sys
from pathlib import Path

import pytest

from varigate.platform import boards
from varigate.platform.toolchains import flow


def _mapped(directory, top):
    board = boards.find("nexys4ddr")()
    flow.write_design(board, top, directory)
    return flow.map_design(board, directory)


@pytest.fixture(scope="session")
def built(tmp_path_factory, blinker):
    """The build directory of a blinker, and its mapped netlist."""
    directory = tmp_path_factory.mktemp("blinker")
    return directory, _mapped(directory, blinker())


@pytest.fixture(scope="session")
def dark(tmp_path_factory, blinker):
    """The mapped netlist of a top whose outputs are all 0."""
    return _mapped(tmp_path_factory.mktemp("dark"), blinker(dark=True))


PROGRAM = """#!{python}
import json, pathlib, sys
pathlib.Path({log!r}).write_text(json.dumps(sys.argv[1:]))
print({prints!r})
for name, text in {files!r}.items():
    pathlib.Path(name).write_text(text)
sys.exit({status} if {wants!r} in " ".join(sys.argv) else 1)
"""


class FakeTools:
    """Programs in a directory that is the whole PATH. Each notes its arguments, prints, writes files, and exits."""

    def __init__(self, directory: Path, monkeypatch):
        self.directory = directory
        monkeypatch.setenv("PATH", str(directory))
        for variable in ("VIVADO", "NEXTPNR_XILINX", "FASM2FRAMES", "XC7FRAMES2BIT", "OPENFPGALOADER", "DB_DIR",
                         "CHIPDB_DIR", "YOSYS"):
            monkeypatch.delenv(variable, raising=False)

    def add(self, name: str, prints: str = "", files: dict | None = None, status: int = 0, wants: str = ""):
        """`wants`: what the command line must hold for anything but a failure."""
        path = self.directory / name
        path.write_text(PROGRAM.format(python=sys.executable, log=str(path) + ".json", prints=prints,
                                       files=files or {}, status=status, wants=wants))
        path.chmod(0o755)

    def arguments(self, name: str) -> list[str]:
        return json.loads((self.directory / f"{name}.json").read_text())


@pytest.fixture
def tools(tmp_path, monkeypatch):
    directory = tmp_path / "bin"
    directory.mkdir()
    return FakeTools(directory, monkeypatch)


@pytest.fixture
def board():
    return boards.find("nexys4ddr")()
