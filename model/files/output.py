"""A file that is written whole or not at all; what is no regular file is written to, never replaced."""

import errno
import os
import sys
from contextlib import suppress
from pathlib import Path

from varigate.model.errors import UserError
from varigate.model.files.journal import finish
from varigate.model.files.places import Place, find, refusals
from varigate.model.files.staged import Staged, clean, write_all

__all__ = ["OutputFile", "check_writable", "make_ready", "write_bytes"]

STANDARD_OUTPUT = 1
NO_TEMPORARY = (errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY)


def _check_permission(place: Place):
    """Raise an `OSError` if what exists may not be written to; nothing is opened: a FIFO's reader would see its end."""
    if place.status is not None and not os.access(place.target, os.W_OK):
        raise PermissionError(errno.EACCES, "it is write-protected")


def make_ready(path) -> Place:
    """Find what `path` leads to, make its folder, and end what an earlier change of that folder has left undone."""
    place = find(path)
    if place.replaceable:
        _check_permission(place)
        place.target.parent.mkdir(parents=True, exist_ok=True)
        finish(place.target.parent)
        clean(place)
    return place


def _open(place: Place) -> int:
    """Open what is no regular file for writing; a FIFO without a reader waits for one, as `cat > FIFO` does."""
    if place.descriptor is None:
        return os.open(place.target, os.O_WRONLY | getattr(os, "O_NOCTTY", 0))
    for stream in (sys.stdout, sys.stderr):  # what was printed before comes first
        with suppress(AttributeError, ValueError):  # of a stream that is closed
            stream.flush()
    return os.dup(place.descriptor)


class OutputFile:
    """What is written to the file `path`, in pieces: `save` puts it there as a whole, `discard` leaves all as it was.

    A regular file, or a new one, is replaced in one step and keeps its owner and permissions; other hard links keep
    the old content. Symbolic links are followed. A FIFO or a character device is written to at once, and so is a
    descriptor of this process (/dev/stdout); a FIFO without a reader waits for one. The folder is made when there is
    none. A file that may be written to, in a folder that may not, is written in place when it is saved; this alone
    does not survive a crash of the machine.

    Raises
    ------
    UserError
        where it cannot be written, from here on and in all methods.
    BrokenPipeError
        where nobody reads this process's standard output any more, and that is where `path` leads.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     output = OutputFile(f"{folder}/a.txt")
    ...     output.write(b"one, ")
    ...     output.write(b"two")
    ...     before = Path(folder, "a.txt").exists()
    ...     output.save()
    ...     before, Path(folder, "a.txt").read_bytes()
    (False, b'one, two')
    """

    def __init__(self, path):
        self._path, self._staged, self._handle, self._pieces = path, None, None, []
        with refusals(path):
            self._place = make_ready(path)
            if not self._place.replaceable:
                self._handle = _open(self._place)
                return
            try:
                self._staged = Staged(self._place)
            except OSError as error:
                if self._place.status is None or error.errno not in NO_TEMPORARY:
                    raise

    def write(self, content: bytes):
        """Append `content`."""
        with refusals(self._path):
            if self._staged is not None:
                self._staged.write(content)
            elif self._handle is not None:
                self._send(content)
            else:
                self._pieces.append(content)

    def _send(self, content: bytes):
        try:
            write_all(self._handle, content)
        except BrokenPipeError as error:
            if self._place.descriptor == STANDARD_OUTPUT:  # as with all that is printed
                raise
            raise UserError(f"cannot write {self._path}: its reader has gone") from error

    def save(self):
        """Put everything in its place."""
        with refusals(self._path):
            try:
                self._save()
            finally:
                self.discard()

    def _save(self):
        if self._handle is not None:
            return
        if self._staged is None:
            _overwrite(self._place.target, b"".join(self._pieces))
            return
        try:
            self._staged.complete()
            self._staged.replace()
        except OSError as error:  # the owner cannot be kept, or the file is mounted alone: its content can change
            if self._place.status is None or error.errno not in NO_TEMPORARY:
                raise
            _overwrite(self._place.target, self._staged.path.read_bytes())

    def discard(self):
        """Remove what is not saved; what went to a pipe or a device has gone."""
        if self._staged is not None:
            self._staged.discard()
        if self._handle is not None:
            os.close(self._handle)
        self._staged = self._handle = None
        self._pieces = []


def _overwrite(path: Path, content: bytes):
    """Write a file in place; after an error, as of a full disk, it gets its old content back, which has its room."""
    handle = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        with os.fdopen(os.dup(handle), "rb") as file:
            old = file.read()
        try:
            _fill(handle, content)
        except BaseException:
            _fill(handle, old)
            raise
    finally:
        os.close(handle)


def _fill(handle: int, content: bytes):
    os.lseek(handle, 0, os.SEEK_SET)
    write_all(handle, content)
    os.ftruncate(handle, len(content))
    os.fsync(handle)


def write_bytes(path, content: bytes):
    """Write `content` to the file `path`, which is whole or unchanged; `OutputFile` says what becomes of special files.

    Raises
    ------
    UserError
        where it cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_bytes(f"{folder}/new/a.bin", b"abc")
    ...     Path(folder, "new", "a.bin").read_bytes()
    b'abc'
    """
    output = OutputFile(path)
    try:
        output.write(content)
        output.save()
    finally:
        output.discard()


def check_writable(path):
    """Refuse a file that could not be written, before the work that its content takes; nothing is changed.

    Raises
    ------
    UserError
        as `write_bytes` would.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     check_writable(f"{folder}/new/a.csv")
    >>> check_writable(".")
    Traceback (most recent call last):
    ...
    varigate.model.errors.UserError: cannot write .: Is a directory
    """
    with refusals(path):
        place = find(path)
        _check_permission(place)
        if place.descriptor is not None:
            os.fstat(place.descriptor)
        elif place.status is None:
            folder = next(folder for folder in place.target.parents if folder.exists())
            Staged(Place(folder / place.target.name)).discard()
