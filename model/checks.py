"""Checks of arguments from outside: each raises a `ValueError` that names the argument and its fault."""

import numpy as np

__all__ = ["alike", "check_weight", "check_whole", "label_array", "real_array"]


def real_array(name: str, value, ndim: int | None = None, dtype=np.float64) -> np.ndarray:
    """Turn `value` into an array of type `dtype`, finite everywhere; with `ndim`, of that many dimensions.

    Raises
    ------
    ValueError
        that names the argument and its shape, or the place of its first value that is not finite.

    Examples
    --------
    >>> real_array("x", [1, 2])
    array([1., 2.])
    >>> real_array("x", [1.0, float("nan")])
    Traceback (most recent call last):
    ...
    ValueError: x is nan at [1]; every value has to be finite
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
    """Check that all arrays have the shape of the first, with at least one row; returns them as `real_array` does.

    Examples
    --------
    >>> alike(mean=[1, 2], logvar=[1, 2, 3])
    Traceback (most recent call last):
    ...
    ValueError: logvar has shape (3,), mean (2,); they have to be alike
    """
    names, found = list(arrays), [real_array(name, value) for name, value in arrays.items()]
    if not found[0].ndim or not len(found[0]):
        raise ValueError(f"{names[0]} has shape {found[0].shape}; at least one sample is needed")
    for name, array in zip(names[1:], found[1:], strict=True):
        if array.shape != found[0].shape:
            raise ValueError(f"{name} has shape {array.shape}, {names[0]} {found[0].shape}; they have to be alike")
    return found


def label_array(name: str, value, local_dimension: int) -> np.ndarray:
    """Turn whole numbers of any type into int64 labels 0…local_dimension − 1.

    Examples
    --------
    >>> label_array("x", [0.0, 1.0], 2)
    array([0, 1])
    >>> label_array("x", [0, 2], 2)
    Traceback (most recent call last):
    ...
    ValueError: x is 2 at [1]; labels are whole numbers 0…1 (local_dimension is 2)
    """
    array = real_array(name, value)
    wrong = (array != np.floor(array)) | (array < 0) | (array >= local_dimension)
    if wrong.any():
        place = tuple(map(int, np.argwhere(wrong)[0]))
        raise ValueError(f"{name} is {array[place]:g} at {list(place)}; labels are whole numbers "
                         f"0…{local_dimension - 1} (local_dimension is {local_dimension})")
    return array.astype(np.int64)


def check_whole(name: str, value, least: int):
    """Check that `value` is a whole number of at least `least` (a float is none, even 2.0).

    Examples
    --------
    >>> check_whole("samples", 2.0, 1)
    Traceback (most recent call last):
    ...
    ValueError: samples is 2.0; a whole number of at least 1 is needed
    """
    if not isinstance(value, (int, np.integer)) or value < least:
        raise ValueError(f"{name} is {value!r}; a whole number of at least {least} is needed")


def check_weight(name: str, value: float):
    """Check that `value` is a finite number of at least 0.

    Examples
    --------
    >>> check_weight("beta", -1)
    Traceback (most recent call last):
    ...
    ValueError: beta is -1; a number of at least 0 is needed
    """
    if not 0 <= value < np.inf:
        raise ValueError(f"{name} is {value}; a number of at least 0 is needed")
