"""Writing one file: what becomes of links, FIFOs, permissions, long names, and what an interrupted write leaves."""

import errno
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from varigate.model.errors import UserError
from varigate.model.files import OutputFile, check_writable, output, write_bytes
from varigate.model.files.staged import prefix

posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def refused(path, match: str):
    """Both the early check and the write refuse `path` with one line."""
    for write in (check_writable, lambda path: write_bytes(path, b"new")):
        with pytest.raises(UserError, match=match) as caught:
            write(path)
        assert str(caught.value).startswith(f"cannot write {path}: ") and "\n" not in str(caught.value)


@posix
@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_a_new_file_has_the_permissions_of_the_umask(tmp_path, mask, mode):
    old = os.umask(mask)
    try:
        write_bytes(tmp_path / "a", b"new")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == mode


@posix
@pytest.mark.parametrize("mode", [0o600, 0o664, 0o755])
def test_a_file_keeps_its_permissions(tmp_path, mode):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    path.chmod(mode)
    before = path.stat().st_ino
    write_bytes(path, b"new")
    assert stat.S_IMODE(path.stat().st_mode) == mode and path.read_bytes() == b"new"
    assert path.stat().st_ino != before  # another file took its place


@posix
def test_links_are_followed(tmp_path):
    (tmp_path / "far").mkdir()
    target = tmp_path / "far" / "a"
    for link, to in (("one", "far/a"), ("two", "one"), ("three", str(tmp_path / "two")), ("folder", "far")):
        (tmp_path / link).symlink_to(to)
    for path in (tmp_path / "three", tmp_path / "folder" / "a", tmp_path / "folder" / ".." / "one"):
        for _ in range(2):  # a link to nothing, then one to a file
            check_writable(path)
            write_bytes(path, str(path).encode())
            assert target.read_bytes() == str(path).encode()
        target.unlink()
    assert names(tmp_path) == ["far", "folder", "one", "three", "two"]
    assert all((tmp_path / name).is_symlink() for name in ("folder", "one", "three", "two"))
    assert not names(tmp_path / "far")


@posix
def test_links_that_lead_nowhere(tmp_path):
    (tmp_path / "round").symlink_to("again")
    (tmp_path / "again").symlink_to("round")
    (tmp_path / "self").symlink_to("self")
    (tmp_path / "astray").symlink_to("none/a")
    for name in ("round", "self"):
        refused(tmp_path / name, "Too many levels of symbolic links")
    refused(tmp_path / "astray", "it is a link to .*none/a, whose folder is missing")
    assert names(tmp_path) == ["again", "astray", "round", "self"]


@posix
def test_a_fifo_is_written_to(tmp_path):
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    (tmp_path / "link").symlink_to("fifo")
    for path in (fifo, tmp_path / "link"):
        check_writable(path)
        content = os.urandom(1 << 18)  # more than a pipe holds
        with ThreadPoolExecutor(1) as pool:
            found = pool.submit(fifo.read_bytes)
            write_bytes(path, content)
            assert found.result() == content and stat.S_ISFIFO(fifo.stat().st_mode)
    assert names(tmp_path) == ["fifo", "link"]


@posix
def test_a_descriptor_of_this_process_is_written_to_at_its_place(tmp_path):
    with (tmp_path / "a").open("wb", buffering=0) as file:
        file.write(b"before, ")
        (tmp_path / "link").symlink_to(f"/dev/fd/{file.fileno()}")
        check_writable(tmp_path / "link")
        write_bytes(tmp_path / "link", b"between, ")
        write_bytes(f"/dev/fd/{file.fileno()}", b"and ")
        file.write(b"after")
        number = file.fileno()
    assert (tmp_path / "a").read_bytes() == b"before, between, and after"
    refused(f"/dev/fd/{number}", "Bad file descriptor")


@posix
def test_the_reader_of_a_pipe_that_has_gone(monkeypatch):
    reading, writing = os.pipe()
    os.close(reading)
    with pytest.raises(UserError, match=r"cannot write /dev/fd/\d+: its reader has gone"):
        write_bytes(f"/dev/fd/{writing}", b"new")
    monkeypatch.setattr(output, "STANDARD_OUTPUT", writing)
    with pytest.raises(BrokenPipeError):
        write_bytes(f"/dev/fd/{writing}", b"new")
    os.close(writing)


def test_folders_are_refused(tmp_path):
    refused(tmp_path, "Is a directory")
    refused(tmp_path / "..", "Is a directory")
    (tmp_path / "file").write_bytes(b"old")
    refused(tmp_path / "file" / "a", "Not a directory|File exists|cannot find the path")
    refused(tmp_path / "file" / "b" / "a", "Not a directory|File exists|cannot find the path")
    assert names(tmp_path) == ["file"] and (tmp_path / "file").read_bytes() == b"old"


