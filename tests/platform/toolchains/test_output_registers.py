"""The pass on netlists made by hand; `tests/sim` holds what it does to a memory against the gates."""

import json

import pytest

from varigate.platform.toolchains import netlist
from varigate.platform.toolchains.output_registers import fold, fold_file, memory_bits

CLOCK, ENABLE = 2, 3
DATA = list(range(10, 18))  # out of the memory
OUT = list(range(20, 28))  # out of the flip-flops
ONE, ZERO = ["1"], ["0"]
RAM_INPUTS = {"CLKARDCLK": [CLOCK], "CLKBWRCLK": [CLOCK], "ENARDEN": ONE, "ENBWREN": ONE, "REGCEAREGCE": ZERO,
              "REGCEB": ZERO, "RSTREGARSTREG": ZERO, "RSTREGB": ZERO}


def cell(kind, inputs, outputs, **parameters):
    directions = dict.fromkeys(inputs, "input") | dict.fromkeys(outputs, "output")
    return {"type": kind, "parameters": parameters, "attributes": {}, "port_directions": directions,
            "connections": {name: list(bits) for name, bits in (inputs | outputs).items()}}


def flip_flop(data, out, kind="FDRE", reset="R", **parameters):
    return cell(kind, {"C": [CLOCK], "CE": ONE, "D": [data], reset: ZERO}, {"Q": [out]}, **{"INIT": "0"} | parameters)


def design(outputs, kind="RAMB18E1", flip_flops=None, **parameters):
    """A memory whose `outputs` (pin to bits) go to a flip-flop each, and from there out."""
    parameters = {"DOA_REG": "0" * 32, "DOB_REG": "0" * 32, "RAM_MODE": "TDP", "INIT_A": "x" * 18} | parameters
    used = [bit for bits in outputs.values() for bit in bits]
    cells = {"core.weights$4.bank_0.0": cell(kind, RAM_INPUTS, outputs, **parameters)}
    cells |= flip_flops or {f"ff{bit}": flip_flop(bit, bit + 10) for bit in used}
    names = {"read": {"hide_name": 0, "bits": used}, "both": {"hide_name": 0, "bits": [used[0], ENABLE]}}
    return {"cells": cells, "netnames": names, "ports": {
        "clk": {"direction": "input", "bits": [CLOCK, ENABLE]},
        "out": {"direction": "output", "bits": [bit + 10 for bit in used]}}}


def ram(module):
    return module["cells"]["core.weights$4.bank_0.0"]


def registers(module):
    return tuple(int(ram(module)["parameters"][f"DO{side}_REG"], 2) for side in "AB")


@pytest.mark.parametrize(("outputs", "mode", "kind", "expected"), [
    ({"DOADO": DATA[:4]}, "TDP", "RAMB18E1", (1, 0)),
    ({"DOADO": DATA[:4], "DOPADOP": DATA[4:5]}, "TDP", "RAMB36E1", (1, 0)),
    ({"DOBDO": DATA[:2]}, "TDP", "RAMB18E1", (0, 1)),
    ({"DOADO": DATA[:2], "DOBDO": DATA[2:4]}, "TDP", "RAMB18E1", (1, 1)),
    ({"DOADO": DATA[:4], "DOBDO": DATA[4:6], "DOPBDOP": DATA[6:]}, "SDP", "RAMB36E1", (1, 1)),
])
def test_registers_are_folded_in(outputs, mode, kind, expected):
    module = design(outputs, kind, RAM_MODE=mode)
    used = [bit for bits in outputs.values() for bit in bits]
    assert fold(module) == len(used)
    assert registers(module) == expected
    assert list(module["cells"]) == ["core.weights$4.bank_0.0"]
    connections = ram(module)["connections"]
    assert {pin: connections[pin] for pin in outputs} == {pin: [bit + 10 for bit in outputs[pin]] for pin in outputs}
    assert module["netnames"] == {"both": {"hide_name": 0, "bits": ["x", ENABLE]}}
    if expected[0]:
        assert ram(module)["parameters"]["INIT_A"] == "0" * 18
        assert (connections["REGCEAREGCE"], connections["RSTREGARSTREG"]) == (ONE, ZERO)
    if expected == (0, 1):
        assert (connections["REGCEB"], connections["REGCEAREGCE"]) == (ONE, ZERO)


