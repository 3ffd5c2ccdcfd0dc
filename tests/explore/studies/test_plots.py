"""Figures: what they draw, read back from them."""

import numpy as np
import pytest

from varigate.explore.studies import plots


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def drawn(figure, path):
    figure.savefig(path, dpi=40)
    assert path.stat().st_size > 1000
    return figure.axes[0]


def test_the_latent_plane_rings_the_best_and_greys_the_broken(tmp_path, rng):
    means = rng.normal(size=(50, 3)) * [5, 1, 0.1] + 7
    costs = np.where(np.arange(50) < 10, np.inf, rng.uniform(1, 9, 50))
    axes = drawn(plots.latent_plane(means, costs, "EDP"), tmp_path / "a.png")
    grey, dots, ring = axes.collections
    assert (len(grey.get_offsets()), len(dots.get_offsets()), len(ring.get_offsets())) == (10, 40, 1)
    np.testing.assert_allclose(ring.get_offsets()[0], dots.get_offsets()[-1])  # the best one is drawn last
    assert dots.get_array()[-1] == pytest.approx(costs.min() / np.log(10))
    every = np.concatenate([grey.get_offsets(), dots.get_offsets()])
    np.testing.assert_allclose(every.mean(0), 0, atol=1e-9)
    assert every[:, 0].std() > every[:, 1].std() > 0.5
    assert len(plots.latent_plane(means, rng.uniform(size=50), "EDP").axes[0].collections) == 2


def test_many_designs_are_thinned(rng):
    figure = plots.latent_plane(rng.normal(size=(7000, 2)), rng.uniform(size=7000), "EDP")
    assert len(figure.axes[0].collections[0].get_offsets()) == plots.POINTS


def test_convergence_is_the_mean_regret_in_per_cent(tmp_path):
    runs = [np.log([4.0, 2.0, 1.0]), np.log([2.0, 2.0, 1.0])]
    axes = drawn(plots.convergence({"one": runs, "late": [np.array([np.inf, 0.0, 0.0])] * 2}, 0.0, 3, "t"),
                 tmp_path / "a.png")
    one, late = axes.get_lines()
    np.testing.assert_allclose(one.get_ydata()[[1, 2]], [100, 0], atol=1e-9)
    assert [line.get_label() for line in (one, late)] == ["one", "late"]
    assert np.isnan(late.get_ydata()[0]) and late.get_ydata()[1] == 0


def test_the_front_is_a_line_below_all_designs(tmp_path):
    every = np.array([[1, 9], [2, 4], [3, 5], [9, 1], [np.inf, np.inf]], float)
    figure = plots.pareto_front(every, {"random": np.array([[3, 5], [2, 4], [4, 4]], float)}, ("latency", "energy"))
    axes = drawn(figure, tmp_path / "a.png")
    (line,) = axes.get_lines()
    assert line.get_xdata().tolist() == [1, 2, 9] and line.get_ydata().tolist() == [9, 4, 1]
    cloud, found = axes.collections
    assert len(cloud.get_offsets()) == 4 and found.get_offsets().tolist() == [[2, 4]]


def test_predicted_against_true_has_a_panel_a_name(tmp_path, rng):
    true = rng.uniform(1, 100, 30)
    figure = plots.predicted_against_true({"LUT": (true * 1.1, true), "FF": (true, true)})
    assert [axes.get_xlabel() for axes in figure.axes] == ["true LUT", "true FF"]
    axes = drawn(figure, tmp_path / "a.png")
    np.testing.assert_allclose(axes.collections[0].get_offsets()[:, 1], true * 1.1)
    assert len(plots.predicted_against_true({"LUT": (true, true)}).axes) == 1
