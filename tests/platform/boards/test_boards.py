import re
from collections import Counter

import pytest

from varigate.model.errors import UserError
from varigate.platform import boards
from varigate.platform.toolchains import programmer

# Typed by hand from the Nexys4 DDR reference manual.
PINS = {
    "clk100_0__io": "E3",
    "rst_0__io": "C12",
    "uart_0__rx__io": "C4",
    "uart_0__tx__io": "D4",
    "button_center_0__io": "N17",
    "button_up_0__io": "M18",
    "button_left_0__io": "P17",
    "button_right_0__io": "M17",
    "button_down_0__io": "P18",
    "rgb_led_0__r__io": "N15",
    "rgb_led_0__g__io": "M16",
    "rgb_led_0__b__io": "R12",
    "rgb_led_1__r__io": "N16",
    "rgb_led_1__g__io": "R11",
    "rgb_led_1__b__io": "G14",
}
GROUPS = {  # from 0, from the right, or from a
    "led_{}__io": "H17 K15 J13 N14 R18 V17 U17 U16 V16 T15 U14 T16 V15 V14 V12 V11",
    "switch_{}__io": "J15 L16 M13 R15 R17 T18 U18 R13 T8 U8 R16 T13 H6 U12 U11 V10",
    "display_7seg_an_0__io[{}]": "J17 J18 T9 J14 P14 T14 K2 U13",
    "display_7seg_0__{}__io": "T10 R10 K16 K13 P15 T11 L18 H15",
}
SEGMENTS = ["a", "b", "c", "d", "e", "f", "g", "dp"]
PORT = re.compile(r"set_property -dict \{PACKAGE_PIN (\w+) IOSTANDARD (\w+)\} \[get_ports \{(\S+?)\}\]")


def expected():
    pins = dict(PINS)
    for pattern, group in GROUPS.items():
        for index, pin in enumerate(group.split()):
            pins[pattern.format(SEGMENTS[index] if "__{}" in pattern else index)] = pin
    return pins


def ports(netlist):
    """Names of the bits of the netlist's ports."""
    return [netlist.names[bit] for bit in (*netlist.inputs, *netlist.outputs)]


def test_every_pin_is_where_the_manual_says(built):
    directory, _ = built
    found = PORT.findall((directory / "top.xdc").read_text())
    assert {name: pin for pin, _, name in found} == expected()


def test_every_port_of_the_netlist_is_constrained_exactly_once(built):
    directory, netlist = built
    constrained = Counter(name for _, _, name in PORT.findall((directory / "top.xdc").read_text()))
    assert constrained == Counter(ports(netlist))
    assert set(constrained.values()) == {1}


def test_switches_8_and_9_are_in_the_bank_with_1v8(built):
    directory, _ = built
    low = {name for _, standard, name in PORT.findall((directory / "top.xdc").read_text()) if standard == "LVCMOS18"}
    assert low == {"switch_8__io", "switch_9__io"}


def test_constraints_of_clock_and_configuration(built, board):
    lines = (built[0] / "top.xdc").read_text().splitlines()
    assert f"create_clock -period 10.000 [get_ports {board.clock_port}]" in lines
    for setting in ("CFGBVS VCCO", "CONFIG_VOLTAGE 3.3", "BITSTREAM.GENERAL.COMPRESS TRUE",
                    "BITSTREAM.CONFIG.SPI_BUSWIDTH 4", "BITSTREAM.CONFIG.CONFIGRATE 33"):
        assert f"set_property {setting} [current_design]" in lines
    assert all(line.startswith(("set_property ", "create_clock ")) for line in lines)  # what nextpnr reads


def test_one_buffer_for_each_port_and_one_clock(built):
    netlist = built[1]
    assert netlist.types["IBUF"] == len(netlist.inputs) == 24
    assert netlist.count(["OBUF", "OBUFT"]) == len(netlist.outputs) == 39
    assert netlist.types["BUFG"] == 1
    clocks = {bit for cell in netlist.cells.values() for bit in cell.inputs.get("C", [])}
    assert clocks == {bit for cell in netlist.cells.values() if cell.type == "BUFG" for bit in cell.outputs["O"]}


def test_reset_is_four_synchronous_flip_flops_that_start_at_1(built):
    netlist = built[1]
    drivers = {bit: cell for cell in netlist.cells.values() for bits in cell.outputs.values() for bit in bits}
    resets = {cell.inputs["R"][0] for cell in netlist.cells.values() if cell.type == "FDRE"} - {"0"}
    assert len(resets) == 1
    cell = drivers[resets.pop()]
    for _ in range(4):
        assert cell.type == "FDRE" and cell.inputs["R"] == ["0"] and cell.parameters["INIT"] == "1"
        cell = drivers[cell.inputs["D"][0]]
    assert cell.type == "INV"  # the button is active low
    assert netlist.names[drivers[cell.inputs["I"][0]].inputs["I"][0]] == "rst_0__io"


def test_synchronisers_stay_flip_flops(built):
    assert built[1].count(["SRL16E", "SRLC32E"]) == 0


def test_off_is_high_for_the_display_and_low_for_the_leds(dark):
    pads = {dark.names[cell.outputs["O"][0]]: cell.inputs["I"] for cell in dark.cells.values()
            if cell.type in ("OBUF", "OBUFT")}
    for name, value in pads.items():
        assert value == (["1"] if name.startswith("display") else ["0"]), name
    assert all(cell.inputs["T"] == ["0"] for cell in dark.cells.values() if cell.type == "OBUFT")


def test_same_design_same_files(tmp_path, blinker):
    first, second = (boards.find("nexys4ddr")() for _ in range(2))
    plans = [board.prepare(board.wrap(blinker()), "top").files for board in (first, second)]
    assert plans[0] == plans[1]
    assert "/" not in re.sub(r"\\\S+", "", plans[0]["top.il"])  # no path of this machine


def test_names():
    assert boards.find("nexys4ddr") is boards.find("nexysa7")
    with pytest.raises(UserError, match=r"unknown board 'arty': the boards are nexys4ddr, nexysa7$"):
        boards.find("arty")


@pytest.mark.parametrize(("flash", "options"), [(False, []), (True, ["-f"])])
def test_programming(tmp_path, tools, board, flash, options):
    (tmp_path / "top.bit").write_bytes(b"bits")
    tools.add("openFPGALoader")
    programmer.program(board, tmp_path, flash=flash)
    *start, file = tools.arguments("openFPGALoader")
    assert start == ["-b", "nexys_a7_100", *options]
    assert file.endswith("top.bit")


def test_programming_failures(tmp_path, tools, board):
    (tmp_path / "top.bit").write_bytes(b"bits")
    with pytest.raises(UserError, match=r"openFPGALoader is missing: loads a bitstream .* Debian package openfpgaload"):
        programmer.program(board, tmp_path)
    tools.add("openFPGALoader", status=3)
    with pytest.raises(UserError, match="openFPGALoader failed with status 3: is the board connected"):
        programmer.program(board, tmp_path)


def test_unused_inputs_keep_their_buffers(dark):
    """In the dark top no switch is read; nextpnr-himbaechel wants a buffer at every port."""
    connected = {bit for cell in dark.cells.values() for bits in (*cell.inputs.values(), *cell.outputs.values())
                 for bit in bits}
    assert set(dark.inputs) | set(dark.outputs) <= connected


def test_no_shift_register_primitives(built):
    assert not any(kind.startswith("SRL") for kind in built[1].types)
