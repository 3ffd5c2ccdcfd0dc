"""What takes long to make is kept, by the content of all that it was made of."""

import hashlib
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from model.cache import cache_folder

__all__ = ["cached"]


def cached(suffix: str, parts: Iterable[str], make: Callable[[Path, Path], None]) -> Path:
    """The file that `make(folder, file)` makes of `parts`: from the cache, or made now in a folder for the purpose."""
    key = hashlib.sha256(b"".join(hashlib.sha256(part.encode()).digest() for part in parts)).hexdigest()
    file = cache_folder() / f"{key}{suffix}"
    if file.exists():
        return file
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="build-", dir=file.parent) as name:
        made = Path(name) / f"made{suffix}"
        make(Path(name), made)
        try:
            made.replace(file)  # atomic: another process sees all of it or nothing
        except PermissionError:  # Windows: another process has just made the same one and loaded it
            if not file.exists():
                raise
    return file
