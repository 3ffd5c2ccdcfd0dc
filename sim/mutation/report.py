"""Writes the page `docs/mutants.md`: the outcomes of the mutants, and why some survived."""

import tomllib
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

from varigate.model.errors import UserError
from varigate.sim.mutation.kinds import KINDS
from varigate.sim.mutation.mutation import Mutant
from varigate.sim.mutation.suite import MutantOutcome

__all__ = ["LEAST_KILLED", "MutationReport", "explanations"]

LEAST_KILLED = 0.95
EXPLANATIONS = "docs/mutants.toml"
STATUSES = ("killed", "timed out", "survived")

TEXT = """# Mutants

Written by `varigate mutants`: {total} small faults, drawn by the seed {seed} from the {candidates:,}
possible ones in {files} files (each file in proportion to its own), put to the tests one at a time. **{rate}** were
noticed; {least} is the least allowed, and every survivor must be explained.

A mutant counts as killed when a test fails, and as timed out when a test computes for more than twice as long as the
slowest of its file does without the mutant, and a quarter of a minute. Only tests that reach the changed statement are
run, those of the module first, then the quickest, until one fails or they have had {budget:g} seconds of CPU time. So
the rate is a lower bound.

## By kind

{kinds}

## By file

{by_file}

## Timed out

{timed_out}

## Survivors

{survivors}
"""


def explanations(root: Path) -> dict[tuple, str]:
    """The reasons for survivors, by (file, before, after), from docs/mutants.toml.

    A reason holds for this change everywhere in its file. Raises a `UserError` if the file is malformed.
    """
    path = root / EXPLANATIONS
    if not path.exists():
        return {}
    try:
        entries = tomllib.loads(path.read_text("utf-8")).get("survivor", [])
        return {(entry["file"], entry["before"], entry["after"]): entry["reason"] for entry in entries}
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise UserError(f"{path}: each survivor needs file, before, after and reason ({error})") from error


def _percent(part: float) -> str:
    return f"{100 * part:.1f} %"


@dataclass(frozen=True)
class MutationReport:
    """The outcomes of the drawn mutants.

    Parameters
    ----------
    seed : int
        of the draw.
    candidates : int
        the number of mutants that were drawn from.
    outcomes : {Mutant: MutantOutcome}
    reasons : {(file, before, after): str}
        why mutants survived, see `explanations`.
    budget : float
        CPU seconds of tests that a mutant was given.
    """

    seed: int
    candidates: int
    outcomes: dict[Mutant, MutantOutcome]
    reasons: dict[tuple, str]
    budget: float

    def of(self, status: str) -> list[Mutant]:
        """The mutants with this status."""
        return [mutant for mutant, outcome in self.outcomes.items() if outcome.status == status]

    @property
    def rate(self) -> float:
        """The fraction of mutants that were killed or timed out. Survivors with a reason do not count, either."""
        return 1 - len(self.of("survived")) / len(self.outcomes)

    def reason(self, mutant: Mutant) -> str | None:
        """Why a mutant survived, or None if this is not explained."""
        return self.reasons.get((mutant.file, mutant.before, mutant.after))

    @property
    def unexplained(self) -> list[Mutant]:
        """Survivors without a reason."""
        return [mutant for mutant in self.of("survived") if not self.reason(mutant)]

    @property
    def passed(self) -> bool:
        """Whether at least `LEAST_KILLED` were noticed and all survivors are explained."""
        return self.rate >= LEAST_KILLED and not self.unexplained

    def summary(self) -> str:
        """Counts, and a line or two for each survivor, for the terminal."""
        counts = ", ".join(f"{len(self.of(status))} {status}" for status in STATUSES)
        lines = [f"{len(self.outcomes)} mutants: {counts}; {_percent(self.rate)} noticed; at least "
                 f"{_percent(LEAST_KILLED)} required"]
        lines += [f"  survived: {mutant.id}: {mutant.before}  →  {mutant.after or '(nothing)'}\n"
                  f"    {self.reason(mutant) or 'NOT EXPLAINED'}" for mutant in self.of("survived")]
        return "\n".join(lines)

    def as_dict(self) -> dict:
        """The report for JSON."""
        return {"seed": self.seed, "candidates": self.candidates, "rate": self.rate, "passed": self.passed, "mutants": [
            {"id": mutant.id, "before": mutant.before, "after": mutant.after, **asdict(outcome),
             "reason": self.reason(mutant)} for mutant, outcome in self.outcomes.items()]}

    def _table(self, head: str, groups: dict[str, list[MutantOutcome]]) -> str:
        lines = [f"| {head} | drawn | {' | '.join(STATUSES)} |", "|---" + "|---:" * (len(STATUSES) + 1) + "|"]
        for name, outcomes in groups.items():
            counts = Counter(outcome.status for outcome in outcomes)
            lines.append(f"| {name} | {len(outcomes)} | {' | '.join(str(counts[status]) for status in STATUSES)} |")
        return "\n".join(lines)

    def page(self) -> str:
        """The report in Markdown. It has no times, so it is the same for every run."""
        def grouped(key, names):
            return {label: [outcome for mutant, outcome in self.outcomes.items() if key(mutant) == name]
                    for name, label in names.items()}

        def diff(mutant):
            removed, added = (text.split(" ⏎ ") if text else [] for text in (mutant.before, mutant.after))
            lines = [*(f"- {line}" for line in removed), *(f"+ {line}" for line in added)]
            return "\n".join([f"`{mutant.id}`", "", "```diff", *lines, "```"])

        kinds = grouped(lambda mutant: mutant.kind, {kind: f"{kind}: {text}" for kind, text in KINDS.items()})
        names = {mutant.file: mutant.file for mutant in self.outcomes}
        survivors = [f"{diff(mutant)}\n\n{self.reason(mutant) or '**Not explained.**'}"
                     for mutant in self.of("survived")]
        return TEXT.format(
            total=len(self.outcomes), seed=self.seed, candidates=self.candidates, files=len(names),
            rate=_percent(self.rate), least=_percent(LEAST_KILLED), budget=self.budget,
            kinds=self._table("kind", kinds),
            by_file=self._table("file", grouped(lambda mutant: mutant.file, names)),
            timed_out="\n\n".join(map(diff, self.of("timed out"))) or "None.",
            survivors="\n\n".join(survivors) or "None.")
