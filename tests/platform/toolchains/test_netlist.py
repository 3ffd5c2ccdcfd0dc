import json

import pytest

from varigate.model.errors import UserError
from varigate.platform.toolchains import netlist
from varigate.platform.toolchains.arcs import combinational_arcs
from varigate.platform.toolchains.device import DEVICES, Resources
from varigate.platform.toolchains.netlist import Cell, Netlist

XC7A100T = DEVICES["xc7a100t"]


def make(*cells, inputs=(1,), outputs=(9,), names=None):
    return Netlist({f"cell{index}": cell for index, cell in enumerate(cells)},
                   names or {bit: f"net{bit}" for bit in range(20)}, tuple(inputs), tuple(outputs))


def lut(output, *inputs):
    return Cell(f"LUT{len(inputs)}", {}, {f"I{index}": [bit] for index, bit in enumerate(inputs)}, {"O": [output]})


def flip_flop(output, data):
    return Cell("FDRE", {}, {"C": [1], "CE": ["1"], "D": [data], "R": ["0"]}, {"Q": [output]})


@pytest.mark.parametrize(("kind", "luts", "memory"), [
    ("LUT1", 1, 0), ("LUT6", 1, 0), ("LUT6_2", 1, 0), ("INV", 1, 0), ("MUXF7", 0, 0), ("SRL16E", 1, 1),
    ("SRLC32E", 1, 1), ("RAM32M", 4, 4), ("RAM64M", 4, 4), ("RAM128X1D", 4, 4), ("RAM64X1D", 2, 2),
    ("RAM32X1D", 2, 2), ("RAM64X1S", 1, 1), ("RAM256X1S", 4, 4), ("FDRE", 0, 0), ("CARRY4", 0, 0),
])
def test_luts_of_a_primitive(kind, luts, memory):
    counted = make(*[Cell(kind, {}, {}, {})] * 3).resources
    assert (counted.lut, counted.lutram) == (3 * luts, 3 * memory)


def test_other_resources():
    kinds = ["FDRE", "FDSE", "FDCE", "FDPE", "CARRY4", "CARRY4", "DSP48E1", "RAMB36E1", "RAMB18E1", "RAMB18E1"]
    assert make(*(Cell(kind, {}, {}, {}) for kind in kinds)).resources == Resources(
        lut=0, ff=4, carry4=2, dsp=1, ramb36=1, ramb18=2)


@pytest.mark.parametrize(("need", "message"), [
    ({"dsp": 242}, r"it needs 242 DSP48E1 and the XC7A100T has 240 \(2 too many\)"),
    ({"lut": 63_401}, r"63,401 LUT and the XC7A100T has 63,400 \(1 too many\)"),
    ({"ramb36": 130, "ramb18": 11}, r"136 RAMB36 and the XC7A100T has 135 \(1 too many\)"),
    ({"ramb18": 271}, "136 RAMB36"),
    ({"lut": 20_000, "lutram": 20_000}, r"20,000 LUT as memory and the XC7A100T has 19,000"),
])
def test_what_does_not_fit_is_refused(need, message):
    nothing = dict.fromkeys(("lut", "ff", "carry4", "dsp", "ramb36", "ramb18"), 0)
    with pytest.raises(UserError, match=message):
        XC7A100T.check_fit(Resources(**nothing | need))


def test_what_just_fits():
    XC7A100T.check_fit(XC7A100T.capacity.__class__(63_400, 126_800, 15_850, 240, 130, 10, 19_000))


def test_a_sound_netlist_passes():
    netlist.check(make(lut(2, 1, 3), flip_flop(3, 2), lut(9, 3)))  # a loop through a flip-flop is none


@pytest.mark.parametrize(("broken", "message"), [
    (make(lut(2, 1, 3), lut(3, 2), lut(9, 3)), "combinational loop through net net[23]$"),
    (make(lut(2, 2), lut(9, 2)), "combinational loop through net net2$"),
    (make(lut(9, 1), lut(9, 1)), "2 drivers on net net9$"),
    (make(lut(1, 1), lut(9, 1)), "2 drivers on net net1$"),
    (make(lut(9, 1, 4)), "no driver on net net4$"),
    (make(flip_flop(3, 1)), "no driver on net net9$"),
    (make(flip_flop(9, 1), outputs=(9, "x")), "an output port without a driver$"),
    (make(Cell("LDCE", {}, {"D": [1]}, {"Q": [9]})), r"has a latch: cell0 \(LDCE\)$"),
    (make(Cell("$mul", {}, {"A": [1]}, {"Y": [9]})), r"unmapped cell: cell0 \(\$mul\)$"),
])
def test_what_is_wrong_is_named(broken, message):
    with pytest.raises(UserError, match=message):
        netlist.check(broken)


def carry(outputs, selects, below=("0",) * 4):
    return Cell("CARRY4", {}, {"CI": ["0"], "CYINIT": ["0"], "DI": list(below), "S": selects}, {"O": outputs, "CO": []})


def test_a_carry_chain_may_feed_its_own_higher_bits():
    netlist.check(make(carry([2, 3, 4, 9], [1, 1, 1, 5]), lut(5, 2)))
    with pytest.raises(UserError, match="loop"):
        netlist.check(make(carry([2, 3, 4, 9], [5, 1, 1, 1]), lut(5, 4)))


def dsp(**registers):
    parameters = {name: format(value, "032b") for name, value in registers.items()}
    return Cell("DSP48E1", parameters, {"A": [2], "B": [3], "C": [4]}, {"P": [5]})


@pytest.mark.parametrize(("registers", "followed"), [
    ({"PREG": 1, "MREG": 0, "AREG": 0, "BREG": 0, "CREG": 0}, None),
    ({"PREG": 0, "MREG": 1, "AREG": 0, "BREG": 0, "CREG": 1}, []),
    ({"PREG": 0, "MREG": 1, "AREG": 0, "BREG": 0, "CREG": 0}, [4]),
    ({"PREG": 0, "MREG": 0, "AREG": 0, "BREG": 1, "CREG": 1}, [2]),
])
def test_a_dsp_without_output_register_is_combinational(registers, followed):
    assert [inputs for inputs, _ in combinational_arcs(dsp(**registers))] == ([] if followed is None else [followed])


def test_reading_memory_in_luts_follows_the_address_only():
    ram = Cell("RAM64X1D", {}, {"A0": [2], "A1": [3], "DPRA0": [4], "D": [5], "WE": [6]}, {"SPO": [7], "DPO": [8]})
    assert list(combinational_arcs(ram)) == [([2, 3], [7]), ([4], [8])]


def test_reading_the_json_of_yosys(tmp_path):
    cell = {"type": "INV", "hide_name": 0, "port_directions": {"I": "input", "O": "output"},
            "connections": {"I": [2], "O": [3]}}
    module = {"ports": {"a": {"direction": "input", "bits": [2]}, "y": {"direction": "output", "bits": [3]}},
              "cells": {"n": cell},
              "netnames": {"a": {"hide_name": 0, "bits": [2]}, "$1": {"hide_name": 1, "bits": [3]},
                           "long": {"hide_name": 0, "bits": [3, 2]}, "y": {"hide_name": 0, "bits": [3]}}}
    path = tmp_path / "top.json"
    path.write_text(json.dumps({"modules": {"top": module}}))
    found = netlist.read(path)
    assert (found.inputs, found.outputs, found.names) == ((2,), (3,), {2: "a", 3: "y"})
    assert found.cells == {"n": Cell("INV", {}, {"I": [2]}, {"O": [3]})}
    netlist.check(found)
