"""The command line of `python -m host`."""

import argparse
from pathlib import Path

from varigate.model.command import Parser
from varigate.model.data import images, tables

__all__ = ["IMAGE_COUNT", "OPERATIONS", "parse"]

OPERATIONS = "classify", "encode", "reconstruct"  # the commands about one input
IMAGE_COUNT = 100  # of a set of images: one of 28×28 takes 70 ms on a line of 115200 baud
EPILOG = ("A picture FILE is one that Pillow reads: PNG, JPEG, … It must be square; colours become grey, and what is "
          "larger than the network's images is averaged down. Ink is white on black, as in MNIST; --invert is for "
          "black ink on white paper.")


def _numbers(text: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a list of numbers like 0.5,-1.25") from error


def _integer(text: str) -> int:
    try:
        return int(text, 0)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from error


def _positive(text: str) -> int:
    number = _integer(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"a number from 1 on is wanted, not {text}")
    return number


def _baud(text: str) -> int:
    baud = _integer(text)
    if not 0 < baud < 1 << 31:
        raise argparse.ArgumentTypeError(f"a baud rate is a positive number of bits per second, not {text}")
    return baud


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 1e6:
        raise argparse.ArgumentTypeError(f"a time-out is a positive number of seconds, not {text}")
    return seconds


def _png(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() != ".png":  # others lose grey levels
        raise argparse.ArgumentTypeError(f"pictures are saved as FILE.png, not {text}")
    return path


def _parser() -> Parser:
    parser = Parser(prog="python -m host", description="Talks to a board over a serial port.")
    parser.add_argument("--port", required=True, help="/dev/ttyUSB1, COM4, socket://localhost:7000, …")
    parser.add_argument("--baud", type=_baud, default=115_200, help="bits per second (default 115200)")
    parser.add_argument("--network", help="name or FILE.npz of the board's network (default: found by its digest)")
    parser.add_argument("--timeout", type=_seconds, default=1.0, help="seconds of silence before a retry, beside what "
                        "the bytes take on the line (default 1)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    everywhere = Parser(add_help=False, argument_default=argparse.SUPPRESS)  # before or after the command
    everywhere.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(save=None)
    commands = parser.add_subparsers(dest="command", required=True)

    def add(name: str, text: str, epilog: str | None = None) -> Parser:
        return commands.add_parser(name, help=text, parents=[everywhere], description=text, epilog=epilog)

    add("info", "what the board holds, and its counters")
    for name, text, more in (
            ("classify", "class, scores, latent mean, and the reconstruction at the mean; or a whole table",
             f"; or a FILE.csv with a header row; or what comes with the program: {', '.join(tables.SHIPPED)}, and "
             f"the test images of {', '.join(images.IMAGES)}"),
            ("encode", "latent mean and deviation", ""),
            ("reconstruct", "everything, with z sampled on the board", "")):
        command = add(name, text, EPILOG)
        command.add_argument("values", nargs="*",
                             help=f"one for each input, in the network's unit; or a picture FILE{more}")
        command.add_argument("--example", type=_positive, metavar="K", help="the network's built-in example K instead")
        command.add_argument("--invert", action="store_true", help="the picture has black ink on white paper")
        if name != "encode":
            _add_save(command)
        if name == "classify":
            command.add_argument("--label", help="the CSV file's column of true classes (default: the last one without "
                                 "numbers)")
            command.add_argument("--out", type=Path, help="also write the table with the board's classes to this CSV "
                                 "file")
            command.add_argument("--count", type=_positive, help="take the first COUNT test images (default "
                                 f"{IMAGE_COUNT})")
            command.add_argument("--data", type=Path, metavar="DIR", help=f"where MNIST is (default: the environment's "
                                 f"{images.ENVIRONMENT}, or else the user's cache folder)")
    generate = add("generate", "samples from the prior, or the output for a given z")
    generate.add_argument("count", type=_integer, nargs="?", help="how many (default 1)")
    generate.add_argument("--z", type=_numbers, help="z1,z2,…: decode this point instead")
    _add_save(generate)
    add("seed", "seed the noise").add_argument("number", type=_integer)
    add("epsilon", "noise on or off").add_argument("state", choices=("on", "off"))
    return parser


def _add_save(command: Parser):
    command.add_argument("--save", type=_png, metavar="FILE.png", help="write the image here, several as a grid")


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options; what cannot be parsed is a `UserError`."""
    for place, text in enumerate(arguments[:-1]):
        if text == "--z":  # argparse would take a list that begins with a minus for an option
            arguments = [*arguments[:place], f"--z={arguments[place + 1]}", *arguments[place + 2:]]
            break
    return _parser().parse_args(arguments)
