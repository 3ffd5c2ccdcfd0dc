"""Checkpoints: the state from which training continues, in one file without pickle, written whole or not at all."""

import numpy as np

from varigate.model import archive
from varigate.model.errors import UserError

__all__ = ["read", "write"]

VERSION = 1
LIMIT = 1 << 30  # bytes: parameters of the largest models, three times
GENERATORS = {name: getattr(np.random, name) for name in ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")}


def _plain(value):
    """A generator's state as JSON can hold it: arrays become lists."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value


def _arrays(optimizer) -> dict:
    """The optimiser's parameters and moments, the very arrays, as `parameters.NAME`, `MOMENT.NAME`."""
    return {f"{kind}.{name}": value for kind in ("parameters", *optimizer.MOMENTS)
            for name, value in getattr(optimizer, kind).items()}


def _fill(optimizer, arrays: dict):
    """Copy what `_arrays` gave into the optimiser's own arrays; a `ValueError` for other names or shapes."""
    own = _arrays(optimizer)
    if {name: value.shape for name, value in own.items()} != {name: value.shape for name, value in arrays.items()}:
        raise ValueError("other parameters")
    for name, value in own.items():
        value[...] = arrays[name]


def write(path, *, optimizer, epoch: int, history: dict, rng, identity: dict | None = None):
    """Write a checkpoint: the optimiser with its parameters, the epoch, the history and the state of the generator.

    history: lists of numbers by name. identity: settings that tell the run from others, as a dict that JSON can hold.

    Examples
    --------
    >>> import tempfile
    >>> from varigate.model.nn.optimisers import Adam
    >>> optimizer = Adam({"x": np.zeros(2)})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = f"{folder}/checkpoint.npz"
    ...     write(path, optimizer=optimizer, epoch=3, history={"loss": [2.0]}, rng=np.random.default_rng(0))
    ...     epoch, history, rng = read(path, optimizer=optimizer)
    >>> epoch, history
    (3, {'loss': [2.0]})
    """
    arrays = _arrays(optimizer)
    arrays |= {f"history.{name}": np.array(values, np.float64) for name, values in history.items()}
    meta = {"version": VERSION, "optimizer": type(optimizer).__name__, "count": optimizer.count,
            "epoch": epoch, "rng": _plain(rng.bit_generator.state), "identity": identity}
    archive.write(path, arrays | {"meta": archive.pack_json(meta)}, LIMIT)


def read(path, *, optimizer, identity: dict | None = None) -> tuple[int, dict, np.random.Generator]:
    """Read a checkpoint into `optimizer` and its parameters; returns epoch, history and a generator in the saved state.

    Raises
    ------
    UserError
        for a file that is damaged, or of another run, model or optimiser; nothing is changed then.

    Examples
    --------
    >>> from varigate.model.nn.optimisers import Adam
    >>> read("none.npz", optimizer=Adam({}))
    Traceback (most recent call last):
    ...
    varigate.model.errors.UserError: there is no file none.npz
    """
    arrays = archive.read(path, LIMIT)
    try:
        meta = archive.unpack_json(arrays["meta"])
        if meta["version"] != VERSION:
            raise ValueError(f"version {meta['version']}")
        bits = GENERATORS[meta["rng"]["bit_generator"]]()
        bits.state = meta["rng"]
        epoch, count, name = int(meta["epoch"]), int(meta["count"]), meta["optimizer"]
        same = meta["identity"] == identity
        history = {key.removeprefix("history."): arrays[key].tolist() for key in arrays if key.startswith("history.")}
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise UserError(f"{path} is not a checkpoint of this version ({error!r})") from error
    if not same:
        raise UserError(f"{path} is the checkpoint of a run with other data, settings or seed; give the same ones, or "
                        "train without --resume")
    if name != type(optimizer).__name__:
        raise UserError(f"{path} was written with the optimizer {name}, not {type(optimizer).__name__}")
    own = {key: value for key, value in arrays.items() if key != "meta" and not key.startswith("history.")}
    try:
        _fill(optimizer, own)
    except ValueError as error:
        raise UserError(f"{path} is of another model, or not a valid checkpoint of this one; make the model as it was "
                        "when it was written, or train without --resume") from error
    optimizer.count = count
    return epoch, history, np.random.Generator(bits)
