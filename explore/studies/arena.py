"""The tasks of contests, with what the methods know beforehand; the processes of a contest call these.

Their last argument, the digests of the files, plays no part in them: traces of other files are not taken for theirs.
"""

import hashlib
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

__all__ = ["digest", "layer_folds", "vaesa_entry", "varigate_entry", "varigate_front", "varigate_task"]


def layer_folds(layers: int, parts: int, seed: int) -> list[Split]:
    """`parts` splits in which every layer is unseen once, and every design of the published space is trained on."""
    every = np.arange(vaesa.SPACE.size)
    return [Split(each.layers, each.unseen, every, every[:0]) for each in folds(layers, every, seed=seed, parts=parts)]


def digest(*files) -> str:
    """Of the contents of files."""
    return hashlib.sha256(b"".join(Path(file).read_bytes() for file in files)).hexdigest()


def varigate_task(labels, costs, workload: Workload, name: str) -> Task:
    """The search among designs `labels` (n, 10) whose log costs, (n,) or (n, objectives), are known."""
    places = {int(number): place for place, number in enumerate(varigate.SPACE.index(labels))}
    return Task(name, varigate.SPACE, labels, lambda design: costs[places[int(varigate.SPACE.index(design[None])[0])]],
                workload.conditions, 1 if np.ndim(costs) == 1 else np.shape(costs)[1])


def varigate_entry(name: str, costs: str, model: str, objective: str, digests: str) -> Entry:
    """The workload `name`, as `Workload.parse` reads it, with a table of all costs and a joint model, both files. What
    is searched are the designs that keep the limits, which are known without an evaluation."""
    table, joint = CostTable.read(costs), JointModel.load(model, varigate.SPACE)
    kept = table.feasible
    task = varigate_task(table.labels[kept], table.objective(objective)[kept], Workload.parse(name), name)
    return Entry(task, dict.fromkeys(GUIDED, Guide(joint, task, varigate.WEIGHTS[objective])))


def varigate_front(name: str, costs: str, model: str, digests: str) -> Entry:
    """The same for the front of latency and energy."""
    table, joint = CostTable.read(costs), JointModel.load(model, varigate.SPACE)
    kept = table.feasible
    logs = np.stack([table.objective(each)[kept] for each in varigate.FRONT], 1)
    task = varigate_task(table.labels[kept], logs, Workload.parse(name), name)
    return Entry(task, {"latent-front": Guide(joint, task, [varigate.WEIGHTS[each] for each in varigate.FRONT])})


def vaesa_entry(name: str, dataset: str, models: str, parts: int, seed: int, digests: str) -> Entry:
    """The layer of this number, with the joint model of the fold in which it is unseen, `models`/fold-N.npz; a run
    stops within one per cent of the layer's least EDP. The nearest layers' table knows what the model knows: those that
    it was trained on."""
    table, layer = vaesa.read(dataset), int(name)
    number, split = next((number, split) for number, split in enumerate(layer_folds(len(table.layers), parts, seed))
                         if layer in split.unseen)
    task = layer_task(table, layer)
    joint = JointModel.load(Path(models) / f"fold-{number}.npz", vaesa.SPACE)
    costs = table.logs.sum(-1)
    nearest = nearest_order(task.conditions, table.layers[split.layers], costs.T[split.layers])
    guides = dict.fromkeys(GUIDED, Guide(joint, task, (1, 1))) | {"nearest": nearest}
    return Entry(task, guides, target(costs[:, layer].min()))
