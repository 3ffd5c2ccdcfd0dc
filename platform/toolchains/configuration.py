"""Configuration of a build: the array's shape, the network's units, the baud rate, the place of the weights."""

import argparse
import codecs
import json
import reprlib
import tomllib
from dataclasses import dataclass, fields, replace
from pathlib import Path

from varigate.gateware.engine.program import Array
from varigate.gateware.estimate.choice import choose_array
from varigate.gateware.estimate.resources import Core, around
from varigate.gateware.video.screen_layout import image_side
from varigate.model.errors import UserError
from varigate.model.fixedpoint.epsilon import KINDS
from varigate.model.network.variants import BITS, SIGMOIDS
from varigate.platform.toolchains.device import Device

__all__ = ["SMALL", "Configuration", "add_options"]

WEIGHTS = ("lut", "block")
BUFFERS = (1, 2)
CHOICES = {"weights": WEIGHTS, "buffers": BUFFERS, "bits": BITS, "sigmoid": tuple(SIGMOIDS), "epsilon": tuple(KINDS)}
SMALL = Array(8, 1)  # for networks that do not process images
LARGEST = 10**9  # of the numbers: more than any hardware has
LUT_WEIGHTS = 2000  # the most look-up tables that hold weights by default


def _shown(value) -> str:
    """A value for a message, in brief."""
    try:
        return reprlib.repr(value)
    except ValueError:  # a number of thousands of digits somewhere in it
        return f"a {type(value).__name__}"


