"""The linear model of look-up tables and flip-flops."""

import numpy as np
import pytest

from varigate.explore.costs.area import FEATURES, AreaModel, features
from varigate.explore.spaces.varigate import SPACE, array_of, candidates
from varigate.explore.spaces.workloads import Workload
from varigate.gateware.estimate.structure import NetworkStructure


@pytest.fixture(scope="module")
def rows():
    engines = [NetworkStructure(Workload.parse(text).network()) for text in ("20-12-z3-c3", "60-z4-c0-sigmoid")]
    designs = [SPACE.values(row) for row in candidates([8], sigmoid=False)[::400]]
    return [features(engine.on(array_of(values), values["weights"])) for engine in engines for values in designs]


def test_features_are_finite_counts(rows):
    for name in FEATURES:
        columns = np.array([row[name] for row in rows])
        assert columns.dtype == np.float64 and np.isfinite(columns).all() and (columns >= 0).all()
        assert (columns[:, 0] == 1).all()


def test_what_is_linear_is_found_again(rows):
    rng = np.random.default_rng(1)
    weights = {name: rng.uniform(0, 2, len(rows[0][name])) for name in FEATURES}
    counts = AreaModel(weights).predict(rows)
    found = AreaModel.fit(rows, counts)
    for name, wanted in counts.items():
        assert wanted.shape == (len(rows),)
        np.testing.assert_allclose(found.predict(rows)[name], wanted, rtol=1e-6)


def test_weights_are_never_negative_and_errors_relative(rows):
    columns = [{"lut": row["lut"][:1]} for row in rows[:2]]
    found = AreaModel.fit(columns, {"lut": np.array([100.0, 1000.0])})
    # The least of (w/100 − 1)² + (w/1000 − 1)²: the small count weighs most.
    np.testing.assert_allclose(found.weights["lut"], (1 / 100 + 1 / 1000) / (1 / 100**2 + 1 / 1000**2))
    falling = [{"lut": np.array([1.0, step])} for step in range(4)]
    found = AreaModel.fit(falling, {"lut": np.array([40.0, 30, 20, 10])})
    assert (found.weights["lut"] >= 0).all()


def test_weights_in_block_ram_take_no_look_up_tables():
    engine = NetworkStructure(Workload.parse("20-12-z3-c3").network())
    values = array_of({"rows": 4, "columns": 2, "drain": 1, "packed": False, "cascade": True, "buffers": 2})
    lut, block = (features(engine.on(values, style))["lut"] for style in ("lut", "block"))
    assert (lut >= block).all() and (lut > block).any()
