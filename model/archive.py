"""A file of named arrays (`.npz` without pickle) that is written whole or not at all and read with suspicion.

The arrays' digest is SHA-256 over a canonical serialisation, not over the zip: for each array in the order of its
name: the name in UTF-8 and a zero byte, the dtype (`<i4`) and a zero byte, the number of dimensions and each of them
as eight bytes little-endian, then the data in C order, little-endian.
"""

import hashlib
import io
import json
import math
import warnings
import zipfile
from pathlib import Path

import numpy as np

from varigate.model import json_text
from varigate.model.errors import UserError
from varigate.model.files import present, write_bytes

__all__ = ["digest", "file_digest", "pack", "pack_json", "read", "unpack_json", "write"]

LIMIT = 64 << 20  # bytes, of all arrays together
DIGEST = "digest"


def digest(arrays: dict) -> bytes:
    """The digest of named arrays: 32 bytes of SHA-256 over their canonical serialisation.

    Examples
    --------
    >>> digest({"a": np.zeros(3)}).hex()[:8]
    '9e593f8a'
    """
    state = hashlib.sha256()
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name], dtype=arrays[name].dtype.newbyteorder("<"))
        shape = arrays[name].shape
        state.update(name.encode() + b"\0" + array.dtype.str.encode() + b"\0")
        state.update(b"".join(number.to_bytes(8, "little") for number in (len(shape), *shape)))
        state.update(array.tobytes())
    return state.digest()


def file_digest(*files) -> str:
    """Compute SHA-256 of the contents of `files`, one after the other, in hexadecimal.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "points.csv"
    ...     _ = path.write_text("x,y")
    ...     file_digest(path)[:8], file_digest(path, path)[:8]
    ('968e772c', '8e964b13')
    """
    return hashlib.sha256(b"".join(Path(file).read_bytes() for file in files)).hexdigest()


def pack_json(value) -> np.ndarray:
    """Pack `value` as canonical JSON (sorted keys, no spaces, UTF-8) into a uint8 array.

    Examples
    --------
    >>> pack_json({"b": 1, "a": 2}).tobytes()
    b'{"a":2,"b":1}'
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return np.frombuffer(text.encode(), np.uint8)


def unpack_json(array):
    """Read what `pack_json` packed; a `ValueError` for anything else.

    Examples
    --------
    >>> unpack_json(pack_json({"a": [1, 2]}))
    {'a': [1, 2]}
    """
    return json_text.parse(array.tobytes())


def pack(path, arrays: dict, limit: int | None = None) -> bytes:
    """Return the content of the file `path` that holds `arrays` and their digest, of `limit` bytes at most.

    Equal arrays make equal bytes.

    Raises
    ------
    UserError
        for more bytes than are read back.

    Examples
    --------
    >>> pack("a.npz", {"a": np.arange(3)})[:2]
    b'PK'
    """
    limit = limit or LIMIT
    stored = {name: np.ascontiguousarray(array, array.dtype.newbyteorder("<")) for name, array in arrays.items()}
    buffer = io.BytesIO()
    np.savez(buffer, **stored, **{DIGEST: np.frombuffer(digest(arrays), np.uint8)})
    if buffer.tell() > limit:
        raise UserError(f"{path} would have {buffer.tell() >> 20} MiB; no more than {limit >> 20} are read back")
    return buffer.getvalue()


def write(path, arrays: dict, limit: int | None = None):
    """Write `arrays` and their digest to the file `path`, of `limit` bytes at most, as `pack` makes it of them.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write(f"{folder}/a.npz", {"a": np.arange(3)})
    ...     read(f"{folder}/a.npz")["a"].tolist()
    [0, 1, 2]
    """
    write_bytes(path, pack(path, arrays, limit))


def _read_member(file, size: int) -> np.ndarray:
    """One array of `size` bytes with its header; the declared shape is believed only if it fits the size."""
    content = file.read(size + 1)
    stream = io.BytesIO(content)
    if np.lib.format.read_magic(stream) != (1, 0):
        raise ValueError("array format is not 1.0")
    shape, fortran, dtype = np.lib.format.read_array_header_1_0(stream)
    data = content[stream.tell():]
    if fortran or dtype.hasobject or dtype.kind not in "uif" or dtype != dtype.newbyteorder("<"):
        raise ValueError(f"an array of {dtype} is not read")
    if math.prod(shape) * dtype.itemsize != len(data):
        raise ValueError(f"shape {shape} does not match {len(data)} bytes")
    return np.frombuffer(data, dtype).reshape(shape)


def _read_zip(path: Path, limit: int) -> dict:
    with zipfile.ZipFile(path) as archive, warnings.catch_warnings():
        # NumPy warns about headers that it would repair. Warnings of other kinds may come from what is collected now.
        warnings.simplefilter("error", UserWarning)
        members = archive.infolist()
        names = [member.filename for member in members]
        if len(set(names)) != len(names) or not all(name.endswith(".npy") for name in names):
            raise ValueError("unexpected members")
        if sum(member.file_size for member in members) > limit:
            raise ValueError(f"more than {limit >> 20} MiB of data are declared")
        arrays = {}
        for member in members:
            with archive.open(member) as file:
                arrays[member.filename.removesuffix(".npy")] = _read_member(file, member.file_size)
        return arrays


def read(path, limit: int | None = None) -> dict:
    """Read the arrays of the file `path`, of `limit` bytes at most, and verify their digest; the arrays are read-only.

    Raises
    ------
    UserError
        when the file is absent, damaged, or not such a file at all.

    Examples
    --------
    >>> read("none.npz")
    Traceback (most recent call last):
    ...
    varigate.model.errors.UserError: there is no file none.npz
    """
    path = Path(path)
    try:
        arrays = _read_zip(present(path), limit or LIMIT)
        stored = arrays.pop(DIGEST).tobytes()
    except FileNotFoundError as error:
        raise UserError(f"there is no file {path}") from error
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}") from error
    except Exception as error:  # damage has many names: BadZipFile, zlib.error, ValueError, KeyError, …
        raise UserError(f"{path} is damaged or not a Varigate file ({error}); make it again") from error
    if digest(arrays) != stored:
        raise UserError(f"{path} is damaged: its contents do not have the digest that it states; make it again")
    return arrays
