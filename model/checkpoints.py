"""Checkpoints: all that training goes on from, in one file without pickle, written whole or not at all."""

import numpy as np

from model import archive
from model.errors import UserError

__all__ = ["read", "write"]

VERSION = 1
GENERATORS = {name: getattr(np.random, name) for name in ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")}


def _plain(value):
    """A generator's state as JSON knows it, arrays as lists."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value


def write(path, *, parameters: dict, optimizer, epoch: int, history: dict, rng):
    """Parameters, moments of the optimiser, epoch, history (name → list of numbers) and the generator's state."""
    arrays = {f"parameters.{name}": value for name, value in parameters.items()}
    for moment in optimizer.MOMENTS:
        arrays |= {f"{moment}.{name}": value for name, value in getattr(optimizer, moment).items()}
    arrays |= {f"history.{name}": np.array(values, np.float64) for name, values in history.items()}
    meta = {"version": VERSION, "optimizer": type(optimizer).__name__, "count": optimizer.count,
            "epoch": epoch, "rng": _plain(rng.bit_generator.state)}
    archive.write(path, arrays | {"meta": archive.pack_json(meta)})


def _shapes(arrays: dict) -> dict:
    """The shape of each array."""
    return {name: value.shape for name, value in arrays.items()}


def read(path, *, parameters: dict, optimizer) -> tuple[int, dict, np.random.Generator]:
    """Fills `parameters` and `optimizer` from the file; returns epoch, history and a generator in the saved state.

    Raises
    ------
    UserError
        for a file that is damaged, or of another model or optimiser; nothing is changed then.
    """
    arrays = archive.read(path)
    try:
        meta = archive.unpack_json(arrays["meta"])
        if meta["version"] != VERSION:
            raise ValueError(f"version {meta['version']}")
        bits = GENERATORS[meta["rng"]["bit_generator"]]()
        bits.state = meta["rng"]
        epoch, count, name = int(meta["epoch"]), int(meta["count"]), meta["optimizer"]
        history = {key.removeprefix("history."): value.tolist() for key, value in arrays.items()
                   if key.startswith("history.")}
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(f"{path} is no checkpoint of this version ({error!r})") from error
    if name != type(optimizer).__name__:
        raise UserError(f"{path} was written with the optimizer {name}, not {type(optimizer).__name__}")
    targets = {"parameters": parameters} | {moment: getattr(optimizer, moment) for moment in optimizer.MOMENTS}
    for prefix, target in targets.items():
        own = {key.removeprefix(f"{prefix}."): value for key, value in arrays.items() if key.startswith(f"{prefix}.")}
        if _shapes(own) != _shapes(target):
            raise UserError(f"{path} is a checkpoint of another model; make the model as it was when it was written")
    for prefix, target in targets.items():
        for key, value in target.items():
            value[...] = arrays[f"{prefix}.{key}"]
    optimizer.count = count
    return epoch, history, np.random.Generator(bits)
