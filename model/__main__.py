"""Train, evaluate and draw small VAEs, and make integers of them.

    python -m model train iris
    python -m model train mnist --data DIR
    python -m model train --csv FILE --label COLUMN
    python -m model evaluate iris --json
    python -m model vectors iris
    python -m model plot iris
    python -m model latent
"""

import json
import sys
from dataclasses import fields, replace

from varigate.model.arguments import parser
from varigate.model.command import run_command
from varigate.model.data import images, tables
from varigate.model.errors import UserError
from varigate.model.figures import image_plots, latent_book, plots, story
from varigate.model.network import network_file, vectors
from varigate.model.network.names import check_name, name_of
from varigate.model.train import cards, trained
from varigate.model.train.evaluate import compare, cross_validate
from varigate.model.train.recipes import RECIPES
from varigate.model.train.trainer import Settings

__all__ = ["main"]

CHECKPOINT = ".checkpoint.npz"


def _own_table(arguments) -> bool:
    if (arguments.csv is None) != (arguments.label is None):
        raise UserError("--csv FILE and --label COLUMN belong together")
    return arguments.csv is not None


def _train(arguments):
    if _own_table(arguments) == (arguments.dataset is not None):
        raise UserError(f"train what? Give {', '.join(RECIPES)}, or --csv FILE --label COLUMN")
    if arguments.dataset is not None and arguments.dataset not in RECIPES:
        raise UserError(f"unknown data set {arguments.dataset!r}: there is {', '.join(RECIPES)}; "
                        "your own goes in by --csv FILE --label COLUMN")
    recipe = RECIPES.get(arguments.dataset)
    given = {field.name: getattr(arguments, field.name) for field in fields(Settings)}
    settings = replace(recipe.settings if recipe else Settings(),
                       **{name: tuple(value) if name == "hidden" else value for name, value in given.items()
                          if value is not None})
    if recipe and recipe.data in images.IMAGES:
        made, path = _make_of_images(arguments, recipe.data, settings)
    else:
        made, path = _make_of_table(arguments, settings)
    trained.save(made, path)
    path.with_name(f"{path.stem}{CHECKPOINT}").unlink(missing_ok=True)
    network, hidden = made.network, settings.hidden
    shape = "-".join(map(str, (network.inputs, *hidden, network.latent, *hidden[::-1], network.outputs)))
    print(f"{path}: {shape} with {network.classes} classes, trained on {made.card['samples']} samples; "
          f"digest {made.card['digest'][:16]}…")
    _print_figures(made.card)
    print(f"next: python -m model plot {path}\n      python build.py nexys4ddr --network {path}")


def _make_of_table(arguments, settings: Settings):
    if arguments.resume:
        raise UserError("only training on images leaves checkpoints: leave --resume out")
    if arguments.csv is None:
        dataset, source = tables.load(arguments.dataset), None
    else:
        dataset, source = cards.csv_dataset(arguments.csv, arguments.label)
    name = arguments.name or name_of(dataset.name)
    made = trained.make(dataset, settings, seed=arguments.seed, name=name, source=source, progress=True,
                        cross_validation=not arguments.no_cross_validation)
    return made, arguments.out / f"{name}.npz"


def _make_of_images(arguments, data: str, settings: Settings):
    name = arguments.name or arguments.dataset
    check_name(name)
    made = trained.make_of_images(*images.load(data, arguments.data), settings, seed=arguments.seed, name=name,
                                  checkpoint=arguments.out / f"{name}{CHECKPOINT}", resume=arguments.resume,
                                  progress=True)
    return made, arguments.out / f"{name}.npz"


def _print_figures(figures: dict):
    for name, value in figures.items():
        if isinstance(value, float) and name != "seed":
            print(f"  {name.replace('_', ' '):<22} {value:9.4f}{' nats' if name.startswith('neg') else ''}")


def _trained_with_data(arguments):
    made = trained.load(arguments.network)
    if not _own_table(arguments):
        sets = cards.images_of(made.card, arguments.data)
        return made, cards.dataset_of(made.card) if sets is None else sets[1]
    dataset, _ = cards.csv_dataset(arguments.csv, arguments.label)
    network = made.network
    if (dataset.feature_names, dataset.class_names) != (network.feature_names, network.class_names):
        raise UserError(f"{arguments.csv} has other features or classes than network {network.name}: it wants "
                        f"{', '.join(network.feature_names)} and the classes {', '.join(network.class_names)}")
    return made, dataset.with_codes(network.input_offset, network.input_step)


def _evaluate(arguments):
    made, dataset = _trained_with_data(arguments)
    if isinstance(dataset, images.Images):
        figures = trained.compare_images(made.network, made.real, dataset)
    else:
        figures = cross_validate(dataset, cards.settings_of(made.card), progress=True)
        figures |= compare(made.network, made.real, dataset.codes, dataset.labels)
    if arguments.json:
        print(json.dumps({"network": made.network.name} | figures, indent=2))
    else:
        print(made.network.name)
        _print_figures(figures)


def _plot(arguments):
    made, dataset = _trained_with_data(arguments)
    draw = image_plots if isinstance(dataset, images.Images) else plots
    print(*draw.write(made, dataset, arguments.out), sep="\n")
    name = made.card["source"].get("name")
    if name in story.SOURCES and not _own_table(arguments):
        print(*story.write(name, arguments.out, progress=True), sep="\n")


def _vectors(arguments):
    network = network_file.load(network_file.find(arguments.network))
    print(*vectors.write(network, arguments.out), sep="\n")


def _latent(arguments):
    print(latent_book.write(arguments.out, progress=sys.stderr.isatty()))


COMMANDS = {"train": _train, "evaluate": _evaluate, "vectors": _vectors, "plot": _plot, "latent": _latent}


def _run(argv):
    arguments = parser(__doc__).parse_args(argv)
    COMMANDS[arguments.command](arguments)


def main(argv=None) -> int:
    """Runs one command; 2 when the user has to do something else."""
    return run_command("model", _run, argv)


if __name__ == "__main__":
    sys.exit(main())