@posix
def test_sockets_and_disks_are_refused(tmp_path, monkeypatch):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    for kind, text in ((stat.S_IFSOCK, "socket"), (stat.S_IFBLK, "block device")):
        monkeypatch.setattr(stat, "S_IFMT", lambda mode, kind=kind: kind)
        refused(path, text)
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize("name", ["x" * 255, "ü" * 127, "x" * 251 + ".csv"])
def test_names_may_be_as_long_as_the_system_has_them(tmp_path, name):
    for content in (b"new", b"newer"):
        check_writable(tmp_path / name)
        write_bytes(tmp_path / name, content)
        assert (tmp_path / name).read_bytes() == content
    assert names(tmp_path) == [name]


def test_a_longer_one_is_refused(tmp_path):
    refused(tmp_path / ("x" * 256), "File name too long|Invalid argument")


@posix
def test_the_early_check_changes_nothing(tmp_path):
    (tmp_path / "a").write_bytes(b"old")
    for path in (tmp_path / "a", tmp_path / "b", tmp_path / "new" / "folder" / "c"):
        check_writable(path)
    assert names(tmp_path) == ["a"] and (tmp_path / "a").read_bytes() == b"old"


@posix
def test_what_may_not_be_written_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "access", lambda *arguments, **options: False)  # the superuser may write everything
    refused(path, "it is write-protected")
    assert path.read_bytes() == b"old"


@pytest.fixture
def locked(tmp_path, monkeypatch):
    """A folder that takes no new file, for the superuser, too; the file `a` in it may be written."""
    path, real = tmp_path / "a", os.open

    def refusing(name, flags, *mode, **options):
        if flags & os.O_CREAT:
            raise PermissionError(errno.EACCES, "Permission denied")
        return real(name, flags, *mode, **options)

    path.write_bytes(b"the old content")
    monkeypatch.setattr(os, "open", refusing)
    return path


def test_a_file_in_a_folder_that_may_not_be_written_is_written_in_place(locked):
    before = locked.stat().st_ino
    check_writable(locked)
    for content in (b"new", b"much longer than the content before"):
        write_bytes(locked, content)
        assert locked.read_bytes() == content and locked.stat().st_ino == before
    refused(locked.with_name("b"), "Permission denied")


def test_it_gets_its_content_back_where_the_disk_is_full(locked, monkeypatch):
    real, full = os.write, [True]

    def write(handle, content):
        if full.pop():
            full.append(False)
            real(handle, content[:5])
            raise OSError(errno.ENOSPC, "No space left on device")
        full.append(False)
        return real(handle, content)

    monkeypatch.setattr(os, "write", write)
    with pytest.raises(UserError, match="No space left on device"):
        write_bytes(locked, b"new, and longer than what was there")
    assert locked.read_bytes() == b"the old content"


@posix
def test_a_file_whose_owner_cannot_be_kept_is_written_in_place(tmp_path, monkeypatch):
    path = tmp_path / "a"
    path.write_bytes(b"old")
    before = path.stat().st_ino

    def refuse(*arguments):
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "fchmod", refuse)
    write_bytes(path, b"new")
    assert path.read_bytes() == b"new" and path.stat().st_ino == before and names(tmp_path) == ["a"]


@posix
def test_the_next_write_removes_what_a_process_that_died_has_left(tmp_path):
    dead, other = (tmp_path / f"{prefix(name)}01234567" for name in ("a", "b"))
    dead.write_bytes(b"half")
    other.write_bytes(b"half")
    alive = OutputFile(tmp_path / "a")
    alive.write(b"from another ")
    write_bytes(tmp_path / "a", b"new")
    assert not dead.exists() and other.exists() and (tmp_path / "a").read_bytes() == b"new"
    alive.write(b"writer")
    alive.save()
    assert (tmp_path / "a").read_bytes() == b"from another writer" and names(tmp_path) == [other.name, "a"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, MemoryError])
def test_an_interruption_leaves_the_old_file_alone(tmp_path, monkeypatch, error):
    path = tmp_path / "a"
    path.write_bytes(b"old")

    def interrupt(handle):
        raise error

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(error):
        write_bytes(path, b"new")
    assert path.read_bytes() == b"old" and names(tmp_path) == ["a"]


def test_an_output_that_is_discarded_changes_nothing(tmp_path):
    output = OutputFile(tmp_path / "a")
    output.write(b"half")
    assert len(names(tmp_path)) == 1
    output.discard()
    assert not names(tmp_path)
