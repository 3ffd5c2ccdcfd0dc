"""Train, evaluate and draw small VAEs, and make integers of them.

    python -m model train iris
    python -m model train --csv FILE --label COLUMN
    python -m model evaluate iris --json
    python -m model vectors iris
    python -m model plot iris
"""

import json
import sys
from dataclasses import fields

from model import datasets, network_file, plots, trained, vectors
from model.arguments import parser
from model.command import run_command
from model.errors import UserError
from model.evaluate import compare, cross_validate
from model.names import name_of
from model.trainer import Settings

__all__ = ["main"]


def _own_table(arguments) -> bool:
    if (arguments.csv is None) != (arguments.label is None):
        raise UserError("--csv FILE and --label COLUMN belong together")
    return arguments.csv is not None


def _train(arguments):
    if _own_table(arguments) == (arguments.dataset is not None):
        raise UserError(f"train what? Give {' or '.join(datasets.SHIPPED)}, or --csv FILE --label COLUMN")
    if arguments.csv is None:
        dataset, source = datasets.load(arguments.dataset), None
    else:
        dataset, source = trained.csv_dataset(arguments.csv, arguments.label)
    name = arguments.name or name_of(dataset.name)
    chosen = {field.name: getattr(arguments, field.name) for field in fields(Settings)}
    settings = Settings(**chosen | {"hidden": tuple(arguments.hidden)})
    made = trained.make(dataset, settings, seed=arguments.seed, name=name, source=source, progress=True,
                        cross_validation=not arguments.no_cross_validation)
    path = arguments.out / f"{name}.npz"
    trained.save(made, path)
    network = made.network
    shape = "-".join(map(str, (network.inputs, *arguments.hidden, network.latent, *arguments.hidden[::-1],
                               network.outputs)))
    print(f"{path}: {shape} with {network.classes} classes, trained on {len(dataset.x)} samples; "
          f"digest {made.card['digest'][:16]}…")
    _print_figures(made.card)
    print(f"next: python -m model plot {path}\n      python build.py nexys4ddr --network {path}")


def _print_figures(figures: dict):
    for name, value in figures.items():
        if isinstance(value, float) and name != "seed":
            print(f"  {name.replace('_', ' '):<22} {value:9.4f}{' nats' if name.startswith('neg') else ''}")


def _trained_with_data(arguments):
    made = trained.load(arguments.network)
    if not _own_table(arguments):
        return made, trained.dataset_of(made.card)
    dataset, _ = trained.csv_dataset(arguments.csv, arguments.label)
    network = made.network
    if (dataset.feature_names, dataset.class_names) != (network.feature_names, network.class_names):
        raise UserError(f"{arguments.csv} has other features or classes than network {network.name}: it wants "
                        f"{', '.join(network.feature_names)} and the classes {', '.join(network.class_names)}")
    return made, dataset.with_codes(network.input_offset, network.input_step)


def _evaluate(arguments):
    made, dataset = _trained_with_data(arguments)
    figures = cross_validate(dataset, trained.settings_of(made.card), progress=True)
    figures |= compare(made.network, made.real, dataset.codes, dataset.labels)
    if arguments.json:
        print(json.dumps({"network": made.network.name} | figures, indent=2))
    else:
        print(made.network.name)
        _print_figures(figures)


def _plot(arguments):
    made, dataset = _trained_with_data(arguments)
    print(*plots.write(made, dataset, arguments.out), sep="\n")


def _vectors(arguments):
    network = network_file.load(network_file.find(arguments.network))
    print(*vectors.write(network, arguments.out), sep="\n")


COMMANDS = {"train": _train, "evaluate": _evaluate, "vectors": _vectors, "plot": _plot}


def _run(argv):
    arguments = parser(__doc__).parse_args(argv)
    COMMANDS[arguments.command](arguments)


def main(argv=None) -> int:
    """Runs one command; 2 when the user has to do something else."""
    return run_command("model", _run, argv)


if __name__ == "__main__":
    sys.exit(main())
