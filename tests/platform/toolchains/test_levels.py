"""Levels between registers, on netlists made by hand."""

import json

import pytest

from varigate.__main__ import main
from varigate.platform.toolchains.levels import longest_paths
from varigate.platform.toolchains.netlist import Cell, Netlist

CLOCK = 1


def flip_flop(data, out):
    return Cell("FDRE", {}, {"C": [CLOCK], "CE": ["1"], "D": [data], "R": ["0"]}, {"Q": [out]})


def lut(out, *inputs):
    return Cell(f"LUT{len(inputs)}", {}, {f"I{place}": [bit] for place, bit in enumerate(inputs)}, {"O": [out]})


def carry(below, select, out):
    """A CARRY4 whose every output follows its lowest select, and the carry below."""
    return Cell("CARRY4", {}, {"CI": [below], "CYINIT": ["0"], "DI": ["0"] * 4, "S": [select, "1", "1", "1"]},
                {"O": [out + 100, "x", "x", "x"], "CO": ["x", "x", "x", out]})


def chain(length, source, out):
    """So many CARRY4 one after the other; `out` is the lowest sum of the last."""
    cells = [carry("0" if place == 0 else 1000 + place, source if place == 0 else "1", 1001 + place)
             for place in range(length)]
    cells[-1].outputs["O"][0] = out
    return cells


def dsp(**registers):
    return Cell("DSP48E1", {name: format(value, "032b") for name, value in registers.items()},
                {"A": [2], "B": [20], "C": ["0"] * 48, "CLK": [CLOCK]}, {"P": [9]})


def path(*cells, instance=None, count=1):
    netlist = Netlist({f"cell{place}": cell for place, cell in enumerate(cells)},
                      {bit: f"net{bit}" for bit in range(2000)}, (CLOCK,), ())
    return longest_paths(netlist, instance=instance, count=count)


def levels(*cells):
    return path(*cells)[0].levels


def between(*cells):
    """`cells` lead from net 2 to net 9, which flip-flops drive and take."""
    return levels(flip_flop(9, 2), *cells)


def test_luts_are_counted():
    assert between(lut(9, 2)) == 1
    assert between(lut(3, 2), lut(4, 2, 3), lut(9, 4)) == 3
    assert levels(flip_flop(2, 3), flip_flop(3, 4)) == 0


@pytest.mark.parametrize(("length", "expected"), [(1, 1), (2, 1), (8, 1), (9, 2), (16, 2), (17, 3)])
def test_carry_chains(length, expected):
    assert between(*chain(length, 2, 9)) == expected
    assert between(lut(3, 2), *chain(length, 3, 4), lut(9, 4)) == expected + 2


def test_a_chain_that_is_left_and_entered_again_starts_anew():
    first, second = chain(5, 2, 3), [carry("0", 3, 500), carry(500, "1", 501)]
    second[1].outputs["O"][0] = 9
    assert between(*first, *second) == 2


def test_wide_multiplexers_are_free():
    wide = Cell("MUXF7", {}, {"I0": [3], "I1": ["0"], "S": ["0"]}, {"O": [9]})
    assert between(lut(3, 2), wide) == 1


def test_memory_in_luts_is_a_level_to_read_and_an_end_to_write():
    ports = {"A0": [3], "D": [4], "DPRA0": [2], "WE": ["1"], "WCLK": [CLOCK]}
    ram = Cell("RAM64X1D", {}, ports, {"SPO": ["x"], "DPO": [9]})
    assert between(ram) == 1
    assert levels(flip_flop(20, 2), lut(5, 2), lut(4, 5), Cell("RAM64X1D", {}, ports | {"DPRA0": ["0"]},
                                                              {"SPO": ["x"], "DPO": [30]})) == 2


@pytest.mark.parametrize(("registers", "expected"), [
    ({"AREG": 1, "BREG": 1, "MREG": 1, "PREG": 1}, 2),  # ends at AREG; the LUT behind P is one
    ({"AREG": 0, "BREG": 0, "MREG": 1, "PREG": 1}, 2),
    ({"AREG": 1, "BREG": 1, "MREG": 1, "PREG": 0}, 2),  # from MREG through the adder
    ({"AREG": 0, "BREG": 0, "MREG": 0, "PREG": 0}, 4),
])
def test_dsp_slices_end_paths_where_they_have_registers(registers, expected):
    assert levels(flip_flop(11, 3), lut(4, 3), lut(2, 4), dsp(**registers), lut(11, 9)) == expected


def test_a_path_is_named():
    (found,) = path(flip_flop(9, 2), lut(3, 2), *chain(1, 3, 9))
    assert (found.levels, found.start, found.cells) == (2, "net2", ("LUT1", "CARRY4"))
    assert found.end == "cell0 (FDRE D)"
    assert str(found) == "2 levels from net2 to cell0 (FDRE D) through LUT1, CARRY4"


def test_pads_are_no_ends():
    assert path(lut(9, 3), flip_flop(9, 10)) == []
    assert path(flip_flop(3, 2), lut(4, 2)) == []


def test_only_paths_of_an_instance_are_asked_for():
    """Outside: two registers with two levels. Into the instance: one level."""
    cells = {"$1": flip_flop(4, 2), "$2": lut(3, 2), "$3": lut(4, 3),
             "$flatten\\top.core.$4": flip_flop(5, 6), "$5": lut(5, 2)}
    netlist = Netlist(cells, {}, (CLOCK,), ())
    assert longest_paths(netlist)[0].levels == 2
    assert longest_paths(netlist, instance="core")[0].levels == 1
    cells["$6"], cells["$7"] = lut(8, 6), flip_flop(8, 30)
    assert {found.start for found in longest_paths(Netlist(cells, {}, (CLOCK,), ()), instance="core", count=9)} == {
        "$1", "$flatten\\top.core.$4"}


def test_the_command(tmp_path, capsys):
    cells = {name: {"type": cell.type, "connections": cell.inputs | cell.outputs, "port_directions":
                    dict.fromkeys(cell.inputs, "input") | dict.fromkeys(cell.outputs, "output")}
             for name, cell in {"core.a": flip_flop(3, 2), "b": lut(3, 2)}.items()}
    ports = {"clk": {"direction": "input", "bits": [CLOCK]}}
    file = tmp_path / "top.json"
    file.write_text(json.dumps({"modules": {"top": {"cells": cells, "ports": ports, "netnames": {}}}}))
    assert main(["netlist", str(file)]) == 0
    shown = capsys.readouterr().out
    assert "LUT: 1\n" in shown and "  1 levels from core.a to core.a (FDRE D) through LUT1\n" in shown
    for text in ("{}", "[", None):
        file.write_text(text) if text else file.unlink()
        assert main(["netlist", str(file)]) == 2
        assert len(capsys.readouterr().err.splitlines()) == 1
