"""The tasks of contests, and the guides of their methods. The processes of a contest call these functions.

The argument `digests` of some functions is not used in them. It is part of a contest's settings, so that traces from
other versions of the files are not reused.
"""

from pathlib import Path

import numpy as np

from varigate.explore.costs.cost_table import CostTable
from varigate.explore.joint.model import JointModel
from varigate.explore.joint.splits import Split, folds
from varigate.explore.methods import GUIDED, Guide, nearest_order
from varigate.explore.search.task import Task, layer_task
from varigate.explore.spaces import vaesa, varigate
from varigate.explore.spaces.workloads import Workload
from varigate.explore.studies.contest import Entry
from varigate.explore.studies.efficiency import target

__all__ = ["layer_folds", "vaesa_entry", "varigate_entry", "varigate_front", "varigate_task"]


def layer_folds(layers: int, parts: int, seed: int) -> list[Split]:
    """`parts` splits: each layer is unseen in one of them, and all designs of the published space are trained on.

    Examples
    --------
    >>> [each.unseen.size for each in layer_folds(5, 2, seed=0)]
    [3, 2]
    """
    every = np.arange(vaesa.SPACE.size)
    return [Split(each.layers, each.unseen, every, every[:0]) for each in folds(layers, every, seed=seed, parts=parts)]


def varigate_task(labels, costs, workload: Workload, name: str) -> Task:
    """The search among designs `labels` (n, 10) with known log `costs`, (n,) or (n, objectives).

    Examples
    --------
    >>> labels = varigate.SPACE.labels([0, 7])
    >>> task = varigate_task(labels, np.array([1.0, 2.0]), Workload.parse("4-8-z2-c3"), "example")
    >>> len(task), float(task.evaluate(labels[1]))
    (2, 2.0)
    """
    places = {int(number): place for place, number in enumerate(varigate.SPACE.index(labels))}
    return Task(name, varigate.SPACE, labels, lambda design: costs[places[int(varigate.SPACE.index(design[None])[0])]],
                workload.conditions, 1 if np.ndim(costs) == 1 else np.shape(costs)[1])


def varigate_entry(name: str, costs: str, model: str, objective: str, digests: str) -> Entry:
    """The search for the least `objective` among the designs for a workload that keep all limits.

    `name` is the workload, as `Workload.parse` reads it; `costs` the file of a table of all costs, `model` that of a
    joint model.
    """
    table, joint = CostTable.read(costs), JointModel.load(model, varigate.SPACE)
    kept = table.feasible
    task = varigate_task(table.labels[kept], table.objective(objective)[kept], Workload.parse(name), name)
    return Entry(task, dict.fromkeys(GUIDED, Guide(joint, task, varigate.WEIGHTS[objective])))


def varigate_front(name: str, costs: str, model: str, digests: str) -> Entry:
    """The search for the front of latency and energy; arguments as for `varigate_entry`."""
    table, joint = CostTable.read(costs), JointModel.load(model, varigate.SPACE)
    kept = table.feasible
    logs = np.stack([table.objective(each)[kept] for each in varigate.FRONT], 1)
    task = varigate_task(table.labels[kept], logs, Workload.parse(name), name)
    return Entry(task, {"latent-front": Guide(joint, task, [varigate.WEIGHTS[each] for each in varigate.FRONT])})


def vaesa_entry(name: str, dataset: str, models: str, parts: int, seed: int, digests: str) -> Entry:
    """The search for the least EDP on a layer of the published table; a run stops within 1 % of the optimum.

    `name` is the layer's number. The joint model is that of the fold in which the layer is unseen, in the file
    fold-N.npz of the folder `models`. The method `nearest` knows the same layers as the model's training.
    """
    table, layer = vaesa.read(dataset), int(name)
    number, split = next((number, split) for number, split in enumerate(layer_folds(len(table.layers), parts, seed))
                         if layer in split.unseen)
    task = layer_task(table, layer)
    joint = JointModel.load(Path(models) / f"fold-{number}.npz", vaesa.SPACE)
    costs = table.logs.sum(-1)
    nearest = nearest_order(task.conditions, table.layers[split.layers], costs.T[split.layers])
    guides = dict.fromkeys(GUIDED, Guide(joint, task, (1, 1))) | {"nearest": nearest}
    return Entry(task, guides, target(costs[:, layer].min()))
