import json
from types import SimpleNamespace

import pytest

from varigate.gateware.engine.program import Array
from varigate.model.network import network_file
from varigate.platform.toolchains import report
from varigate.platform.toolchains.device import Resources
from varigate.platform.toolchains.netlist import Cell
from varigate.platform.toolchains.tools import Placed

NETWORK = network_file.load(network_file.find("iris"))
ARRAY = Array(8, 1)
CYCLES = SimpleNamespace(latency=100, interval=80, utilisation=0.175)
RAM = Cell("RAMB18E1", {"RAM_MODE": "TDP", "DOA_REG": "0"}, {"CLKARDCLK": [1]}, {"DOADO": [2, 3]})
MAPPED = SimpleNamespace(
    resources=Resources(lut=3170, ff=1268, carry4=317, dsp=12, ramb36=2, ramb18=1), inputs=(1,), outputs=(), names={},
    cells={"core.weights.bank_0": RAM, "a": Cell("LUT1", {}, {"I0": [2]}, {"O": [4]}),
           "$flatten\\core.b": Cell("FDRE", {}, {"D": [4], "C": [1]}, {"Q": [5]})})
CARD = {"cv_accuracy_float": 0.9753, "cv_accuracy_integer": 0.97}


@pytest.fixture
def make(board):
    def made(placed=None, card=CARD):
        return report.make(board, NETWORK, CYCLES, ARRAY, MAPPED, placed, card)
    return made


def test_keys_and_values(make):
    assert make() == {
        "board": "nexys4ddr", "network": "iris", "device": "xc7a100tcsg324-1",
        "array": {"rows": 8, "columns": 1, "drain": 1, "packed": False, "cascade": True, "buffers": 2},
        "units": {"bits": 8, "sigmoid": None, "epsilon": "quadratic"}, "clock_mhz": 100.0, "macs": 112,
        "cycles": {"latency": 100, "interval": 80}, "mac_utilisation": 0.175,
        "resources": {"source": "yosys", "lut": 3170, "ff": 1268, "carry4": 317, "dsp": 12, "ramb36": 2, "ramb18": 1},
        "available": {"lut": 63400, "ff": 126800, "carry4": 15850, "dsp": 240, "ramb36": 135, "ramb18": 270},
        "timing": {"source": None, "fmax_mhz": None}, "bitstream": None,
        "levels": {"levels": 1, "start": "core.weights.bank_0", "end": "$flatten\\core.b (FDRE D)", "cells": ("LUT1",)},
        "weight_ram_bits": {"read": 1, "unregistered": 1},
        "accuracy": {"cv_float": 0.9753, "cv_integer": 0.97, "test_float": None, "test_integer": None},
    }


def test_what_a_tool_says_takes_the_place_of_the_estimate(make):
    counted = {"lut": 1, "ff": 2, "carry4": 3, "dsp": 4, "ramb36": 5, "ramb18": 6}
    found = make(Placed("vivado", "top.bit", 123.456, True, Resources(**counted)))
    assert found["resources"] == {"source": "vivado", **counted}
    assert found["timing"] == {"source": "vivado", "fmax_mhz": 123.46}
    assert found["bitstream"] == "top.bit"
    assert make(Placed("openxc7", "top.bit", 101, True))["resources"]["source"] == "yosys"


@pytest.mark.parametrize(("placed", "words"), [
    (None, "1,250,000 (if 100 MHz closes)"),
    (Placed("vivado", "top.bit", 123.456, True), "1,250,000 (vivado meets 100 MHz; it would reach 123.46 MHz)"),
    (Placed("openxc7", None, 87.3, False),
     "1,250,000 (if 100 MHz closed: openxc7 does NOT meet timing (87.3 MHz))"),
])
def test_rates_never_claim_a_clock_that_nobody_met(make, placed, words):
    assert words in report.table(make(placed))


def test_table(make):
    lines = [line.split() for line in report.table(make()).splitlines()]
    assert ["LUT", "3,170", "63,400", "5.0%"] in lines
    assert ["DSP48E1", "12", "240", "5.0%"] in lines
    assert ["cross-validated", "accuracy,", "float", "97.53%"] in lines
    assert ["cross-validated", "accuracy,", "integer", "97.00%"] in lines
    assert ["latency", "100", "cycles,", "1.00", "µs"] in lines
    assert ["interval", "80", "cycles"] in lines
    text = " ".join(" ".join(line) for line in lines)
    assert "weights' bits from block RAM 1, 1 of them not through its output register" in text
    assert "longest path of the core 1 levels from core.weights.bank_0 to" in text


def test_an_interval_may_have_a_fraction(make, monkeypatch):
    monkeypatch.setattr(CYCLES, "interval", 80.25)
    assert make()["cycles"]["interval"] == 80.25
    assert "80.25 cycles" in report.table(make())


def test_a_network_without_a_card(make):
    found = make(card={})
    assert set(found["accuracy"].values()) == {None}
    assert report.table(found).count("not known") == 2


def test_images_are_measured_on_those_of_the_test_set(make):
    card = {"accuracy_float": 0.982, "accuracy_integer": 0.9815}
    assert make(card=card)["accuracy"]["test_float"] is None  # a table's: of the very samples of its training
    found = make(card=card | {"test_samples": 500})
    assert found["accuracy"] == {"cv_float": None, "cv_integer": None, "test_float": 0.982, "test_integer": 0.9815}
    lines = [" ".join(line.split()) for line in report.table(found).splitlines()]
    assert "accuracy on test images, float 98.20%" in lines and "accuracy on test images, integer 98.15%" in lines
    assert not any("cross-validated" in line for line in lines)


def test_files(tmp_path, make):
    report.write(make(), tmp_path)
    assert json.loads((tmp_path / "report.json").read_text()) == json.loads(json.dumps(make()))
    assert "| LUT | 3,170 | 63,400 | 5.0% |" in (tmp_path / "report.md").read_text().splitlines()
