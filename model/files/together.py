"""Files that belong together: they change together or not at all, and are read as they were at one time."""

import os
from contextlib import ExitStack
from pathlib import Path

from varigate.model.errors import UserError
from varigate.model.files.journal import change, pending
from varigate.model.files.output import make_ready, write_bytes
from varigate.model.files.places import refusals
from varigate.model.files.staged import Staged

__all__ = ["present", "read_together", "write_together"]

TRIES = 100  # of reading files that others change meanwhile


def write_together(contents: dict):
    """Write all files of {path: bytes}, or none: after an error, or the death of the process, none is half new.

    A process that dies in between, or a machine that does, leaves a record with which the next reader or writer of the
    folder finishes the change. Where symbolic links lead into different folders, each file changes in one step, one
    after the other; what is no regular file is written to at the end.

    Raises
    ------
    UserError
        where one of them cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_together({f"{folder}/a": b"1", f"{folder}/b": b"2"})
    ...     sorted(path.name for path in Path(folder).iterdir())
    ['a', 'b']
    """
    staged, special = {}, {}
    with ExitStack() as stack:
        for path, content in contents.items():
            with refusals(path):
                place = make_ready(path)
                if not place.replaceable:
                    special[path] = content
                    continue
                if place.target in staged:
                    raise UserError(f"cannot write {path}: {staged[place.target][0]} is the same file")
                file = Staged(place)
                staged[place.target] = path, file
                stack.callback(file.discard)
                file.write(content)
                file.complete()
        if len({target.parent for target in staged}) == 1:
            _change(staged, stack)
        else:
            for path, file in staged.values():
                with refusals(path):
                    file.replace()
    for path, content in special.items():
        write_bytes(path, content)


def _change(staged: dict, stack: ExitStack):
    """Let the temporary files of one folder, {target: (path, its temporary file)}, take their places."""
    (first, _), *_ = staged.values()
    with refusals(first):
        try:
            change(next(iter(staged)).parent,
                   {file.path.name: target.name for target, (_, file) in staged.items()})
        except OSError:
            if not all(file.path.exists() for _, file in staged.values()):
                stack.pop_all()  # the change has begun, and its record needs the files that remain
                for _, file in staged.values():
                    file.close()
            raise


def present(path) -> Path:
    """Return the file that holds the content of `path`: almost always `path` itself.

    A change of its folder that was interrupted is finished first; where that is not possible, as in a folder that may
    not be written to, the content may be in a file that has not got its name yet.

    Examples
    --------
    >>> str(present("iris.npz"))
    'iris.npz'
    """
    target = Path(os.path.realpath(path))
    moved = pending(target.parent).get(target.name)
    return Path(path) if moved is None else target.parent / moved


def _states(paths) -> list:
    """Tell each file from all others that have had, or will have, its name; None where there is none."""
    states = []
    for path in map(present, paths):
        try:
            status = path.stat()
        except OSError:
            states.append(None)
        else:
            states.append((status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size))
    return states


def read_together(paths, read):
    """Return `read()`, which reads the files `paths`; it is called again if they changed meanwhile.

    Examples
    --------
    >>> read_together(["a", "b"], lambda: "what is in a and b")
    'what is in a and b'
    """
    for _ in range(TRIES):
        before = _states(paths)
        try:
            found = read()
        except UserError:
            if _states(paths) == before:
                raise
        else:
            if _states(paths) == before:
                return found
    return read()
