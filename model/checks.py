"""What arrays from outside must be: each check names the argument and what is wrong with it in a `ValueError`."""

import numpy as np

__all__ = ["alike", "check_weight", "check_whole", "label_array", "real_array"]


def real_array(name: str, value, ndim: int | None = None, dtype=np.float64) -> np.ndarray:
    """`value` as numbers of type `dtype`, finite everywhere; with `ndim`, of that many dimensions.

    Raises
    ------
    ValueError
        that names the argument and its shape, or the place of its first value that is not finite.
    """
    try:
        array = np.asarray(value, dtype)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} is not an array of real numbers: {error}") from error
    if ndim is not None and array.ndim != ndim:
        raise ValueError(f"{name} has shape {array.shape}; {ndim} dimensions are needed")
    if not np.isfinite(array).all():
        place = tuple(map(int, np.argwhere(~np.isfinite(array))[0]))
        raise ValueError(f"{name} is {array[place]} at {list(place)}; every value has to be finite")
    return array


def alike(**arrays) -> list[np.ndarray]:
    """The arrays as `real_array` gives them, all of the first one's shape, which has at least one row."""
    names, found = list(arrays), [real_array(name, value) for name, value in arrays.items()]
    if not found[0].ndim or not len(found[0]):
        raise ValueError(f"{names[0]} has shape {found[0].shape}; at least one sample is needed")
    for name, array in zip(names[1:], found[1:], strict=True):
        if array.shape != found[0].shape:
            raise ValueError(f"{name} has shape {array.shape}, {names[0]} {found[0].shape}; they have to be alike")
    return found


def label_array(name: str, value, local_dimension: int) -> np.ndarray:
    """`value` as int64 labels 0…local_dimension − 1, from whole numbers of any type."""
    array = real_array(name, value)
    wrong = (array != np.floor(array)) | (array < 0) | (array >= local_dimension)
    if wrong.any():
        place = tuple(map(int, np.argwhere(wrong)[0]))
        raise ValueError(f"{name} is {array[place]:g} at {list(place)}; labels are whole numbers "
                         f"0…{local_dimension - 1} (local_dimension is {local_dimension})")
    return array.astype(np.int64)


def check_whole(name: str, value, least: int):
    """Refuses what is not a whole number of at least `least` (a float is none, even 2.0)."""
    if not isinstance(value, (int, np.integer)) or value < least:
        raise ValueError(f"{name} is {value!r}; a whole number of at least {least} is needed")


def check_weight(name: str, value: float):
    """Refuses what is not a finite number of at least 0."""
    if not 0 <= value < np.inf:
        raise ValueError(f"{name} is {value}; a number of at least 0 is needed")
