"""Where a path leads to: a file, through any number of links, an open descriptor of this process, or a special file."""

import errno
import os
import re
import stat
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from varigate.model.errors import UserError

__all__ = ["Place", "find", "refusals"]

LINKS = 40  # that are followed, as in Linux
OTHERS = {stat.S_IFBLK: "it is a block device, which is not written to", stat.S_IFSOCK: "it is a socket, not a file"}


@dataclass(frozen=True)
class Place:
    """What is written to when a path is written to.

    Parameters
    ----------
    target : Path
        the path without links.
    status : os.stat_result or None
        None: there is nothing yet.
    descriptor : int or None
        of this process, for names like /dev/stdout.

    Examples
    --------
    >>> place = find("none/new.csv")
    >>> place.status is None, place.replaceable
    (True, True)
    """

    target: Path
    status: os.stat_result | None = None
    descriptor: int | None = None

    @property
    def replaceable(self) -> bool:
        """Whether it is a regular file, or will be one: a new file can take its place."""
        # A file under /proc is another name of a file that some process has open, maybe its only one.
        return self.descriptor is None and not _is_in_proc(self.target) and (
            self.status is None or stat.S_ISREG(self.status.st_mode))


def _is_in_proc(path: Path) -> bool:
    return path.parts[:2] == ("/", "proc")


@contextmanager
def refusals(path):
    """Turn an `OSError` about writing `path` into a `UserError`; not that nobody reads a pipe any more.

    Examples
    --------
    >>> with refusals("a.csv"):
    ...     raise OSError(errno.ENOSPC, "No space left on device")
    Traceback (most recent call last):
    ...
    varigate.model.errors.UserError: cannot write a.csv: No space left on device
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror or error}") from error


def _descriptor(path: Path) -> int | None:
    """The number of a descriptor of this process, for its name in /dev/fd or /proc."""
    own = re.fullmatch(rf"(/dev/fd|/proc/{os.getpid()}(?:/task/\d+)?/fd)/(\d+)", str(path), re.ASCII)
    return int(own[2]) if own else None


def _checked(place: Place) -> Place:
    """Return `place`; an `OSError` if it is of a kind that is never written to."""
    kind = stat.S_IFMT(place.status.st_mode)
    if kind == stat.S_IFDIR:
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if kind in OTHERS:
        raise OSError(errno.EINVAL, OTHERS[kind])
    return place


def find(path) -> Place:
    """Find what `path` leads to.

    Raises
    ------
    OSError
        for a folder, a block device or a socket, links in a circle, and a link into a folder that does not exist.

    Examples
    --------
    >>> find("none/new.csv").status is None
    True
    """
    target, linked = Path(path), False
    for _ in range(LINKS):
        if target.name in ("", ".."):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        target = Path(os.path.realpath(target.parent)) / target.name
        if (descriptor := _descriptor(target)) is not None:
            return Place(target, descriptor=descriptor)
        if _is_in_proc(target):  # a link there is no path: the system alone can follow it
            return _checked(Place(target, target.stat()))
        try:
            status = target.lstat()
        except FileNotFoundError:
            if linked and not target.parent.is_dir():
                raise FileNotFoundError(errno.ENOENT, f"it is a link to {target}, whose folder is missing") from None
            return Place(target)
        if not stat.S_ISLNK(status.st_mode):
            return _checked(Place(target, status))
        target, linked = target.parent / target.readlink(), True
    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
