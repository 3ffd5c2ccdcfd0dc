"""Writes the text of `docs/explore.md` from the results of the studies."""

from varigate.explore.costs.energy import STATIC
from varigate.explore.methods import METHODS
from varigate.explore.spaces.varigate import SPACE
from varigate.explore.studies.study_vaesa import BUDGET as VAESA_BUDGET
from varigate.explore.studies.study_vaesa import OURS, PARTS
from varigate.explore.studies.study_varigate import BUDGET

__all__ = ["methods_text", "vaesa_section", "varigate_section"]

NAMES = {
    "random": "random order, without repeats",
    "gp": "Gaussian process with expected improvement, without prior knowledge",
    "tpe": "tree-structured Parzen estimators (Optuna)",
    "evolution": "NSGA-II (Optuna)",
    "gp-warm": "the Gaussian process of `gp`, with the joint model's prediction as prior mean",
    "latent-bo": "Bayesian optimisation in the joint model's latent space",
    "latent-gd": "gradient descent of the predicted cost in the latent space",
    "nearest": "designs in the order of their mean cost on the three nearest layers",
}


def _rows(rows) -> str:
    return "\n".join(f"| {' | '.join(map(str, row))} |" for row in rows)


def _span(interval: dict, text: str = "{:.1f}") -> str:
    return f"{text.format(interval['low'])} … {text.format(interval['high'])}"


def methods_text() -> str:
    """A list in Markdown of the methods: names and descriptions."""
    return "\n".join(f"- `{name}`: {NAMES[name]}" for name in METHODS)


def _regrets(rows: list[dict]) -> str:
    """A table with a row per method and a column per checkpoint.

    A cell has the mean regret in per cent with its interval, the median, and the number of runs at the optimum.
    """
    checkpoints = sorted({row["evaluations"] for row in rows})
    found = {(row["method"], row["evaluations"]): row for row in rows}

    def cell(row: dict) -> str:
        failed = f"; {row['failed']} without a design" if row["failed"] else ""
        mean = "–" if row["failed"] else f"{row['mean']:.1f} ({_span(row['mean_interval'])})"
        return f"{mean}, median {row['median']:.1f}, {row['optimal']}/{row['runs']} optimal{failed}"

    lines = [f"| method | {' | '.join(f'{each} evaluations' for each in checkpoints)} |",
             f"|---|{'---|' * len(checkpoints)}"]
    methods = dict.fromkeys(row["method"] for row in rows)
    return "\n".join([*lines, _rows([(f"`{method}`", *(cell(found[method, each]) for each in checkpoints))
                                     for method in methods])])


def varigate_section(results: dict, figures: str) -> str:
    """The section on the generator's own space; `figures` is the beginning of its figures' paths, as in the page."""
    space, best, area = results["space"], results["best"], results["area"]
    parameters = _rows([(f"`{each.name}`", ", ".join(map(str, each.values))) for each in SPACE.parameters])
    broken = ", ".join(f"{name} {count:,}" for name, count in space["broken"].items())
    errors = _rows([(name.upper(), f"{each['median']:.1%}", f"{each['high']:.1%}", each["count"])
                    for name, each in area.items()])
    front = _rows([(f"`{row['method']}`", f"{row['mean']:.3f}", f"{row['least']:.3f} … {row['greatest']:.3f}")
                   for row in results["front"]])
    proposal, sizes, exact = results["proposal"], best["resources"], results["exact"]
    losses = _rows([(f"{bits} bits", *(f"{each[key]:.2f}" if key in each else "–" for key in ("points", "nats")))
                    for bits, each in results["losses"].items()])
    return f"""## Designs of the generator, for `{results['network']}`

| parameter | values |
|---|---|
{parameters}

The grid has {space['grid']:,} points, of which {space['designs']:,} can be generated for this network (a drain divides
the rows, one column has no cascade, …). **All of them were evaluated**: {space['feasible']:,} keep the limits of the
{results['device']} and of accuracy. First limits that the others break: {broken}.

Cycles, DSP slices and block RAMs are the generator's own formulas: the tests hold cycles equal to simulated ones for 32
random designs, and of the {exact[1]} synthesised cores whose block RAM is predicted (up to 32,768 words of weights;
other designs are left out) {exact[0]} took exactly the predicted DSP slices and block RAMs. For the rest of a build
an upper bound is taken; that of MNIST is 18 Kb of block RAM too high. Look-up tables and
flip-flops are predicted by a linear model of the design's structure, fitted to {results['syntheses']} syntheses
(`varigate explore sweep`). Its errors on cores that the fit has not seen (ten-fold cross-validation; which quantities
are counted was chosen on the same table), and on whole designs (each left out once):

| | median | 95th percentile (whole designs: worst) | designs |
|---|---:|---:|---:|
{errors}

Energy is *modelled*, from published energies of operations and a leakage of {STATIC:g} W (`explore/costs/energy.py`);
nothing was measured. Integers may lose {results['tolerance']['points']:g} points of accuracy and
{results['tolerance']['nats']:g} nats on test data against the floats of the 8-bit network:

| weights | points lost | nats lost |
|---|---:|---:|
{losses}

The optimum of latency × energy: **{best['text']}**, {best['latency']:,.0f} cycles, an image every
{best['interval']:,.1f} cycles, {best['energy_nj']:,.0f} nJ, {sizes['dsp']} DSP slices, {sizes['ramb36']} RAMB36, some
{sizes['lut']:,} LUTs. `varigate explore search` with this model ({BUDGET} evaluations, `latent-bo`, seed
{proposal['seed']}) proposes {proposal['text']}: {proposal['above_per_cent']:.2f} % above the optimum.

Limits are known without an evaluation, so every method searches among the designs that keep them. Regret to the
optimum in per cent, over {results['seeds']} seeds (mean with its 95 % bootstrap interval):

{_regrets(results['regrets'])}

![Convergence]({figures}-convergence.png)

![The latent plane]({figures}-latent.png)

The front of latency and energy after {BUDGET} evaluations ({results['front_runs']} runs: the latent search for a front
descends anew for every evaluation, which takes long): the share of the whole front's hypervolume (of logarithms,
against the worst design that keeps the limits).

| method | mean | least … greatest |
|---|---:|---:|
{front}

![The front]({figures}-front.png)

The joint model was trained on random workloads, never on this network. Its predictions for all designs of this network,
and those of the area model for cores outside its fit:

![Predicted against true]({figures}-predicted.png)
"""


