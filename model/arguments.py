"""The command line of `python -m model`."""

import argparse
from pathlib import Path

from varigate.model.command import Parser
from varigate.model.data.images import ENVIRONMENT
from varigate.model.network import network_file
from varigate.model.nn.activations import ACTIVATIONS
from varigate.model.train.recipes import RECIPES
from varigate.model.train.trainer import Settings
from varigate.model.vae.vae import OUTPUTS

__all__ = ["OUT", "parser"]

OUT = Path("build") / "model"


def _positive(kind, least=0):
    def parse(text: str):
        value = kind(text)
        if not least < value < 1e9:
            raise ValueError
        return value
    parse.__name__ = f"{'positive ' if least == 0 else ''}{kind.__name__}"
    return parse


def parser(description: str) -> argparse.ArgumentParser:
    """The arguments of `train`, `evaluate`, `vectors`, `plot` and `latent`; what it cannot parse is a `UserError`."""
    parser = Parser(prog="python -m model", description=description,
                    formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)

    train = commands.add_parser("train", help="train, quantise and save a network")
    train.add_argument("dataset", nargs="?", help=f"one of: {', '.join(RECIPES)}; each has settings of its own, which "
                       "the options below change")
    train.add_argument("--name", help="of the network (default: the data set's or the file's)")
    train.add_argument("--out", type=Path, default=OUT, metavar="DIR", help=f"default: {OUT}")
    train.add_argument("--seed", type=_positive(int, -1), default=0)
    default = Settings()
    for option, kind, text in (("epochs", _positive(int), "passes over the data"),
                               ("batch", _positive(int), "samples in one step"),
                               ("rate", _positive(float), "Adam's step size"),
                               ("decay", _positive(float, -1e-300), "weight decay"),
                               ("beta", _positive(float, -1e-300), "weight of the KL divergence"),
                               ("class-weight", _positive(float, -1e-300), "weight of the class head's cross-entropy"),
                               ("latent", _positive(int), "latent variables")):
        value = getattr(default, option.replace("-", "_"))
        train.add_argument(f"--{option}", type=kind, help=f"{text} (of a table: {value})")
    train.add_argument("--hidden", type=_positive(int), nargs="*", metavar="WIDTH",
                       help="widths of the encoder's hidden layers; the decoder mirrors them (of a table: 8)")
    train.add_argument("--activation", choices=ACTIVATIONS,
                       help="of the hidden layers; taylor is the classic series of order 5 "
                            f"(of a table: {default.activation})")
    train.add_argument("--output", choices=OUTPUTS,
                       help=f"the decoder's last activation (of a table: {default.output})")
    train.add_argument("--bits", type=int, choices=(8, 6, 4),
                       help="of the weights (default: 8); with fewer, images are trained with rounded weights, and a "
                            "table's weights are rounded after training")
    train.add_argument("--no-cross-validation", action="store_true",
                       help="leave the cross-validated figures of a table out")
    train.add_argument("--resume", action="store_true",
                       help="go on with an interrupted training on images, from the checkpoint in --out")

    evaluate = commands.add_parser("evaluate", help="quality, integers against floats")
    evaluate.add_argument("--json", action="store_true", help="print JSON and nothing else on standard output")
    vector = commands.add_parser("vectors", help="write golden vectors as .npz and .hex")
    plot = commands.add_parser("plot", help="draw latent space, reconstructions and quantisation error; for Iris and "
                                "digits also the story from principal components to the VAE")
    for command in (vector, plot):
        command.add_argument("--out", type=Path, default=OUT, metavar="DIR",
                             help=f"default: {OUT}; files are named after the network, not after its file")
    for command in (evaluate, vector, plot):
        command.add_argument("network", help=f"{', '.join(network_file.shipped())}, or a FILE.npz that train made")
    for command in (train, evaluate, plot):
        command.add_argument("--data", type=Path, metavar="DIR",
                             help=f"where MNIST's files are (default: {ENVIRONMENT}, or the user's cache folder)")
        command.add_argument("--csv", type=Path, metavar="FILE", help="a table with a header row")
        command.add_argument("--label", metavar="COLUMN", help="the table's column of classes")

    latent = commands.add_parser("latent", help="write the book of latent spaces, latent.md, with its figures")
    latent.add_argument("--out", type=Path, default=Path("docs"), metavar="DIR", help="default: %(default)s")
    return parser
