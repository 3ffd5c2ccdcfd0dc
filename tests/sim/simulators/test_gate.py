"""The netlist that synthesis makes, against the integer reference and against RTL."""

import json
import random

import numpy as np
import pytest
from amaranth.hdl import Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from varigate.__main__ import main
from varigate.gateware.core.vae import FoldedVae
from varigate.gateware.engine.program import Array
from varigate.model.errors import UserError
from varigate.model.protocol.requests import request_lengths
from varigate.sim.regression.bulk import StreamCore, answers_of
from varigate.sim.simulators import gate
from varigate.sim.simulators.compiled import Simulation
from varigate.sim.testbench.hostile import Session, sequence, top

ARRAY = Array(8, 1)
SOME = slice(7, None, 15)  # ten flowers, of all classes


def test_some_flowers(iris):
    """RECONSTRUCT with ε, as after reset and seeded, with and without pauses."""
    codes = iris.example_codes[SOME]
    assert len(codes) == 10
    with StreamCore(gate.simulation(FoldedVae(iris, ARRAY)), iris) as core:
        for seed, stall in ((None, 0), (5, 0), (6, 0.4)):
            answers, _ = core.reconstruct(codes, seed, stall=stall)
            assert (answers == answers_of(iris, codes, seed)).all()


@pytest.mark.long
def test_all_flowers_by_the_command(capsys):
    assert main(["regress", "iris", "--engine", "gate", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["engine"], result["samples"], result["mismatches"]) == ("gate", 600, 0)


@pytest.mark.long
@pytest.mark.parametrize(("array", "weights"), [(Array(8, 4, 2), "lut"), (Array(8, 1), "block")], ids=str)
def test_all_flowers_in_other_cores(capsys, iris, array, weights):
    """A two-dimensional array, whose columns are summed down the cascade of DSPs; weights in block RAM."""
    cells = json.loads(gate.synthesised(FoldedVae(iris, array, weights=weights)))["modules"]["top"]["cells"].values()
    cascades = [cell for cell in cells if cell["type"] == "DSP48E1" and len(set(cell["connections"]["PCIN"])) > 2]
    assert bool(cascades) == (array.columns > 1)
    assert (sum(cell["type"].startswith("RAMB") for cell in cells) > 1) == (weights == "block")
    arguments = ["--array", f"{array.rows}x{array.columns}", "--drain", str(array.drain), "--weights", weights]
    assert main(["regress", "iris", "--engine", "gate", "--count", "300", "--json", *arguments]) == 0
    assert json.loads(capsys.readouterr().out)["mismatches"] == 0


def driver(cells: dict, net: int) -> dict:
    """The cell that drives a net, and of a register the one that drives what it loads."""
    cell, = (cell for cell in cells.values() for port, bits in cell["connections"].items()
             if cell["port_directions"][port] == "output" and net in bits)
    return driver(cells, cell["connections"]["D"][0]) if "D" in cell["connections"] else cell


@pytest.mark.long
def test_a_wrong_table_in_the_core_is_seen(iris):
    design = json.loads(gate.synthesised(FoldedVae(iris, ARRAY)))
    module = design["modules"]["top"]
    lut = driver(module["cells"], module["ports"]["client__result__payload"]["bits"][3])  # the lowest bit of a value
    table = lut["parameters"]["INIT"]
    lut["parameters"]["INIT"] = table.translate(str.maketrans("01", "10"))
    codes = iris.example_codes[SOME]
    with StreamCore(Simulation.from_rtlil(gate.flat(json.dumps(design)), quick=True), iris) as core:
        answers, _ = core.reconstruct(codes, None)
    assert (answers != answers_of(iris, codes, None)).any()


@pytest.mark.long
def test_the_top_through_its_uart(iris):
    """Requests of all kinds, good and bad, alone and run together: answers, negative replies and counters."""
    with gate.simulation(top(iris)) as simulation:
        rng, session = random.Random(9), Session(simulation, iris)
        session.play([sequence(rng, request_lengths(iris.inputs, iris.latent)) for _ in range(25)])
    assert min(session.seen["answers"], session.seen["negatives"]) > 4


class Small(wiring.Component):
    """One look-up table, and two registers that start differently and have a reset and an enable."""

    a: In(4)
    enable: In(1)
    y: Out(1)
    count: Out(6)

    def elaborate(self, platform):
        m = Module()
        count = Signal(6, init=45)
        with m.If(self.enable):
            m.d.sync += count.eq(count + self.a)
        m.d.sync += self.y.eq((self.a[0] ^ self.a[1]) & ~self.a[2] | self.a[1] & self.a[3])
        m.d.comb += self.count.eq(count)
        return m


def played(simulation: Simulation) -> dict:
    rng, cycles = np.random.default_rng(2), 500
    inputs = {"a": rng.integers(0, 16, cycles), "enable": rng.integers(0, 2, cycles),
              "rst": (rng.random(cycles) < 0.02).astype(int)}
    with simulation:
        found = simulation.play(cycles, {name: (np.arange(cycles), values) for name, values in inputs.items()},
                                ["y", "count"])
    return {name: (times.tolist(), values.tolist()) for name, (times, values) in found.items()}


def test_one_wrong_bit_of_a_table_is_seen():
    design = json.loads(gate.synthesised(Small()))
    expected = played(Simulation(Small()))
    assert played(gate.simulation(Small())) == expected
    module = design["modules"]["top"]
    lut = driver(module["cells"], module["ports"]["y"]["bits"][0])
    assert lut["type"] == "LUT4"
    table = lut["parameters"]["INIT"]
    lut["parameters"]["INIT"] = table[:-6] + "10"[int(table[-6])] + table[-5:]
    found = played(Simulation.from_rtlil(gate.flat(json.dumps(design)), quick=True))
    assert found["count"] == expected["count"] and found["y"] != expected["y"]


def test_a_primitive_without_a_model_is_named():
    cell = {"type": "XADC", "parameters": {}, "port_directions": {"DCLK": "input"}, "connections": {"DCLK": [2]}}
    ports = {"clk": {"direction": "input", "bits": [2]}}
    design = {"modules": {"top": {"ports": ports, "cells": {"monitor": cell}, "netnames": {}}}}
    with pytest.raises(UserError, match=r"Yosys cannot simulate the netlist: .*XADC"):
        gate.flat(json.dumps(design))
