"""New content of a file, in a temporary file beside it, until it takes the file's place in one step.

The process that uses a temporary file holds a lock on it, so that one whose process died is known: the next change of
the same file removes it.
"""

import hashlib
import os
import stat
from contextlib import contextmanager, suppress
from pathlib import Path

from varigate.model.files.places import Place

try:
    import fcntl
except ImportError:  # Windows has no such locks: there, nobody can tell, and what is left stays
    fcntl = None

__all__ = ["Staged", "clean", "lock", "prefix", "sync_folder", "write_all"]

PREFIX = ".varigate-"
FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


def prefix(name: str) -> str:
    """Return how the names of the temporary files of a file `name` begin: short, however long the name is.

    Examples
    --------
    >>> prefix("iris.npz"), len(prefix("x" * 250))
    ('.varigate-749ec5522fd8-', 23)
    """
    return f"{PREFIX}{hashlib.sha256(os.fsencode(name)).hexdigest()[:12]}-"


def lock(handle: int, wait: bool = True) -> bool:
    """Lock the open file `handle` until it is closed; returns whether it is certain that nobody else has it."""
    if fcntl is None:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:  # somebody else has it, or this file system has no locks
        return False
    return True


def write_all(handle: int, content: bytes):
    """Write all of `content`, however little the system takes at once."""
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(handle, rest):]


def sync_folder(folder: Path):
    """Let the names in `folder` survive a crash of the machine, where the system can do that."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _remove_if_left(path: Path):
    """Remove a temporary file that no process has locked."""
    with suppress(OSError):
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        try:
            if lock(handle, wait=False):
                path.unlink()
        finally:
            os.close(handle)


def clean(place: Place):
    """Remove the temporary files of `place` whose processes died."""
    with suppress(OSError):
        for path in list(place.target.parent.glob(f"{prefix(place.target.name)}{'?' * 8}")):
            _remove_if_left(path)


@contextmanager
def _undone(path: Path):
    """Remove the file `path` after an error."""
    try:
        yield
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise


class Staged:
    """A temporary file beside `place`, with its owner and permissions: `write` to it, then `replace` or `discard`.

    Raises
    ------
    OSError
        where the folder takes no new file, here and in all methods where the disk is full.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from varigate.model.files.places import find
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     staged = Staged(find(f"{folder}/a.txt"))
    ...     staged.write(b"abc")
    ...     staged.complete()
    ...     staged.replace()
    ...     Path(folder, "a.txt").read_bytes()
    b'abc'
    """

    def __init__(self, place: Place):
        self._place, self._handle = place, None
        mode = 0o666 if place.status is None else stat.S_IMODE(place.status.st_mode) & 0o777
        while self._handle is None:
            self.path = place.target.parent / f"{prefix(place.target.name)}{os.urandom(4).hex()}"
            with suppress(FileExistsError):
                self._open(mode)

    def _open(self, mode: int):
        handle = os.open(self.path, FLAGS, mode)
        with _undone(self.path):
            lock(handle)
            if self.path.exists():
                self._handle = handle
            else:  # taken for the file of a process that died, before it was locked
                os.close(handle)

    def write(self, content: bytes):
        """Append `content`."""
        write_all(self._handle, content)

    def complete(self):
        """Give the file its owner and permissions, and let its content survive a crash of the machine."""
        status = self._place.status
        if status is not None and os.name != "nt":
            own = os.fstat(self._handle)
            if (own.st_uid, own.st_gid) != (status.st_uid, status.st_gid):
                os.fchown(self._handle, status.st_uid, status.st_gid)
            os.fchmod(self._handle, stat.S_IMODE(status.st_mode))
        os.fsync(self._handle)
        if os.name == "nt":  # an open file cannot be renamed there
            self.close()

    def replace(self):
        """Put the file, once it is complete, in its place, in one step."""
        self.path.replace(self._place.target)
        self.close()
        sync_folder(self._place.target.parent)

    def discard(self):
        """Remove the temporary file, unless it has taken its place."""
        self.close()
        with suppress(OSError):
            self.path.unlink()

    def close(self):
        """End the use of the file, and leave it as it is."""
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)
