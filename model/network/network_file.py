"""The network file, NAME.npz: everything of a `Network`, and nothing that needs pickle. `docs/network.md` describes it.

Arrays: `LAYER.weights` (i1), `LAYER.bias` (i4), `LAYER.shift` (u1) of each layer, `sigma_table` (u1), `epsilon_table`
(i4), `input_offset`, `input_step` (f8), `examples` (u1), with a sigmoid unit `sigmoid.centres` (i4) and
`sigmoid.coefficients` (i8), the rest as JSON in `meta` (u1), and the `digest` (see `model.archive`).
"""

from pathlib import Path

import numpy as np

from varigate.model import archive
from varigate.model.errors import UserError
from varigate.model.files import present, write_bytes
from varigate.model.fixedpoint.formats import Format
from varigate.model.fixedpoint.sigmoid import Sigmoid
from varigate.model.network.names import take_numbered
from varigate.model.network.network import IntegerLayer, Network

__all__ = ["SHIPPED", "VERSION", "digest", "find", "load", "pack", "save", "shipped"]

VERSION = 1
SHIPPED = Path(__file__).parent / "shipped"
LAYER_ARRAYS = {"weights": "|i1", "bias": "<i4", "shift": "|u1"}
ARRAYS = {"sigma_table": "|u1", "epsilon_table": "<i4", "input_offset": "<f8", "input_step": "<f8", "examples": "|u1"}
SIGMOID_ARRAYS = {"centres": "<i4", "coefficients": "<i8"}
TEXTS = ("name", "unit", "noun")
NAMES = ("feature_names", "class_names")


def _to_arrays(network: Network) -> dict:
    meta = {"version": VERSION, "input": str(network.input), "z": str(network.z), "epsilon_seed": network.epsilon_seed,
            "layers": [[name, layer.activation, str(layer.format)] for name, layer, _ in network.layers()],
            "sigmoid": None}
    meta |= {key: getattr(network, key) for key in TEXTS} | {key: list(getattr(network, key)) for key in NAMES}
    arrays = {key: np.asarray(getattr(network, key)).astype(dtype) for key, dtype in ARRAYS.items()}
    for name, layer, _ in network.layers():
        arrays |= {f"{name}.{key}": getattr(layer, key).astype(dtype) for key, dtype in LAYER_ARRAYS.items()}
    if network.sigmoid is not None:
        unit = network.sigmoid
        meta["sigmoid"] = {"input": str(unit.input), "output": str(unit.output), "guard": unit.guard, "hold": unit.hold}
        arrays |= {f"sigmoid.{key}": getattr(unit, key).astype(dtype) for key, dtype in SIGMOID_ARRAYS.items()}
    return arrays | {"meta": archive.pack_json(meta)}


def _take(arrays: dict, name: str, dtype: str) -> np.ndarray:
    array = arrays.pop(name)
    if array.dtype.str != dtype:
        raise ValueError(f"{name} is {array.dtype.str}, not {dtype}")
    return array.astype(np.int64) if array.dtype.kind == "i" or name.endswith(".shift") else array


def _sigmoid(meta: dict, arrays: dict) -> Sigmoid:
    values = {key: _take(arrays, f"sigmoid.{key}", dtype) for key, dtype in SIGMOID_ARRAYS.items()}
    return Sigmoid(Format.parse(meta["input"]), Format.parse(meta["output"]), int(meta["guard"]), int(meta["hold"]),
                   **values)


def _from_arrays(arrays: dict) -> Network:
    arrays = dict(arrays)
    meta = archive.unpack_json(_take(arrays, "meta", "|u1"))
    if meta["version"] != VERSION:
        raise UserError(f"has format version {meta['version']}, this program reads version {VERSION}; make it again")
    layers = {name: IntegerLayer(**{key: _take(arrays, f"{name}.{key}", dtype) for key, dtype in LAYER_ARRAYS.items()},
                          format=Format.parse(text), activation=activation)
              for name, activation, text in meta["layers"]}
    values = {key: _take(arrays, key, dtype) for key, dtype in ARRAYS.items()}
    texts = {key: str(meta[key]) for key in TEXTS} | {key: tuple(map(str, meta[key])) for key in NAMES}
    sigmoid = None if meta["sigmoid"] is None else _sigmoid(meta["sigmoid"], arrays)
    encoder, decoder = take_numbered(layers, "encoder"), take_numbered(layers, "decoder")
    network = Network(encoder=encoder, mu=layers.pop("mu"), v=layers.pop("v"), head=layers.pop("head", None),
                      decoder=decoder, input=Format.parse(meta["input"]), z=Format.parse(meta["z"]),
                      sigmoid=sigmoid, epsilon_seed=int(meta["epsilon_seed"]), **values, **texts)
    if layers or arrays:
        raise ValueError(f"unexpected arrays: {', '.join([*layers, *arrays])}")
    return network


def digest(network: Network) -> bytes:
    """The digest of `network`, 32 bytes of SHA-256, as its file, its reports and the board's replies state it.

    Examples
    --------
    >>> len(digest(load(find("iris"))))
    32
    """
    return archive.digest(_to_arrays(network))


def pack(network: Network, path) -> bytes:
    """Return the content of the file `path` that holds `network`.

    Examples
    --------
    >>> pack(load(find("iris")), "iris.npz") == find("iris").read_bytes()
    True
    """
    return archive.pack(path, _to_arrays(network))


def save(network: Network, path):
    """Save `network` to the file `path`, which is written whole or stays as it was.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(load(find("iris")), f"{folder}/copy.npz")
    ...     load(f"{folder}/copy.npz").name
    'iris'
    """
    write_bytes(path, pack(network, path))


def load(path) -> Network:
    """Load the network of the file `path`; a `UserError` for every kind of damage.

    Examples
    --------
    >>> load(find("iris")).name
    'iris'
    >>> load("none.npz")
    Traceback (most recent call last):
    ...
    varigate.model.errors.UserError: there is no file none.npz
    """
    arrays = archive.read(path)
    try:
        return _from_arrays(arrays)
    except UserError as error:
        raise UserError(f"{path}: {error}") from error
    except Exception as error:  # missing arrays, other types or shapes, texts that do not parse, …
        raise UserError(f"{path} is not a valid network file ({error!r}); make it again") from error


def shipped() -> list[str]:
    """List the names of the networks that come with the program.

    Examples
    --------
    >>> "iris" in shipped()
    True
    """
    return sorted(path.stem for path in SHIPPED.glob("*.npz") if "." not in path.stem)


def find(name_or_path) -> Path:
    """Find the file of a shipped network by its name; a FILE.npz is returned as it is.

    Raises
    ------
    UserError
        for an unknown name, and a file that does not exist.

    Examples
    --------
    >>> find("iris").name
    'iris.npz'
    """
    text = str(name_or_path)
    if text in shipped():
        return SHIPPED / f"{text}.npz"
    if text.endswith(".npz"):
        if not present(text).is_file():
            raise UserError(f"there is no file {text}")
        return Path(text)
    raise UserError(f"unknown network {text!r}: give {', '.join(shipped())}, or the path of a FILE.npz")
