"""The study of the published space: how good the joint model is, and what it is worth in searches on unseen layers.

Everything is kept in a folder, and what is there already is not made again.
"""

import hashlib
import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from varigate.explore.joint import presets, scores
from varigate.explore.methods import METHODS, expected_evaluations
from varigate.explore.spaces import vaesa
from varigate.explore.studies import arena, efficiency
from varigate.explore.studies.contest import Contest, Traces, hold
from varigate.explore.studies.efficiency import target
from varigate.model.archive import write_bytes

__all__ = ["OURS", "PublishedStudy"]

PARTS = 5
LAYERS = 12  # of the searches
BUDGET = 300
SEEDS = 20
OURS = "latent-bo"


class PublishedStudy:
    """Scores and searches on the published table.

    Parameters
    ----------
    dataset : path
    folder : path
    seed : int
        of splits, models and layers.
    processes : int
    """

    def __init__(self, dataset, folder, *, seed: int, processes: int = 2):
        self.dataset, self.seed, self.processes = Path(dataset), seed, processes
        self.table, made_of = vaesa.read(dataset), (arena.digest(dataset), *self.folds, *presets.PRESETS["small"])
        # Models and scores of other splits or settings are not taken for these: their unseen layers would be others.
        self.folder = Path(folder) / f"seed-{seed}-{hashlib.sha256(repr(made_of).encode()).hexdigest()[:12]}"
        self.folder.mkdir(parents=True, exist_ok=True)

    def scores(self, progress: bool = False) -> dict:
        """Acceptance of the joint model, see `explore.joint.scores`: the splits and their summary."""
        kept = self.folder / "scores.json"
        if not kept.exists():
            rows = scores.study(self.table, presets.options(seed=self.seed), parts=PARTS, progress=progress)
            write_bytes(kept, json.dumps({"splits": rows, "summary": scores.summary(rows)}, indent=1).encode())
        return json.loads(kept.read_text(encoding="utf-8"))

    def models(self, progress: bool = False) -> list[Path]:
        """The joint models of the folds by layer, as files."""
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
        """All methods' searches on all layers, by (layer, method)."""
        models = self.models(progress)
        settings = (str(self.dataset), str(self.folder), *self.folds, arena.digest(*models))
        contest = Contest(arena.vaesa_entry, settings, tuple(map(str, self.layers)), tuple(METHODS), SEEDS, BUDGET)
        whole = replace(contest, methods=("nearest",), budget=vaesa.SPACE.size)  # a table needs no budget
        rest = replace(contest, methods=tuple(name for name in METHODS if name != "nearest"))
        return hold(rest, self.folder / "searches", self.processes, progress=progress) | hold(
            whole, self.folder / "searches", 1)

    def _goal(self, layer: int) -> float:
        return target(self.table.logs[:, layer].sum(-1).min())

    def counts(self, traces) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Evaluations to within one per cent of the best, and whether a run was censored: (layers, seeds) by method."""
        found = {}
        for method in METHODS:
            pairs = [[efficiency.count(values, self._goal(layer)) for values in traces[str(layer), method].values]
                     for layer in self.layers]
            found[method] = np.array(pairs)[..., 0], np.array(pairs)[..., 1].astype(bool)
        return found

    def expectations(self) -> np.ndarray:
        """Random search's exact expectation on each layer (layers, 1): (n + 1)/(m + 1)."""
        costs = self.table.logs[:, self.layers].sum(-1)
        good = (costs <= target(costs.min(0))).sum(0)
        return np.array([[expected_evaluations(len(costs), int(each))] for each in good])

    def efficiency(self, traces) -> dict:
        """Summaries of all methods, and ratios of their mean evaluations to ours, with bootstrap intervals."""
        counts = self.counts(traces)
        ours = counts[OURS][0]
        ratios = {"random (exact)": efficiency.ratio(self.expectations(), ours)}
        ratios |= {method: efficiency.ratio(each, ours) for method, (each, _) in counts.items() if method != OURS}
        return {"layers": self.layers, "summaries": {method: asdict(efficiency.summary(*each))
                                                     for method, each in counts.items()},
                "exact_random": float(self.expectations().mean()),
                "ratios": {name: asdict(each) | {"better": each.better, "worse": each.worse}
                           for name, each in ratios.items()}}
