"""A disk that fills up or breaks, and a process that dies, at every call that writes: old or new, never in between."""

import hashlib
import json
import threading
from pathlib import Path

import pytest

from varigate.model.errors import UserError
from varigate.model.files import OutputFile, present, read_together, write_bytes, write_together
from varigate.model.files.staged import prefix

OLD, NEW = b"old" * 100, b"new" * 300
NAMES = ("a.npz", "a.float.npz", "a.json")


def contents(folder: Path) -> dict[str, bytes]:
    """All that is in `folder`, after a reader has come."""
    present(folder / NAMES[0])
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def put(folder: Path, old: dict[str, bytes]):
    """Let `folder` hold the files `old`, and none of the others."""
    for name in NAMES:
        (folder / name).unlink(missing_ok=True)
        if name in old:
            (folder / name).write_bytes(old[name])


def in_pieces(path: Path):
    output = OutputFile(path)
    try:
        for place in range(0, len(NEW), 300):
            output.write(NEW[place:place + 300])
        output.save()
    finally:
        output.discard()


@pytest.mark.parametrize("save", [lambda path: write_bytes(path, NEW), in_pieces], ids=["whole", "in pieces"])
@pytest.mark.parametrize("old", [{}, {"a.npz": OLD}], ids=["new file", "old file"])
class TestOneFile:
    def test_errors(self, tmp_path, every_error, save, old):
        put(tmp_path, old)
        faults = []
        for fault in every_error(lambda: save(tmp_path / "a.npz")):
            assert contents(tmp_path) in (old, {"a.npz": NEW}), fault
            put(tmp_path, old)
            faults.append(fault)
        assert len(faults) >= 6

    def test_deaths(self, tmp_path, every_death, save, old):
        put(tmp_path, old)
        faults = []
        for fault in every_death(lambda: save(tmp_path / "a.npz")):
            found = contents(tmp_path)
            assert found.get("a.npz") in (old.get("a.npz"), NEW), fault
            assert len(found) <= 1 + len(old), fault  # each try removes what the one before has left
            faults.append(fault)
        assert len(faults) >= 3 and contents(tmp_path) == {"a.npz": NEW}


@pytest.fixture(params=["new files", "old files", "some new"])
def old(request, tmp_path) -> dict:
    """What is in the folder before all three files are written."""
    found = dict.fromkeys({"new files": (), "old files": NAMES, "some new": NAMES[1:]}[request.param], OLD)
    put(tmp_path, found)
    return found


class TestFilesThatBelongTogether:
    new = dict.fromkeys(NAMES, NEW)

    def save(self, folder: Path):
        write_together({folder / name: NEW for name in NAMES})

    def test_errors(self, tmp_path, every_error, old):
        faults = []
        for fault in every_error(lambda: self.save(tmp_path)):
            assert not list(tmp_path.glob(".varigate-*")), fault
            assert contents(tmp_path) in (old, self.new), fault
            put(tmp_path, old)
            faults.append(fault)
        assert len(faults) >= 20

    def test_deaths(self, tmp_path, every_death, old):
        states = set()
        for fault in every_death(lambda: self.save(tmp_path)):
            found = {name: content for name, content in contents(tmp_path).items() if not name.startswith(".varigate")}
            assert found in (old, self.new), fault
            states.add(found == self.new)
            put(tmp_path, old)
        assert states == {False, True} and contents(tmp_path) == self.new  # nothing is left of those that died

    def test_a_reader_that_may_not_write_finds_all_of_it(self, tmp_path, every_death, old, monkeypatch):
        states = set()
        for fault in every_death(lambda: self.save(tmp_path)):
            with monkeypatch.context() as patched:
                patched.setattr(Path, "replace", self.refuse)
                patched.setattr(Path, "unlink", self.refuse)
                found = {name: present(tmp_path / name) for name in NAMES}
                found = {name: path.read_bytes() for name, path in found.items() if path.exists()}
            assert found in (old, self.new), fault
            states.add(found == self.new)
            contents(tmp_path)
            put(tmp_path, old)
        assert states == {False, True}

    @staticmethod
    def refuse(*arguments, **options):
        raise PermissionError(13, "Permission denied")


def test_writers_and_readers_at_one_time(tmp_path):
    """Every reader finds three files of one writer."""
    texts = [str(number).encode() * 50 for number in range(30)]
    done, found = threading.Event(), []

    def read():
        while not done.is_set():
            found.append(read_together([tmp_path / name for name in NAMES], lambda: {
                (tmp_path / name).read_bytes() for name in NAMES}))

    def write(own: list[bytes]):
        for text in own:
            write_together({tmp_path / name: text for name in NAMES})

    write(texts[:1])
    reader = threading.Thread(target=read)
    writers = [threading.Thread(target=write, args=[texts[start::3]]) for start in range(3)]
    for thread in (reader, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    reader.join()
    assert found and all(len(each) == 1 for each in found)
    assert set(contents(tmp_path)) == set(NAMES)


def test_what_cannot_be_written_together(tmp_path):
    (tmp_path / "link").symlink_to("a")
    with pytest.raises(UserError, match=r"cannot write .*link: .*a is the same file"):
        write_together({tmp_path / "a": OLD, tmp_path / "link": NEW})
    (tmp_path / "link").unlink()
    (tmp_path / "folder").mkdir()
    with pytest.raises(UserError, match=r"cannot write .*folder: Is a directory"):
        write_together({tmp_path / "a": OLD, tmp_path / "folder": NEW})
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_links_into_other_folders_are_followed(tmp_path):
    (tmp_path / "far").mkdir()
    (tmp_path / "a.json").symlink_to("far/card.json")
    write_together({tmp_path / name: NEW for name in NAMES})
    assert (tmp_path / "far" / "card.json").read_bytes() == NEW == (tmp_path / "a.npz").read_bytes()
    assert (tmp_path / "a.json").is_symlink() and len(list(tmp_path.iterdir())) == 4


@pytest.mark.parametrize("moves", [
    [["../a", "b"]], [[".varigate-0", "../b"]], [["a", "b"]], [[f"{prefix('b')}x/../../a", "b"]], [[1, 2]], [1], 5,
    [[f"{prefix('.varigate-changes')}x", ".varigate-changes"]]])
def test_a_record_from_elsewhere_moves_nothing_but_temporary_files(tmp_path, moves):
    folder, text = tmp_path / "folder", json.dumps(moves).encode()
    folder.mkdir()
    for path in (tmp_path / "a", folder / "a", folder / ".varigate-0"):
        path.write_bytes(OLD)
    (folder / ".varigate-changes").write_bytes(text + b"\n" + hashlib.sha256(text).hexdigest().encode())
    assert present(folder / "b") == folder / "b"
    assert {path.name for path in folder.iterdir()} == {"a", ".varigate-0"} and (tmp_path / "a").exists()


def test_a_record_that_is_no_file_is_refused_by_writers(tmp_path):
    (tmp_path / ".varigate-changes").mkdir()
    assert present(tmp_path / "a.npz") == tmp_path / "a.npz"
    with pytest.raises(UserError, match=r"cannot write .*a.npz: .*\.varigate-changes is not a file of Varigate"):
        write_bytes(tmp_path / "a.npz", NEW)
