"""Delay lines: registers in a row."""

from contextlib import nullcontext

from amaranth.hdl import Module, Signal

__all__ = ["delay"]


def delay(m: Module, value, *, cycles: int = 1, name: str = "delayed", enable=None, reset_less: bool = True):
    """Delay `value` by `cycles` clocks; 0 gives the value itself.

    Parameters
    ----------
    m : Module
        takes the registers, in the domain `sync`.
    value : value
    cycles : int
    name : str
        of each register.
    enable : value or None
        the registers load while it is high, and time stands still while it is low; None loads always.
    reset_less : bool
        data need no reset; a mark that starts something does.

    Examples
    --------
    >>> from amaranth.hdl import Signal, signed
    >>> delay(Module(), Signal(signed(12)), cycles=3).shape()
    signed(12)
    """
    for _ in range(cycles):
        register = Signal(value.shape(), name=name, reset_less=reset_less)
        with nullcontext() if enable is None else m.If(enable):
            m.d.sync += register.eq(value)
        value = register
    return value
