"""A cache of files that take long to make, keyed by the content of everything they are made from."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from filelock import FileLock

from varigate.model.cache import cached_file

__all__ = ["cached"]


def cached(suffix: str, parts: Iterable[str], make: Callable[[Path, Path], None]) -> Path:
    """The cached file for `parts`; if there is none, `make(folder, file)` makes it in a temporary folder.

    `suffix` is the end of its name, and `parts` all texts that its content depends on.
    """
    key = hashlib.sha256(b"".join(hashlib.sha256(part.encode()).digest() for part in parts)).hexdigest()
    file = cached_file(f"{key}{suffix}")
    if file.exists():
        return file
    # Other processes that need the same file wait for it.
    with FileLock(Path(tempfile.gettempdir()) / f"varigate-{key[:24]}.lock"):
        if not file.exists():
            prefix = f"build-{key[:24]}-"
            for left in file.parent.glob(f"{prefix}*"):  # by a process that died: it no longer holds the lock
                shutil.rmtree(left, ignore_errors=True)
            with tempfile.TemporaryDirectory(prefix=prefix, dir=file.parent) as name:
                made = Path(name) / f"made{suffix}"
                make(Path(name), made)
                with made.open("rb+") as content:
                    os.fsync(content.fileno())  # else a crash of the machine may leave the name of an empty file
                made.replace(file)  # atomic
    return file
