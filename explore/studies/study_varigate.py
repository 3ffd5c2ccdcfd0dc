"""The study of `varigate` on one network: the costs of all designs, contests of the methods, and the best design.

Results are kept in a folder and not computed twice.
"""

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import numpy as np

from varigate.explore.costs.cost_table import CostTable, tabulate
from varigate.explore.costs.evaluator import Evaluator
from varigate.explore.methods import FRONT_METHODS, SEARCHES
from varigate.explore.search.pareto import hypervolume
from varigate.explore.search.proposal import Proposal, propose
from varigate.explore.spaces.varigate import FRONT, SPACE, candidates
from varigate.explore.studies import arena
from varigate.explore.studies.contest import Contest, Traces, run_missing
from varigate.explore.studies.regret import at
from varigate.model.archive import file_digest
from varigate.model.files import check_writable, write_bytes

__all__ = ["Study"]

BUDGET = 200
FRONT_SEEDS = 5  # at most: a step of the latent search for a front takes long


class Study:
    """The costs of all designs for a network, and contests of search methods among them.

    Parameters
    ----------
    evaluator : Evaluator
    model : path
        the file of a joint model of `varigate`.
    folder : path
        for the results.
    seeds, processes : int
        runs of each method, and processes that run them.
    """

    def __init__(self, evaluator: Evaluator, model, folder, *, seeds: int = 20, processes: int = 2):
        self.evaluator, self.model, self.folder = evaluator, Path(model), Path(folder)
        self.seeds, self.processes = seeds, processes
        self.costs = self.folder / f"costs-{evaluator.digest()[:16]}.npz"

    def table(self, progress: bool = False) -> CostTable:
        """The costs of all designs, from the folder, or evaluated if it has none."""
        if self.costs.exists():
            return CostTable.read(self.costs)
        check_writable(self.costs)
        labels = candidates(self.evaluator.family.networks, sigmoid=self.evaluator.family.sigmoid)
        table = tabulate(self.evaluator, labels, workers=self.processes, progress=progress)
        table.write(self.costs)
        return table

    def space(self, table: CostTable) -> dict:
        """Numbers of points of the grid, designs, and designs that keep all limits; and of broken limits, by kind."""
        reasons = Counter(filter(None, table.broken))
        return {"grid": SPACE.size, "designs": len(table.labels), "feasible": int(table.feasible.sum()),
                "broken": dict(reasons.most_common())}

    def best(self, table: CostTable, objective: str = "edp") -> Proposal:
        """The best of all designs."""
        return propose(self.evaluator, SPACE.values(table.labels[int(np.argmin(table.objective(objective)))]))

    def contest(self, objective: str = "edp", methods=tuple(SEARCHES), progress: bool = False) -> dict[str, Traces]:
        """Runs the searches of all methods for the least objective; their traces by method."""
        name = str(self.evaluator.family.workload)
        settings = str(self.costs), str(self.model), objective, file_digest(self.costs, self.model)
        contest = Contest(arena.varigate_entry, settings, (name,), tuple(methods), self.seeds, BUDGET)
        traces = run_missing(contest, self.folder / f"contest-{objective}", self.processes, progress=progress)
        return {method: traces[name, method] for method in methods}

    def regrets(self, table: CostTable, traces: dict[str, Traces], objective: str = "edp") -> list[dict]:
        """The regret of the traces, a row for each method and checkpoint."""
        optimum = float(table.objective(objective).min())
        return [{"method": method} | asdict(each)
                for method, found in traces.items() for each in at(found.values, optimum)]

    def front(self, table: CostTable, progress: bool = False) -> tuple[dict[str, Traces], list[dict]]:
        """Runs the searches for the front of latency and energy; traces, and the share of the hypervolume found.

        Volumes are of logarithms, up to the worst latency and energy of designs that keep the limits.
        """
        name = str(self.evaluator.family.workload)
        settings = str(self.costs), str(self.model), file_digest(self.costs, self.model)
        contest = Contest(arena.varigate_front, settings, (name,), tuple(FRONT_METHODS),
                          min(self.seeds, FRONT_SEEDS), BUDGET)
        traces = run_missing(contest, self.folder / "contest-front", self.processes, progress=progress)
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
        """Writes a result to NAME.json in the folder."""
        write_bytes(self.folder / f"{name}.json", (json.dumps(result, indent=1) + "\n").encode())
