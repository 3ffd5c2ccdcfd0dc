"""The user's cache folder."""

import os
import sys
import tempfile
from pathlib import Path

from varigate.model.errors import UserError

__all__ = ["cache_folder", "cached_file"]

ENVIRONMENT = "VARIGATE_CACHE"


def cache_folder() -> Path:
    """The folder for caches: that of the environment's `VARIGATE_CACHE`, or `varigate` where the system keeps caches.

    Raises
    ------
    UserError
        where the system does not tell the user's home.

    Examples
    --------
    >>> from unittest.mock import patch
    >>> with patch.dict(os.environ, VARIGATE_CACHE="caches"):
    ...     str(cache_folder())
    'caches'
    """
    own = os.environ.get(ENVIRONMENT)
    try:
        if own:
            return Path(own).expanduser()
        if os.name == "nt":
            return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "varigate"
        if sys.platform == "darwin":
            return Path.home() / "Library" / "Caches" / "varigate"
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "varigate"
    except RuntimeError as error:
        raise UserError(f"there is no home for a cache folder: name a folder in the environment's {ENVIRONMENT}"
                        ) from error


def cached_file(name: str) -> Path:
    """The path of the file `name` in the cache folder, which can be written unless the file is there already.

    Raises
    ------
    UserError
        where it cannot; it names the folder and the variable.

    Examples
    --------
    >>> from unittest.mock import patch
    >>> with tempfile.TemporaryDirectory() as folder, patch.dict(os.environ, VARIGATE_CACHE=folder):
    ...     cached_file("synthesis/7.json").parent.is_dir()
    True
    """
    file = cache_folder() / name
    try:
        if not file.is_file():
            file.parent.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=file.parent).close()
    except OSError as error:
        cause = "it is no folder" if isinstance(error, FileExistsError) else error.strerror or error
        raise UserError(f"cannot use the cache folder {cache_folder()}: {cause}; name another folder in the "
                        f"environment's {ENVIRONMENT}") from error
    return file
