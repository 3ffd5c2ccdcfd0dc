"""Vivado's side of the flow. Vivado itself is no part of these tests: a stand-in writes reports of its layout."""

import pytest

from varigate.model.errors import UserError
from varigate.platform.toolchains.device import Resources
from varigate.platform.toolchains.vivado import Vivado, read_timing, read_utilisation, script

TIMING = """
| Design Timing Summary
| ---------------------
----------------------------------------------------------------------

    WNS(ns)      TNS(ns)  TNS Failing Endpoints  TNS Total Endpoints      WHS(ns)      THS(ns)  THS Failing Endpoints
    -------      -------  ---------------------  -------------------      -------      -------  ---------------------
    {setup:7.3f}        0.000                      0                  420      {hold:7.3f}        0.000              0

"""
UTILISATION = """
|          Site Type         | Used | Fixed | Prohibited | Available | Util% |
| Slice LUTs*                | 2345 |     0 |          0 |     63400 |  3.70 |
|   LUT as Logic             | 2300 |     0 |          0 |     63400 |  3.63 |
|   LUT as Memory            |   45 |     0 |          0 |     19000 |  0.24 |
| Slice Registers            | 1987 |     0 |          0 |    126800 |  1.57 |
| Block RAM Tile    |  2.5 |     0 |          0 |       135 |  1.85 |
|   RAMB36/FIFO*    |    2 |     0 |          0 |       135 |  1.48 |
|     RAMB36E1 only |    2 |
|   RAMB18          |    1 |     0 |          0 |       270 |  0.37 |
| DSPs           |    9 |     0 |          0 |       240 |  3.75 |
| Ref Name | Used | Functional Category |
| CARRY4   |  123 |          CarryLogic |
"""


def test_script(board):
    lines = [line for line in script(board).splitlines() if not line.startswith("#")]
    order = ["read_verilog top.v", "read_xdc top.xdc", "synth_design -top top -part xc7a100tcsg324-1", "opt_design",
             "place_design", "route_design", "report_timing_summary -file timing.rpt",
             "report_utilization -file utilisation.rpt", "write_bitstream -force top.bit"]
    positions = [lines.index(command) for command in order]
    assert positions == sorted(positions)
    assert 'set_false_path -from [get_ports -filter {DIRECTION == IN && NAME != "clk100_0__io"}]' in lines
    text = "".join(lines)
    assert text.count("{") == text.count("}") and text.count("[") == text.count("]")


@pytest.mark.parametrize(("setup", "hold"), [(1.25, 0.045), (-0.342, -1.5)])
def test_timing_report(setup, hold):
    assert read_timing(TIMING.format(setup=setup, hold=hold)) == (setup, hold)


def test_timing_report_without_a_summary():
    with pytest.raises(UserError, match="cannot find a timing summary"):
        read_timing("nothing")


def test_utilisation_report():
    found = read_utilisation(UTILISATION)
    assert found == Resources(lut=2345, ff=1987, carry4=123, dsp=9, ramb36=2, ramb18=1, lutram=45)


def reports(**slack):
    return {"timing.rpt": TIMING.format(**slack), "utilisation.rpt": UTILISATION}


def test_a_run(tmp_path, tools, board):
    tools.add("vivado", files=reports(setup=2.0, hold=0.1) | {"top.bit": "bits"})
    placed = Vivado().place_and_route(board, tmp_path)
    assert tools.arguments("vivado") == ["-mode", "batch", "-nojournal", "-nolog", "-source", "top.tcl"]
    assert (placed.tool, placed.bitstream, placed.met) == ("vivado", "top.bit", True)
    assert placed.fmax_mhz == pytest.approx(125)
    assert placed.resources.lut == 2345


@pytest.mark.parametrize(("slack", "fmax"), [({"setup": -2.5, "hold": 0.1}, 80), ({"setup": 0.0, "hold": -0.1}, 100)])
def test_timing_that_is_not_met_makes_no_bitstream(tmp_path, tools, board, slack, fmax):
    tools.add("vivado", files=reports(**slack), status=1)
    placed = Vivado().place_and_route(board, tmp_path)
    assert (placed.bitstream, placed.met) == (None, False)
    assert placed.fmax_mhz == pytest.approx(fmax)


def test_failures(tmp_path, tools, board):
    with pytest.raises(UserError, match="vivado is missing: place and route, and the bitstream; get it from AMD"):
        Vivado().place_and_route(board, tmp_path)
    tools.add("vivado", prints="ERROR: [Common 17-345] no licence\ngood-bye", status=1)
    with pytest.raises(UserError, match=r"Vivado failed: ERROR: \[Common 17-345\] no licence$"):
        Vivado().place_and_route(board, tmp_path)


def test_another_vivado(tmp_path, tools, board, monkeypatch):
    tools.add("vivado-2023", files=reports(setup=0.0, hold=0.0) | {"top.bit": "bits"})
    monkeypatch.setenv("VIVADO", str(tools.directory / "vivado-2023"))
    assert Vivado().place_and_route(board, tmp_path).met
    monkeypatch.setenv("VIVADO", "nowhere")
    with pytest.raises(UserError, match="VIVADO is 'nowhere', no such program"):
        Vivado().place_and_route(board, tmp_path)
