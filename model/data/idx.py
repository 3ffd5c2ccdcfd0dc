"""IDX files, the format of MNIST: a header in big-endian numbers, then unsigned bytes in C order.

    00 00 08 N   N dimensions of 4 bytes each   data
"""

import gzip
import hashlib
import math
import zlib
from pathlib import Path

import numpy as np

from varigate.model.errors import UserError

__all__ = ["parse", "read"]

LIMIT = 64 << 20  # bytes of one file, unpacked
UNSIGNED_BYTES = b"\0\0\x08"
GZIP, ZIP = b"\x1f\x8b", b"PK"


def parse(content: bytes) -> np.ndarray:
    """Parse the bytes of an IDX file: a uint8 array, read-only.

    Raises
    ------
    ValueError
        for another element type, or when the length does not match the header.

    Examples
    --------
    >>> parse(bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9])).tolist()
    [7, 8, 9]
    """
    if content[:3] != UNSIGNED_BYTES or len(content) < 4:
        raise ValueError(f"it begins with {content[:4].hex(' ') or 'nothing'}, not with 00 00 08 (unsigned bytes)")
    start = 4 + 4 * content[3]
    if len(content) < start:
        raise ValueError("it ends within its header")
    shape = tuple(int(number) for number in np.frombuffer(content, ">u4", content[3], 4))
    if math.prod(shape) != len(content) - start:
        raise ValueError(f"it has {len(content) - start} bytes of data where its header says {shape}")
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def _unpacked(path: Path) -> bytes:
    """The contents of `path`, unpacked if they are packed, whatever its name says: browsers unpack, and keep names."""
    with path.open("rb") as file:
        start = file.read(len(GZIP))
        if start == ZIP:
            raise UserError(f"{path} is a zip archive: unpack it, and put the file that is in it in its place")
        file.seek(0)
        if start != GZIP:
            return file.read(LIMIT + 1)
        with gzip.GzipFile(fileobj=file) as packed:
            return packed.read(LIMIT + 1)


def read(path, sha256: str) -> np.ndarray:
    """Read the IDX file `path`, packed by gzip or not, whose unpacked contents must have the digest `sha256` (in hex).

    Raises
    ------
    UserError
        when the file cannot be read or is another one.

    Examples
    --------
    >>> import tempfile
    >>> content = bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "three.gz"
    ...     _ = path.write_bytes(gzip.compress(content))
    ...     read(path, hashlib.sha256(content).hexdigest()).tolist()
    [7, 8, 9]
    """
    try:
        content = _unpacked(Path(path))
        array = parse(content)
    except (EOFError, gzip.BadGzipFile, zlib.error, ValueError) as error:
        raise UserError(f"{path} is damaged or not an IDX file ({error}); get it again") from error
    except OSError as error:
        raise UserError(f"cannot read {path}: {error.strerror or error}") from error
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise UserError(f"{path} is another file than expected: SHA-256 {found[:16]}… unpacked, not {sha256[:16]}…; "
                        "get it again")
    return array
