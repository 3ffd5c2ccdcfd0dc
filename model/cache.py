"""The user's cache folder."""

import os
import sys
from pathlib import Path

__all__ = ["cache_folder"]


def cache_folder() -> Path:
    """The folder for caches: that of the environment's `VARIGATE_CACHE`, or `varigate` where the system keeps caches.

    Examples
    --------
    >>> from unittest.mock import patch
    >>> with patch.dict(os.environ, VARIGATE_CACHE="caches"):
    ...     str(cache_folder())
    'caches'
    """
    own = os.environ.get("VARIGATE_CACHE")
    if own:
        return Path(own)
    if os.name == "nt":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "varigate"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "varigate"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "varigate"
