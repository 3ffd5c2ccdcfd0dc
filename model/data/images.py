"""Sets of grey-level images: MNIST from its four files, and the small digits that come with scikit-learn.

A pixel is a byte, 0 black (background) to 255 white (ink). Every set is divided, once and for all, into images to train
on and images to test on.
"""

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

from varigate.model.cache import cache_folder
from varigate.model.data import idx
from varigate.model.errors import UserError

__all__ = ["ENVIRONMENT", "IMAGES", "Images", "digits", "load", "mnist", "wall"]

ENVIRONMENT = "VARIGATE_DATA"
SOURCE = "https://storage.googleapis.com/cvdf-datasets/mnist/"
MNIST = {  # SHA-256 of the unpacked contents: packing differs from mirror to mirror
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
DIGITS_TRAIN = 1297  # of 1,797; the others are the test
DIGITS_SEED = 0


@dataclass(frozen=True, eq=False)
class Images:
    """Grey-level images with their classes.

    codes: uint8 (n, rows·columns), row by row from the top left; labels: int64 (n,); shape: (rows, columns).

    Physical values are grey levels, 0…1; as of `model.data.tables.LabelledTable`, value = offset + step·code.

    Examples
    --------
    >>> training, test = digits()
    >>> training.codes.shape, training.shape, training.classes
    ((1297, 64), (8, 8), 10)
    """

    name: str
    codes: np.ndarray
    labels: np.ndarray
    shape: tuple[int, int]
    class_names: tuple[str, ...] = tuple("0123456789")
    noun: str = "digit"
    feature_names: tuple[str, ...] = ()
    unit: str = ""

    @property
    def classes(self) -> int:
        return len(self.class_names)

    @property
    def offset(self) -> np.ndarray:
        return np.zeros(self.codes.shape[1])

    @property
    def step(self) -> np.ndarray:
        return np.full(self.codes.shape[1], 1 / 255)

    @cached_property
    def grey(self) -> np.ndarray:
        """Grey levels, codes / 255; float32 (n, rows·columns)."""
        return self.codes / np.float32(255)


def _places(folder) -> list[Path]:
    """The folders that may hold the files, the likeliest first; a folder that is named is the only one searched."""
    named = folder or os.environ.get(ENVIRONMENT)
    base = Path(named) if named else cache_folder()
    return [base / "mnist", base, base / "MNIST" / "raw"]


def _files(place: Path) -> dict[str, Path]:
    """The files of MNIST in the folder `place`, by their names in `MNIST`.

    They may be packed or not, have `.idx3` for `-idx3` and capitals, or lie in folders of their own names, as archives
    have them.
    """
    names = {path: path.name.lower().removesuffix(".gz").replace(".idx", "-idx")
             for path in sorted([*place.glob("*"), *place.glob("*-ubyte/*")])}
    return {name: path for path, name in names.items() if name in MNIST and path.is_file()}


def mnist(folder=None) -> tuple[Images, Images]:
    """Load MNIST: 60,000 images to train on and 10,000 to test on, 28 × 28.

    Parameters
    ----------
    folder : path
        where the four files are, packed (.gz) or not, or the folder `mnist` that holds them. Without it: the
        environment's VARIGATE_DATA, or else the user's cache folder.

    Raises
    ------
    UserError
        that names the missing or wrong files, and where they come from.

    Examples
    --------
    `training, test = mnist()` takes some seconds where the four files are; elsewhere the error names them:

    >>> mnist("nowhere")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    varigate.model.errors.UserError: MNIST is not in nowhere...
    """
    places = _places(folder)
    place, files = max(((place, _files(place)) for place in places), key=lambda each: len(each[1]))
    missing = [f"{name}.gz" for name in MNIST if name not in files]
    if missing:
        archives = [path for each in places for path in sorted(each.glob("*.zip"))]
        source = f"unpack {archives[0]}" if archives else f"get it from {SOURCE} and put it"
        raise UserError(f"MNIST is not in {place}: missing {', '.join(missing)} (or the same unpacked, without .gz); "
                        f"{source} there, or name another folder by --data DIR or {ENVIRONMENT}")
    x, labels, test, test_labels = (idx.read(files[name], digest) for name, digest in MNIST.items())
    return tuple(Images("mnist", codes.reshape(len(codes), -1), classes.astype(np.int64), codes.shape[1:])
                 for codes, classes in ((x, labels), (test, test_labels)))


def digits(folder=None) -> tuple[Images, Images]:
    """Load scikit-learn's digits: 1,297 images to train on and 500 to test on, 8 × 8; no file is needed.

    Their 17 grey levels become bytes (255·level/16, rounded half up), and a permutation by NumPy's generator of seed 0
    divides them. Writers are not told apart in these data, so that one writer's digits are on both sides.

    Examples
    --------
    >>> training, test = digits()
    >>> len(training.codes), len(test.codes)
    (1297, 500)
    """
    source = load_digits()
    codes = np.floor(source.data * (255 / 16) + 0.5).astype(np.uint8)
    order = np.random.default_rng(DIGITS_SEED).permutation(len(codes))
    return tuple(Images("digits", codes[part], source.target[part].astype(np.int64), (8, 8))
                 for part in (order[:DIGITS_TRAIN], order[DIGITS_TRAIN:]))


IMAGES = {"digits": digits, "mnist": mnist}


def load(name: str, folder=None) -> tuple[Images, Images]:
    """Load the images of the set `name`: those to train on, and those to test on.

    Examples
    --------
    >>> training, test = load("digits")
    >>> training.name
    'digits'
    """
    if name not in IMAGES:
        raise UserError(f"unknown set of images {name!r}: choose {', '.join(IMAGES)}")
    return IMAGES[name](folder)


def wall(pictures, rows: int, columns: int, shape, gap: int = 2) -> np.ndarray:
    """Put pictures (rows·columns, pixels) side by side, row by row, with a grey `gap` between: one uint8 picture.

    Examples
    --------
    >>> wall(np.zeros((6, 64)), rows=2, columns=3, shape=(8, 8)).shape
    (18, 28)
    """
    height, width = shape
    canvas = np.full((rows * (height + gap) - gap, columns * (width + gap) - gap), 90, np.uint8)
    for index, picture in enumerate(np.asarray(pictures)):
        top, left = index // columns * (height + gap), index % columns * (width + gap)
        canvas[top:top + height, left:left + width] = picture.reshape(shape)
    return canvas
