"""The places of the images on a screen of 640×480, as plain data.

    x    14            254   350   446   542
    y 6  ┌────────────┐┌───┐ ┌───┐ ┌───┐ ┌───┐
         │   input    │└───┘ └───┘ └───┘ └───┘
         │  224×224   │┌───┐                      102
         └────────────┘└───┘
    250  ┌────────────┐┌───┐     the wall:        198
         │   output   │└───┘     4×5 cells
         │  224×224   │┌───┐     of 84×84         294
         │            │└───┘
         │            │┌───┐                      390
         └────────────┘└───┘

An image of n×n is drawn in its box as large as whole pixels allow, so 28×28 at 8:1 (wall 3:1) and 8×8 at 28:1 (wall
10:1), in the middle, and has a frame of two pixels around it.
"""

import enum
from dataclasses import dataclass
from math import isqrt

from varigate.model.network.network import Network
from varigate.model.protocol.text import MOST_OUTPUTS

__all__ = ["COLUMNS", "IMAGE_GROUPS", "INPUT", "OUTPUT", "ROWS", "Edge", "ImageGroup", "Mark", "axis_marks",
           "image_side"]

MOST_SIDE = 32
FRAME = 2
COLUMNS, ROWS = 4, 5  # of the wall
INPUT, OUTPUT = 0, 1  # the big boxes, from the top


def image_side(network: Network) -> int | None:
    """Side n of the images, if inputs and outputs of the network are images of n×n bytes, 5 ≤ n ≤ 32; else None.

    >>> from varigate.model.network import network_file
    >>> [image_side(network_file.load(network_file.find(name))) for name in ("iris", "digits", "mnist")]
    [None, 8, 28]
    """
    side = isqrt(network.inputs)
    formats = all(not each.signed and each.bits == 8 for each in (network.input, network.output))
    images = formats and network.inputs == network.outputs == side**2 and MOST_OUTPUTS < side**2 <= MOST_SIDE**2
    return side if images else None


class Edge(enum.IntEnum):
    """The place of a coordinate relative to the nearest box."""

    OUTSIDE = 0
    FRAME = 1
    INSIDE = 2


@dataclass(frozen=True)
class Mark:
    """The meaning of one coordinate: a box, the row or column of its image, and whether it lies in one."""

    cell: int = 0
    place: int = 0
    edge: Edge = Edge.OUTSIDE


@dataclass(frozen=True)
class ImageGroup:
    """Boxes of one size, by where they start: at each of `x` with each of `y`."""

    box: int
    x: tuple[int, ...]
    y: tuple[int, ...]


IMAGE_GROUPS = {
    "big": ImageGroup(224, (14,), (6, 250)),
    "wall": ImageGroup(84, tuple(range(254, 254 + 96 * COLUMNS, 96)), tuple(range(6, 6 + 96 * ROWS, 96))),
}


def axis_marks(axis: str, side: int, length: int) -> list[dict[str, Mark]]:
    """Return the marks of each coordinate 0 … `length` − 1 on the axis `x` or `y`, by group, for images of `side`.

    >>> axis_marks("x", side=28, length=640)[14 + 8 * 5]["big"]
    Mark(cell=0, place=5, edge=<Edge.INSIDE: 2>)
    """
    table = [dict.fromkeys(IMAGE_GROUPS, Mark()) for _ in range(length)]
    for name, group in IMAGE_GROUPS.items():
        scale = group.box // side
        margin = (group.box - scale * side) // 2
        for cell, start in enumerate(getattr(group, axis)):
            for offset in range(-FRAME, scale * side + FRAME):
                inside = 0 <= offset < scale * side
                table[start + margin + offset][name] = Mark(cell, offset // scale * inside, Edge(1 + inside))
    return table
