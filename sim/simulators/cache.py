"""What takes long to make is kept, by the content of all that it was made of."""

import hashlib
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from filelock import FileLock

from varigate.model.cache import cache_folder

__all__ = ["cached"]


def cached(suffix: str, parts: Iterable[str], make: Callable[[Path, Path], None]) -> Path:
    """The file that `make(folder, file)` makes of `parts`: from the cache, or made now in a folder for the purpose."""
    key = hashlib.sha256(b"".join(hashlib.sha256(part.encode()).digest() for part in parts)).hexdigest()
    file = cache_folder() / f"{key}{suffix}"
    if file.exists():
        return file
    file.parent.mkdir(parents=True, exist_ok=True)
    # Whoever wants the same waits, rather than making it too.
    with FileLock(Path(tempfile.gettempdir()) / f"varigate-{key[:24]}.lock"):
        if not file.exists():
            with tempfile.TemporaryDirectory(prefix="build-", dir=file.parent) as name:
                made = Path(name) / f"made{suffix}"
                make(Path(name), made)
                made.replace(file)  # atomic: all of it or nothing
    return file
