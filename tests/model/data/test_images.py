import gzip
import hashlib

import numpy as np
import pytest
from sklearn.datasets import load_digits

from varigate.model.data import images
from varigate.model.errors import UserError


@pytest.fixture
def small(tmp_path, monkeypatch):
    """Five and three tiny images in MNIST's four files."""
    rng, contents = np.random.default_rng(0), {}
    for part, count in (("train", 5), ("t10k", 3)):
        pixels = rng.integers(0, 256, (count, 2, 3)).astype(np.uint8)
        header = b"\0\0\x08\x03" + b"".join(number.to_bytes(4, "big") for number in pixels.shape)
        contents[f"{part}-images-idx3-ubyte"] = header + pixels.tobytes()
        contents[f"{part}-labels-idx1-ubyte"] = b"\0\0\x08\x01" + count.to_bytes(4, "big") + bytes(range(count))
    folder = tmp_path / "data" / "mnist"
    folder.mkdir(parents=True)
    for name, content in contents.items():
        (folder / f"{name}.gz").write_bytes(gzip.compress(content))
    monkeypatch.setattr(images, "MNIST", {name: hashlib.sha256(contents[name]).hexdigest() for name in images.MNIST})
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "cache"))
    monkeypatch.delenv(images.ENVIRONMENT, raising=False)
    return folder


def sizes(sets):
    return [(each.codes.shape, each.labels.tolist(), each.shape) for each in sets]


EXPECTED = [((5, 6), [0, 1, 2, 3, 4], (2, 3)), ((3, 6), [0, 1, 2], (2, 3))]


def test_the_files_are_found_by_argument_by_environment_and_in_the_cache(small, monkeypatch):
    assert sizes(images.load("mnist", small)) == EXPECTED
    assert sizes(images.load("mnist", small.parent)) == EXPECTED
    with pytest.raises(UserError, match=r"MNIST is not in .*cache"):
        images.load("mnist")
    monkeypatch.setenv(images.ENVIRONMENT, str(small.parent))
    assert sizes(images.load("mnist")) == EXPECTED
    with pytest.raises(UserError, match="nowhere"):  # the argument comes first
        images.load("mnist", small.parent / "nowhere")
    monkeypatch.delenv(images.ENVIRONMENT)
    monkeypatch.setattr(images, "cache_folder", lambda: small.parent)
    assert sizes(images.load("mnist")) == EXPECTED


def test_missing_files_are_named_with_their_source_and_place(small):
    for name in list(images.MNIST)[1:3]:
        (small / f"{name}.gz").unlink()
    with pytest.raises(UserError) as caught:
        images.load("mnist", small.parent)
    text = str(caught.value)
    assert "train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz (or the same unpacked" in text
    assert "train-images" not in text
    assert str(small) in text and images.SOURCE in text and "--data" in text and "VARIGATE_DATA" in text
    assert "\n" not in text


def spell_as_archives_do(small, rename):
    """The first two files unpacked, under the names that `rename` makes of theirs; the other two stay packed."""
    for name in list(images.MNIST)[:2]:
        path = small / f"{name}.gz"
        target = small / rename(name)
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(gzip.decompress(path.read_bytes()))
        if target != path:
            path.unlink()


@pytest.mark.parametrize("rename", [str, str.upper, lambda name: name.replace("-idx", ".idx"), "{}.gz".format,
                                    lambda name: f"{name}/{name}"], ids=range(5))
def test_unpacked_files_are_read_beside_packed_ones(small, rename):
    spell_as_archives_do(small, rename)
    assert sizes(images.load("mnist", small)) == EXPECTED


def test_the_folder_of_another_program_is_found(small):
    small.rename(small.with_name("raw"))
    (small.parent / "MNIST").mkdir()
    (small.parent / "raw").rename(small.parent / "MNIST" / "raw")
    assert sizes(images.load("mnist", small.parent)) == EXPECTED


def test_an_unpacked_file_is_checked_too(small):
    spell_as_archives_do(small, str)
    path = small / "train-labels-idx1-ubyte"
    path.write_bytes(path.read_bytes()[:-1] + b"\7")
    with pytest.raises(UserError, match="train-labels-idx1-ubyte is another file"):
        images.load("mnist", small)


def test_an_archive_in_place_of_the_files_is_named(tmp_path):
    (tmp_path / "archive.zip").write_bytes(b"PK")
    with pytest.raises(UserError, match=r"missing .*; unpack .*archive\.zip there, or name another folder"):
        images.load("mnist", tmp_path)


def test_another_file_is_refused(small):
    (small / "t10k-labels-idx1-ubyte.gz").write_bytes((small / "train-labels-idx1-ubyte.gz").read_bytes())
    with pytest.raises(UserError, match=r"t10k-labels-idx1-ubyte\.gz is another file"):
        images.load("mnist", small)


def test_grey_levels_are_single_precision_from_0_to_1(small):
    train, _ = images.load("mnist", small)
    assert train.grey.dtype == np.float32
    np.testing.assert_array_equal(train.grey, (train.codes / 255).astype(np.float32))


def test_digits_are_divided_without_loss_or_overlap():
    train, test = images.load("digits")
    assert train.codes.shape == (1297, 64) and test.codes.shape == (500, 64) and train.shape == (8, 8)
    assert (train.codes.min(), train.codes.max()) == (0, 255) and train.class_names == tuple("0123456789")
    source = load_digits()
    levels = np.floor(np.concatenate([train.codes, test.codes]) * 16.0 / 255 + 0.5)
    together = np.column_stack([levels, np.concatenate([train.labels, test.labels])])
    order = np.lexsort(together.T)
    whole = np.column_stack([source.data, source.target])
    np.testing.assert_array_equal(together[order], whole[np.lexsort(whole.T)])
    again, _ = images.load("digits")
    np.testing.assert_array_equal(train.codes, again.codes)
    assert (np.bincount(test.labels, minlength=10) > 35).all()


def test_an_unknown_set_is_refused():
    with pytest.raises(UserError, match="unknown set of images 'faces': choose digits, mnist"):
        images.load("faces")


def test_mnist_is_what_it_should_be(mnist):
    train, test = mnist
    assert train.codes.shape == (60000, 784) and test.codes.shape == (10000, 784) and test.shape == (28, 28)
    assert np.bincount(test.labels).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert round(float(train.codes.mean()), 2) == 33.32
