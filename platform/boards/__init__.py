"""The boards: one file each, a table of pins and what every tool needs of it.

A board is an Amaranth platform, which brings the pins. It adds its names and its clock, and four methods:
`create_missing_domain` (clock and reset), `wrap` (the top's ports to the pins), `toolchain_prepare` (design and
constraints as files) and `toolchain_program` (loading a bitstream).
"""

from varigate.model.errors import UserError
from varigate.platform.boards.nexys4ddr import Nexys4DDR

__all__ = ["NAMES", "find"]

BOARDS = {"nexys4ddr": Nexys4DDR}
ALIASES = {"nexysa7": "nexys4ddr"}  # the same board under its later name (Nexys A7-100T)
NAMES = (*BOARDS, *ALIASES)


def find(name: str):
    """Find the class of the board called `name`, or one of its aliases.

    Raises
    ------
    UserError
        for an unknown name, listing the known ones.

    Examples
    --------
    >>> find("nexysa7").name
    'nexys4ddr'
    """
    board = BOARDS.get(ALIASES.get(name, name))
    if board is None:
        raise UserError(f"unknown board {name!r}: the boards are {', '.join(NAMES)}")
    return board
