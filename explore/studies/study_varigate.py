"""The study of `varigate` on one network: the whole space, what the methods' searches are worth, and the best design.

Everything is kept in a folder, and what is there already is not made again.
"""

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import numpy as np

from varigate.explore.costs.cost_table import CostTable, tabulate
from varigate.explore.costs.evaluator import Evaluator
from varigate.explore.methods import FRONT_METHODS, METHODS
from varigate.explore.search.pareto import hypervolume
from varigate.explore.search.proposal import Proposal, propose
from varigate.explore.spaces.varigate import FRONT, SPACE, candidates
from varigate.explore.studies import arena
from varigate.explore.studies.contest import Contest, Traces, hold
from varigate.explore.studies.regret import at
from varigate.model.archive import write_bytes

__all__ = ["VARIGATE_METHODS", "Study"]

VARIGATE_METHODS = tuple(name for name in METHODS if name != "nearest")  # which needs tables of other workloads
BUDGET = 200
FRONT_SEEDS = 5  # at most: a step of the latent search for a front is dear


class Study:
    """A network's designs, all of them evaluated, and contests among them.

    Parameters
    ----------
    evaluator : Evaluator
    model : path
        of a joint model of `varigate`.
    folder : path
    seeds, processes : int
    """

    def __init__(self, evaluator: Evaluator, model, folder, *, seeds: int = 20, processes: int = 2):
        self.evaluator, self.model, self.folder = evaluator, Path(model), Path(folder)
        self.seeds, self.processes = seeds, processes
        self.costs = self.folder / f"costs-{evaluator.digest()[:16]}.npz"

    def table(self, progress: bool = False) -> CostTable:
        """The costs of all designs, from the folder or evaluated now."""
        if self.costs.exists():
            return CostTable.read(self.costs)
        labels = candidates(self.evaluator.family.networks, sigmoid=self.evaluator.family.sigmoid)
        table = tabulate(self.evaluator, labels, workers=self.processes, progress=progress)
        self.folder.mkdir(parents=True, exist_ok=True)
        table.write(self.costs)
        return table

    def space(self, table: CostTable) -> dict:
        """How large the space is, how much of it keeps the limits, and which limits the rest breaks first."""
        reasons = Counter(filter(None, table.broken))
        return {"grid": SPACE.size, "designs": len(table.labels), "feasible": int(table.feasible.sum()),
                "broken": dict(reasons.most_common())}

    def best(self, table: CostTable, objective: str = "edp") -> Proposal:
        """The optimum of all designs."""
        return propose(self.evaluator, SPACE.values(table.labels[int(np.argmin(table.objective(objective)))]))

    def contest(self, objective: str = "edp", methods=VARIGATE_METHODS, progress: bool = False) -> dict[str, Traces]:
        """All methods' searches for the least objective, by method."""
        name = str(self.evaluator.family.workload)
        settings = str(self.costs), str(self.model), objective, arena.digest(self.costs, self.model)
        contest = Contest(arena.varigate_entry, settings, (name,), tuple(methods), self.seeds, BUDGET)
        traces = hold(contest, self.folder / f"contest-{objective}", self.processes, progress=progress)
        return {method: traces[name, method] for method in methods}

    def regrets(self, table: CostTable, traces: dict[str, Traces], objective: str = "edp") -> list[dict]:
        """Regret to the optimum, a row for each method and checkpoint."""
        optimum = float(table.objective(objective).min())
        return [{"method": method} | asdict(each)
                for method, found in traces.items() for each in at(found.values, optimum)]

    def front(self, table: CostTable, progress: bool = False) -> tuple[dict[str, Traces], list[dict]]:
        """The searches for the front of latency and energy, and the share of its hypervolume that each method found.

        The reference point is the worst feasible latency and energy; volumes are of logarithms.
        """
        name = str(self.evaluator.family.workload)
        settings = str(self.costs), str(self.model), arena.digest(self.costs, self.model)
        contest = Contest(arena.varigate_front, settings, (name,), tuple(FRONT_METHODS),
                          min(self.seeds, FRONT_SEEDS), BUDGET)
        traces = hold(contest, self.folder / "contest-front", self.processes, progress=progress)
        logs = np.stack([table.objective(each) for each in FRONT], 1)
        reference = logs[table.feasible].max(0) + 1e-9
        whole = hypervolume(logs, reference)
        rows = []
        for method in FRONT_METHODS:
            shares = np.array([hypervolume(values, reference) / whole for values in traces[name, method].values])
            rows.append({"method": method, "mean": float(shares.mean()), "least": float(shares.min()),
                         "greatest": float(shares.max())})
        return {method: traces[name, method] for method in FRONT_METHODS}, rows

    def keep(self, name: str, result):
        """A result as NAME.json in the folder."""
        write_bytes(self.folder / f"{name}.json", (json.dumps(result, indent=1) + "\n").encode())
