"""Quantised networks for users of Python: loading, saving, and inference in integers."""

from varigate.model.network import integer, network_file
from varigate.model.network.integer import Inference
from varigate.model.network.network import Network

__all__ = ["infer", "load", "save"]


def load(name_or_path) -> Network:
    """Load a quantised network: a shipped one by its name, or the file at a path.

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
    """Save `network` to the file `path` (.npz, without pickle); on an error the file stays unchanged.

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
        input codes in the format `network.input`.
    epsilon : array of int (n, latent), optional
        samples of ε in s16.11; None for z = μz, the rounded mean.

    Returns
    -------
    Inference
        integers, one row per sample: mu (s16.8), v = log2 σ (s8.4), z, mu_z, scores, cls, logit, output.

    Examples
    --------
    >>> from varigate import infer, load
    >>> network = load("iris")
    >>> found = infer(network, [[51, 35, 14, 2]])  # sepal and petal, in millimetres
    >>> network.class_names[found.cls[0]]
    'setosa'
    """
    return integer.infer(network, x, epsilon)
