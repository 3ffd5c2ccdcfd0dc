import gzip
import hashlib

import numpy as np
import pytest

from varigate.model.data import idx
from varigate.model.errors import UserError

DATA = bytes(range(24))
FILE = b"\0\0\x08\x03" + b"".join(number.to_bytes(4, "big") for number in (2, 3, 4)) + DATA


def packed(path, content=FILE):
    path.write_bytes(gzip.compress(content))
    return path, hashlib.sha256(content).hexdigest()


def test_an_array_comes_out_in_its_shape():
    array = idx.parse(FILE)
    assert array.dtype == np.uint8 and array.shape == (2, 3, 4)
    np.testing.assert_array_equal(array.ravel(), np.frombuffer(DATA, np.uint8))
    assert idx.parse(b"\0\0\x08\x01\0\0\0\0").shape == (0,)


@pytest.mark.parametrize(("content", "message"), [
    (b"", "begins with nothing"),
    (b"\0\0\x0D\x01" + FILE[4:], "begins with 00 00 0d 01"),
    (b"\x1F\x8B\x08\x03" + FILE[4:], "not with 00 00 08"),
    (FILE[:9], "ends within its header"),
    (FILE[:-1], r"23 bytes of data where its header says \(2, 3, 4\)"),
    (FILE + b"\0", "25 bytes of data"),
    (FILE[:4] + b"\xFF" * 12 + DATA, "24 bytes of data"),
])
def test_what_is_no_such_file_is_refused(content, message):
    with pytest.raises(ValueError, match=message):
        idx.parse(content)


def test_a_packed_file_is_read_when_its_contents_are_the_expected_ones(tmp_path):
    path, digest = packed(tmp_path / "a.gz")
    assert idx.read(path, digest).shape == (2, 3, 4)
    path.write_bytes(gzip.compress(FILE, 1))  # packed otherwise, the same contents
    assert idx.read(path, digest).shape == (2, 3, 4)
    with pytest.raises(UserError, match=r"a\.gz is another file than expected: SHA-256"):
        idx.read(path, "0" * 64)


def test_a_file_that_is_not_packed_is_read_too_whatever_its_name(tmp_path):
    path, digest = packed(tmp_path / "a.gz")
    path.write_bytes(FILE)
    np.testing.assert_array_equal(idx.read(path, digest), idx.parse(FILE))
    with pytest.raises(UserError, match=r"a\.gz is another file than expected"):
        idx.read(path, "0" * 64)
    path.write_bytes(b"PK\x03\x04")
    with pytest.raises(UserError, match=r"a\.gz is a zip archive: unpack it"):
        idx.read(path, digest)


def test_damage_and_absence_are_one_line(tmp_path):
    path, digest = packed(tmp_path / "a.gz")
    whole = path.read_bytes()
    flipped = bytearray(whole)
    flipped[20] ^= 0x55
    for content in (whole[:-12], whole[:5], bytes(flipped), b""):
        path.write_bytes(content)
        with pytest.raises(UserError, match=r"a\.gz is damaged .*get it again") as caught:
            idx.read(path, digest)
        assert "\n" not in str(caught.value)
    with pytest.raises(UserError, match=r"cannot read .*absent\.gz"):
        idx.read(tmp_path / "absent.gz", digest)


def test_a_file_that_unpacks_without_end_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(idx, "LIMIT", 30)
    path, digest = packed(tmp_path / "a.gz", FILE + bytes(1 << 20))
    with pytest.raises(UserError, match="15 bytes of data"):
        idx.read(path, digest)
