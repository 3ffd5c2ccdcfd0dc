"""The cache of simulators: a file is there whole or not at all, and a process that died leaves nothing for long."""

import os

import pytest

from varigate.model.cache import cache_folder
from varigate.sim.simulators.cache import cached

CONTENT = b"a simulator" * 100


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("VARIGATE_CACHE", str(tmp_path / "cache"))
    return cache_folder()


def get(key: str = "one"):
    def make(folder, made):
        handle = os.open(made, os.O_WRONLY | os.O_CREAT)
        try:
            os.write(handle, CONTENT)
        finally:
            os.close(handle)
    return cached(".so", [key], make)


def check(folder, fault):
    assert {path.read_bytes() for path in folder.glob("*.so")} <= {CONTENT}, fault


def test_a_full_or_broken_disk(folder, every_error):
    for fault in every_error(get):
        check(folder, fault)
        assert not list(folder.glob("build-*")), fault
        for path in folder.glob("*.so"):
            path.unlink()
    assert get().read_bytes() == CONTENT


def test_a_process_that_dies(folder, every_death):
    for fault in every_death(get):
        check(folder, fault)
        assert len(list(folder.glob("build-*"))) == 1, fault
    assert get().read_bytes() == CONTENT and [path.suffix for path in folder.iterdir()] == [".so"]


def test_folders_of_other_keys_are_left_alone(folder):
    folder.mkdir()
    (folder / "build-0123-x").mkdir()
    get()
    assert (folder / "build-0123-x").is_dir()
