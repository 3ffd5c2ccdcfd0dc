"""The record of a change of several files in one folder: once it is written, the change takes place, come what may.

It is a file `.varigate-changes` of two lines: a list of [name of a temporary file, name of the file that it becomes] as
JSON, and the SHA-256 of that line, without which the record does not count. Whoever reads or writes a file of the
folder first finishes what is recorded: a process that died between two renames leaves nothing that is half new. The
process at work holds a lock on the record, and others wait for it.
"""

import hashlib
import json
import os
import stat
import time
from contextlib import suppress
from pathlib import Path

from varigate.model.files.staged import PREFIX, lock, prefix, sync_folder, write_all

__all__ = ["change", "finish", "pending"]

NAME = ".varigate-changes"
LIMIT = 1 << 20  # bytes of a record
PATIENCE = 1000  # times that a change waits for others, 10 ms each where there are no locks


def _read(handle: int) -> dict[str, str]:
    """Read {name of a temporary file: name of the file that it becomes}; empty for a record that does not count."""
    text, _, rest = os.read(handle, LIMIT).partition(b"\n")
    if hashlib.sha256(text).hexdigest().encode() != rest.strip():
        return {}
    # A record may come with somebody else's folder: it moves nothing but temporary files to their own names.
    with suppress(ValueError, TypeError, RecursionError):
        moves = dict(json.loads(text))
        if all(Path(name).name == name and Path(temporary).name == temporary and temporary.startswith(prefix(name))
               and not name.startswith(PREFIX) for temporary, name in moves.items()):
            return moves
    return {}


def _move(folder: Path, moves: dict[str, str]):
    """Make all moves that have not been made."""
    for temporary, name in moves.items():
        with suppress(FileNotFoundError):
            (folder / temporary).replace(folder / name)
    sync_folder(folder)


def _is(handle: int, path: Path) -> bool:
    """Whether the open file `handle` is still the one that `path` names."""
    with suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(handle), path.lstat())
    return False


def _open(path: Path) -> int | None:
    """Open and lock the record `path`, once no other process is at work on it; None if there is none."""
    while True:
        try:
            handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        except (FileNotFoundError, NotADirectoryError):
            return None
        try:
            lock(handle)
            if _is(handle, path):
                if not stat.S_ISREG(os.fstat(handle).st_mode):
                    raise OSError(f"{path} is not a file of Varigate: remove it")
                return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def finish(folder: Path):
    """Finish the change that is recorded in `folder`; an `OSError` where it cannot be."""
    path = folder / NAME
    handle = _open(path)
    if handle is not None:
        try:
            _move(folder, _read(handle))
            path.unlink()
        finally:
            os.close(handle)


def pending(folder: Path) -> dict[str, str]:
    """Return {name of a file: name of the file that has its content}, of a change that this process cannot finish."""
    try:
        finish(folder)
    except OSError:
        with suppress(OSError):
            handle = _open(folder / NAME)
            if handle is not None:
                try:
                    return {name: temporary for temporary, name in _read(handle).items()
                            if (folder / temporary).exists()}
                finally:
                    os.close(handle)
    return {}


def _create(folder: Path) -> int:
    """Make an empty record and lock it; other changes are finished first."""
    path = folder / NAME
    for _ in range(PATIENCE):
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
        except FileExistsError:
            finish(folder)
            continue
        lock(handle)
        if _is(handle, path):
            return handle
        os.close(handle)  # taken for the record of a process that died, before it was locked
        time.sleep(0.01)
    raise OSError(f"{path} is in the way: remove it")


def change(folder: Path, moves: dict[str, str]):
    """Rename files in `folder`, all or none: {name of a temporary file: name that it gets}.

    Raises
    ------
    OSError
        where the first one cannot be renamed, or the record cannot be written: then nothing has changed.
        Where a later one cannot be, the record stays, with the temporary files, and the next reader finishes it.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as name:
    ...     folder, moves = Path(name), {f"{prefix(each)}0": each for each in ("a", "b")}
    ...     for temporary in moves:
    ...         _ = (folder / temporary).write_text("new")
    ...     change(folder, moves)
    ...     sorted(path.name for path in folder.iterdir())
    ['a', 'b']
    """
    path, text = folder / NAME, json.dumps(list(moves.items())).encode()
    handle = _create(folder)
    try:
        try:
            write_all(handle, text + b"\n" + hashlib.sha256(text).hexdigest().encode() + b"\n")
            os.fsync(handle)
            sync_folder(folder)
            _move(folder, moves)
        except BaseException as error:
            if all((folder / temporary).exists() for temporary in moves):
                path.unlink()  # nothing has changed, and nothing will
                raise
            _move(folder, moves)
            if not isinstance(error, OSError):  # such as an interruption
                _drop(path)
                raise
        _drop(path)
    finally:
        os.close(handle)


def _drop(path: Path):
    """Remove the record of a change that is done; one that stays does no harm."""
    try:
        path.unlink()
    except OSError:
        with suppress(OSError):
            path.unlink()