@pytest.mark.parametrize(("kind", "reset"), [("FDRE", "R"), ("FDSE", "S"), ("FDCE", "CLR"), ("FDPE", "PRE")])
def test_every_flip_flop_without_a_reset_will_do(kind, reset):
    module = design({"DOADO": DATA[:1]}, flip_flops={"ff": flip_flop(DATA[0], OUT[0], kind, reset)})
    assert fold(module) == 1


def test_the_memorys_own_enable_becomes_that_of_the_register():
    module = design({"DOADO": DATA[:2]})
    ram(module)["connections"]["ENARDEN"] = [ENABLE]
    for name in ("ff10", "ff11"):
        module["cells"][name]["connections"]["CE"] = [ENABLE]
    assert fold(module) == 2
    assert ram(module)["connections"]["REGCEAREGCE"] == [ENABLE]


def test_unused_outputs_do_not_matter():
    module = design({"DOADO": DATA[:2]})
    ram(module)["connections"]["DOADO"] += [98, 99]
    assert fold(module) == 2
    assert ram(module)["connections"]["DOADO"] == [20, 21, 98, 99]


def change(pin, bits, name="ff11"):
    return lambda module: module["cells"][name]["connections"].update({pin: bits})


def parameters(name, **values):
    return lambda module: module["cells"][name]["parameters"].update(values)


def attribute(module):
    module["cells"]["ff11"]["attributes"]["keep"] = "1"


def fan_out(module):
    module["cells"]["more"] = cell("LUT1", {"I0": [DATA[1]]}, {"O": [50]})


def out_of_the_chip(module):
    module["ports"]["out"]["bits"].append(DATA[1])


def both_enabled(module):
    """By the same net, which is not the memory's."""
    change("CE", [ENABLE], "ff10")(module), change("CE", [ENABLE])(module)


MEMORY = "core.weights$4.bank_0.0"
DIFFERENT = {
    "another clock": change("C", [4]),
    "a reset": change("R", [ENABLE]),
    "enables that differ": change("CE", [ENABLE]),
    "an enable of their own": both_enabled,
    "no flip-flop": lambda module: module["cells"].update(ff11=cell("LUT1", {"I0": [DATA[1]]}, {"O": [OUT[1]]})),
    "an enable, not data": lambda module: module["cells"]["ff11"]["connections"].update(D=[OUT[0]], CE=[DATA[1]]),
    "another load": fan_out,
    "a pin of the module": out_of_the_chip,
    "an initial 1": parameters("ff11", INIT="1"),
    "inverted data": parameters("ff11", IS_D_INVERTED="1"),
    "an inverted clock": parameters("ff11", IS_C_INVERTED="1"),
    "a memory with an inverted clock": parameters(MEMORY, IS_CLKARDCLK_INVERTED="1"),
    "a memory with a preset output": parameters(MEMORY, INIT_A="0" * 17 + "1"),
    "a register already": parameters(MEMORY, DOA_REG=format(1, "032b")),
    "keep": attribute,
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_everything_else_is_left_alone(name):
    module = design({"DOADO": DATA[:2]})
    DIFFERENT[name](module)
    before = json.dumps(module)
    assert fold(module) == 0
    assert json.dumps(module) == before


def test_one_port_may_qualify_and_the_other_not():
    module = design({"DOADO": DATA[:1], "DOBDO": DATA[1:2]})
    change("R", [ENABLE])(module)
    assert fold(module) == 1
    assert registers(module) == (1, 0)


def test_bits_are_counted(tmp_path):
    path = tmp_path / "top.json"
    module = design({"DOADO": DATA[:2], "DOBDO": DATA[2:5]})
    change("R", [ENABLE])(module)
    path.write_text(json.dumps({"modules": {"top": module}}))
    assert memory_bits(netlist.read(path), "weights") == (5, 5)
    assert fold_file(path) == 3
    assert memory_bits(netlist.read(path), "weights") == (5, 2)
    assert memory_bits(netlist.read(path), "table") == (0, 0)
