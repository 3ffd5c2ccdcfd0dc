"""Runs a single search, among the designs for a network or among the published designs for a layer."""

from collections import Counter

import numpy as np

from varigate.explore.costs.evaluator import Evaluator
from varigate.explore.methods import FRONT_METHODS, GUIDED, SEARCHES, Guide
from varigate.explore.search.pareto import nondominated
from varigate.explore.search.proposal import Proposal, propose
from varigate.explore.search.task import Evaluations, Task, layer_task, run
from varigate.explore.spaces import vaesa
from varigate.explore.spaces.varigate import FRONT, SPACE, WEIGHTS, candidates
from varigate.model.errors import UserError
from varigate.model.progress import counted, track

__all__ = ["best_designs", "best_of_layer", "evaluator_task", "front"]


def evaluator_task(evaluator: Evaluator, objectives: tuple[str, ...], progress: bool = False) -> Task:
    """The search among the designs for the evaluator's networks that keep all limits.

    Limits are checked beforehand, and do not count as evaluations.

    Parameters
    ----------
    evaluator : Evaluator
    objectives : tuple of str
        attributes of `Costs`; a cost is the natural logarithm of the objective, or of each of several.
    progress : bool
        a bar on standard error.

    Raises
    ------
    UserError
        if no design keeps all limits; it names the limit that is broken most often.
    """
    labels = candidates(evaluator.family.networks, sigmoid=evaluator.family.sigmoid)
    rows = counted(labels, "limits", len(labels), "design", shown=progress)
    broken = [evaluator.sizes(SPACE.values(row)).kind for row in rows]
    kept = np.array([not kind for kind in broken])
    if not kept.any():
        kind, count = Counter(broken).most_common(1)[0]
        raise UserError(f"none of the {len(labels):,} designs keeps all limits; {count:,} break the limit of {kind}; "
                        "try another device, or a greater --points or --nats")

    def evaluate(design):
        costs = evaluator(SPACE.values(design))
        found = np.log([getattr(costs, name) for name in objectives])
        return float(found[0]) if len(objectives) == 1 else found

    labels = labels[kept]
    return Task(evaluator.family.name, SPACE, labels, evaluate, evaluator.family.workload.conditions, len(objectives))


def _watched(task: Task, work) -> Task:
    """The task, which tells the `Progress` `work` of each evaluation."""
    def evaluate(design):
        work.update()
        return task.evaluate(design)

    return Task(task.name, task.space, task.candidates, evaluate, task.conditions, task.objectives)


def _run(task: Task, methods: dict, method: str, guide, budget: int, seed: int, progress: bool) -> Evaluations:
    if method not in methods:
        raise UserError(f"--method is one of {', '.join(methods)}, not {method!r}")
    with track("search", budget, "evaluation", shown=progress) as work:
        return run(methods[method], _watched(task, work), budget, np.random.default_rng(seed), guide)


def best_designs(evaluator: Evaluator, model, *, objective: str, method: str, budget: int, seed: int, count: int,
                 progress: bool = False) -> tuple[list[Proposal], Evaluations]:
    """Searches, and returns the `count` best designs, best first, and all evaluations.

    `objective` is one of `OBJECTIVES`, `method` of `SEARCHES`; `budget` is the number of evaluations.
    """
    task = evaluator_task(evaluator, (objective,), progress)
    found = _run(task, SEARCHES, method, Guide(model, task, WEIGHTS[objective]), budget, seed, progress)
    order = np.argsort(found.values, kind="stable")[:count]
    chosen = [task.candidates[found.numbers[place]] for place in order]
    return [propose(evaluator, SPACE.values(design)) for design in chosen], found


def front(evaluator: Evaluator, model, *, method: str, budget: int, seed: int,
          progress: bool = False) -> tuple[list[Proposal], Evaluations]:
    """Searches, and returns the best compromises of latency and energy, fastest first, and all evaluations.

    `method` is one of `FRONT_METHODS`; `budget` is the number of evaluations.
    """
    task = evaluator_task(evaluator, FRONT, progress)
    guide = Guide(model, task, [WEIGHTS[name] for name in FRONT])
    found = _run(task, FRONT_METHODS, method, guide, budget, seed, progress)
    kept = np.flatnonzero(nondominated(found.values))
    kept = kept[np.argsort(found.values[kept, 0], kind="stable")]
    return [propose(evaluator, SPACE.values(task.candidates[found.numbers[place]])) for place in kept], found


def best_of_layer(table, layer: int, model, weights, *, method: str, budget: int, seed: int) -> dict:
    """The best design that a search finds for a layer of the published table, and its distance from the optimum.

    `weights` (2,) are those of log latency and log energy; `model` may be None for methods that need none.
    """
    if not 0 <= layer < len(table.layers):
        raise UserError(f"--layer is one of 0…{len(table.layers) - 1}, not {layer}")
    task = layer_task(table, layer, weights)
    if model is None and method in GUIDED:
        raise UserError(f"--method {method} needs a joint model: name one with --model FILE.npz (varigate explore "
                        "train --space vaesa makes one), or take --method gp")
    guide = None if model is None else Guide(model, task, weights)
    found = _run(task, SEARCHES, method, guide, budget, seed, False)
    number = found.best
    least = float((table.logs[:, layer] @ weights).min())
    return {"layer": [int(each) for each in table.layers[layer]], "method": method, "evaluations": len(found),
            "design": vaesa.SPACE.values(task.candidates[number]), "cycles": float(table.cycles[layer, number]),
            "energy": float(table.energy[layer, number]),
            "above_the_best_per_cent": float(100 * np.expm1(found.values.min() - least))}
