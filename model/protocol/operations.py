"""The operations of the core and their answers: the one table that gateware, protocol, host and simulator share.

A new operation is a member of `Op` with a row in `OPERATIONS`; its command, in `model.protocol.frames`, follows from
it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from varigate.model.fixedpoint.formats import Format
from varigate.model.fixedpoint.sampling import MU, V
from varigate.model.network.network import SCORE_BITS

__all__ = ["OPERATIONS", "PARTS", "Op", "Operation", "Part", "PartLayout", "codes_taken", "counts"]


class Op(IntEnum):
    """An operation of the core.

    Examples
    --------
    >>> Op["ENCODE"]
    <Op.ENCODE: 1>
    """

    CLASSIFY = 0
    ENCODE = 1
    RECONSTRUCT = 2
    GENERATE = 3
    DECODE = 4


class Part(IntEnum):
    """The role of a number in an answer.

    Examples
    --------
    >>> [part.name for part in OPERATIONS[Op.ENCODE].parts]
    ['MU', 'V']
    """

    INDEX = 0  # index of the first ε that this operation takes, or would take
    MU = 1
    V = 2
    SCORE = 3
    CLASS = 4
    Z = 5
    OUTPUT = 6


@dataclass(frozen=True)
class Operation:
    """The codes that an operation takes, and the parts of its answer. It takes all its codes, and only then answers.

    Parameters
    ----------
    takes : str or None
        the codes that it takes: the network's `input`, a `z`, or None.
    parts : tuple of Part
        the parts of its answer, in order. Networks without a class head leave SCORE and CLASS out.
    epsilon : str or None
        when it takes `latent` values of ε: `always`, `when on` (else z is the rounded μ), or None: never.

    Examples
    --------
    >>> OPERATIONS[Op.GENERATE].takes, OPERATIONS[Op.GENERATE].epsilon
    (None, 'always')
    """

    takes: str | None
    parts: tuple[Part, ...]
    epsilon: str | None = None


OPERATIONS = {
    Op.CLASSIFY: Operation("input", (Part.MU, Part.SCORE, Part.CLASS)),
    Op.ENCODE: Operation("input", (Part.MU, Part.V)),
    Op.RECONSTRUCT: Operation(
        "input", (Part.INDEX, Part.MU, Part.V, Part.SCORE, Part.CLASS, Part.Z, Part.OUTPUT), "when on"),
    Op.GENERATE: Operation(None, (Part.INDEX, Part.Z, Part.OUTPUT), "always"),
    Op.DECODE: Operation("z", (Part.OUTPUT,)),
}


@dataclass(frozen=True)
class PartLayout:
    """The number and the format of the numbers of a part.

    Both functions take a `Network` or a board's `model.protocol.replies.Info`.

    Parameters
    ----------
    field : str
        the field of `model.protocol.replies.Answer` that holds the numbers.
    count : function
        returns how many numbers there are.
    number : function
        returns the `Format` of each; on the line it is sent in whole bytes, the least significant first.

    Examples
    --------
    >>> from varigate.model.network.network_file import find, load
    >>> iris = load(find("iris"))
    >>> PARTS[Part.MU].field, PARTS[Part.MU].count(iris), str(PARTS[Part.MU].number(iris))
    ('mu', 2, 's16.8')
    """

    field: str
    count: Callable[..., int]
    number: Callable[..., Format]


PARTS = {
    Part.INDEX: PartLayout("index", lambda sizes: 1, lambda sizes: Format(False, 32)),
    Part.MU: PartLayout("mu", lambda sizes: sizes.latent, lambda sizes: MU),
    Part.V: PartLayout("v", lambda sizes: sizes.latent, lambda sizes: V),
    Part.SCORE: PartLayout("scores", lambda sizes: sizes.classes, lambda sizes: Format(True, SCORE_BITS)),
    Part.CLASS: PartLayout("cls", lambda sizes: min(sizes.classes, 1), lambda sizes: Format(False, 8)),
    Part.Z: PartLayout("z", lambda sizes: sizes.latent, lambda sizes: Format(True, 8)),
    Part.OUTPUT: PartLayout("output", lambda sizes: sizes.outputs, lambda sizes: Format(sizes.output.signed, 8)),
}


def counts(op: Op, sizes) -> dict[Part, int]:
    """Count the numbers of each part of an answer to `op`, in order; empty parts are left out.

    Parameters
    ----------
    op : Op
    sizes : Network or Info
        with `latent`, `outputs` and `classes`.

    Examples
    --------
    >>> from varigate.model.network.network_file import find, load
    >>> iris = load(find("iris"))
    >>> {part.name: count for part, count in counts(Op.CLASSIFY, iris).items()}
    {'MU': 2, 'SCORE': 3, 'CLASS': 1}
    """
    found = {part: PARTS[part].count(sizes) for part in OPERATIONS[op].parts}
    return {part: count for part, count in found.items() if count}


def codes_taken(op: Op, inputs: int, latent: int) -> int:
    """Count the codes (one byte each) that `op` takes, for a network with `inputs` inputs and a `latent`-dimensional z.

    Examples
    --------
    >>> codes_taken(Op.ENCODE, inputs=4, latent=2), codes_taken(Op.DECODE, 4, 2), codes_taken(Op.GENERATE, 4, 2)
    (4, 2, 0)
    """
    return {"input": inputs, "z": latent, None: 0}[OPERATIONS[op].takes]
