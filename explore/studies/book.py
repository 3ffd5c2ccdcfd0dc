"""Writes the studies as Markdown with figures: that of one network's designs, and that of the published space."""

from pathlib import Path

import numpy as np

from varigate.explore.costs import synthesis_table
from varigate.explore.costs.calibration import errors, exact, top_errors
from varigate.explore.costs.evaluator import Evaluator
from varigate.explore.joint.model import JointModel
from varigate.explore.search.proposal import Proposal
from varigate.explore.search.search import best_designs
from varigate.explore.spaces.varigate import FRONT, SPACE, WEIGHTS
from varigate.explore.studies import arena, page, plots
from varigate.explore.studies.study_vaesa import BUDGET as VAESA_BUDGET
from varigate.explore.studies.study_vaesa import PublishedStudy
from varigate.explore.studies.study_varigate import BUDGET, Study
from varigate.model.figures.plots import save_figure

__all__ = ["HEAD", "proposal", "vaesa_pages", "varigate"]

HEAD = """# The book of designs

Written by `varigate explore {command}`: an accelerator searches its own design. A variational autoencoder learns a
continuous space of designs, predictors on that space are trained with it, and searches go through it. Their result is
a configuration file that `varigate build` builds. The methods, all with the same budget of different designs:

{methods}

"""


def _area(rows) -> tuple[dict, dict]:
    """Statistics of the area model's errors on designs outside the fit, and pairs of predicted and true counts."""
    statistics, pairs = {}, {}
    for name, each in errors(rows).items():
        true = np.array([counts[name] for point, counts in rows if point.scope == "core"], np.float64)
        pairs[name.upper()] = true * (1 + each), true
        statistics[name] = {"median": float(np.median(np.abs(each))), "high": float(np.quantile(np.abs(each), 0.95)),
                            "count": len(each)}
    for name, each in top_errors(rows).items():
        statistics[f"{name}, whole design"] = {"median": float(np.median(np.abs(each))),
                                               "high": float(np.abs(each).max()), "count": len(each)}
    return statistics, pairs


def proposal(evaluator: Evaluator, model: JointModel, seed: int) -> Proposal:
    """The design that `varigate explore search` proposes by default."""
    found, _ = best_designs(evaluator, model, objective="edp", method="latent-bo", budget=BUDGET, seed=seed, count=1)
    return found[0]


def _figures(study: Study, model: JointModel, table, traces, fronts, pairs, folder: Path, prefix: str):
    """Writes the four figures of the generator's space."""
    name = study.evaluator.family.name
    costs = table.objective("edp")
    means = model.encode(table.labels)
    save_figure(plots.latent_plane(means, costs, "latency × energy"), folder / f"{prefix}-latent.png")
    drawn = {method: each.values for method, each in traces.items()}
    save_figure(plots.convergence(drawn, float(costs.min()), BUDGET, f"{name}: latency × energy"),
                folder / f"{prefix}-convergence.png")
    every = np.stack([table.objective(each) for each in FRONT], 1)
    found = {method: np.exp(each.values[0]) for method, each in fronts.items()}
    save_figure(plots.pareto_front(np.exp(every), found, ("latency, cycles", "energy, nJ (modelled)")),
                folder / f"{prefix}-front.png")
    kept = table.feasible
    predicted = model.predict(means[kept], study.evaluator.family.workload.conditions) @ WEIGHTS["edp"]
    pairs = {"latency × energy, nJ · cycles": (np.exp(predicted), np.exp(costs[kept])), **pairs}
    save_figure(plots.predicted_against_true(pairs), folder / f"{prefix}-predicted.png")


def varigate(study: Study, folder: Path, prefix: str, *, seed: int, progress: bool = False) -> tuple[str, dict]:
    """Runs the study, and writes its figures to `folder`; returns the section of the page, and the results."""
    evaluator, rows = study.evaluator, synthesis_table.read()
    table = study.table(progress)
    traces, model = study.contest(progress=progress), JointModel.load(study.model, SPACE)
    fronts, shares = study.front(table, progress)
    statistics, pairs = _area(rows)
    best = study.best(table)
    tolerance, proposed = evaluator.tolerance, proposal(evaluator, model, seed)
    above = float(100 * np.expm1(np.log(proposed.costs.edp) - table.objective("edp").min()))
    results = {
        "network": evaluator.family.name, "device": evaluator.device.name, "seeds": study.seeds,
        "tolerance": {"points": tolerance.points, "nats": tolerance.nats}, "space": study.space(table),
        "best": best.as_dict() | {"text": best.text}, "syntheses": len(rows), "area": statistics,
        "proposal": {"text": proposed.text, "above_per_cent": above, "seed": seed}, "exact": exact(rows),
        "losses": evaluator.family.losses,
        "regrets": study.regrets(table, traces), "front": shares,
        "front_runs": len(fronts["random"].values)}
    study.keep("results", results)
    folder.mkdir(parents=True, exist_ok=True)
    _figures(study, model, table, traces, fronts, pairs, folder, prefix)
    return page.varigate_section(results, f"{folder.name}/{prefix}"), results


def _unseen(study: PublishedStudy) -> dict:
    """Predicted and true EDP of all designs on three of the searched layers, which the models have not seen."""
    pairs = {}
    for layer in study.layers[:3]:
        entry = arena.vaesa_entry(str(layer), str(study.dataset), str(study.folder), *study.folds, "")
        pairs[f"EDP of layer {layer}"] = (np.exp(entry.guides["latent-bo"].predicted),
                                          study.table.edp[layer])
    return pairs


def vaesa_pages(study: PublishedStudy, folder: Path, prefix: str, progress: bool = False) -> str:
    """Runs the study of the published space, and writes its figures to `folder`; returns the section of the page."""
    scores, traces = study.scores(progress), study.traces(progress)
    searches = study.efficiency(traces)
    costs = study.table.logs.sum(-1)
    methods = [method for method in searches["summaries"] if method != "nearest"]
    drawn = {method: [traces[str(layer), method].values for layer in study.layers] for method in methods}
    optimum = costs[:, study.layers].min(0)
    save_figure(plots.convergence(drawn, optimum, VAESA_BUDGET, f"{len(study.layers)} unseen layers: EDP"),
                folder / f"{prefix}-convergence.png")
    layer = study.layers[0]
    entry = arena.vaesa_entry(str(layer), str(study.dataset), str(study.folder), *study.folds, "")
    save_figure(plots.latent_plane(entry.guides["latent-bo"].means, costs[:, layer], f"EDP of layer {layer}"),
                folder / f"{prefix}-latent.png")
    save_figure(plots.predicted_against_true(_unseen(study)), folder / f"{prefix}-predicted.png")
    return page.vaesa_section(scores, searches, f"{folder.name}/{prefix}")
