"""The VCD of the compiled simulator: what is in it, and that it is there whole or not at all."""

import re

import pytest

from varigate.gateware.lib.pipeline import SkidBuffer
from varigate.model.errors import UserError
from varigate.sim.simulators.compiled import Simulation


def test_a_waveform_is_written(tmp_path):
    with Simulation(SkidBuffer(40), trace=tmp_path / "a.vcd") as simulation:
        simulation.set("i__payload", 0b1011)
        simulation.step(3)
    text = (tmp_path / "a.vcd").read_text()
    clock, payload = (re.search(rf"\$var \w+ \d+ (\S+) {name} \$end", text)[1] for name in ("clk", "i__payload"))
    assert text.count(f"\n1{clock}\n") == 3 and f"b{0b1011:040b} {payload}\n" in text
    assert re.findall(r"^#(\d+)$", text, re.MULTILINE) == ["0", "5", "10", "15", "20", "25"]


def test_a_waveform_that_cannot_be_written(tmp_path):
    (tmp_path / "no").write_text("")
    with pytest.raises(UserError, match=r"cannot write .*a\.vcd"):
        Simulation(SkidBuffer(40), trace=tmp_path / "no" / "a.vcd")


def test_a_waveform_on_a_disk_that_fills_up_is_not_there(tmp_path, monkeypatch):
    (tmp_path / "a.vcd").write_text("old")
    simulation = Simulation(SkidBuffer(40), trace=tmp_path / "a.vcd")

    def full(handle, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.write", full)
    with pytest.raises(UserError, match=r"cannot write .*a\.vcd: No space left on device"), simulation:
        simulation.step(3)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a.vcd", "old")]


def test_a_design_without_a_simulator_leaves_no_waveform(tmp_path):
    with pytest.raises(UserError, match="Yosys cannot make a simulator"):
        Simulation.from_rtlil("no RTLIL", trace=tmp_path / "a.vcd")
    assert not list(tmp_path.iterdir())
