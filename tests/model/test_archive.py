import hashlib
import io
import warnings
import zipfile

import numpy as np
import pytest

from varigate.model import archive
from varigate.model.errors import UserError

ARRAYS = {"b": np.arange(6, dtype="<i4").reshape(2, 3), "a": np.array([1.5]), "empty": np.zeros((0, 4), "|u1"),
          "meta": archive.pack_json({"z": 1, "a": "σ"})}


@pytest.fixture
def path(tmp_path):
    archive.write(tmp_path / "some.npz", ARRAYS)
    return tmp_path / "some.npz"


def test_what_is_written_is_read(path):
    arrays = archive.read(path)
    assert arrays.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        assert arrays[name].dtype == array.dtype and arrays[name].shape == array.shape
        np.testing.assert_array_equal(arrays[name], array)


def test_the_digest_is_over_the_documented_serialisation():
    stream = b"".join(
        name.encode() + b"\0" + array.dtype.str.encode() + b"\0" + array.ndim.to_bytes(8, "little")
        + b"".join(size.to_bytes(8, "little") for size in array.shape) + array.tobytes()
        for name, array in sorted(ARRAYS.items()))
    assert archive.digest(ARRAYS) == hashlib.sha256(stream).digest()


def test_the_digest_of_files_is_of_their_contents(tmp_path):
    one, two, copy = (tmp_path / name for name in ("one", "two", "copy"))
    for file, content in ((one, b"1"), (two, b"2"), (copy, b"2")):
        file.write_bytes(content)
    assert archive.file_digest(one, two) == hashlib.sha256(b"12").hexdigest() != archive.file_digest(two, one)
    assert archive.file_digest(one, copy) == archive.file_digest(one, two)


def test_byte_order_and_memory_order_do_not_matter():
    other = ARRAYS | {"b": np.asfortranarray(ARRAYS["b"].astype(">i4"))}
    assert archive.digest(other) == archive.digest(ARRAYS)


def test_names_shapes_types_and_values_do():
    changed = [ARRAYS | {"b": ARRAYS["b"].reshape(3, 2)}, ARRAYS | {"b": ARRAYS["b"].astype("<i8")},
               ARRAYS | {"b": ARRAYS["b"] + 1}, {name + "x": array for name, array in ARRAYS.items()}]
    assert len({archive.digest(arrays) for arrays in (ARRAYS, *changed)}) == 5


def test_json_is_canonical():
    assert archive.pack_json({"b": [1, "σ"], "a": None}).tobytes().decode() == '{"a":null,"b":[1,"σ"]}'
    with pytest.raises(ValueError, match="not JSON compliant"):
        archive.pack_json(float("nan"))


def test_the_same_arrays_make_the_same_bytes(path, tmp_path):
    archive.write(tmp_path / "again.npz", ARRAYS)
    assert path.read_bytes() == (tmp_path / "again.npz").read_bytes()


def test_numpy_reads_it_without_pickle(path):
    with np.load(path, allow_pickle=False) as file:
        assert set(file.files) == {*ARRAYS, "digest"}


def test_a_failed_write_leaves_the_old_file_and_nothing_else(path, monkeypatch):
    before = path.read_bytes()

    def full(handle, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.write", full)
    with pytest.raises(UserError, match=r"cannot write .*No space left"):
        archive.write(path, {})
    assert path.read_bytes() == before and list(path.parent.iterdir()) == [path]


def refused(path, match="damaged"):
    with pytest.raises(UserError, match=match) as caught:
        archive.read(path)
    assert "\n" not in str(caught.value)


def test_absent_and_unreadable(tmp_path):
    refused(tmp_path / "absent.npz", "there is no file")
    refused(tmp_path, "cannot read")


def test_truncated_at_every_length(path):
    content = path.read_bytes()
    for length in range(0, len(content), 7):
        path.write_bytes(content[:length])
        refused(path)


def test_a_flipped_bit_is_noticed_or_changes_nothing(path):
    content = path.read_bytes()
    rng = np.random.default_rng(0)
    for place in rng.integers(0, 8 * len(content), 1500).tolist():
        broken = bytearray(content)
        broken[place // 8] ^= 1 << place % 8
        path.write_bytes(broken)
        try:
            assert archive.digest(archive.read(path)) == archive.digest(ARRAYS)
        except UserError as error:
            assert "\n" not in str(error)


@pytest.mark.parametrize("digest", [bytes(32), b""])
def test_contents_without_their_digest_are_refused(path, digest):
    np.savez(path, **ARRAYS, digest=np.frombuffer(digest, np.uint8))
    refused(path, "do not have the digest")


def zipped(path, members, **options):
    with zipfile.ZipFile(path, "w", **options) as file:
        for name, content in members:
            file.writestr(name, content)


def npy(array, **options):
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, array, **options)
    return buffer.getvalue()


def test_no_zip_and_no_digest(path):
    path.write_bytes(b"not a zip at all")
    refused(path)
    zipped(path, [("a.npy", npy(np.zeros(3)))])
    refused(path)


def test_objects_are_not_unpickled(path):
    zipped(path, [("a.npy", npy(np.array([{}, print], object), allow_pickle=True))])
    refused(path, "object")


@pytest.mark.parametrize("array", [np.zeros(2, complex), np.array(["a"]), np.zeros(2, ">i4"), np.zeros(2, bool),
                                   np.asfortranarray(np.ones((2, 3)))])
def test_other_kinds_of_arrays_are_refused(path, array):
    zipped(path, [("a.npy", npy(array))])
    refused(path)


def test_a_huge_declared_shape_is_not_believed(path):
    header = npy(np.zeros(3)).replace(b"(3,)", b"(9999999999,)")[:128]
    zipped(path, [("a.npy", header)])
    refused(path, "shape")


def test_a_header_that_numpy_would_repair_is_refused(path):
    zipped(path, [("a.npy", npy(np.zeros(3)).replace(b"(3,), ", b"(3L,),"))])
    with pytest.raises(UserError, match="damaged"):
        archive.read(path)


def test_a_warning_of_something_that_is_collected_meanwhile_is_no_damage(path, monkeypatch):
    archive.write(path, {"a": np.arange(3)})
    read_member = archive._read_member

    def collect(*arguments):
        warnings.warn("of something else", ResourceWarning, stacklevel=1)
        return read_member(*arguments)

    monkeypatch.setattr(archive, "_read_member", collect)
    with pytest.warns(ResourceWarning):
        assert archive.read(path)["a"].tolist() == [0, 1, 2]


def test_a_zip_bomb_is_refused_before_it_is_unpacked(path):
    zipped(path, [("a.npy", bytes(archive.LIMIT + 1))], compression=zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 1 << 20
    refused(path, "64 MiB")


def test_a_size_that_lies_is_refused(path):
    content = npy(np.zeros(1000, "|u1"))
    zipped(path, [("a.npy", content)], compression=zipfile.ZIP_DEFLATED)
    raw = path.read_bytes()
    path.write_bytes(raw.replace(len(content).to_bytes(4, "little"), (200).to_bytes(4, "little")))
    refused(path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_unexpected_members_are_refused(path):
    zipped(path, [("a.txt", b"")])
    refused(path, "unexpected")
    zipped(path, [("a.npy", npy(np.zeros(1)))] * 2)
    refused(path, "unexpected")


def test_nothing_is_written_that_would_not_be_read(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "LIMIT", 1 << 20)
    with pytest.raises(UserError, match="would have 8 MiB; no more than 1 are read back"):
        archive.write(tmp_path / "a.npz", {"a": np.zeros(1 << 20)})
    assert not list(tmp_path.iterdir())
