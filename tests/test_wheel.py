"""The wheel, as a user's environment gets it, in folders that hold other people's files."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HOSTILE = "model.py", "host.py", "gateware.py", "explore.py", "sim/__init__.py", "model/net.py", "platform/a.txt"


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """The wheel of this checkout, unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder], cwd=ROOT, check=True,
                   capture_output=True)
    wheel, = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_the_wheel_has_one_top_level_name(unpacked):
    assert {path.name for path in unpacked.iterdir() if path.suffix != ".dist-info"} == {"varigate"}


def test_the_wheel_holds_every_module_and_what_lies_beside_them(unpacked):
    folders = [path for path in (unpacked / "varigate").iterdir() if path.is_dir() and (ROOT / path.name).is_dir()]
    assert {folder.name for folder in folders} >= {"model", "gateware", "platform", "sim", "host", "explore"}
    for folder in folders:
        here = [path.relative_to(ROOT) for path in (ROOT / folder.name).rglob("*")
                if path.is_file() and "__pycache__" not in path.parts]
        assert here and not [path for path in here if not (unpacked / "varigate" / path).is_file()]


@pytest.mark.parametrize("installed", [False, True], ids=["checkout", "wheel"])
def test_other_peoples_modules_of_our_folders_names_do_no_harm(unpacked, tmp_path, installed):
    for name in HOSTILE:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("raise SystemExit('the wrong module')\n")
    source = unpacked if installed else ROOT
    script = ("import varigate.sim.regression.regress, varigate.platform.toolchains; "
              "import varigate.model.network.network_file as found; "
              "import platform; platform.python_version(); print(found.__file__)")
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, env={"PYTHONPATH": str(source)},
                          capture_output=True, text=True, check=True)
    assert Path(done.stdout.strip()).is_relative_to(source)
    if installed:  # tests/varigate/test_command_line.py does the same in the checkout
        command = [sys.executable, "-m", "varigate", "regress", "iris", "--count", "3", "--engine", "pysim"]
        done = subprocess.run(command, cwd=tmp_path, env={"PYTHONPATH": str(source)}, capture_output=True, text=True,
                              check=True)
        assert "3 samples" in done.stdout and "0 mismatches" in done.stdout
