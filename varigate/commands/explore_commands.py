"""The commands of `varigate explore`, each a function of the parsed options."""

import argparse
import os
import sys
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np

from varigate.commands.checks import refuse
from varigate.commands.network_options import DEVICE
from varigate.explore.costs import synthesis_table
from varigate.explore.costs.calibration import LEAST, Calibration, errors, errors_of, fit
from varigate.explore.costs.evaluator import Evaluator
from varigate.explore.costs.sampling import sweep_points
from varigate.explore.costs.sweep import cluster, sweep
from varigate.explore.costs.synthesis import Point, measure
from varigate.explore.joint import dataset, presets, scores, training
from varigate.explore.joint.model import JointModel
from varigate.explore.joint.splits import by_layer
from varigate.explore.methods import GUIDED
from varigate.explore.search.proposal import COLUMNS
from varigate.explore.search.search import best_designs, best_of_layer, front
from varigate.explore.spaces import vaesa
from varigate.explore.spaces.family import Tolerance, family
from varigate.explore.spaces.varigate import SPACE, candidates
from varigate.explore.spaces.workloads import PATTERN
from varigate.explore.studies import book, page
from varigate.explore.studies.study_vaesa import PublishedStudy
from varigate.explore.studies.study_varigate import Study
from varigate.model.errors import UserError
from varigate.model.files import check_writable, write_bytes
from varigate.model.paths import shell_word
from varigate.parsing import print_json
from varigate.platform.toolchains.configuration import Configuration
from varigate.platform.toolchains.device import DEVICES
from varigate.platform.toolchains.flow import Steps
from varigate.platform.toolchains.report import align

OUT = Path("build") / "explore"
FRONT = "front"  # as --objective: the best compromises of latency and energy
DEMO = (48, 4096, 256)  # workloads, designs, designs on each workload


def evaluator_of(options) -> Evaluator:
    """The evaluator for the network, the device and the tolerance of the command line."""
    calibration, networks = Calibration.read(), family(options.network)
    around = calibration.around(next(iter(networks.networks.values())))
    if not networks.judged:
        refuse(options, "points nats", f"on {options.network}, whose accuracy is not known; leave it out")
        print(f"the accuracy of {options.network} is not known (it has no card), so it is not a limit", file=sys.stderr)
    return Evaluator(networks, DEVICES[options.device], calibration.area, around,
                     Tolerance(options.points, options.nats))


def _dataset(options):
    if options.space == "vaesa":
        table = vaesa.read(options.dataset_path)
        print(f"{len(table.layers)} layers × {vaesa.SPACE.size:,} designs; cycles {table.cycles.min():,.0f} … "
              f"{table.cycles.max():,.0f}, energy {table.energy.min():.3g} … {table.energy.max():.3g}")
        return
    check_writable(options.out)
    calibration = Calibration.read()
    made = dataset.make(options.workloads, options.designs, options.each, options.seed, device=DEVICES[DEVICE],
                        calibration=calibration, workers=options.processes, progress=sys.stderr.isatty())
    dataset.write(made, options.out)
    print(f"{np.isfinite(made.logs[..., 0]).sum():,} pairs of {len(made.labels):,} designs and "
          f"{len(made.workloads)} workloads: {options.out}")


def _sweep(options):
    if options.cores < LEAST or options.tops < 1:
        raise UserError(f"a fit needs at least {LEAST} cores and 1 top")
    fitted = options.out.with_name("area.json")
    for path in (options.out, fitted):
        check_writable(path)
    with cluster(options.scheduler) as client:
        points = sweep_points(options.cores, options.tops, options.seed, DEVICES[DEVICE])
        outcomes = sweep(points, client, progress=sys.stderr.isatty())
    synthesis_table.write(points, outcomes, options.out)
    failed = [outcome["error"] for outcome in outcomes if "error" in outcome]
    for text in failed:
        print(f"a point failed: {text}", file=sys.stderr)
    rows = synthesis_table.read(options.out)
    fit(rows).write(fitted, options.out)
    print(f"{len(rows)} of {len(points)} points: {options.out}; the fit: {fitted}")
    for text, found in (("this fit, cross-validated", errors(rows)),
                        ("the shipped fit on these cores", errors_of(Calibration.read().area, rows))):
        for name, each in found.items():
            print(f"{text}: {name}, errors: median {np.median(np.abs(each)):.1%}, "
                  f"95th percentile {np.quantile(np.abs(each), 0.95):.1%}")


def _trainer(options):
    """The trainer that the options ask for."""
    if options.space == "vaesa":
        chosen = presets.options(options.preset, seed=options.seed, nz=options.nz, epochs=options.epochs,
                                 dataset_size=options.dataset_size, pred_model=options.pred_model,
                                 vae_model=options.vae_model, obj=options.obj, gamma=options.gamma)
        table = vaesa.read(options.dataset_path)
        split = by_layer(len(table.layers), vaesa.SPACE.size, unseen=options.unseen, seed=options.seed)
        print(f"layers that are not trained on: {', '.join(map(str, split.unseen))}", file=sys.stderr)
        return presets.trainer(table, split, chosen, options.preset)
    return training.trainer(dataset.read(options.data), seed=options.seed, nz=options.nz, epochs=options.epochs)


