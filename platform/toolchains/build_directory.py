"""The directory of a build: it takes the place of the last one when everything is in it, or leaves no trace."""

import errno
import os
import shutil
import sys
from contextlib import contextmanager, suppress
from ctypes import CDLL, c_char_p, c_int, c_uint
from pathlib import Path

from varigate.model.errors import UserError
from varigate.model.files.places import refusals
from varigate.model.files.staged import lock
from varigate.platform.toolchains.tools import ToolError

__all__ = ["build_directory"]

HERE, EXCHANGE = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of Linux
OF_THE_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange the names of two directories in one step, where the system and the file system can."""
    try:
        rename = CDLL(None).renameat2
    except (AttributeError, OSError, TypeError):  # not Linux, or an old one
        return False
    rename.argtypes = c_int, c_char_p, c_int, c_char_p, c_uint
    return sys.platform == "linux" and rename(HERE, os.fsencode(one), HERE, os.fsencode(other), EXCHANGE) == 0


def _take_place(work: Path, target: Path):
    """Let `work` have the name `target`; what had it gets another one, which `_clean` knows."""
    if _exchange(work, target):
        return
    old = work.with_name(f"{work.name}.old")
    with suppress(FileNotFoundError):
        target.rename(old)
    try:
        work.rename(target)
    except BaseException:
        with suppress(FileNotFoundError):
            old.rename(target)
        raise


@contextmanager
def _in_use(directory: Path):
    """Mark `directory` as one that a process uses, until it is left or the process dies; yields whether that is new."""
    if os.name == "nt":  # no directory can be locked there
        yield False
        return
    handle = os.open(directory, os.O_RDONLY)
    try:
        yield lock(handle, wait=False)
    finally:
        os.close(handle)


def _clean(target: Path):
    """Remove what builds of `target` have left whose processes died; a last result that has lost its name gets it."""
    for left in target.parent.glob(f".{target.name}.*"):
        with suppress(OSError), _in_use(left) as free:
            if free and left.name.endswith(".old") and not target.exists():
                left.rename(target)
            elif free:
                shutil.rmtree(left, ignore_errors=True)


def _keep_logs(work: Path, failed: Path):
    shutil.rmtree(failed, ignore_errors=True)
    with suppress(OSError):  # a full disk may be why the program failed
        failed.mkdir()
        for log in work.glob("*.log"):
            shutil.copy(log, failed)


def _prepare(target: Path) -> Path:
    """Make an empty directory beside `target`."""
    with refusals(target):
        if target.exists() and not target.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "it is a file, where a build makes a folder")
        target.parent.mkdir(parents=True, exist_ok=True)
        _clean(target)
        work = target.with_name(f".{target.name}.{os.urandom(4).hex()}")
        work.mkdir()
    return work


@contextmanager
def build_directory(target: Path):
    """Yield a new directory to build into, which takes the place of `target` once everything is in it.

    After an error or an interruption `target` is as before. Where it is a link to a folder, that folder is meant. The
    logs of a program that failed go to TARGET.failed. What builds have left whose processes died is removed.

    Raises
    ------
    UserError
        where the directory cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with build_directory(Path(folder, "board-iris")) as directory:
    ...         _ = (directory / "top.il").write_text("a design")
    ...     [str(path.relative_to(folder)) for path in Path(folder).rglob("*")]
    ['board-iris', 'board-iris/top.il']
    """
    target = Path(os.path.realpath(target)) if target.is_symlink() else target
    failed, work = target.with_name(f"{target.name}.failed"), _prepare(target)
    try:
        with _in_use(work):
            yield work
            shutil.rmtree(failed, ignore_errors=True)
            _take_place(work, target)
    except ToolError as error:
        _keep_logs(work, failed)
        raise UserError(f"{error} (its log is in {failed})") from error
    except OSError as error:
        if error.errno not in OF_THE_DISK:
            raise
        raise UserError(f"cannot write {target}: {error.strerror}") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
        shutil.rmtree(work.with_name(f"{work.name}.old"), ignore_errors=True)
