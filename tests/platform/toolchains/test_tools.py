"""A program that is ended, for its time is up or the build is interrupted, takes along what it has started."""

import sys
import time
from pathlib import Path

import pytest

from varigate.platform.toolchains.tools import ToolError, run

SLEEPER = "import time; time.sleep(60)"
STARTER = f"""import pathlib, subprocess, sys
process = subprocess.Popen([sys.executable, "-c", {SLEEPER!r}])
pathlib.Path("pid").write_text(str(process.pid))
process.wait()
"""


def is_running(pid: int) -> bool:
    """Whether the process runs; one that has ended and waits to be noticed does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs /proc to look at processes")
def test_the_programs_of_a_script_end_with_it(tmp_path):
    with pytest.raises(ToolError, match="had not ended"):
        run([sys.executable, "-c", STARTER], tmp_path, "log", hours=5 / 3600)
    pid = int((tmp_path / "pid").read_text())
    for _ in range(100):
        if not is_running(pid):
            break
        time.sleep(0.1)
    assert not is_running(pid)
