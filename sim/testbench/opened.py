"""Access to the registers and wires inside a component, for claims about its state.

It is the component itself that is proved, as it goes to synthesis; it needs no port or member for it.
"""

from amaranth.hdl import Const, Fragment, Shape, Signal
from amaranth.utils import ceil_log2

__all__ = ["opened", "rows"]


def opened(component) -> tuple[Fragment, dict[str, Signal]]:
    """The elaborated `component`, to be made a submodule, and its registers and wires by name, those of its submodules
    with a path: `queue.level`. (Of several that have the same name, one.)

    Statements that are added to it come after its own, and win: so a proof's test breaks what it is about.
    """
    fragment = Fragment.get(component, None)
    return fragment, _signals(fragment)


def _signals(fragment: Fragment) -> dict[str, Signal]:
    found = {signal.name: signal for statements in fragment.statements.values()
             for statement in statements for signal in statement._lhs_signals()}
    for inner, name, _ in fragment.subfragments:
        found |= {f"{name}.{path}": signal for path, signal in _signals(inner).items()}
    return found


def rows(fragment: Fragment, *path: str) -> list[Signal]:
    """The rows of a memory within an opened component, each by an asynchronous read port of its own."""
    memory = fragment
    for name in path:
        memory = memory.find_subfragment(name)
    found = [Signal(Shape.cast(memory._data.shape).width, name=f"row_{row}") for row in range(memory._data.depth)]
    for row, value in enumerate(found):
        memory.read_port(domain="comb", addr=Const(row, ceil_log2(len(found))), data=value, en=Const(1),
                         transparent_for=())
    return found
