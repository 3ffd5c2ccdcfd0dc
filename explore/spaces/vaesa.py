"""The published accelerator space: a table of the cost of 2,304 designs on each of 57 layers of networks.

The table is that of VAESA (Q. Huang et al., "Learning a continuous and reconstructible latent space for hardware
accelerator design", ISPASS 2022): a row for each design and layer, with latency in cycles and energy from the
authors' cost model. The number of PEs changes neither, so a layer has 768 different energy-delay products (EDP).
"""

import csv
import gzip
import os
import warnings
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from varigate.explore.spaces.space import Parameter, Space
from varigate.model.cache import cache_folder
from varigate.model.data.images import ENVIRONMENT
from varigate.model.errors import UserError

__all__ = ["DIMENSIONS", "SPACE", "TARGETS", "PublishedTable", "place", "read"]

FILE = "vaesa_dataset_all_layer.csv.gz"
SOURCE = "the per-layer tables of the VAESA project"
SPACE = Space("vaesa", (
    Parameter("arith_meshX", (4, 16, 64)),                    # PEs
    Parameter("arith_ins", (256, 1024, 4096)),                # multiply-accumulate units
    Parameter("mem1_ent", (32, 64, 128, 256)),                # entries of the accumulation buffer
    Parameter("mem2_ent", (8192, 16384, 32768, 65536)),       # of the weight buffer
    Parameter("mem3_ent", (512, 1024, 2048, 4096)),           # of the input buffer
    Parameter("mem4_ent", (32768, 65536, 131072, 262144)),    # of the global buffer
))
DIMENSIONS = tuple(f"prob_{index}" for index in range(9))  # R, S, P, Q, C, K, N and the strides of the width and height
TARGETS = ("latency", "energy")
COLUMNS = {"latency": "unique_cycle_sum", "energy": "unique_energy_sum"}


@dataclass(frozen=True, eq=False)
class PublishedTable:
    """The costs of every design on every layer.

    Parameters
    ----------
    layers : float64 (layers, 9)
        the layers' `DIMENSIONS`, in lexicographic order.
    cycles, energy : float64 (layers, 2304)
        positive; designs in the order of `SPACE.labels`.

    Examples
    --------
    >>> table = PublishedTable(np.ones((1, 9)), np.full((1, 2304), 10.0), np.full((1, 2304), 3.0))
    >>> table.edp[0, 0], table.logs.shape
    (np.float64(30.0), (2304, 1, 2))
    """

    layers: np.ndarray
    cycles: np.ndarray
    energy: np.ndarray

    @cached_property
    def edp(self) -> np.ndarray:
        """The energy-delay product, cycles × energy: (layers, 2304)."""
        return self.cycles * self.energy

    @cached_property
    def logs(self) -> np.ndarray:
        """Natural logarithms of latency and energy, (2304, layers, 2): the layout that the joint model takes."""
        return np.log(np.stack([self.cycles.T, self.energy.T], -1))


def place(path=None) -> Path:
    """The path of the table's file: `path` if given, else in the folder VARIGATE_DATA, else in the user's cache.

    Raises
    ------
    UserError
        if there is no such file; it says where to get it.
    """
    folder = os.environ.get(ENVIRONMENT)
    found = Path(path) if path else (Path(folder) if folder else cache_folder()) / FILE
    if not found.is_file():
        raise UserError(f"there is no file {found}; get it from {SOURCE}, and name it by --dataset-path FILE or put it "
                        f"as {FILE} into the folder that {ENVIRONMENT} names")
    return found


def _numbers(path: Path) -> np.ndarray:
    """The columns of dimensions, parameters and targets, in this order: float64 (rows, 17)."""
    needed = [*DIMENSIONS, *SPACE.names, *(COLUMNS[name] for name in TARGETS)]
    try:
        with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8", newline="") as file:
            header = next(csv.reader(file), [])
            for name in needed:
                if header.count(name) != 1:
                    raise UserError(f"{path} has {header.count(name)} columns {name!r}; one is needed: "
                                    f"take the file of {SOURCE}")
            with warnings.catch_warnings(action="ignore", category=UserWarning):  # of no rows: checked below
                rows = np.loadtxt(file, delimiter=",", usecols=[header.index(name) for name in needed],
                                  ndmin=2)
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise UserError(f"cannot read {path}: {error}") from error
    except ValueError as error:
        raise UserError(f"{path} has a value that is not a number ({error})") from error
    wrong = np.argwhere(~(np.isfinite(rows) & (rows > 0)))
    if not len(rows):
        raise UserError(f"{path} has no rows; take the file of {SOURCE}")
    if len(wrong):
        row, column = wrong[0]
        raise UserError(f"{path} has {needed[column]} = {rows[row, column]:g} in its data row {row + 1}; "
                        "every value must be a positive number")
    return rows


def _design_numbers(path: Path, values) -> np.ndarray:
    """The number of the design with each row of parameter values (rows, 6): int64 (rows,)."""
    labels = []
    for each, column in zip(SPACE.parameters, values.T, strict=True):
        known = column[:, None] == np.array(each.values, np.float64)
        if not known.any(1).all():
            raise UserError(f"{path} has {each.name} = {column[~known.any(1)][0]:g}; "
                            f"the space has {', '.join(map(str, each.values))}")
        labels.append(known.argmax(1))
    return SPACE.index(np.stack(labels, 1))


def read(path=None) -> PublishedTable:
    """The table from the file `path` (.csv or .csv.gz), or else from the folder VARIGATE_DATA or the user's cache.

    Raises
    ------
    UserError
        if the file or a column is missing, a value is not a positive number or not in the space, or a layer does not
        have every design exactly once.
    """
    path = place(path)
    rows = _numbers(path)
    dimensions, parameters = len(DIMENSIONS), len(SPACE.parameters)
    layers, layer = np.unique(rows[:, :dimensions], axis=0, return_inverse=True)
    design = _design_numbers(path, rows[:, dimensions:dimensions + parameters])
    counts = np.bincount(layer * SPACE.size + design, minlength=len(layers) * SPACE.size).reshape(len(layers), -1)
    wrong = np.argwhere(counts != 1)
    if len(wrong):
        which, number = wrong[0]
        values = ", ".join(f"{name} = {value}" for name, value in SPACE.values(SPACE.labels(number)).items())
        raise UserError(f"{path} has {counts[which, number]} rows of the design {values} on the layer "
                        f"{layers[which].astype(int).tolist()}; every layer must have every design exactly once")
    targets = np.empty((2, len(layers), SPACE.size))
    targets[:, layer, design] = rows[:, dimensions + parameters:].T
    return PublishedTable(layers, *targets)
