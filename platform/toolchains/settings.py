"""What a build may be told about the accelerator: the array's shape, the baud rate, where weights are kept."""

import tomllib
from dataclasses import dataclass, fields, replace
from pathlib import Path

from gateware.program import Array
from model.errors import UserError

__all__ = ["Settings"]

WEIGHTS = ("lut", "block")


@dataclass(frozen=True)
class Settings:
    """Parameters of the gateware, with the defaults of a build.

    Parameters
    ----------
    rows, columns, drain : int
        the MAC array: outputs and inputs in parallel, results a clock.
    baud : int
        of the UART.
    weights : str
        `lut` for look-up tables, `block` for block RAM.
    """

    rows: int = 8
    columns: int = 1
    drain: int = 1
    baud: int = 115_200
    weights: str = "lut"

    def __post_init__(self):
        for name in ("rows", "columns", "drain", "baud"):
            value = getattr(self, name)
            if type(value) is not int or value < 1:
                raise UserError(f"{name} is a positive whole number, not {value!r}")
        if self.rows % self.drain:
            raise UserError(f"the drain divides the rows of the array; {self.drain} does not divide {self.rows}")
        if self.weights not in WEIGHTS:
            raise UserError(f"weights is {' or '.join(map(repr, WEIGHTS))}, not {self.weights!r}")

    @classmethod
    def load(cls, config: Path | None = None, array: str | None = None) -> "Settings":
        """The defaults, changed by the TOML file `config`, changed by `array` ("ROWSxCOLUMNS").

        Raises
        ------
        UserError
            for a file that is missing or no TOML, for an unknown key (by name) and for a value out of range.
        """
        settings = cls() if config is None else cls(**_read(config, [field.name for field in fields(cls)]))
        if array is None:
            return settings
        try:
            shape = Array.parse(array)
        except ValueError as error:
            raise UserError(str(error)) from error
        return replace(settings, rows=shape.rows, columns=shape.columns)


def _read(path: Path, known: list[str]) -> dict:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{path} is no TOML file: {error}") from error
    unknown = sorted(values.keys() - set(known))
    if unknown:
        raise UserError(f"{path}: unknown key {unknown[0]!r}; the keys are {', '.join(known)}")
    return values
