"""The open flow's command lines, with stand-ins for its programs."""

import sys

import pytest

from varigate.model.errors import UserError
from varigate.platform import toolchains
from varigate.platform.toolchains.openxc7 import OpenXC7, read_fmax
from varigate.platform.toolchains.tools import run

LOG = """
Info: Max frequency for clock 'clock_pin.i': 61.00 MHz (FAIL at 100.00 MHz)
Info: Routing..
Info: Max frequency for clock   'clock_pin.i': {fmax:.2f} MHz (PASS at 100.00 MHz)
Info: Max frequency for clock 'other': 300.00 MHz (PASS at 100.00 MHz)
"""


@pytest.fixture
def openxc7(tools):
    def install(nextpnr="nextpnr-xilinx", fmax=123.45):
        tools.add(nextpnr, LOG.format(fmax=fmax), {"top.fasm": "features"})
        tools.add("fasm2frames", "frames")
        tools.add("xc7frames2bit", files={"top.bit": "bits"})
        return OpenXC7()
    return install


def options(arguments):
    return dict(zip(arguments[::2], arguments[1::2], strict=True))


def test_nextpnr_xilinx(tmp_path, tools, board, openxc7, monkeypatch):
    monkeypatch.setenv("CHIPDB_DIR", "/chips")
    monkeypatch.setenv("DB_DIR", "/xray")
    placed = openxc7().place_and_route(board, tmp_path)
    assert (placed.bitstream, placed.fmax_mhz, placed.met, placed.resources) == ("top.bit", 123.45, True, None)
    *arguments, last = tools.arguments("nextpnr-xilinx")
    assert last == "--timing-allow-fail"
    assert options(arguments) == {"--chipdb": "/chips/xc7a100t.bin", "--xdc": "top.xdc", "--fasm": "top.fasm",
                                  "--json": "top.json", "--freq": "100"}
    assert tools.arguments("fasm2frames") == ["--part", "xc7a100tcsg324-1", "--db-root", "/xray/artix7", "top.fasm"]
    assert (tmp_path / "top.frames").read_text().strip() == "frames"
    assert options(tools.arguments("xc7frames2bit")) == {
        "--part_file": "/xray/artix7/xc7a100tcsg324-1/part.yaml", "--part_name": "xc7a100tcsg324-1",
        "--frm_file": "top.frames", "--output_file": "top.bit"}


@pytest.mark.parametrize("chipdb", [None, "/chips"])
def test_nextpnr_himbaechel(tmp_path, tools, board, openxc7, monkeypatch, chipdb):
    if chipdb:
        monkeypatch.setenv("CHIPDB_DIR", chipdb)
    assert openxc7("nextpnr-himbaechel").place_and_route(board, tmp_path).met
    arguments = tools.arguments("nextpnr-himbaechel")
    assert arguments[:2] == ["--device", "xc7a100tcsg324-1"]
    assert ("--chipdb" in arguments) == bool(chipdb)
    if chipdb:
        assert arguments[2:4] == ["--chipdb", "/chips/chipdb-xc7a100t.bin"]
    assert arguments[-9:] == ["-o", "xdc=top.xdc", "-o", "fasm=top.fasm", "--json", "top.json", "--freq", "100",
                              "--timing-allow-fail"]


def test_timing_that_is_not_met_makes_no_bitstream(tmp_path, board, openxc7):
    placed = openxc7(fmax=87.3).place_and_route(board, tmp_path)
    assert (placed.bitstream, placed.fmax_mhz, placed.met) == (None, 87.3, False)
    assert not (tmp_path / "top.bit").exists()


def test_another_seed_is_tried_when_the_router_fails(tmp_path, tools, board, openxc7):
    chain = openxc7()
    tools.add("nextpnr-xilinx", LOG.format(fmax=101), {"top.fasm": "features"}, wants="--seed 2")
    assert chain.place_and_route(board, tmp_path).fmax_mhz == 101
    assert tools.arguments("nextpnr-xilinx")[-2:] == ["--seed", "2"]


def test_a_database_named_for_the_package_comes_first(tmp_path, tools, board, openxc7, monkeypatch):
    monkeypatch.setenv("CHIPDB_DIR", str(tmp_path))
    (tmp_path / "xc7a100tcsg324.bin").touch()
    openxc7().place_and_route(board, tmp_path)
    assert tools.arguments("nextpnr-xilinx")[:2] == ["--chipdb", str(tmp_path / "xc7a100tcsg324.bin")]


def test_a_bitstream_that_was_not_written(tmp_path, tools, board, openxc7):
    chain = openxc7()
    tools.add("xc7frames2bit", "Failed to write bitstream")
    with pytest.raises(UserError, match="wrote no bitstream: Failed to write"):
        chain.place_and_route(board, tmp_path)


def test_a_program_that_does_not_end(tmp_path):
    with pytest.raises(UserError, match="had not ended after 1e-05 hours"):
        run([sys.executable, "-c", "import time; time.sleep(60)"], tmp_path, "log", hours=1e-5)


def test_a_step_that_fails(tmp_path, tools, board, openxc7):
    chain = openxc7()
    tools.add("fasm2frames", "x", status=1)
    with pytest.raises(UserError, match="fasm2frames failed"):
        chain.place_and_route(board, tmp_path)
    tools.add("nextpnr-xilinx", "Info: placing\nERROR: no bels left\n5 warnings, 1 error", status=1)
    with pytest.raises(UserError, match=r"nextpnr failed: ERROR: no bels left$"):
        chain.place_and_route(board, tmp_path)


def test_missing_programs(tmp_path, tools, board):
    with pytest.raises(UserError, match="nextpnr-xilinx is missing: place and route; get it from openXC7"):
        OpenXC7().place_and_route(board, tmp_path)
    tools.add("nextpnr-xilinx")
    with pytest.raises(UserError, match="fasm2frames is missing: turns the routed design into"):
        OpenXC7().place_and_route(board, tmp_path)


def test_a_log_without_frequency():
    with pytest.raises(UserError, match="no clock frequency"):
        read_fmax("Info: done")


def test_finding_a_toolchain(tools, openxc7):
    assert toolchains.find("none") is None
    assert toolchains.find("auto") is None
    with pytest.raises(UserError, match="vivado is missing"):
        toolchains.find("vivado")
    with pytest.raises(UserError, match="nextpnr-xilinx is missing"):
        toolchains.find("openxc7")
    with pytest.raises(UserError, match="unknown toolchain 'ise': choose auto, none, vivado, openxc7"):
        toolchains.find("ise")
    openxc7()
    assert toolchains.find("auto").name == toolchains.find("openxc7").name == "openxc7"
    tools.add("vivado")
    assert toolchains.find("auto").name == toolchains.find("vivado").name == "vivado"