def _train(options):
    out = options.out or OUT / f"{options.space}.npz"
    checkpoint = out.with_name(f"{out.stem}.checkpoint.npz")
    if options.resume and not checkpoint.is_file():
        raise UserError(f"there is no checkpoint {checkpoint} to resume: leave --resume out, or name the interrupted "
                        "run's file by --out")
    for path in (out, checkpoint):
        check_writable(path)
    made = _trainer(options)
    if options.resume:
        made.restore(checkpoint)
    minutes = made.estimate_seconds() / 60
    print(f"training takes about {minutes:,.0f} minutes on this machine" if minutes >= 1
          else "training takes less than a minute", file=sys.stderr)
    made.train(progress=True, checkpoint=checkpoint)
    made.model.save(out)
    checkpoint.unlink(missing_ok=True)
    print(f"the joint model after {made.epoch} epochs: {out}")


def _scores(options):
    table = vaesa.read(options.dataset_path)
    rows = scores.study(table, presets.options(seed=options.seed), progress=sys.stderr.isatty())
    result = {"splits": rows, "summary": scores.summary(rows)}
    if options.json:
        print_json(result)
        return
    names = [name for name in rows[0] if name != "split"]
    lines = [(str(row["split"]), *(f"{row[name]:.3f}" for name in names)) for row in rows]
    lines.append(("mean ± sd", *("{:.3f} ± {:.3f}".format(*result["summary"][name]) for name in names)))
    print("\n".join(align([("split", *names), *lines])))


def _refuse_model(options, method: str):
    """Refuses --model for a search that no model guides."""
    if method not in (*GUIDED, "latent-front"):
        refuse(options, "model", f"with --method {method}, which no model guides; leave one of them out")


def _search_layer(options):
    weights = presets.OBJECTIVES.get(options.objective)
    if weights is None:
        raise UserError(f"--objective for --space vaesa is one of {', '.join(presets.OBJECTIVES)}, "
                        f"not {options.objective}")
    method = options.method or ("latent-bo" if options.model else "gp")
    _refuse_model(options, method)
    model = JointModel.load(options.model, vaesa.SPACE) if options.model else None
    result = best_of_layer(vaesa.read(options.dataset_path), options.layer, model, weights, method=method,
                           budget=options.budget, seed=options.seed)
    if options.json:
        print_json(result)
        return
    print(f"layer {options.layer} {result['layer']}, {result['evaluations']} evaluations by {method}: "
          f"{', '.join(f'{name} {value}' for name, value in result['design'].items())}")
    print(f"{result['cycles']:,.0f} cycles, energy {result['energy']:.4g}; {options.objective} is "
          f"{result['above_the_best_per_cent']:.2f} % above the best of all designs")


def _build(network: str, config: Path) -> str:
    return f"varigate build nexys4ddr --network {shell_word(network)} --config {shell_word(config)}"


def _print_commands(network: str, config: Path, best):
    print(f"\n{config} holds {best.text}", end="; ")
    if PATTERN.fullmatch(network):
        print(f"{network} is only a shape: to build it, train a network of this shape")
        return
    print(f"build and check it with\n  {_build(network, config)}\n"
          f"  varigate regress {shell_word(network)} --config {shell_word(config)}")


def _search(options):
    if options.space == "vaesa":
        _search_layer(options)
        return
    if options.objective == FRONT:
        refuse(options, "best", "with --objective front, which prints all the best compromises; leave it out")
    method = options.method or ("latent-front" if options.objective == FRONT else "latent-bo")
    _refuse_model(options, method)
    out = options.out or OUT / f"{Path(options.network).stem}-{options.objective}.toml"
    check_writable(out)
    evaluator = evaluator_of(options)
    model = JointModel.load(options.model or training.SHIPPED, SPACE)
    running = {"budget": options.budget, "seed": options.seed, "progress": sys.stderr.isatty()}
    if options.objective == FRONT:
        found, evaluations = front(evaluator, model, method=method, **running)
        best = min(found, key=lambda each: each.costs.edp)
    else:
        found, evaluations = best_designs(evaluator, model, objective=options.objective, count=options.best,
                                          method=method, **running)
        best = found[0]
    best.write(out)
    if options.json:
        print_json({"network": options.network, "device": options.device, "objective": options.objective,
                    "evaluations": len(evaluations), "designs": [each.as_dict() for each in found],
                    "config": str(out), "build": _build(options.network, out)})
        return
    print(f"{options.network} on the {DEVICES[options.device].name}, {len(evaluations)} evaluations; energy is "
          "modelled, LUT and FF are predicted; latency and interval in cycles\n")
    print("\n".join(align([COLUMNS, *(each.row() for each in found)])))
    _print_commands(options.network, out, best)


