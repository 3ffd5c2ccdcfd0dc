import os
import sys

import pytest

from varigate.model.cache import cache_folder, cached_file
from varigate.model.errors import UserError


def test_the_cache_is_where_the_user_wants_it(monkeypatch, tmp_path):
    monkeypatch.setenv("VARIGATE_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path


@pytest.mark.skipif(os.name != "posix" or sys.platform == "darwin", reason="XDG folders are Linux's")
def test_or_where_the_system_keeps_caches(monkeypatch, tmp_path):
    monkeypatch.delenv("VARIGATE_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "varigate"


def test_a_home_is_written_in_short_or_missing(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("VARIGATE_CACHE", "~/caches")
    assert cache_folder() == tmp_path / "caches"

    def home():
        raise RuntimeError("Could not determine home directory.")

    for name in ("VARIGATE_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pathlib.Path.home", home)
    with pytest.raises(UserError, match=r"^there is no home for a cache folder: name a folder .* VARIGATE_CACHE$"):
        cache_folder()


def test_a_file_of_the_cache_gets_its_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("VARIGATE_CACHE", str(tmp_path / "new"))
    file = cached_file("synthesis/7.json")
    assert file == tmp_path / "new" / "synthesis" / "7.json" and not list(file.parent.iterdir())
    file.write_text("{}")
    monkeypatch.setattr("tempfile.TemporaryFile", None)  # what is there is read from a folder that cannot be written
    assert cached_file("synthesis/7.json") == file


@pytest.mark.parametrize("bad", ["file", "file/folder", "x" * 300])
def test_a_folder_that_cannot_be_written_is_named_with_its_variable(monkeypatch, tmp_path, bad):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("VARIGATE_CACHE", str(tmp_path / bad))
    with pytest.raises(UserError, match=r"^cannot use the cache folder .*: .*; name another .* VARIGATE_CACHE$"):
        cached_file("a.so")
