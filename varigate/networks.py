"""Quantised networks for users of Python: loading, saving, and inference in integers."""

import numpy as np

from varigate.model.fixedpoint.formats import Format
from varigate.model.fixedpoint.sampling import EPSILON
from varigate.model.network import integer, network_file
from varigate.model.network.integer import Inference
from varigate.model.network.network import Network

__all__ = ["infer", "load", "save"]


def _codes(name: str, value, width: int, form: Format) -> np.ndarray:
    """Turn `value` into int64 codes (n, width) of a format, or raise a ValueError that names the argument."""
    array = np.asarray(value)
    if array.ndim != 2 or array.shape[1] != width:
        raise ValueError(f"{name} has shape {array.shape}; (n, {width}) is needed")
    if array.dtype.kind not in "iu":
        raise ValueError(f"{name} is an array of {array.dtype}; integers are needed")
    wrong = (array < form.low) | (array > form.high)
    if wrong.any():
        place = tuple(map(int, np.argwhere(wrong)[0]))
        raise ValueError(f"{name} is {array[place]} at {list(place)}; codes are {form.low}…{form.high} ({form})")
    return array.astype(np.int64)


def load(name_or_path) -> Network:
    """Load a quantised network: a shipped one by its name, another one from its file.

    Parameters
    ----------
    name_or_path : str or Path
        `iris`, `digits`, `mnist`, or the path of a FILE.npz.

    Returns
    -------
    Network

    Raises
    ------
    UserError
        for an unknown name, or a file that is damaged.

    Examples
    --------
    >>> from varigate import load
    >>> network = load("iris")
    >>> network.inputs, network.latent, network.class_names
    (4, 2, ('setosa', 'versicolor', 'virginica'))
    """
    return network_file.load(network_file.find(name_or_path))


def save(network: Network, path):
    """Save a quantised network to a file, from which `load` and all commands read it.

    Parameters
    ----------
    network : Network
    path : str or Path
        usually NAME.npz. The file has no pickled objects; it is written whole or stays as it was.

    Raises
    ------
    UserError
        where the file cannot be written.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from varigate import load, save
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "copy.npz"
    ...     save(load("iris"), path)
    ...     load(path).name
    'iris'
    """
    network_file.save(network, path)


def infer(network: Network, x, epsilon=None) -> Inference:
    """Run samples through `network` in integers, exactly as the hardware computes.

    Parameters
    ----------
    x : array of int (n, inputs)
        input codes in the format `network.input`, from `network.input.low` to `network.input.high`.
    epsilon : array of int (n, latent), optional
        samples of ε in s16.11, codes −32768…32767; None for z = μz, the rounded mean.

    Returns
    -------
    Inference
        int64 arrays, one row a sample: mu (n, latent) in s16.8, v = log2 σ (n, latent) in s8.4, z and mu_z (n, latent)
        in the format `network.z`, scores (n, classes), cls (n,), the index of the greatest score, logit and output
        (n, outputs), before and after the last activation, output in the format `network.output`.

    Raises
    ------
    ValueError
        naming the argument: for arrays of another shape, of another type than integers, or with a code out of range.

    Examples
    --------
    >>> from varigate import infer, load
    >>> network = load("iris")
    >>> found = infer(network, [[51, 35, 14, 2]])  # sepal and petal, in millimetres
    >>> network.class_names[found.cls[0]]
    'setosa'
    >>> found.output  # the reconstruction, in millimetres
    array([[50, 34, 15,  2]])
    >>> infer(network, [[51, 35, 14, 256]])
    Traceback (most recent call last):
    ...
    ValueError: x is 256 at [0, 3]; codes are 0…255 (u8.0)
    """
    x = _codes("x", x, network.inputs, network.input)
    if epsilon is not None:
        epsilon = _codes("epsilon", epsilon, network.latent, EPSILON)
        if len(epsilon) != len(x):
            raise ValueError(f"epsilon has {len(epsilon)} rows, x has {len(x)}; they have to be as many")
    return integer.infer(network, x, epsilon)