def _validate(options):
    evaluator = evaluator_of(options)
    settings = Configuration.load(argparse.Namespace(config=options.config, array=None))
    values = {name: value for name, value in asdict(settings).items() if name in SPACE.names}
    values["sigmoid"] = values["sigmoid"] or SPACE.parameters[SPACE.names.index("sigmoid")].values[0]
    design = SPACE.design(values)
    if not (candidates(evaluator.family.networks, sigmoid=evaluator.family.sigmoid) == design).all(1).any():
        widths = " or ".join(map(str, evaluator.family.networks))
        raise UserError(f"{options.config} is not a design of the space for {options.network}: the drain must "
                        f"divide the rows, one column cannot be cascaded, and bits must be {widths}")
    sizes = evaluator.sizes(values)
    counts = measure(Point(options.network, tuple(values[name] for name in SPACE.names), "top"))
    if sizes.broken:
        print(f"the design breaks a limit: {sizes.broken}", file=sys.stderr)
    predicted = {"lut": round(sizes.lut), "ff": round(sizes.ff), "dsp": sizes.dsp, "ramb36": sizes.ramb36}
    found = {name: counts[name] for name in ("lut", "ff", "dsp")} | {"ramb36": -(-counts["ramb18"] // 2)}
    if options.json:
        print_json({"network": options.network, "predicted": predicted, "synthesised": found})
        return
    rows = [(name.upper(), f"{value:,}", f"{found[name]:,}", f"{value / max(found[name], 1) - 1:+.1%}")
            for name, value in predicted.items()]
    print("\n".join(align([("", "predicted", "synthesised", "error"), *rows])))


def _study(options, model, folder: Path) -> Study:
    processes = options.processes or os.cpu_count()
    return Study(evaluator_of(options), model, folder, seeds=options.seeds, processes=processes)


def _plot(options):
    prefix = f"explore-{Path(options.network).stem}"
    check_writable(options.out / f"{prefix}-latent.png")
    study = _study(options, options.model or training.SHIPPED, options.out / "work")
    book.varigate(study, options.out, prefix, seed=options.seed, progress=sys.stderr.isatty())
    print("\n".join(map(str, sorted(options.out.glob(f"{prefix}-*.png")))))


def _demo(options):
    """Runs all steps after the syntheses, whose table is shipped; each step prints its time."""
    step, out, start = Steps(4), options.out, time.monotonic()
    config = out / f"{Path(options.network).stem}.toml"
    evaluator_of(options)  # wrong options fail here, before minutes of work
    for path in (out / "demo.md", out / "varigate.npz", config):
        check_writable(path)
    running = {"processes": options.processes or os.cpu_count(), "progress": sys.stderr.isatty()}
    with step("data set: random designs on random workloads"):
        made = dataset.make(*DEMO, options.seed, device=DEVICES[DEVICE], calibration=Calibration.read(),
                            workers=running["processes"], progress=running["progress"])
    with step("training the joint model"):
        trainer = training.trainer(made, seed=options.seed)
        trainer.train(progress=running["progress"])
        trainer.model.save(out / "varigate.npz")
    study = _study(options, out / "varigate.npz", out / "work")
    with step(f"all designs for {options.network}"):
        study.table(running["progress"])
    with step(f"searches by every method, {options.seeds} seeds each, and figures"):
        text, _ = book.varigate(study, out / "figures", "demo", seed=options.seed, progress=running["progress"])
    write_bytes(out / "demo.md", text.encode(errors="replace"))  # a path may be no UTF-8
    best = book.proposal(study.evaluator, trainer.model, options.seed)
    best.write(config)
    print(text[text.index("The optimum of"):text.index("![Convergence]")])
    _print_commands(options.network, config, best)
    print(f"\n{(time.monotonic() - start) / 60:.1f} minutes in all; {out / 'demo.md'} has the rest")


def _book(options):
    check_writable(options.out / "explore.md")
    processes = options.processes or os.cpu_count()
    published = PublishedStudy(vaesa.place(options.dataset_path), options.work / "vaesa", seed=options.seed,
                           processes=processes)
    figures, progress = options.out / "figures", sys.stderr.isatty()
    study = _study(options, training.SHIPPED, options.work / Path(options.network).stem)
    ours, _ = book.varigate(study, figures, "explore-varigate", seed=options.seed, progress=progress)
    theirs = book.vaesa_pages(published, figures, "explore-vaesa", progress)
    text = book.HEAD.format(command="book", methods=page.methods_text()) + ours + "\n" + theirs
    write_bytes(options.out / "explore.md", text.encode())
    print(options.out / "explore.md")


COMMANDS = {"dataset": _dataset, "sweep": _sweep, "train": _train, "scores": _scores, "search": _search,
            "validate": _validate, "plot": _plot, "demo": _demo, "book": _book}
