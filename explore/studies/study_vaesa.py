"""The study of the published space: scores of the joint model, and searches with it on unseen layers.

Results are kept in a folder and not computed twice.
"""

import hashlib
import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from varigate.explore.joint import presets, scores
from varigate.explore.methods import METHODS, SEARCHES, expected_evaluations
from varigate.explore.spaces import vaesa
from varigate.explore.studies import arena, efficiency
from varigate.explore.studies.contest import Contest, Traces, run_missing
from varigate.explore.studies.efficiency import target
from varigate.model import json_text
from varigate.model.archive import file_digest
from varigate.model.errors import UserError
from varigate.model.files import write_bytes

__all__ = ["OURS", "PublishedStudy"]

PARTS = 5
LAYERS = 12  # that are searched
BUDGET = 300
SEEDS = 20
OURS = "latent-bo"


class PublishedStudy:
    """Scores and searches on the published table.

    Parameters
    ----------
    dataset : path
        the published table.
    folder : path
        for the results.
    seed : int
        for the splits, the models and the choice of layers.
    processes : int
    """

    def __init__(self, dataset, folder, *, seed: int, processes: int = 2):
        self.dataset, self.seed, self.processes = Path(dataset), seed, processes
        self.table, made_of = vaesa.read(dataset), (file_digest(dataset), *self.folds, *presets.PRESETS["small"])
        # A folder per seed and settings: models of other splits have seen other layers.
        self.folder = Path(folder) / f"seed-{seed}-{hashlib.sha256(repr(made_of).encode()).hexdigest()[:12]}"
        self.folder.mkdir(parents=True, exist_ok=True)

    def scores(self, progress: bool = False) -> dict:
        """Scores of the joint model (see `explore.joint.scores`) by split, and their summary."""
        kept = self.folder / "scores.json"
        if not kept.exists():
            rows = scores.study(self.table, presets.options(seed=self.seed), parts=PARTS, progress=progress)
            write_bytes(kept, json.dumps({"splits": rows, "summary": scores.summary(rows)}, indent=1).encode())
        try:
            return json_text.parse(kept.read_bytes())
        except ValueError as error:
            raise UserError(f"{kept} is damaged ({error}): delete it, and it is made again") from error

    def models(self, progress: bool = False) -> list[Path]:
        """Trains the joint model of each fold by layer; their files."""
        paths = []
        for number, split in enumerate(arena.layer_folds(len(self.table.layers), *self.folds)):
            paths.append(self.folder / f"fold-{number}.npz")
            if not paths[-1].exists():
                made = presets.trainer(self.table, split, presets.options(seed=self.seed))
                made.train(progress=progress)
                made.model.save(paths[-1])
        return paths

    @property
    def folds(self) -> tuple[int, int]:
        """The number and the seed of the folds by layer."""
        return PARTS, self.seed

    @property
    def layers(self) -> list[int]:
        """The layers that are searched, drawn by the seed before any search."""
        return sorted(np.random.default_rng(self.seed).permutation(len(self.table.layers))[:LAYERS].tolist())

    def traces(self, progress: bool = False) -> dict[tuple[str, str], Traces]:
        """Runs the searches of all methods on all layers; their traces by (layer, method)."""
        models = self.models(progress)
        settings = (str(self.dataset), str(self.folder), *self.folds, file_digest(*models))
        contest = Contest(arena.vaesa_entry, settings, tuple(map(str, self.layers)), tuple(METHODS), SEEDS, BUDGET)
        whole = replace(contest, methods=("nearest",), budget=vaesa.SPACE.size)  # a table needs no budget
        rest = replace(contest, methods=tuple(SEARCHES))
        return run_missing(rest, self.folder / "searches", self.processes, progress=progress) | run_missing(
            whole, self.folder / "searches", 1)

    def _goal(self, layer: int) -> float:
        return target(self.table.logs[:, layer].sum(-1).min())

    def counts(self, traces) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """By method, evaluations to within 1 % of the optimum and whether the run is censored, each (layers, seeds)."""
        found = {}
        for method in METHODS:
            pairs = [[efficiency.count(values, self._goal(layer)) for values in traces[str(layer), method].values]
                     for layer in self.layers]
            found[method] = np.array(pairs)[..., 0], np.array(pairs)[..., 1].astype(bool)
        return found

    def expectations(self) -> np.ndarray:
        """Mean evaluations of random search on each layer (layers, 1), exactly: (n + 1)/(m + 1)."""
        costs = self.table.logs[:, self.layers].sum(-1)
        good = (costs <= target(costs.min(0))).sum(0)
        return np.array([[expected_evaluations(len(costs), int(each))] for each in good])

    def efficiency(self, traces) -> dict:
        """Summaries of all methods, and ratios of their mean evaluations to those of `OURS`, for JSON."""
        counts = self.counts(traces)
        ours = counts[OURS][0]
        ratios = {"random (exact)": efficiency.ratio(self.expectations(), ours)}
        ratios |= {method: efficiency.ratio(each, ours) for method, (each, _) in counts.items() if method != OURS}
        return {"layers": self.layers, "summaries": {method: asdict(efficiency.summary(*each))
                                                     for method, each in counts.items()},
                "exact_random": float(self.expectations().mean()),
                "ratios": {name: asdict(each) | {"better": each.better, "worse": each.worse}
                           for name, each in ratios.items()}}
