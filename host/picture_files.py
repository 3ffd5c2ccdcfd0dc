"""Converts pictures to input codes of a network of images, and output codes to pictures. Ink is white, as in MNIST."""

import io
import math
import sys
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from varigate.host import classify_table
from varigate.host.client import Client
from varigate.host.physical import Physical
from varigate.model.data import images
from varigate.model.data.images import Images
from varigate.model.errors import UserError
from varigate.model.files import write_bytes
from varigate.model.fixedpoint.formats import Format
from varigate.model.protocol.replies import Info

__all__ = ["classify", "is_picture", "labelled", "need_side", "read", "save", "side", "summary"]

PIXEL = Format(False, 8, 8)  # a byte is a grey level
LARGEST = 4096  # pixels along each side of a picture that is read
FAINT = 32  # grey levels between ink and background, below which a picture is probably not what its owner sees


def side(info: Info) -> int | None:
    """The side in pixels of the board's square images; None if inputs and outputs are not images."""
    length = math.isqrt(info.inputs)
    if info.input == info.output == PIXEL and info.inputs == info.outputs == length**2:
        return length
    return None


def need_side(info: Info) -> int:
    """The side in pixels of the board's square images; a `UserError` if they are not images."""
    length = side(info)
    if length is None:
        raise UserError(f"the board's network is not one of images: it takes {info.inputs} numbers and gives "
                        f"{info.outputs}")
    return length


def is_picture(name: str) -> bool:
    """Whether the file's suffix is that of a picture.

    Examples
    --------
    >>> is_picture("three.PNG"), is_picture("flowers.csv")
    (True, False)
    """
    return Path(name).suffix.lower() in Image.registered_extensions()


def _upright(picture: Image.Image) -> Image.Image:
    """Turns a picture as its EXIF data say, which cameras leave to the reader; damaged ones say nothing."""
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:  # damage has many names here, too
        return picture


def _load(path: str) -> Image.Image:
    """Reads a picture, upright: the first one of several in a file."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what Pillow repairs
        with Image.open(path) as picture:
            width, height = picture.size
            if width != height or width > LARGEST:
                raise UserError(f"{path} has {width}×{height} pixels; it must be a square of at most "
                                f"{LARGEST}×{LARGEST}")
            if picture.mode.startswith(("I", "F")):  # Pillow would clip their grey levels
                raise UserError(f"{path} has more than 8 bits per pixel: save it with 8")
            picture.load()
            return _upright(picture)


def _codes(picture: Image.Image, length: int, invert: bool) -> np.ndarray:
    """The grey levels (length, length) of a picture, uint8; transparent places become background."""
    if picture.has_transparency_data:
        ground = Image.new("RGBA", picture.size, "white" if invert else "black")
        picture = Image.alpha_composite(ground, picture.convert("RGBA"))
    codes = np.asarray(picture.convert("L").resize((length, length), Image.Resampling.BOX))
    return 255 - codes if invert else codes


def _warn_if_faint(path: str, picture: Image.Image, codes: np.ndarray, invert: bool):
    """Says so on standard error when a picture comes out blank, as black ink on a transparent ground does."""
    if np.ptp(codes) >= FAINT:
        return
    kind = "blank" if codes.min() == codes.max() else "almost blank"
    other = np.ptp(_codes(picture, len(codes), not invert)) >= FAINT
    hint = f"; {'leave out' if invert else 'add'} --invert, since its background is transparent" if other else ""
    print(f"{path} is {kind}: its grey levels are {codes.min()}…{codes.max()} of 0…255{hint}", file=sys.stderr)


def read(path: str, info: Info, invert: bool = False) -> list[int]:
    """Reads the picture in the file `path` as input codes, row by row from the top left.

    Colours become grey by their luma (ITU-R 601-2), and transparent places background. EXIF data that say how the
    picture is turned are heeded. A picture larger than the network's is averaged down (box filter). Of a blank picture
    a line on standard error says so.

    Parameters
    ----------
    path : str
    info : Info
        of the board; it has the size of its images.
    invert : bool
        for black ink on white paper, or on a transparent ground: black becomes 255.

    Raises
    ------
    UserError
        for a board without images, and a file that is absent, not a picture, not square or too small.
    """
    length = need_side(info)
    try:
        picture = _load(path)
        codes = _codes(picture, length, invert)
    except UserError:
        raise
    except FileNotFoundError as error:
        raise UserError(f"there is no file {path}: give a picture, {info.inputs} numbers, or --example K") from error
    except Image.DecompressionBombError as error:
        raise UserError(f"{path} has too many pixels; it must be a square of at most {LARGEST}×{LARGEST}") from error
    except Exception as error:  # damage has many names: UnidentifiedImageError, SyntaxError, struct.error, …
        cause = error.strerror if isinstance(error, OSError) and error.strerror else "it is not a picture, or damaged"
        raise UserError(f"cannot read {path}: {cause}") from error
    if picture.width < length:
        raise UserError(f"{path} has {picture.width}×{picture.height} pixels; at least {length}×{length} are needed")
    _warn_if_faint(path, picture, codes, invert)
    return codes.ravel().tolist()


def save(path: Path, pictures, info: Info):
    """Writes output codes (n, outputs) as grey levels to a PNG file; on an error the file stays unchanged.

    Several pictures form a grid, row by row, as square as possible, with two grey pixels between them.
    """
    length = need_side(info)
    columns = math.ceil(math.sqrt(len(pictures)))
    canvas = images.wall(pictures, math.ceil(len(pictures) / columns), columns, (length, length))
    content = io.BytesIO()
    Image.fromarray(canvas).save(content, "PNG")
    write_bytes(path, content.getvalue())
    print(f"wrote {path}", file=sys.stderr)


def summary(found: dict, info: Info, saved: bool) -> dict:
    """`found` for the terminal: instead of an image's numbers its size and, unless it is `saved`, how to save it."""
    length = side(info)
    if length is None or "reconstruction" not in found:
        return found
    hint = "" if saved else " (--save FILE.png, or --json)"
    return found | {"reconstruction": f"{length}×{length} pixels{hint}"}


def labelled(name: str, count: int, folder=None) -> Images:
    """The first `count` images of the test set `name`."""
    test = images.load(name, folder)[1]
    if count > len(test.codes):
        raise UserError(f"{name} has only {len(test.codes)} test images, not {count}")
    return Images(name, test.codes[:count], test.labels[:count], test.shape, test.class_names, test.noun)


def classify(client: Client, physical: Physical, test: Images, progress: bool = True) -> dict:
    """Classifies images on the board; the report of `classify_table.classify_codes`, images numbered from 1."""
    length = need_side(physical.info)
    if test.shape != (length, length):
        raise UserError(f"the board takes images of {length}×{length} pixels, not {test.name}'s of "
                        f"{'×'.join(map(str, test.shape))}")
    if physical.class_names not in ((), test.class_names):
        raise UserError(f"the board's classes, {', '.join(physical.class_names)}, are not those of {test.name}")
    return classify_table.classify_codes(client, physical, test.codes.tolist(), test.labels.tolist(),
                                range(1, 1 + len(test.codes)), "image", progress)
