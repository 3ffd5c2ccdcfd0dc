"""Pictures as cameras and drawing programs save them: turned, transparent, blank, damaged, or far too large."""

import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from varigate.host import picture_files
from varigate.model.errors import UserError
from varigate.model.network import network_file
from varigate.model.protocol.replies import Info

INK = np.random.default_rng(7).integers(0, 256, (8, 8)).astype(np.uint8)
BLOCKS = np.kron(INK, np.ones((8, 8), np.uint8))  # 64×64, which JPEG keeps but for a few levels
INFO = Info.of(network_file.load(network_file.SHIPPED / "digits.npz"), digest=bytes(32))
TURNED = {1: INK, 2: INK[:, ::-1], 3: np.rot90(INK, 2), 4: INK[::-1], 5: INK.T, 6: np.rot90(INK, -1),
          7: np.rot90(INK, 2).T, 8: np.rot90(INK)}  # what a reader shows of each of EXIF's orientations


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def read(name, invert=False):
    return np.array(picture_files.read(name, INFO, invert)).reshape(8, 8)


def exif(orientation) -> Image.Exif:
    found = Image.Exif()
    found[0x0112] = orientation
    return found


@pytest.mark.parametrize("orientation", TURNED)
@pytest.mark.parametrize("suffix", ["png", "jpg", "tiff", "webp"])
def test_pictures_are_turned_as_their_camera_was(suffix, orientation):
    quality = {"quality": 100} if suffix == "jpg" else {"lossless": True} if suffix == "webp" else {}
    Image.fromarray(BLOCKS).save(f"a.{suffix}", exif=exif(orientation), **quality)
    assert np.abs(read(f"a.{suffix}").astype(int) - TURNED[orientation]).max() <= (3 if suffix == "jpg" else 0)


@pytest.mark.parametrize("damaged", [
    b"Exif\0\0", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff", b"Exif\0\0II*\0\x99\0\0\0", b"\0" * 9, exif(99).tobytes(),
    exif(0).tobytes(), b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x02\0\0\0\x02x\0\0\0\0\0\0\0"], ids=range(7))
@pytest.mark.parametrize("suffix", ["png", "jpg", "webp"])
def test_damaged_exif_data_say_nothing(capsys, suffix, damaged):
    Image.fromarray(BLOCKS).save(f"a.{suffix}", exif=damaged, quality=100)
    assert np.abs(read(f"a.{suffix}").astype(int) - INK).max() <= 9
    assert capsys.readouterr() == ("", "")


def transparent(ink, name="a.png", opacity=INK):
    """A picture of a single grey level, which only its opacity draws."""
    Image.fromarray(np.stack([np.full_like(INK, ink), opacity], 2)).save(name)
    return name


def test_ink_that_only_opacity_draws(capsys):
    assert (read(transparent(0), invert=True) == INK).all() and (read(transparent(255)) == INK).all()
    assert capsys.readouterr() == ("", "")
    assert not read(transparent(0)).any()
    assert capsys.readouterr() == ("", "a.png is blank: its grey levels are 0…0 of 0…255; add --invert, since its "
                                       "background is transparent\n")
    assert not read(transparent(255), invert=True).any()
    assert "; leave out --invert, since" in capsys.readouterr().err
    read(transparent(20))
    assert "a.png is almost blank: its grey levels are 0…20 of 0…255; add --invert" in capsys.readouterr().err


@pytest.mark.parametrize("grey", [0, 90, 255])
@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "CMYK"])
def test_a_blank_picture_is_said_to_be_blank(capsys, mode, grey):
    Image.fromarray(np.full((8, 8), grey, np.uint8)).convert(mode, dither=Image.Dither.NONE).save("a.tiff")
    level = int(read("a.tiff")[0, 0])
    assert capsys.readouterr().err == f"a.tiff is blank: its grey levels are {level}…{level} of 0…255\n"


def test_a_transparent_entry_of_a_palette_is_background(capsys):
    paper = Image.fromarray(np.where(INK > 127, 1, 0).astype(np.uint8), "P")
    paper.putpalette([255, 255, 255, 0, 0, 0])
    paper.save("a.png", transparency=0)
    assert (read("a.png", invert=True) == np.where(INK > 127, 255, 0)).all() and not capsys.readouterr().err
    assert not read("a.png").any() and "add --invert" in capsys.readouterr().err


def test_of_an_animation_the_first_picture_is_read():
    first, second = Image.fromarray(INK), Image.fromarray(255 - INK)
    first.save("a.gif", save_all=True, append_images=[second])
    assert (read("a.gif") == INK).all()


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


@pytest.mark.parametrize("side", [5000, 20_000, 2**31 - 1])
def test_a_picture_that_unpacks_to_gigabytes_is_not_unpacked(tmp_path, side):
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    content = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1 << 16)))
    (tmp_path / "a.png").write_bytes(content + chunk(b"IEND", b""))
    with pytest.raises(UserError, match=r"^a\.png has .* pixels; it must be a square of at most 4096×4096$"):
        read("a.png")


@pytest.mark.parametrize("suffix", ["png", "jpg", "gif", "tiff", "webp", "bmp"])
def test_a_cut_picture_is_one_line(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    Image.fromarray(BLOCKS).save(path)
    whole = path.read_bytes()
    for length in range(0, len(whole) - 64, max(len(whole) // 25, 1)):
        path.write_bytes(whole[:length])
        with pytest.raises(UserError, match=rf"^cannot read a\.{suffix}: [^\n]+$"):
            read(path.name)
