"""The rules of streams as claims and assumptions of a `sim.formal.proof.Proof`.

1. What is offered stays offered, unchanged, until it is taken.
2. An offer does not wait for its taker: nothing is held back for want of `ready`.
3. Nothing is dropped, doubled or put out of order: that is against a `Queue`, which holds what is under way.
"""

from amaranth.hdl import Cat, Const, Mux, Signal, Value

__all__ = ["Queue", "assume_steady", "claim_prompt", "claim_steady", "taken", "total"]


def taken(stream):
    """High where an element changes hands."""
    return stream.valid & stream.ready


def total(bits) -> Value:
    """How many of `bits` are set."""
    return sum(bits, Const(0, 1))


def _steady(proof, stream, clear):
    """Rule 1 as a condition and when it applies."""
    offered = proof.past(stream.valid & ~stream.ready & ~Value.cast(clear).any())
    payload = Value.cast(stream.payload)
    return stream.valid & (payload == proof.past(payload)), offered


def claim_steady(proof, name: str, stream, *, clear=0):
    """Rule 1; `clear` may withdraw an offer."""
    test, when = _steady(proof, stream, clear)
    proof.claim(f"{name} holds while stalled", test, when=when)


def assume_steady(proof, *streams):
    """The surroundings keep rule 1."""
    for stream in streams:
        test, when = _steady(proof, stream, 0)
        proof.assume(test, when=when)


def claim_prompt(proof, name: str, stream, pending, *, cycles: int, clear=0) -> Signal:
    """Rule 2: while something is `pending`, `stream` is without an offer for at most `cycles` cycles in a row, whatever
    its `ready` does.

    Returns
    -------
    Signal
        how many cycles in a row it has been so before this one, for invariants.
    """
    waited = Signal(range(cycles + 2))
    waiting = Value.cast(pending).any() & ~stream.valid & ~Value.cast(clear).any()
    proof.m.d.sync += waited.eq(Mux(waiting, Mux(waited > cycles, waited, waited + 1), 0))
    proof.claim(f"{name} does not wait for ready", (waited < cycles) | ~waiting)
    return waited


class Queue:
    """What is under way, oldest first: the specification of everything that stores elements of a stream.

    Parameters
    ----------
    proof : Proof
    name : str
    width : int
        bits of an element.
    depth : int
        it never holds more: a claim.

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
        """Elements `pushed` enter with `push`; those `popped` leave with `pop`, and are claimed to be the oldest."""
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
        """The item at a place that is not constant."""
        return Cat(self.items).word_select(place, len(self.items[0]))
