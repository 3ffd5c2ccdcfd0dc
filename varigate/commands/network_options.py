"""Options shared by commands: the network, its data, and the core that a build would make for it."""

import sys
from pathlib import Path

from varigate.commands.checks import refuse
from varigate.gateware.engine.program import Array
from varigate.gateware.video.screen_layout import image_side
from varigate.model.data import csv_reader, tables
from varigate.model.data.code_range import saturation
from varigate.model.data.columns import Wanted
from varigate.model.data.images import ENVIRONMENT
from varigate.model.errors import UserError
from varigate.model.files import present
from varigate.model.network import network_file
from varigate.model.network.network import Network
from varigate.model.train import cards, trained
from varigate.parsing import add_by_order, add_no_header
from varigate.platform.toolchains import flow
from varigate.platform.toolchains.configuration import SMALL, Configuration
from varigate.platform.toolchains.device import DEVICES

__all__ = ["DEVICE", "add_data", "add_network", "add_out", "add_table", "board_of", "core_of", "given_table",
           "images_of_test", "print_figures", "refuse_data", "refuse_dsps", "trained_with_data"]

DEVICE = "xc7a100t"  # the default: simulated cores and all designs of a sweep fit it
OUT = Path("build") / "model"


def add_network(parser, text: str = "", **options):
    """Adds the argument for a network: a name or a file."""
    text = text or f"{', '.join(network_file.shipped())}, or a FILE.npz that train made"
    parser.add_argument("network", metavar="NAME|FILE.npz", help=text, **options)


def add_out(parser, text: str = "files are named after the network, not after its file"):
    """Adds --out."""
    parser.add_argument("--out", type=Path, default=OUT, metavar="DIR", help=f"default: {OUT}; {text}")


def add_data(parser):
    """Adds --data, the folder of the images that a network was trained on."""
    parser.add_argument("--data", type=Path, metavar="DIR",
                        help=f"where MNIST's files are (default: {ENVIRONMENT}, or the user's cache folder)")


def add_table(parser, by_order: bool = False):
    """Adds --csv, --label and --no-header, for the user's own table; with `by_order` also --by-order."""
    parser.add_argument("--csv", type=Path, metavar="FILE", help="a table with a header row, or --no-header; commas, "
                        "semicolons, tabs or bars separate its columns, and with these last three decimals "
                        "may have a comma")
    parser.add_argument("--label", metavar="COLUMN", help="the table's column of classes")
    add_no_header(parser)
    if by_order:
        add_by_order(parser)


def refuse_data(options, name: str | None):
    """Refuse --data for all but MNIST; `name` is that of the data set, None for a table of the user's."""
    if name != "mnist":
        refuse(options, "data", f"on {name or 'a table'}: it is the folder of MNIST's files; leave it out")


def refuse_dsps(options, settings: Configuration, network: Network):
    """Refuse --dsps where the array is not to be chosen."""
    if settings.rows or settings.columns:
        refuse(options, "dsps", "when the array is given; leave out --dsps, or --array and the file's rows and columns")
    elif image_side(network) is None:
        refuse(options, "dsps", f"on {network.name}, which is no network of images: its array is {SMALL}; give another "
                                "one by --array")


def given_table(options) -> bool:
    """Whether --csv and --label are given; a `UserError` if only one of them is, or an option that needs them."""
    if (options.csv is None) != (options.label is None):
        raise UserError("--csv FILE and --label COLUMN must be given together")
    for name in ("no_header", "by_order"):
        if options.csv is None and getattr(options, name, False):
            raise UserError(f"--{name.replace('_', '-')} is only for a table: --csv FILE --label COLUMN")
    return options.csv is not None


def trained_with_data(options):
    """The trained network of the options (integers, floats and card), and its test data."""
    given, made = given_table(options), trained.load(options.network)
    refuse_data(options, None if given else made.card["source"].get("name"))
    network = made.network
    if given:
        wanted = Wanted(network.inputs, network.feature_names, network.class_names, network.unit)
        dataset = tables.labelled_for(csv_reader.read(options.csv, not options.no_header), options.label, wanted,
                                      network.input_offset, network.input_step, options.by_order)
        for line in saturation(dataset.feature_names, dataset.x, network.input_offset, network.input_step):
            print(f"{options.csv}, {line}", file=sys.stderr)
        return made, dataset
    sets = cards.images_of(made.card, options.data)
    return made, cards.dataset_of(made.card).with_classes(network.class_names) if sets is None else sets[1]


def core_of(options) -> tuple[Network, Array, str]:
    """The network, the array and the memory of the weights, as a build with these options has them."""
    settings = Configuration.load(options)
    network, _ = flow.find_network(options.network, settings)
    refuse_dsps(options, settings, network)
    return network, *settings.choose(network, DEVICES[DEVICE])


def board_of(options) -> tuple[Network, Array, str]:
    """The network, the array and the memory of the weights of a virtual board.

    Without --array and --config the array is small. The answers are the same, and it is simulated faster.
    """
    if options.array or options.config:
        return core_of(options)
    refuse(options, "dsps", f"on a virtual board's array, which is {SMALL} without --array and --config; leave it out")
    settings = Configuration.load(options)
    return flow.find_network(options.network, settings)[0], settings.change(SMALL), settings.weights or "lut"


def images_of_test(options):
    """The codes (n, inputs) of the network's test images; None if it has none, or they are not on this machine."""
    path = flow.find_file(options.network, Configuration.load(options))
    if not present(cards.beside(path)[1]).exists():
        refuse(options, "data", f"on {path}, which has no card that says what it was trained on; leave it out")
        return None
    try:
        card = cards.read_card(path)
        refuse_data(options, card["source"].get("name"))
        found = cards.images_of(card, options.data)
    except UserError as error:
        if options.data:
            raise
        print(f"{error}; the built-in examples are run instead", file=sys.stderr)
        return None
    return None if found is None else found[1].codes


def print_figures(figures: dict):
    """Prints a network's quality, a line for each figure: fractions of 1, and nats."""
    for name, value in figures.items():
        if isinstance(value, float) and name != "seed":
            print(f"  {name.replace('_', ' '):<22} {value:9.4f}{' nats' if name.startswith('neg') else ''}")
