"""The fit of area to a table of syntheses, and the one that is shipped."""

import numpy as np
import pytest

from varigate.explore.costs import calibration as module
from varigate.explore.costs import synthesis_table
from varigate.explore.costs.calibration import Calibration, errors, errors_of, exact, fit, top_errors
from varigate.explore.costs.synthesis import COUNTS, Point
from varigate.explore.spaces.networks import network_of
from varigate.explore.spaces.varigate import SPACE, candidates
from varigate.model.archive import file_digest
from varigate.model.errors import UserError


@pytest.fixture(scope="module")
def rows(calibration):
    """Syntheses that take exactly what the synthetic calibration says."""
    points = [Point(workload, tuple(SPACE.values(row).values()), scope)
              for scope, step in (("core", 2000), ("top", 8000)) for workload in ("4-8-z2-c3", "60-z4-c0")
              for row in candidates([8], sigmoid=False)[::step]]
    found = []
    for point in points:
        area = calibration.area.predict([module._features(point)])
        around = calibration.around(network_of(point.workload, point.values))
        counts = {name: area[name][0] + (point.scope == "top") * around[name] for name in ("lut", "ff")}
        found.append((point, dict.fromkeys(COUNTS, 0) | counts))
    return found


def test_what_is_exact_is_fitted_exactly(rows, calibration):
    fitted = fit(rows)
    for point, counts in rows:
        area = fitted.area.predict([module._features(point)])
        around = fitted.around(network_of(point.workload, point.values))
        for name in ("lut", "ff"):
            assert area[name][0] + (point.scope == "top") * around[name] == pytest.approx(counts[name], rel=1e-5)


def test_errors_are_those_of_points_that_a_fit_has_not_seen(rows):
    """One core's count is ten times too large: where it is held out, it is missed by nine tenths."""
    cores = [(point, dict(counts)) for point, counts in rows if point.scope == "core"]
    cores[3][1]["lut"] *= 10
    found = errors(cores)
    assert {name: each.shape for name, each in found.items()} == {"lut": (len(cores),), "ff": (len(cores),)}
    assert found["lut"][3] < -0.5 and np.median(np.abs(found["ff"])) < 0.05
    assert np.array_equal(errors(cores)["lut"], found["lut"])


def test_a_file_brings_it_back(tmp_path, calibration):
    (tmp_path / "t.csv").write_text("a table", "utf-8")
    calibration.write(tmp_path / "area.json", tmp_path / "t.csv")
    again = Calibration.read(tmp_path / "area.json")
    np.testing.assert_equal((again.area.weights, again.surroundings),
                            (calibration.area.weights, calibration.surroundings))


@pytest.mark.parametrize("text", ["", "no JSON", "[]", '{"core": {}, "around": {}}', '{"core": {"lut": ["a"]}}'])
def test_files_of_something_else_are_refused(tmp_path, text):
    path = tmp_path / "area.json"
    path.write_text(text, "utf-8")
    with pytest.raises(UserError, match=r"area\.json is not an area fit .* varigate explore sweep"):
        Calibration.read(path)
    with pytest.raises(UserError, match="is not an area fit"):
        Calibration.read(tmp_path / "absent.json")


@pytest.fixture(scope="module")
def shipped():
    return synthesis_table.read()


def test_the_shipped_fit_is_that_of_the_shipped_table(shipped):
    text = module.SHIPPED.read_text("utf-8")
    assert f'"{file_digest(synthesis_table.SHIPPED)}"' in text
    fitted, kept = fit(shipped), Calibration.read()
    for name in ("lut", "ff"):
        np.testing.assert_allclose(kept.area.weights[name], fitted.area.weights[name], rtol=1e-6, atol=1e-9)
        np.testing.assert_allclose(kept.surroundings[name], fitted.surroundings[name], rtol=1e-6, atol=1e-9)


def test_the_shipped_table_is_predicted_as_well_as_is_said(shipped):
    assert len(shipped) >= 60 and len({point for point, _ in shipped}) == len(shipped)
    for each in errors(shipped).values():
        assert np.median(np.abs(each)) <= 0.08 and np.quantile(np.abs(each), 0.95) <= 0.20


def test_a_fit_is_judged_on_another_table(rows, calibration):
    assert all(np.abs(each).max() < 1e-9 for each in errors_of(calibration.area, rows).values())
    doubled = [(point, {name: 2 * count for name, count in counts.items()}) for point, counts in rows]
    assert all(np.allclose(each, -0.5) for each in errors_of(calibration.area, doubled).values())


def test_whole_designs_are_judged_by_fits_that_have_not_seen_them(shipped):
    found = top_errors(shipped)
    assert all(each.shape == (10,) and np.abs(each).max() < 0.2 for each in found.values())


def test_what_is_exact_is_counted(shipped):
    assert exact(shipped) == (71, 71)
    changed = [(point, counts | {"dsp": counts["dsp"] + 1}) for point, counts in shipped[:5]]
    assert exact(changed)[0] == 0
