"""A user's machine for the tests in this folder: the real command line in a process of its own, in an empty home."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import matplotlib
import platformdirs
import pytest

ROOT = Path(__file__).parents[2]


# Tests that were started in the background inherit that Ctrl-C is ignored; a command at a terminal does not.
HEARING = """
import os, signal, sys
for name in ("SIGINT", "SIGTERM", "SIGHUP"):
    signal.signal(getattr(signal, name), signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])
"""


@dataclass(frozen=True)
class Machine:
    """An empty home with a folder `work` to run commands in; `environment` is all that a command gets of it."""

    work: Path
    environment: dict

    def run(self, *arguments, stdin: str = "", timeout: float = 300, **environment) -> subprocess.CompletedProcess:
        """Runs `varigate ARGUMENTS` in `work`, with more variables in `environment`; the output comes back as bytes."""
        return subprocess.run([sys.executable, "-m", "varigate", *map(os.fspath, arguments)], cwd=self.work,
                              env=self.environment | environment, input=os.fsencode(stdin), capture_output=True,
                              timeout=timeout)

    def start(self, *command) -> subprocess.Popen:
        """Starts `command` in `work`, which is to be sent signals; its output comes as text."""
        return subprocess.Popen([sys.executable, "-c", HEARING, *map(str, command)], cwd=self.work,
                                env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True)

    def refuse(self, *arguments, **environment) -> str:
        """Runs a command that must fail with exit status 2 and a single line on standard error, which is returned."""
        done = self.run(*arguments, **environment)
        lines = done.stderr.decode(errors="replace").splitlines()
        assert done.returncode == 2 and len(lines) == 1 and "Traceback" not in lines[0], (done.returncode, lines)
        return lines[0]


@pytest.fixture
def machine(tmp_path) -> Machine:
    home = tmp_path / "home"
    (home / "work").mkdir(parents=True)
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TEMP") if name in os.environ}
    # Caches of others, which take a minute to make anew: of Yosys as machine code, and of fonts.
    own = platformdirs.user_cache_dir("YoWASP", appauthor=False)
    kept["YOWASP_CACHE_DIR"] = os.environ.get("YOWASP_CACHE_DIR", own)
    kept["MPLCONFIGDIR"] = matplotlib.get_cachedir()
    return Machine(home / "work", kept | {"HOME": str(home), "USERPROFILE": str(home), "PYTHONPATH": str(ROOT),
                                          "OPENBLAS_NUM_THREADS": "1", "LC_ALL": "C.UTF-8"})
