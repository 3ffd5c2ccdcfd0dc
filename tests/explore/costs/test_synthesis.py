"""One point of a sweep: what is synthesised, and that it is kept."""

import json
from types import SimpleNamespace

import pytest

from varigate.explore.costs import synthesis
from varigate.explore.costs.synthesis import COUNTS, Point, measure
from varigate.explore.spaces.networks import network_of
from varigate.explore.spaces.varigate import array_of
from varigate.gateware.estimate.resources import Core, around
from varigate.model.errors import UserError
from varigate.platform.toolchains.device import Resources


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("VARIGATE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def point(design):
    return Point("4-8-z2-c3", tuple(design().values()))


@pytest.fixture
def yosys(monkeypatch):
    """Stands in for Yosys: counts its runs, and keeps what it was given."""
    given = []

    def synthesise(directory):
        given.append((directory / "top.il").read_text("utf-8"))
        return SimpleNamespace(resources=Resources(lut=10, ff=20, carry4=3, dsp=4, ramb36=2, ramb18=1))

    monkeypatch.setattr(synthesis, "synthesise", synthesise)
    return given


def test_a_design_is_synthesised_once(point, yosys, monkeypatch):
    first = measure(point)
    assert first == {"lut": 10, "ff": 20, "carry4": 3, "dsp": 4, "ramb18": 5} and list(first) == list(COUNTS)
    monkeypatch.setattr(synthesis, "synthesise", None)
    assert measure(point) == first and len(yosys) == 1


def test_other_designs_and_another_yosys_are_not_taken_for_it(point, yosys, design, cache, monkeypatch):
    measure(point)
    measure(Point("4-8-z2-c3", tuple(design(bits=4).values())))
    measure(Point(point.workload, point.design, "top"))
    monkeypatch.setattr(synthesis, "version", lambda name: "another")
    measure(point)
    assert len(yosys) == 4 == len(list((cache / "synthesis").iterdir()))
    assert yosys[0] == yosys[3] and len({*yosys}) == 3
    assert "IBUF" in yosys[2] and "IBUF" not in yosys[0]


def test_errors_of_synthesis_are_not_kept(point, cache, monkeypatch):
    def fails(directory):
        raise UserError("no such tool")

    monkeypatch.setattr(synthesis, "synthesise", fails)
    monkeypatch.setattr(synthesis, "_write", lambda point, directory: (directory / "top.il").write_text(""))
    with pytest.raises(UserError, match="no such tool"):
        measure(point)
    assert not list(cache.rglob("*.*"))


def test_values_are_named(point, design):
    assert point.values == design() and point.scope == "core"


@pytest.mark.long
@pytest.mark.parametrize("scope", ["core", "top"])
def test_yosys_takes_the_dsp_slices_and_block_rams_that_are_predicted(scope, design, cache):
    values = design(packed=True, weights="block", epsilon="linear", bits=6)
    point = Point("20-12-z3-c3-sigmoid", tuple(values.values()), scope)
    counts, network = measure(point), network_of(point.workload, values)
    need = Core(network, "block").need(array_of(values))
    if scope == "top":
        need += around(network)
    assert (counts["dsp"], counts["ramb18"]) == (need.dsp, need.ramb18)
    (kept,) = (cache / "synthesis").iterdir()
    assert json.loads(kept.read_text("utf-8")) == counts
