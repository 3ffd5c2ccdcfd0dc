"""The line of text that the board prints after a run from its own switches; the hardware prints what `line` returns.

    flower 051: versicolor z=+0.31,-1.20 -> 6.9 3.1 4.8 1.5

A line is made of numbers with `separators` before, between and after them.

In hardware: `gateware.panel.text.Text`.
"""

from itertools import chain

import numpy as np

from varigate.model.network.network import Network

__all__ = ["MOST_OUTPUTS", "decimals", "hundredths", "line", "printable", "separators", "shown_outputs"]

MOST_OUTPUTS = 16  # networks with more outputs (images) leave the reconstruction out


def hundredths(code: int, frac: int) -> int:
    """Compute |code|·2**−frac in hundredths, rounded to the nearest, *half away from zero*.

    Examples
    --------
    >>> hundredths(-38, frac=5)  # 1.1875
    119
    """
    return (100 * abs(code) + ((1 << frac) >> 1)) >> frac


def decimals(network: Network) -> int:
    """Number of decimals of a printed output: 1 if codes are tenths of the unit (code 69 is 6.9), 0 for raw codes.

    Examples
    --------
    >>> from varigate.model.network.network_file import find, load
    >>> iris = load(find("iris"))
    >>> decimals(iris)
    1
    """
    tenths = (network.physical_output and np.allclose(network.input_step, 0.1, rtol=1e-9, atol=0)
              and not network.input_offset.any())
    return int(tenths)


def shown_outputs(network: Network) -> int:
    """Number of outputs printed: all, or 0 if there are more than `MOST_OUTPUTS`.

    Examples
    --------
    >>> from varigate.model.network.network_file import find, load
    >>> iris = load(find("iris"))
    >>> shown_outputs(iris), shown_outputs(load(find("digits")))
    (4, 0)
    """
    return network.outputs if network.outputs <= MOST_OUTPUTS else 0


def printable(text: str) -> str:
    """Replace each character of `text` that is not printable ASCII by a question mark.

    Examples
    --------
    >>> printable("Blüte")
    'Bl?te'
    """
    return "".join(c if " " <= c <= "~" else "?" for c in text)


def separators(network: Network, cls: int) -> list[str]:
    """The texts before each number, in the order of a line: the example's, each z, each output; then the line's end.

    Examples
    --------
    >>> from varigate.model.network.network_file import find, load
    >>> iris = load(find("iris"))
    >>> separators(iris, cls=1)[:-1]
    ['flower ', ': versicolor z=', ',', ' -> ', ' ', ' ', ' ']
    """
    name = f"{printable(network.class_names[cls])} " if network.classes else ""
    outputs = shown_outputs(network)
    return [f"{printable(network.noun)} ", f": {name}z=", *[","] * (network.latent - 1),
            *[" -> "][:outputs], *[" "] * (outputs - 1), "\r\n"]


def _signed_hundredths(code: int, frac: int) -> str:
    whole, rest = divmod(hundredths(code, frac), 100)
    return f"{'-' if code < 0 else '+'}{whole}.{rest:02d}"


def _output(code: int, tenths: bool) -> str:
    sign = "-" if code < 0 else ""
    return f"{sign}{abs(code) // 10}.{abs(code) % 10}" if tenths else str(code)


def line(network: Network, number: int, cls: int, z, output) -> str:
    """Make the line for example `number` (1…255) and class `cls` (ignored without classes), ending in CR LF.

    z (latent,) are codes of `network.z`, printed with two decimals, *half away from zero*, with the code's sign: a
    negative code that rounds to nothing is `-0.00`. output (outputs,) are codes of `network.output`.

    Examples
    --------
    >>> from varigate.model.network.network_file import find, load
    >>> iris = load(find("iris"))
    >>> line(iris, 51, 1, [10, -38], [69, 31, 48, 15]).rstrip()
    'flower 051: versicolor z=+0.31,-1.19 -> 6.9 3.1 4.8 1.5'
    """
    numbers = [f"{number:03d}", *(_signed_hundredths(int(code), network.z.frac) for code in z)]
    if shown_outputs(network):
        numbers += [_output(int(code), decimals(network) == 1) for code in output]
    before, *rest = separators(network, cls)
    return before + "".join(chain.from_iterable(zip(numbers, rest, strict=True)))