@dataclass(frozen=True)
class Configuration:
    """Parameters of the gateware; None leaves a choice to `choose`.

    Parameters
    ----------
    rows, columns, drain : int or None
        the MAC array: outputs and inputs in parallel, results a clock.
    packed : bool or None
        two rows to a DSP slice.
    cascade : bool
        columns are summed from slice to slice.
    dsps : int
        DSP slices that the core may take if the array's shape is to be chosen.
    baud : int
        of the UART.
    weights : str or None
        `lut` for look-up tables, `block` for block RAM.
    buffers : int or None
        1 or 2, see `gateware.engine.program.Array`.
    bits : int or None
        of the network's weights (`model.network.variants.find_bits`).
    sigmoid, epsilon : str or None
        the network's units (`model.network.variants.variant`).

    Raises
    ------
    UserError
        for a value of another type, or out of range.

    Examples
    --------
    >>> print(Configuration(rows=16, drain=2).as_toml(), end="")
    rows = 16
    drain = 2
    cascade = true
    dsps = 131
    baud = 115200
    """

    rows: int | None = None
    columns: int | None = None
    drain: int | None = None
    packed: bool | None = None
    cascade: bool = True
    dsps: int = 131
    baud: int = 115_200
    weights: str | None = None
    buffers: int | None = None
    bits: int | None = None
    sigmoid: str | None = None
    epsilon: str | None = None

    def __post_init__(self):
        for name in ("rows", "columns", "drain", "dsps", "baud"):
            value = getattr(self, name)
            if type(value) is int and value > LARGEST:
                raise UserError(f"{name} must be at most {LARGEST:,}")
            if value is not None and (type(value) is not int or value < 1):
                raise UserError(f"{name} must be a positive whole number, not {_shown(value)}")
        for name in ("packed", "cascade"):
            if getattr(self, name) is not None and type(getattr(self, name)) is not bool:
                raise UserError(f"{name} must be true or false, not {_shown(getattr(self, name))}")
        for name, choices in CHOICES.items():
            value = getattr(self, name)
            if value is not None and (type(value), value) not in [(type(each), each) for each in choices]:
                raise UserError(f"{name} must be {' or '.join(map(repr, choices))}, not {_shown(value)}")

    @classmethod
    def load(cls, options: argparse.Namespace) -> "Configuration":
        """Return the defaults, changed by the TOML file `options.config`, changed by the other options of
        `add_options`.

        Raises
        ------
        UserError
            for a file that is missing or not TOML, for an unknown key and for a value out of range, with the file's
            name and the key's.
        """
        names = [field.name for field in fields(cls)]
        settings = cls()
        if options.config is not None:
            values = _read(options.config, names)
            try:
                settings = cls(**values)
            except UserError as error:
                raise UserError(f"{options.config}: {error}") from error
        given = {name: getattr(options, name, None) for name in names}
        if options.array is not None:
            try:
                shape = Array.parse(options.array)
            except ValueError as error:
                raise UserError(str(error)) from error
            given |= {"rows": shape.rows, "columns": shape.columns}
        return replace(settings, **{name: value for name, value in given.items() if value is not None})

    def as_toml(self) -> str:
        """Write the settings as a TOML file that `load` reads; a line for each that is not left open."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        # JSON writes whole numbers, truth values and plain words as TOML does.
        return "".join(f"{name} = {json.dumps(value)}\n" for name, value in values.items() if value is not None)

    def change(self, array: Array) -> Array:
        """Replace the fields of `array` that were given.

        Raises
        ------
        UserError
            if the result is not an array.
        """
        given = {name: getattr(self, name) for name in ("rows", "columns", "drain", "packed", "cascade", "buffers")}
        try:
            return replace(array, **{name: value for name, value in given.items() if value is not None})
        except ValueError as error:
            raise UserError(str(error)) from error

    def choose(self, network, device: Device) -> tuple[Array, str]:
        """Choose the array, and the place of its weights.

        Defaults: for networks of images weights in block RAM and the fastest array within `dsps` and the device's
        capacity; for others 8x1, and look-up tables while the weights are few.

        Raises
        ------
        UserError
            if no such array exists or fits, with the resource, the need and the limit.
        """
        images = image_side(network) is not None
        weights = self.weights
        if weights is None:
            weights = "block" if images or Core(network, "lut").need(SMALL).lut > LUT_WEIGHTS else "lut"
        if self.rows or self.columns:
            array = Array(1, 1, packed=images)
        else:
            array = self._fastest(network, device, weights) if images else SMALL
        array = self.change(array)
        device.check_need(Core(network, weights).need(array) + around(network), array)
        return array, weights

    def _fastest(self, network, device: Device, weights: str) -> Array:
        """Return the fastest array; refuse if none fits."""
        rest = around(network)
        least = Array(2, 1, packed=True)
        array = choose_array(network, min(self.dsps, device.capacity.dsp - rest.dsp),
                             device.capacity.ramb36 - rest.ramb36, weights=weights)
        if array is None:
            need = Core(network, weights).need(least)
            if need.dsp > self.dsps:
                raise UserError(f"--dsps {self.dsps} is too few: the smallest array needs {need.dsp}")
            device.check_need(need + rest, least)
        return array or least


def add_options(parser: argparse.ArgumentParser):
    """Add the options that `Configuration.load` reads."""
    parser.add_argument("--array", metavar="ROWSxCOLUMNS",
                        help="outputs and inputs in parallel (default: 8x1; for images the fastest within --dsps)")
    parser.add_argument("--drain", type=int, metavar="N",
                        help="results that leave the array a clock; must divide the rows")
    parser.add_argument("--packed", action=argparse.BooleanOptionalAction, help="let one DSP slice serve two rows")
    parser.add_argument("--buffers", type=int, choices=BUFFERS,
                        help="incoming vectors that each part of the network has room for (default: 2)")
    parser.add_argument("--dsps", type=int, metavar="N",
                        help="most DSP slices of the core, if the array is to be chosen "
                        f"(default: {Configuration.dsps})")
    parser.add_argument("--weights", choices=WEIGHTS, help="keep weights in look-up tables, or in block RAM")
    parser.add_argument("--bits", type=int, choices=BITS, help="use the network with weights of this many bits")
    for unit in ("sigmoid", "epsilon"):
        parser.add_argument(f"--{unit}", choices=CHOICES[unit], help=f"replace the network's unit for {unit}")
    parser.add_argument("--config", type=Path, metavar="FILE.toml",
                        help="settings in a file; its keys are "
                        f"{', '.join(field.name for field in fields(Configuration))}")


def _text(content: bytes) -> str:
    """Decode UTF-8, with or without the byte order mark that some editors write."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise ValueError("it is in UTF-16: save it in UTF-8")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not in UTF-8 ({error.reason} at byte {error.start}): save it in UTF-8") from error


def _read(path: Path, known: list[str]) -> dict:
    try:
        values = tomllib.loads(_text(path.read_bytes()))
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from error
    except RecursionError as error:
        raise UserError(f"{path} is not a TOML file for a build: it is nested too deeply; a line is `rows = 8`"
                        ) from error
    except ValueError as error:
        raise UserError(f"{path} is not a TOML file: {error}") from error
    unknown = sorted(values.keys() - set(known))
    if unknown:
        raise UserError(f"{path}: unknown key {reprlib.repr(unknown[0])}; the keys are {', '.join(known)}")
    return values
