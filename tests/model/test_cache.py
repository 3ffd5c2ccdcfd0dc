import os
import sys

import pytest

from varigate.model.cache import cache_folder


def test_the_cache_is_where_the_user_wants_it(monkeypatch, tmp_path):
    monkeypatch.setenv("VARIGATE_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path


@pytest.mark.skipif(os.name != "posix" or sys.platform == "darwin", reason="XDG folders are Linux's")
def test_or_where_the_system_keeps_caches(monkeypatch, tmp_path):
    monkeypatch.delenv("VARIGATE_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "varigate"
