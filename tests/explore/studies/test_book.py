"""A study becomes a section of Markdown with its figures."""

import json

import numpy as np

from varigate.explore.costs.cost_table import tabulate
from varigate.explore.spaces.varigate import candidates
from varigate.explore.studies import book, study_varigate
from varigate.explore.studies.study_varigate import Study

SHAPE = "4-8-z2-c3"


def test_a_network_s_section_has_its_figures_and_its_optimum(tmp_path, evaluator_of, joint, monkeypatch):
    for module in (study_varigate, book):
        monkeypatch.setattr(module, "BUDGET", 40)
    monkeypatch.setattr(study_varigate, "FRONT_METHODS", {"random": None, "nsga2": None})
    monkeypatch.setattr(study_varigate.Study.contest, "__defaults__", ("edp", ("random", "latent-gd"), False))
    monkeypatch.setattr(book, "proposal", lambda evaluator, model, seed: made.best(table))
    monkeypatch.setattr(book, "top_errors", lambda rows: {})  # which takes a fit for each
    joint.save(tmp_path / "model.npz")
    evaluator = evaluator_of(SHAPE)
    made = Study(evaluator, tmp_path / "model.npz", tmp_path / "work", seeds=2, processes=1)
    labels = candidates([8], sigmoid=False)[::200]
    table = tabulate(evaluator, labels, workers=1)
    made.folder.mkdir()
    table.write(made.costs)

    text, results = book.varigate(made, tmp_path / "figures", "x", seed=0)
    kept = json.loads((made.folder / "results.json").read_text(encoding="utf-8"))
    assert kept == json.loads(json.dumps(results))
    edp = np.where(table.feasible, table.figures["energy"] * table.figures["latency"], np.inf)
    assert results["best"]["edp_nj_us"] == round(float(edp.min()) / 100, 3)
    assert f"for `{SHAPE}`" in text and "0.00 % above the optimum" in text
    for name in ("latent", "convergence", "front", "predicted"):
        assert f"figures/x-{name}.png" in text
        assert (tmp_path / "figures" / f"x-{name}.png").read_bytes().startswith(b"\x89PNG")
