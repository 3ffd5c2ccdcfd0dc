"""Train a VAE on a named data set or your own table, quantise it, and save both.

The exit status is 3 for a network that is saved, but poor: worse than linear discriminant analysis or than naming the
most frequent class, worse in integers than in floats, or without an active latent.
"""

import sys
from dataclasses import fields, replace
from pathlib import Path

from varigate.commands.checks import refuse
from varigate.commands.network_options import add_data, add_out, add_table, given_table, print_figures, refuse_data
from varigate.model.data import images, tables
from varigate.model.data.code_range import saturation
from varigate.model.errors import UserError
from varigate.model.files import check_writable
from varigate.model.network.names import check_name, name_of
from varigate.model.nn.activations import quantisable
from varigate.model.nn.losses import OUTPUTS
from varigate.model.paths import shell_word
from varigate.model.train import cards, trained
from varigate.model.train.recipes import RECIPES, TrainingSettings

CHECKPOINT = ".checkpoint.npz"
POOR = 3  # the exit status for a network that is worse than what needs no network


def _number(kind, least=0):
    """A type of argument: a number of `kind` above `least`."""
    def parse(text: str):
        value = kind(text)
        if not least < value < 1e9:
            raise ValueError
        return value
    parse.__name__ = f"{'positive' if least == 0 else 'non-negative'} {kind.__name__}"
    return parse


def add_arguments(parser):
    parser.add_argument("dataset", nargs="?", help=f"one of: {', '.join(RECIPES)}; each has its own settings, which "
                        "the options below change")
    parser.add_argument("--name", help="name of the network (default: that of the data set or the file)")
    add_out(parser, "the folder for the network")
    parser.add_argument("--seed", type=_number(int, -1), default=0, metavar="N",
                        help="seed of the training: initial parameters, order of the samples, ε; the cross-validation "
                        "has its own (default: %(default)s)")
    default = TrainingSettings()
    for option, kind, text in (("epochs", _number(int), "passes over the data"),
                               ("batch", _number(int), "samples in one step"),
                               ("rate", _number(float), "Adam's step size"),
                               ("decay", _number(float, -1e-300), "weight decay"),
                               ("beta", _number(float, -1e-300), "weight of the KL divergence"),
                               ("class-weight", _number(float, -1e-300), "weight of the class head's cross-entropy"),
                               ("latent", _number(int), "latent variables")):
        value = getattr(default, option.replace("-", "_"))
        parser.add_argument(f"--{option}", type=kind, help=f"{text} (of a table: {value})")
    parser.add_argument("--hidden", type=_number(int), nargs="*", metavar="WIDTH",
                        help="widths of the encoder's hidden layers; the decoder mirrors them (of a table: 8)")
    parser.add_argument("--activation", choices=quantisable(),
                        help="activation of the hidden layers; taylor is the classic series of order 5 "
                             f"(of a table: {default.activation})")
    parser.add_argument("--output", choices=OUTPUTS,
                        help=f"the decoder's last activation (of a table: {default.output})")
    parser.add_argument("--bits", type=int, choices=(8, 6, 4),
                        help="bits of the weights (default: 8); with fewer, training on images rounds the weights as "
                             "it goes, and training on a table rounds them at the end")
    parser.add_argument("--no-cross-validation", action="store_true",
                        help="skip the cross-validation of a table")
    parser.add_argument("--resume", action="store_true",
                        help="resume an interrupted training on images from the checkpoint in --out")
    add_data(parser)
    add_table(parser)


def run(options):
    if given_table(options) == (options.dataset is not None):
        raise UserError(f"give a data set ({', '.join(RECIPES)}), or --csv FILE --label COLUMN")
    if options.dataset is not None and options.dataset not in RECIPES:
        raise UserError(f"unknown data set {options.dataset!r}: choose {', '.join(RECIPES)}, or "
                        "give your own with --csv FILE --label COLUMN")
    recipe = RECIPES.get(options.dataset)
    given = {field.name: getattr(options, field.name) for field in fields(TrainingSettings)}
    settings = replace(recipe.settings if recipe else TrainingSettings(),
                       **{name: tuple(value) if name == "hidden" else value for name, value in given.items()
                          if value is not None})
    refuse_data(options, recipe and recipe.data)
    if not settings.hidden and settings.output == "linear":
        refuse(options, "activation", "without hidden layers and with a linear output; leave it out")
    if recipe and recipe.data in images.IMAGES:
        made, path = _make_of_images(options, recipe.data, settings)
    else:
        made, path = _make_of_table(options, settings)
    trained.save(made, path)
    path.with_name(f"{path.stem}{CHECKPOINT}").unlink(missing_ok=True)
    network, hidden = made.network, settings.hidden
    shape = "-".join(map(str, (network.inputs, *hidden, network.latent, *hidden[::-1], network.outputs)))
    print(f"{path}: {shape} with {network.classes} classes, trained on {made.card['samples']} samples; "
          f"digest {made.card['digest'][:16]}…")
    print_figures(made.card)
    word = shell_word(path)
    print(f"next: varigate plot {word}\n      varigate build nexys4ddr --network {word}")
    return _judge(made)


def _judge(made: trained.Trained) -> int:
    """Says what is wrong with the network, in a line on standard error; returns the exit status, `POOR` if it is."""
    found = made.card.get("verdict", [])
    if found:
        print(f"varigate train: network {made.network.name} is saved, but poor: {'; '.join(found)}", file=sys.stderr)
    return POOR if found else 0


def _make_of_table(options, settings: TrainingSettings):
    refuse(options, "resume", "on a table: only training on images writes checkpoints; leave it out")
    if options.csv is None:
        dataset, source = tables.load(options.dataset), None
    else:
        dataset, source = cards.csv_dataset(options.csv, options.label, not options.no_header)
        for line in saturation(dataset.feature_names, dataset.x, dataset.offset, dataset.step):
            print(f"varigate train: {options.csv}, {line}", file=sys.stderr)
    name = options.name or name_of(dataset.name)
    path = _place(options, name)
    made = trained.make(dataset, settings, seed=options.seed, name=name, source=source, progress=True,
                        cross_validation=not options.no_cross_validation)
    return made, path


def _make_of_images(options, data: str, settings: TrainingSettings):
    name = options.name or options.dataset
    path = _place(options, name)
    refuse(options, "no_cross_validation", "on images, which are measured on others than it trains on; leave it out")
    checkpoint = options.out / f"{name}{CHECKPOINT}"
    if options.resume and not checkpoint.is_file():
        raise UserError(f"there is no checkpoint {checkpoint} to resume: leave --resume out, or name the interrupted "
                        "run's folder by --out and its network by --name")
    check_writable(checkpoint)
    train, test = images.load(data, options.data)
    made = trained.make(train, settings, test=test, seed=options.seed, name=name, progress=True,
                        checkpoint=checkpoint, resume=options.resume)
    return made, path


def _place(options, name: str) -> Path:
    """The file of the network called `name`; what could not be saved is refused before the training."""
    check_name(name, trained.REMEDY)
    path = options.out / f"{name}.npz"
    trained.check_place(path)
    return path
