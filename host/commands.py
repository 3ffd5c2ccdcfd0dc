"""Carries out the commands of `varigate host`, and formats the board's answers."""

import sys
from functools import partial

from varigate.host import classify_table, picture_files
from varigate.host.client import Client
from varigate.host.physical import Physical, find_network
from varigate.model.data.csv_reader import Table
from varigate.model.data.images import IMAGES, Images
from varigate.model.errors import UserError
from varigate.model.files import check_writable
from varigate.model.protocol.operations import OPERATIONS
from varigate.model.protocol.replies import Answer

__all__ = ["IMAGE_COUNT", "TAKE_INPUT", "execute", "prepare", "show"]

TAKE_INPUT = tuple(op.name.lower() for op, operation in OPERATIONS.items() if operation.takes == "input")  # commands
IMAGE_COUNT = 100  # of a set of images: one of 28×28 takes 70 ms on a line of 115200 baud


def _describe_info(physical: Physical) -> dict:
    info = physical.info
    return {"network": physical.network.name if physical.network else None, "digest": info.digest.hex(),
            "inputs": info.inputs, "outputs": info.outputs, "latent": info.latent, "classes": info.classes,
            "input_format": str(info.input), "output_format": str(info.output), "z_format": f"s8.{info.z_frac}",
            "epsilon": "on" if info.epsilon_on else "off", "epsilon_index": info.epsilon_index,
            "answered": info.answered, "bad_frames": info.bad, "protocol": info.version}


def _text(value) -> str:
    if isinstance(value, dict):
        return "  ".join(f"{name} {_text(each)}" for name, each in value.items())
    if isinstance(value, list):
        return " ".join(map(_text, value))
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def show(found: dict) -> str:
    """An answer as lines of text.

    Examples
    --------
    >>> print(show({"class": "setosa", "mean": {"z1": 0.5}}))
    class           setosa
    mean            z1 0.5
    """
    unit = found.get("unit")
    lines = [f"{name.replace('_', ' '):<16}{_text(value)}{f' {unit}' if unit and name == 'reconstruction' else ''}"
             for name, value in found.items() if name != "unit"]
    return "\n".join(lines)


def _generated(options, client: Client, physical: Physical) -> list[Answer]:
    if options.z is None:
        return client.generate(1 if options.count is None else options.count)
    if options.count is not None:
        raise UserError("generate takes either a count or --z, not both")
    return [client.decode(physical.latent_codes(options.z))]


def _input_codes(options, physical: Physical) -> list[int]:
    if options.example is not None:
        return physical.example_codes(options.example)
    if isinstance(options.source, str):
        return picture_files.read(options.source, physical.info, options.invert)
    return physical.codes(options.source)


def _operation(options, client: Client, physical: Physical):
    """Carries out a command about one input; see `execute`."""
    if options.save:
        picture_files.need_side(physical.info)
    if options.command == "generate":
        answers = _generated(options, client, physical)
        found = [physical.describe(answer) for answer in answers]
    else:
        answers = [getattr(client, options.command)(_input_codes(options, physical))]
        if options.command == "classify":
            answers.append(client.decode(physical.mean_codes(answers[0].mu)))
        found = [{name: value for answer in answers for name, value in physical.describe(answer).items()}]
    text = "\n\n".join(show(picture_files.summary(each, physical.info, bool(options.save))) for each in found)
    pictures = [answer.output for answer in answers if answer.output is not None]
    finish = partial(picture_files.save, options.save, pictures, physical.info) if options.save else None
    return found if options.command == "generate" and options.z is None else found[0], text, finish


def execute(options, client: Client):
    """Carries out the command, after `prepare`.

    Returns
    -------
    found, text, finish
        the answer for JSON, the answer as text, and a function to call after printing, or None.
    """
    if options.command == "seed":
        client.seed(options.number)
        found = {"seed": options.number}
        return found, show(found), None
    if options.command == "epsilon":
        client.epsilon(options.state == "on")
        found = {"epsilon": options.state}
        return found, show(found), None
    info = client.info()
    physical = Physical(info, find_network(info, options.network))
    if options.command == "info":
        found = _describe_info(physical)
        return found, show(found), None
    progress = sys.stderr.isatty()
    if isinstance(options.source, Table):
        found = classify_table.classify(client, physical, options.source, options.label, options.by_order, progress)
        finish = partial(classify_table.write, options.out, options.source, found) if options.out else None
        return found, classify_table.show(found), finish
    if isinstance(options.source, Images):
        found = picture_files.classify(client, physical, options.source, progress)
        return found, classify_table.show(found), None
    return _operation(options, client, physical)


def _source(options) -> list[float] | str | Table | Images | None:
    """The input of the command: numbers, the name of a picture, a table, a set of images; None for an example."""
    values = options.values
    if (options.example is None) == (not values):
        raise UserError(f"{options.command} takes numbers, a FILE, or --example K"
                        f"{': give only one' if values else ''}")
    try:
        return list(map(float, values)) if values else None
    except ValueError as error:
        if len(values) > 1:
            raise UserError(f"{options.command} takes numbers, or one FILE: {error}") from error
    name = values[0]
    if options.command != "classify" or picture_files.is_picture(name):
        return name
    if name in IMAGES:
        if options.data and name != "mnist":
            raise UserError(f"--data has no effect on {name}: it is the folder of MNIST's files; leave it out")
        return picture_files.labelled(name, options.count or IMAGE_COUNT, options.data)
    return classify_table.read(name, options.label, not options.no_header)


def _check_options(options):
    """Refuses options that do not apply to the input."""
    wanted = {"invert": (str, "a picture"), "label": (Table, "a FILE.csv"), "out": (Table, "a FILE.csv"),
              "no_header": (Table, "a FILE.csv"), "by_order": (Table, "a FILE.csv"),
              "count": (Images, f"the test images of {' and '.join(IMAGES)}"),
              "data": (Images, f"the test images of {' and '.join(IMAGES)}")}
    for name, (kind, noun) in wanted.items():
        if getattr(options, name, None) not in (None, False) and not isinstance(options.source, kind):
            raise UserError(f"--{name.replace('_', '-')} is only for {noun}; leave it out")
    if isinstance(options.source, Table) and options.out:
        classify_table.check_out(options.out, options.source)
    if options.save and isinstance(options.source, (Table, Images)):
        raise UserError("--save is only for a single input; leave it out")


def prepare(options):
    """Reads the input of the command into `options.source`, and refuses options that do not apply to it."""
    options.source = None
    if options.command in TAKE_INPUT:
        options.source = _source(options)
        _check_options(options)
    for path in (getattr(options, "out", None), getattr(options, "save", None)):
        if path is not None:
            check_writable(path)
