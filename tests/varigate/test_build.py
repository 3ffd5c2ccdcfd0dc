"""The command `varigate build`, with a small top in place of the real one; and the real one, in the long run."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from varigate import building
from varigate.__main__ import main
from varigate.model.errors import UserError
from varigate.model.network import network_file
from varigate.model.train import trained
from varigate.platform import toolchains
from varigate.platform.toolchains import flow, programmer, tools
from varigate.platform.toolchains.device import Resources

ROOT = Path(__file__).parents[2]
FILES = {"top.il", "top.v", "top.json", "top.xdc", "top.tcl", "report.json", "report.md"}
CARD = {"cv_accuracy_float": 0.975, "cv_accuracy_integer": 0.974}


def command(arguments) -> int:
    return main(["build", *arguments])


@pytest.fixture
def tops(blinker, tmp_path, monkeypatch):
    """The tops that a build makes in an empty directory; small ones stand in for them."""
    made = []

    def top(*arguments, **options):
        made.append(blinker(*arguments, **options))
        return made[-1]

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(building, "Top", top)
    monkeypatch.setattr(building, "cycles", lambda network, array: SimpleNamespace(
        latency=50, interval=40, utilisation=0.35))
    monkeypatch.setattr(toolchains, "find", lambda choice: None)
    return made


@pytest.fixture
def build(tops, iris, monkeypatch):
    """The command with small tops and Iris under any name."""
    monkeypatch.setattr(flow, "find_network", lambda name, settings: (replace(iris, name=name), CARD))
    monkeypatch.setattr(network_file, "digest", lambda network: bytes(32))
    return command


@pytest.fixture
def mapped(monkeypatch):
    """The netlist that synthesis comes to, without a run of Yosys."""
    resources = Resources(lut=1, ff=2, carry4=3, dsp=4, ramb36=5, ramb18=6)
    found = SimpleNamespace(resources=resources, cells={}, outputs=())
    monkeypatch.setattr(flow, "synthesise", lambda directory: found)
    return found


class FakeToolchain:
    """Place and route that writes a bitstream, or misses timing."""

    name = "fake"

    def __init__(self, fmax):
        self.fmax = fmax

    def place_and_route(self, board, directory):
        met = self.fmax >= 100
        if met:
            (directory / "top.bit").write_text("bits")
        return tools.Placed(self.name, "top.bit" if met else None, self.fmax, met)


def test_without_place_and_route(build, capsys):
    assert build(["nexysa7", "--array", "4x2"]) == 0
    directory = Path("build/nexys4ddr-iris")
    assert {path.name for path in directory.iterdir()} >= FILES
    report = json.loads((directory / "report.json").read_text())
    assert (report["board"], report["network"]) == ("nexys4ddr", "iris")
    assert report["array"] == {"rows": 4, "columns": 2, "drain": 1, "packed": False, "cascade": True, "buffers": 2}
    assert report["weight_ram_bits"] == {"read": 0, "unregistered": 0}
    assert (report["accuracy"]["cv_float"], report["accuracy"]["cv_integer"]) == (0.975, 0.974)
    assert report["bitstream"] is None and report["timing"] == {"source": None, "fmax_mhz": None}
    shown = capsys.readouterr()
    assert "if 100 MHz closes" in shown.out
    last = shown.out.splitlines()[-1]
    assert last.startswith("no bitstream was made: it needs Vivado") and "openXC7 (github.com/" in last
    assert [line.split("]")[0] for line in shown.err.splitlines()] == ["[1/4", "[2/4", "[3/4", "[4/4"]


def test_options_reach_the_top(build, tops, tmp_path, monkeypatch):
    monkeypatch.setattr(flow, "map_design", lambda board, directory: (_ for _ in ()).throw(UserError("stop")))
    (tmp_path / "my.toml").write_text('rows = 16\ndrain = 2\nbaud = 1_000_000\nweights = "block"\n')
    assert build(["nexys4ddr", "--config", "my.toml"]) == 2
    options = tops[0].options
    assert (str(options.pop("array")), options.pop("clock_hz")) == ("16x1", 100_000_000)
    assert options == {"baud": 1_000_000, "weights": "block"}


def trainer(network):
    """In place of `trained.make`: a network that differs by its seed."""
    def make(dataset, settings, **options):
        other = replace(network, epsilon_seed=network.epsilon_seed ^ 1)
        made = {"digest": network_file.digest(other).hex(), "settings": settings.as_dict(), "seed": options["seed"],
                "source": options["source"], "cv_accuracy_float": 0.5, "cv_accuracy_integer": 0.25}
        return trained.Trained(other, trained.load("iris").real, made)
    return make


def test_a_network_that_is_trained_anew_is_the_one_that_is_built(tops, mapped, iris, monkeypatch):
    shipped = network_file.find("iris")
    before = {path.name: path.read_bytes() for path in shipped.parent.iterdir()}
    monkeypatch.setattr(trained, "make", trainer(iris))
    assert command(["nexys4ddr", "--retrain"]) == 0
    made = network_file.load("build/retrained/iris.npz")
    assert made.epsilon_seed == iris.epsilon_seed ^ 1
    assert [top.digest for top in tops] == [network_file.digest(made)] != [network_file.digest(iris)]
    report = json.loads(Path("build/nexys4ddr-iris/report.json").read_text())
    assert (report["accuracy"]["cv_float"], report["accuracy"]["cv_integer"]) == (0.5, 0.25)
    assert {path.name: path.read_bytes() for path in shipped.parent.iterdir()} == before


def test_with_place_and_route_and_programming(build, mapped, capsys, monkeypatch):
    loaded = []
    monkeypatch.setattr(toolchains, "find", lambda choice: FakeToolchain(fmax=120))
    monkeypatch.setattr(flow, "check_tools", lambda toolchain: None)
    monkeypatch.setattr(programmer, "program", lambda *arguments, flash: loaded.append((arguments[1], flash)))
    assert build(["nexys4ddr", "--flash"]) == 0
    assert loaded == [(Path("build/nexys4ddr-iris"), True)]
    assert (loaded[0][0] / "top.bit").read_text() == "bits"
    assert "meets 100 MHz" in capsys.readouterr().out


def test_timing_that_is_not_met(build, mapped, capsys, monkeypatch):
    monkeypatch.setattr(toolchains, "find", lambda choice: FakeToolchain(fmax=87.3))
    assert build(["nexys4ddr"]) == 2
    shown = capsys.readouterr()
    assert "does NOT meet timing (87.3 MHz)" in shown.out
    assert shown.err.splitlines()[-1].startswith("varigate build: no bitstream was made: timing is not met (87.3 MHz)")
    assert json.loads(Path("build/nexys4ddr-iris/report.json").read_text())["bitstream"] is None


@pytest.mark.parametrize(("arguments", "message"), [
    (["arty"], "unknown board 'arty': the boards are nexys4ddr, nexysa7"),
    (["nexys4ddr", "--network", "cifar"], "unknown network 'cifar'"),
    (["nexys4ddr", "--network", "none.npz"], "there is no file none.npz"),
    (["nexys4ddr", "--network", "bad.npz"], "bad.npz"),
    (["nexys4ddr", "--network", "none.npz", "--retrain"], "there is no file none.npz"),
    (["nexys4ddr", "--array", "eight"], "an array is given as ROWSxCOLUMNS"),
    (["nexys4ddr", "--fast"], "unrecognized arguments: --fast"),
    (["nexys4ddr", "--toolchain", "ise"], "ise"),
    ([], "board"),
    (["nexys4ddr", "--config", "none.toml"], "cannot read none.toml"),
    (["nexys4ddr", "--array", "16x15"], "a 16x15 array it needs 243 DSP48E1 and the XC7A100T has 240 (3 too many)"),
    (["nexys4ddr", "--weights", "flash"], "invalid choice: 'flash'"),
    (["nexys4ddr", "--drain", "3"], "a drain that divides the rows; not 8 rows, 1 columns, drain 3"),
    (["nexys4ddr", "--program"], "--program has no effect with --toolchain none, which makes no bitstream"),
])
def test_bad_input_is_one_line_and_status_2(tmp_path, capsys, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    Path("bad.npz").write_bytes(b"PK\x03\x04 damaged")
    assert command(["--toolchain", "none", *arguments]) == 2
    lines = [line for line in capsys.readouterr().err.splitlines() if not line.startswith("[")]
    assert len(lines) == 1 and lines[0].startswith("varigate build: ") and message in lines[0]
    assert not Path("build").exists()


def test_a_design_that_does_not_fit_leaves_nothing(build, mapped, capsys):
    mapped.resources = replace(mapped.resources, dsp=242)
    assert build(["nexys4ddr"]) == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith("varigate build: the design does not fit: it needs 242 DSP48E1 and the XC7A100T has 240")
    assert list(Path("build").iterdir()) == []


def test_an_interruption_is_one_line_and_leaves_nothing(build, capsys, monkeypatch):
    def interrupt(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(flow, "map_design", interrupt)
    assert build(["nexys4ddr"]) == 130
    assert capsys.readouterr().err.splitlines()[-1] == "varigate build: interrupted"
    assert list(Path("build").iterdir()) == []


def test_a_place_that_cannot_be_written(build, mapped, capsys):
    Path("build").write_text("in the way")
    assert build(["nexys4ddr"]) == 2
    assert capsys.readouterr().err.splitlines()[-1] == "varigate build: cannot write build/nexys4ddr-iris: File exists"


@pytest.mark.long
def test_iris_stays_within_its_budget(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert command(["nexys4ddr", "--toolchain", "none"]) == 0
    report = json.loads(Path("build/nexys4ddr-iris/report.json").read_text())
    used = report["resources"]
    assert used["lut"] <= 3500 and used["dsp"] <= 16 and used["ramb36"] + used["ramb18"] / 2 <= 3
    assert report["cycles"]["latency"] <= 120
    assert report["levels"]["levels"] <= 6


def test_an_unknown_setting_is_refused_by_name():
    with pytest.raises(UserError, match="unknown setting 'rws'; the settings are rows, columns, drain, packed, "):
        building.build(rws=8)


def test_a_design_that_is_refused_gets_one_line(tmp_path):
    """In a process of its own: what the interpreter says at its end would be seen by the user, too."""
    config = tmp_path / "fast.toml"
    config.write_text("baud = 40000000\n", encoding="utf-8")
    done = subprocess.run([sys.executable, ROOT / "build.py", "nexys4ddr", "--config", config], cwd=tmp_path,
                          capture_output=True, text=True, check=False)
    *steps, error = done.stderr.splitlines()
    assert done.returncode == 2 and done.stdout == ""
    assert all(step.startswith("[") for step in steps)
    assert "100000000 Hz cannot make 40000000 baud" in error and "37.50 %" in error
    assert sorted(tmp_path.rglob("*")) in ([config], [tmp_path / "build", config])
