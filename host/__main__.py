"""`python -m host --port P COMMAND`: info, classify V… or FILE.csv, encode V…, reconstruct V…, generate [N], seed N,
epsilon on|off.
"""

import argparse
import json
import os
import sys
from pathlib import Path

from host import table
from host.client import Client, open_port
from host.physical import Physical, find_network
from model import datasets
from model.command import Parser, run_command
from model.datasets import Table
from model.errors import UserError

__all__ = ["main"]


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


def _parser() -> Parser:
    parser = Parser(prog="python -m host", description="Talks to a board over a serial port.")
    parser.add_argument("--port", required=True, help="/dev/ttyUSB1, COM4, socket://localhost:7000, …")
    parser.add_argument("--baud", type=_baud, default=115_200, help="bits per second (default 115200)")
    parser.add_argument("--network", help="name or FILE.npz of the board's network (default: found by its digest)")
    parser.add_argument("--timeout", type=_seconds, default=1.0, help="seconds of silence before a retry (default 1)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    everywhere = Parser(add_help=False, argument_default=argparse.SUPPRESS)  # before or after the command
    everywhere.add_argument("--json", action="store_true", help="print one JSON object")
    commands = parser.add_subparsers(dest="command", required=True)

    def add(name: str, text: str) -> Parser:
        return commands.add_parser(name, help=text, parents=[everywhere])

    add("info", "what the board holds, and its counters")
    classify = add("classify", "class, scores, latent mean, and the reconstruction at the mean; or a whole table")
    classify.add_argument("values", nargs="+", help="one for each input, in the network's unit; or a FILE.csv with a "
                          f"header row; or the data that come with the program: {', '.join(datasets.SHIPPED)}")
    classify.add_argument("--label", help="the file's column of true classes (default: the last one without numbers)")
    classify.add_argument("--out", type=Path, help="also write the table with the board's classes to this CSV file")
    for name, text in (("encode", "latent mean and deviation"),
                       ("reconstruct", "everything, with z sampled on the board")):
        add(name, text).add_argument("values", type=float, nargs="+",
                                     help="one for each input, in the network's unit")
    generate = add("generate", "samples from the prior, or the output for a given z")
    generate.add_argument("count", type=_integer, nargs="?", help="how many (default 1)")
    generate.add_argument("--z", type=_numbers, help="z1,z2,…: decode this point instead")
    add("seed", "seed the noise").add_argument("number", type=_integer)
    add("epsilon", "noise on or off").add_argument("state", choices=("on", "off"))
    return parser


def _describe_info(physical: Physical) -> dict:
    info = physical.info
    return {"network": physical.network.name if physical.network else None, "digest": info.digest.hex(),
            "inputs": info.inputs, "outputs": info.outputs, "latent": info.latent, "classes": info.classes,
            "input_format": str(info.input), "output_format": str(info.output), "z_format": f"s8.{info.z_frac}",
            "epsilon": "on" if info.epsilon_on else "off", "epsilon_index": info.epsilon_index,
            "answered": info.answered, "bad_frames": info.bad, "protocol": info.version}


def _physical(options, client: Client) -> Physical:
    info = client.info()
    return Physical(info, find_network(info, options.network))


def execute(options, client: Client) -> dict | list[dict]:
    """Runs the command; what there is to print."""
    if options.command == "seed":
        client.seed(options.number)
        return {"seed": options.number}
    if options.command == "epsilon":
        client.epsilon(options.state == "on")
        return {"epsilon": options.state}
    physical = _physical(options, client)
    if options.command == "info":
        return _describe_info(physical)
    if options.command == "generate":
        if options.z is not None:
            if options.count is not None:
                raise UserError("generate takes either a count or --z, not both")
            return physical.describe(client.decode(physical.latent_codes(options.z)))
        return [physical.describe(answer) for answer in client.generate(1 if options.count is None else options.count)]
    answer = getattr(client, options.command)(physical.codes(options.values))
    found = physical.describe(answer)
    if options.command == "classify":
        found |= physical.describe(client.decode(physical.mean_codes(answer.mu)))
    return found


def _text(value) -> str:
    if isinstance(value, dict):
        return "  ".join(f"{name} {_text(each)}" for name, each in value.items())
    if isinstance(value, list):
        return " ".join(map(_text, value))
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def show(found: dict) -> str:
    """One answer as lines of text."""
    unit = found.get("unit")
    lines = [f"{name.replace('_', ' '):<16}{_text(value)}{f' {unit}' if unit and name == 'reconstruction' else ''}"
             for name, value in found.items() if name != "unit"]
    return "\n".join(lines)


def _numbers_or_table(options) -> Table | None:
    """The table that `classify` is to be about; None where it is about values, which become numbers here."""
    try:
        options.values = list(map(float, options.values))
    except ValueError as error:
        if len(options.values) > 1:
            raise UserError(f"classify takes numbers, or one FILE.csv: {error}") from error
        return table.read(options.values[0], options.label)
    if options.label or options.out:
        raise UserError("--label and --out are for a FILE.csv")
    return None


def _run(arguments: list[str], opener):
    for place, text in enumerate(arguments[:-1]):
        if text == "--z":  # argparse would take a list that begins with a minus for an option
            arguments[place:place + 2] = [f"--z={arguments[place + 1]}"]
            break
    options = _parser().parse_args(arguments)
    samples = _numbers_or_table(options) if options.command == "classify" else None
    port = opener(options.port, options.baud)
    try:
        # Programs that come one after the other should not mistake each other's late replies for their own.
        client = Client(port, name=options.port, timeout=options.timeout, seq=os.getpid() % 255)
        if samples is None:
            found = execute(options, client)
            text = "\n\n".join(map(show, found if isinstance(found, list) else [found]))
        else:
            samples, found = table.classify(client, _physical(options, client), samples, sys.stderr.isatty())
            text = table.show(found)
    finally:
        port.close()
    print(json.dumps(found, ensure_ascii=False) if options.json else text)
    if samples is not None and options.out:
        table.write(options.out, samples, found)


def main(arguments=None, opener=open_port) -> int:
    """Returns the exit status: 0, or 2 after one line on standard error."""
    return run_command("host", _run, list(sys.argv[1:] if arguments is None else arguments), opener)


if __name__ == "__main__":
    sys.exit(main())
