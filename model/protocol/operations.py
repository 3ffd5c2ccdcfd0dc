"""What the core can be asked, and what it answers: the one table that gateware, protocol, host and simulator share.

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
    """An operation of the core."""

    CLASSIFY = 0
    ENCODE = 1
    RECONSTRUCT = 2
    GENERATE = 3
    DECODE = 4


class Part(IntEnum):
    """What a number of an answer is."""

    INDEX = 0  # of the first ε that this operation takes, or would take
    MU = 1
    V = 2
    SCORE = 3
    CLASS = 4
    Z = 5
    OUTPUT = 6


@dataclass(frozen=True)
class Operation:
    """An operation takes its codes, all of them, and only then answers.

    Parameters
    ----------
    takes : str or None
        the codes that it takes: the network's `input`, a `z`, or none.
    parts : tuple of Part
        of its answer, in order. Networks without a class head leave SCORE and CLASS out.
    epsilon : str or None
        when it takes `latent` values of ε: `always`, `when on` (else z is the rounded μ), or never.
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
    """The numbers of a part.

    Both functions take a network, or what a board says of its own (`model.protocol.replies.Info`).

    Parameters
    ----------
    field : str
        of `model.protocol.replies.Answer`, which holds them.
    count : function
        how many there are.
    number : function
        the `Format` of each; on the line it is sent in whole bytes, the least significant first.
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
    """How many numbers each part of an answer to `op` has, in order; parts without any are left out.

    Parameters
    ----------
    op : Op
    sizes : Network or Info
        with `latent`, `outputs` and `classes`.
    """
    found = {part: PARTS[part].count(sizes) for part in OPERATIONS[op].parts}
    return {part: count for part, count in found.items() if count}


def codes_taken(op: Op, inputs: int, latent: int) -> int:
    """How many codes (one byte each) `op` takes from its client, of a network with these sizes."""
    return {"input": inputs, "z": latent, None: 0}[OPERATIONS[op].takes]
