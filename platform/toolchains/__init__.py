"""Toolchains, from gateware to a bitstream: synthesis, checks, place and route, reports and programming."""

from varigate.model.errors import UserError
from varigate.platform.toolchains.openxc7 import OpenXC7
from varigate.platform.toolchains.vivado import Vivado

__all__ = ["CHOICES", "find"]

TOOLCHAINS = {"vivado": Vivado, "openxc7": OpenXC7}
CHOICES = ("auto", "none", *TOOLCHAINS)


def find(choice: str):
    """Find a place-and-route toolchain; None if the flow is to end at the netlist.

    `auto` takes the first whose programs are all there, and `none` none.

    Raises
    ------
    UserError
        for an unknown name, or if a toolchain is asked for by name and a program of it is missing.

    Examples
    --------
    >>> find("none") is None
    True
    """
    if choice == "none":
        return None
    if choice == "auto":
        return next((chain for chain in (kind() for kind in TOOLCHAINS.values())
                     if all(tool.path() for tool in chain.tools)), None)
    if choice not in TOOLCHAINS:
        raise UserError(f"unknown toolchain {choice!r}: choose {', '.join(CHOICES)}")
    chain = TOOLCHAINS[choice]()
    for tool in chain.tools:
        tool.require()
    return chain
