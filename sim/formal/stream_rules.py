"""The rules of streams as claims and assumptions of a `sim.formal.proof.Proof`.

1. An offered element stays valid and unchanged until it is taken.
2. `valid` does not wait for `ready`.
3. No element is lost, doubled or reordered. The specification is a `Queue` of the elements inside the component.
"""

from amaranth.hdl import Cat, Const, Mux, Signal, Value

__all__ = ["Queue", "assume_steady", "claim_prompt", "claim_steady", "taken", "total"]


def taken(stream):
    """The condition that an element is transferred in this cycle.

    Examples
    --------
    >>> from amaranth.lib import stream
    >>> taken(stream.Signature(8).create(path=("o",)))
    (& (sig o__valid) (sig o__ready))
    """
    return stream.valid & stream.ready


def total(bits) -> Value:
    """The number of `bits` that are set.

    Examples
    --------
    >>> len(total([Signal(), Signal(), Signal()])) >= 2
    True
    """
    return sum(bits, Const(0, 1))


def _steady(proof, stream, clear):
    """The condition of rule 1, and the condition under which it must hold."""
    offered = proof.past(stream.valid & ~stream.ready & ~Value.cast(clear).any())
    payload = Value.cast(stream.payload)
    return stream.valid & (payload == proof.past(payload)), offered


def claim_steady(proof, name: str, stream, *, clear=0):
    """Claims rule 1 for an output; `clear` may withdraw an offer."""
    test, when = _steady(proof, stream, clear)
    proof.claim(f"{name} holds while stalled", test, when=when)


def assume_steady(proof, *streams):
    """Assumes rule 1 for inputs."""
    for stream in streams:
        test, when = _steady(proof, stream, 0)
        proof.assume(test, when=when)


def claim_prompt(proof, name: str, stream, pending, *, cycles: int, clear=0) -> Signal:
    """Claims rule 2: while an element is `pending`, `valid` is low for at most `cycles` cycles in a row.

    Returns
    -------
    Signal
        the number of such cycles up to the last one, for invariants.
    """
    waited = Signal(range(cycles + 2))
    waiting = Value.cast(pending).any() & ~stream.valid & ~Value.cast(clear).any()
    proof.m.d.sync += waited.eq(Mux(waiting, Mux(waited > cycles, waited, waited + 1), 0))
    proof.claim(f"{name} does not wait for ready", (waited < cycles) | ~waiting)
    return waited


class Queue:
    """The elements inside a component, oldest first: the specification of a component that stores elements.

    Parameters
    ----------
    proof : Proof
    name : str
    width : int
        bits of an element.
    depth : int
        the most elements; a claim says that there are no more.

    Members
    -------
    items : list of Signal
    count : Signal
    """

    def __init__(self, proof, name: str, width: int, depth: int):
        self._proof, self._name, self._depth = proof, name, depth
        self.items = [Signal(width, name=f"{name}_{place}") for place in range(depth)]
        self.count = Signal(range(depth + 2), name=f"{name}_count")

    def connect(self, push, pushed, pop, popped, *, clear=0):
        """Adds `pushed` when `push`, and removes the oldest when `pop`; claims that this is `popped`."""
        proof, count = self._proof, self.count
        pushed, popped = Value.cast(pushed), Value.cast(popped)
        left = Mux(pop, count - 1, count)[:len(count)]
        following = [*self.items[1:], Const(0, len(pushed))]
        for place, (item, after) in enumerate(zip(self.items, following, strict=True)):
            proof.m.d.sync += item.eq(Mux(push & (left == place), pushed, Mux(pop, after, item)))
        proof.m.d.sync += count.eq(Mux(clear, 0, left + push))
        proof.claim(f"{self._name}: what leaves has entered", count != 0, when=pop)
        proof.claim(f"{self._name}: what leaves is the oldest", popped == self.items[0], when=pop)
        proof.claim(f"{self._name}: there is room", left < self._depth, when=push)
        proof.claim(f"{self._name}: the count is in its range", count <= self._depth)

    def at(self, place) -> Value:
        """The element at a place, which is a signal."""
        return Cat(self.items).word_select(place, len(self.items[0]))
