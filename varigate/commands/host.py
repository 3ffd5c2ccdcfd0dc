"""Talk to a board, real or virtual, over a serial port."""

import argparse
import os
from pathlib import Path

from varigate.commands.checks import refuse
from varigate.host import commands
from varigate.host.client import Client, open_port
from varigate.model.data import images, tables
from varigate.model.data.columns import RESULT
from varigate.parsing import Parser, add_by_order, add_no_header, print_json

EPILOG = ("A picture FILE is one that Pillow reads: PNG, JPEG, … It must be square; colours become grey, and what is "
          "larger than the network's images is averaged down. Ink is white on black, as in MNIST; --invert is for "
          "black ink on white paper. What is transparent is background. Pictures are turned as their EXIF data say.")


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
        raise argparse.ArgumentTypeError(f"the number must be at least 1, not {text}")
    return number


def _baud(text: str) -> int:
    baud = _integer(text)
    if not 0 < baud < 1 << 31:
        raise argparse.ArgumentTypeError(f"the baud rate must be a positive number of bits per second, not {text}")
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
        raise argparse.ArgumentTypeError(f"the file must be named FILE.png, not {text}")
    return path


def add_arguments(parser):
    parser.add_argument("--port", required=True, help="/dev/ttyUSB1, COM4, socket://localhost:7000, …")
    parser.add_argument("--baud", type=_baud, default=115_200, help="bits per second (default: %(default)s)")
    parser.add_argument("--network", help="name or FILE.npz of the board's network (default: found by its digest)")
    parser.add_argument("--timeout", type=_seconds, default=1.0, help="seconds of silence before a retry, in addition "
                        "to the time of the bytes on the line (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    everywhere = Parser(add_help=False, argument_default=argparse.SUPPRESS)  # before or after the command
    everywhere.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(save=None)
    host_commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def add(name: str, text: str, epilog: str | None = None) -> Parser:
        return host_commands.add_parser(name, help=text, parents=[everywhere], description=text, epilog=epilog)

    add("info", "print the board's network and its counters")
    for name, text, more in (
            ("classify", "print class, scores, latent mean and the reconstruction at the mean, or classify a table",
             f"; or a FILE.csv; or a data set: {', '.join(tables.SHIPPED)}, or "
             f"the test images of {', '.join(images.IMAGES)}"),
            ("encode", "print the latent mean and deviation", ""),
            ("reconstruct", "print the reconstruction, with z sampled on the board, and everything else", "")):
        command = add(name, text, EPILOG)
        command.add_argument("values", nargs="*",
                             help=f"a number for each input, in the network's unit; or a picture FILE{more}")
        command.add_argument("--example", type=_positive, metavar="K", help="use the network's built-in example K")
        command.add_argument("--invert", action="store_true",
                             help="the picture has black ink, on white paper or a transparent ground")
        if name != "encode":
            _add_save(command)
        if name == "classify":
            command.add_argument("--label", help="the CSV file's column of true classes (default: the last one that "
                                 "has no numbers)")
            add_no_header(command)
            add_by_order(command)
            command.add_argument("--out", type=Path, help="also write the CSV file as it is, with a last column "
                                 f"{RESULT}, the board's classes, to this file")
            command.add_argument("--count", type=_positive, help="take the first COUNT test images (default: "
                                 f"{commands.IMAGE_COUNT})")
            command.add_argument("--data", type=Path, metavar="DIR", help=f"the folder of MNIST (default: that in "
                                 f"{images.ENVIRONMENT}, or the user's cache folder)")
    generate = add("generate", "print samples from the prior, or the output for a given z")
    generate.add_argument("count", type=_integer, nargs="?", help="number of samples (default: 1)")
    generate.add_argument("--z", type=_numbers, help="z1,z2,…: decode this point")
    _add_save(generate)
    add("seed", "set the seed of the noise ε").add_argument("number", type=_integer)
    add("epsilon", "switch the noise ε on or off").add_argument("state", choices=("on", "off"))


def _add_save(command: Parser):
    command.add_argument("--save", type=_png, metavar="FILE.png", help="save the image, or a grid of several, there")


def run(options):
    if options.command in ("seed", "epsilon"):
        refuse(options, "network", f"on {options.command}, which is the same for every network; leave it out")
    commands.prepare(options)
    port = open_port(options.port, options.baud)
    try:
        # Start at another sequence number than the last program: its late replies are then not taken for ours.
        client = Client(port, name=options.port, timeout=options.timeout, seq=os.getpid() % 255, baud=options.baud)
        found, text, finish = commands.execute(options, client)
    finally:
        port.close()
    if options.json:
        print_json(found)
    else:
        print(text)
    if finish is not None:
        finish()
