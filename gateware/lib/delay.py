"""A delay line of registers."""

from contextlib import nullcontext

from amaranth.hdl import Module, Signal

__all__ = ["delay"]


def delay(m: Module, value, *, cycles: int = 1, name: str = "delayed", enable=None, reset_less: bool = True):
    """`value` of `cycles` clocks ago; the value itself for 0.

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
    """
    for _ in range(cycles):
        register = Signal(value.shape(), name=name, reset_less=reset_less)
        with nullcontext() if enable is None else m.If(enable):
            m.d.sync += register.eq(value)
        value = register
    return value
