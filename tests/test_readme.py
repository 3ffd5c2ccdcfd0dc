"""The README's figures are those of the shipped network, and its commands exist."""

import argparse
import json
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from varigate.gateware.engine.program import Array
from varigate.gateware.estimate.choice import choose_array
from varigate.gateware.estimate.timing import cycles
from varigate.model.fixedpoint.distribution import exact, rounded_tail
from varigate.model.fixedpoint.epsilon import epsilon_table
from varigate.model.protocol.operations import Op, Part
from varigate.model.protocol.text import line
from varigate.model.train import trained
from varigate.platform.toolchains.configuration import Configuration
from varigate.sim.testbench.reference import Job, Reference
from varigate.sim.units import battery

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def figure(row: str) -> str:
    """The second cell of the table row whose first one begins with `row`."""
    match = re.search(rf"^\| {re.escape(row)}[^|]*\| ([^|]*?) \|", README, re.MULTILINE)
    assert match, f"no row {row}"
    return match[1]


def test_cycles(iris):
    counted = cycles(iris, Array(8, 1))
    assert figure("last input → class").startswith(f"{counted.class_latency} cycles")
    assert figure("last input → last output").startswith(f"{counted.latency} cycles")
    assert figure("between inferences").startswith(f"{counted.interval:g} cycles: {1e8 / counted.interval:,.0f} ")


@pytest.mark.parametrize(("row", "key"), [
    ("accuracy, 5 folds × 10 seeds: float", "cv_accuracy_float"),
    ("… integers", "cv_accuracy_integer"),
    ("… linear discriminant analysis", "cv_accuracy_lda"),
    ("… flowers on which integers and float agree", "cv_class_agreement"),
    ("accuracy on the training set", "accuracy_integer"),
])
def test_accuracy(row, key):
    card = trained.load("iris").card
    assert figure(row) == f"{100 * card[key]:.2f} %"


def cells(row: str) -> list[str]:
    """All cells behind the first of that row."""
    match = re.search(rf"^\| {re.escape(row)} \| (.*) \|$", README, re.MULTILINE)
    assert match, f"no row {row}"
    return [cell.strip() for cell in match[1].split("|")]


def test_images():
    cards = [trained.load(name).card for name in ("mnist", "mnist-free", "digits")]
    for row, key in (("−ELBO on the test images, nats: float", "neg_elbo_float"), ("… integers", "neg_elbo_integer")):
        assert cells(row) == [f"{card[key]:.2f}" for card in cards], row
    expected = ["" if card["network"] == "mnist-free" else
                " / ".join(f"{100 * card[key]:.{places}f}" for key in ("accuracy_float", "accuracy_integer")) + " %"
                for card, places in zip(cards, (2, 0, 1), strict=True)]
    assert cells("accuracy: float / integers") == expected


def test_cycles_of_images():
    mnist = trained.load("mnist").network
    arrays = [choose_array(mnist, dsps, 120) for dsps in (131, 236)]
    assert cells("array, two rows to a DSP slice") == [
        f"{array.rows} × {array.columns}, {array.drain} results a clock" for array in arrays]
    intervals = [cycles(mnist, array).interval for array in arrays]
    assert cells("cycles from image to image") == [f"{interval:,}" for interval in intervals]
    assert cells("images a second at 100 MHz, if it closes") == [f"{1e8 / interval:,.0f}" for interval in intervals]


def test_the_line_of_text(iris):
    """Of flower 51, run first after reset."""
    numbers = Reference(iris).answer(Job(Op.RECONSTRUCT, tuple(iris.examples[50].tolist())))
    cls, z, output = ([value for part, value in numbers if part == wanted]
                      for wanted in (Part.CLASS, Part.Z, Part.OUTPUT))
    assert f"`{line(iris, 51, cls[0], z, output).strip()}`" in README


def test_epsilon():
    distribution = exact(epsilon_table())
    assert f"| ε reaches | {distribution.greatest:.2f} σ; " in README
    for probability in (float(distribution.tail(5.5)), rounded_tail(5.5)):
        assert f"{probability * 1e8:.3f}·10⁻⁸" in README
    tests = len(battery.run(battery.generator("quadratic"), 1, battery.LEAST).results)
    assert figure("statistical tests of ε") == f"0 of {tests} failed"


def test_the_configuration_is_read(tmp_path):
    path = tmp_path / "design.toml"
    path.write_text(re.search(r"```toml\n(.*?)```", README, re.DOTALL)[1], encoding="utf-8")
    settings = Configuration.load(argparse.Namespace(config=path, array=None))
    assert settings == Configuration(buffers=1, bits=6, sigmoid="line", epsilon="linear")
    text = README[README.index("`--config FILE.toml`"):README.index("```toml")]
    assert all(f"`{field.name}" in text for field in fields(Configuration))


def test_files_that_are_linked_exist():
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (Path(__file__).parent.parent / target).is_file(), target


def test_resources(tmp_path):
    """The build's own report: within the budget, and, as Yosys's versions differ, within 5 % of the README's table."""
    root = Path(__file__).parent.parent
    subprocess.run([sys.executable, root / "build.py", "nexys4ddr", "--toolchain", "none"], cwd=tmp_path, check=True,
                   capture_output=True)
    used = json.loads((tmp_path / "build/nexys4ddr-iris/report.json").read_text(encoding="utf-8"))["resources"]
    assert used["lut"] <= 3500 and used["dsp"] <= 16 and used["ramb36"] + used["ramb18"] / 2 <= 3
    for row, key in (("LUT", "lut"), ("flip-flops", "ff"), ("CARRY4", "carry4")):
        assert int(figure(row).replace(",", "")) == pytest.approx(used[key], rel=0.05)
    assert (int(figure("DSP48E1")), int(figure("RAMB36"))) == (used["dsp"], used["ramb36"])