def _scores(found: dict) -> str:
    names = ("decoded", "decoded_held_out", "seen", "boosting_seen", "unseen", "boosting_unseen", "unseen_held_out",
             "boosting_unseen_held_out")
    rows = [(row["split"], *(f"{row[name]:.3f}" for name in names)) for row in found["splits"]]
    rows.append(("**mean ± sd**", *("**{:.3f} ± {:.3f}**".format(*found["summary"][name]) for name in names)))
    return _rows(rows)


def vaesa_section(scores: dict, searches: dict, figures: str) -> str:
    """The section on the published space; arguments as for `varigate_section`."""
    summaries = _rows([
        (f"`{name}`", f"{each['mean']:.1f}", _span(each["mean_interval"]), f"{each['median']:.1f}",
         _span(each["median_interval"]), f"{each['censored']} of {each['runs']}")
        for name, each in searches["summaries"].items()])
    verdicts = {(True, False): "ours needs fewer", (False, True): "ours needs more", (False, False): "not decided"}
    ratios = _rows([(name if name.startswith("random (") else f"`{name}`", f"{each['value']:.2f}",
                     _span(each["interval"], "{:.2f}"), verdicts[each["better"], each["worse"]])
                    for name, each in searches["ratios"].items()])
    return f"""## Published accelerators

VAESA (Q. Huang et al., ISPASS 2022) published latency and energy of 2,304 accelerators on each of 57 layers. Nothing of
them is part of this project; `--dataset-path` names the table. Energy-delay products are the same over the three
numbers of PEs, so 768 points a layer differ.

### How good the joint model is

Five splits: in each a fifth of the layers and a fifth of the 768 groups of designs are kept from training. Spearman's
rank correlation of predicted and true EDP *within each layer*, ties averaged, then the mean over layers; in the next
column gradient boosting (scikit-learn) on the raw inputs of the same rows. `decoded` is the share of designs that μ
decodes to exactly. Unseen layers are scored on all designs, four fifths of which were trained on with other layers, and
on the held-out ones alone.

| split | decoded | … held-out | seen layers, held-out designs | boosting | unseen layers, all designs | boosting \
| unseen layers, held-out designs | boosting |
|---|---:|---:|---:|---:|---:|---:|---:|---:|
{_scores(scores)}

Sizes and settings were chosen on splits of another seed, of the same 57 layers.

### Its use in a search

{len(searches['layers'])} layers, drawn by a seed before any search, each searched with the joint model of the fold (of
{PARTS}) in which it is unseen; evaluations of different designs until one is within 1 % of the layer's best, at most
{VAESA_BUDGET} (a run that did not arrive counts as {VAESA_BUDGET}, which flatters its method; the table of the nearest
layers has no chance and no budget). Intervals: 95 %, bootstrap over layers and seeds.

| method | mean | 95 % | median | 95 % | not arrived |
|---|---:|---:|---:|---:|---:|
{summaries}

Random search's exact expectation, (n + 1)/(m + 1) for m good ones among n, is {searches['exact_random']:.1f}.

Mean evaluations of each method ÷ those of `{OURS}`:

| method | ratio | 95 % | |
|---|---:|---:|---|
{ratios}

Ours may be called better than a method only where the interval excludes 1. The paper's 6.8 × is of another space and
another baseline, and is not claimed here. The Gaussian process's settings, which `gp`, `gp-warm` and `{OURS}` share,
were chosen on twelve of the 57 layers, of which some are among these. In the figure a run stays where it stopped,
within one per cent.

![Convergence]({figures}-convergence.png)

![The latent plane of one unseen layer]({figures}-latent.png)

![Predicted against true on three unseen layers]({figures}-predicted.png)
"""
