"""Golden vectors: the integers that the hardware must compute for the network's built-in samples, as .npz and as text.

The files are named after the network, whatever its file is called. The text (.hex) has one line for each inference, in
upper-case hexadecimal, two's complement, most significant digit first; fields are separated by a blank, and the values
within a field by commas. A value has as many digits as its format needs bits, rounded up to four:

    input  ε  μ  v  z  scores  class  output

Lines that start with # are remarks: the network's digest, and the fields with their formats and counts. ε is the
stream after reset: line k takes samples k·latent … k·latent + latent − 1. Without a class head `scores` is `-`.
"""

from pathlib import Path

import numpy as np

from varigate.model import archive
from varigate.model.errors import UserError
from varigate.model.files import write_together
from varigate.model.fixedpoint.epsilon import epsilon
from varigate.model.fixedpoint.formats import Format
from varigate.model.fixedpoint.sampling import EPSILON, MU, V
from varigate.model.network import network_file
from varigate.model.network.integer import infer
from varigate.model.network.network import Network

__all__ = ["golden", "hex_lines", "write"]

CLASS = Format(False, 8, 0)


def golden(network: Network, x) -> dict:
    """Compute golden vectors for input codes x (n, inputs), with ε from the reset seed.

    Returns a dict of int64 arrays of n rows: input, epsilon, mu, v, z, scores, class, output.

    Examples
    --------
    >>> from varigate import load
    >>> vectors = golden(load("iris"), [[51, 35, 14, 2]])
    >>> list(vectors), vectors["z"].shape
    (['input', 'epsilon', 'mu', 'v', 'z', 'scores', 'class', 'output'], (1, 2))
    """
    x = np.asarray(x, np.int64)
    noise = epsilon(network.epsilon_table, network.epsilon_seed, len(x) * network.latent).reshape(-1, network.latent)
    result = infer(network, x, noise)
    return {"input": x, "epsilon": noise, "mu": result.mu, "v": result.v, "z": result.z, "scores": result.scores,
            "class": result.cls, "output": result.output}


def _formats(network: Network) -> dict:
    score = network.head.format if network.head is not None else CLASS
    return {"input": network.input, "epsilon": EPSILON, "mu": MU, "v": V, "z": network.z, "scores": score,
            "class": CLASS, "output": network.output}


def _field(values, form: Format) -> str:
    digits = -(-form.bits // 4)
    return ",".join(f"{int(value) & ((1 << form.bits) - 1):0{digits}X}" for value in np.atleast_1d(values)) or "-"


def hex_lines(network: Network, vectors: dict) -> list[str]:
    """Yield the lines of the text file of `vectors`, as `golden` returns them.

    Examples
    --------
    >>> from varigate import load
    >>> network = load("iris")
    >>> *remarks, line = hex_lines(network, golden(network, [[51, 35, 14, 2]]))
    >>> line.split(" ")[0]
    '33,23,0E,02'
    """
    formats = _formats(network)
    counts = {name: int(np.prod(vectors[name].shape[1:])) for name in formats}
    yield f"# {network.name} {network_file.digest(network).hex()}"
    yield "# " + " ".join(f"{name}:{form}x{counts[name]}" for name, form in formats.items())
    for row in zip(*(vectors[name] for name in formats), strict=True):
        yield " ".join(_field(values, form) for values, form in zip(row, formats.values(), strict=True))


def write(network: Network, folder) -> list[Path]:
    """Write NETWORK.vectors.npz and NETWORK.vectors.hex for the built-in samples into `folder`; returns their paths.

    Examples
    --------
    >>> import tempfile
    >>> from varigate import load
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in write(load("iris"), folder)]
    ['iris.vectors.npz', 'iris.vectors.hex']
    """
    if not len(network.examples):
        raise UserError(f"network {network.name} has no built-in samples to make vectors of")
    vectors = golden(network, network.example_codes)
    folder = Path(folder)
    paths = [folder / f"{network.name}.vectors.{ending}" for ending in ("npz", "hex")]
    lines = "\n".join(hex_lines(network, vectors)) + "\n"
    write_together({paths[0]: archive.pack(paths[0], vectors), paths[1]: lines.encode()})
    return paths
