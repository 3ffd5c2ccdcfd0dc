"""The matrix engine's results on their way out, for all time and all values, with resets at any time.

The queue drops and doubles nothing, keeps order, holds what is stalled, does not wait for `ready` and *never
overflows*, since a job's room is reserved before it is computed. Assumed of what comes before it: room is reserved only
where there is some, and every reservation is followed by as many groups as a job has, the last of them marked.

The specification is a queue of groups, and a count of the lanes of the oldest that are gone.
"""

import pytest
from amaranth.hdl import Cat, Mux, Signal

from varigate.gateware.engine.result_queue import ResultQueue
from varigate.sim.formal.proof import Proof
from varigate.sim.formal.stream_rules import Queue, claim_prompt, claim_steady, taken
from varigate.sim.testbench.opened import opened, rows

BITS = 3
SHAPES = [(3, 1), (3, 2), (6, 4), (2, 2)]  # results of a job, lanes


def proof(results, lanes, fault=None):
    proof = Proof()
    queue = ResultQueue(results, lanes, BITS)
    groups = -(-results // lanes)
    proof.free(queue.reserve, queue.write, queue.values, queue.last, queue.o.ready)
    fragment, inside = opened(queue)
    stored = rows(fragment, "groups", "storage")
    proof.m.submodules.queue = fragment
    if fault is not None:
        fragment.add_statements(*fault(queue, inside))
    level, consume, produce = (inside[f"groups.{name}"] for name in ("level", "consume", "produce"))

    # Who writes: what it still owes, and how many groups of the oldest job that is here are gone.
    owed, left = Signal(range(queue.jobs * groups + 1)), Signal(range(groups))
    pop = taken(queue.o) & (inside["lane"] == Mux(queue.o.p.last, (results - 1) % lanes, lanes - 1))
    proof.m.d.sync += owed.eq(owed + Mux(queue.reserve, groups, 0) - queue.write)
    with proof.m.If(pop):
        proof.m.d.sync += left.eq(Mux(left == groups - 1, 0, left + 1))
    proof.assume(queue.room, when=queue.reserve)
    proof.assume((owed != 0) & (queue.last == ((left + level) % groups == groups - 1)), when=queue.write)

    entry = Cat(queue.values, queue.last)
    gone = Queue(proof, "groups", len(entry), len(stored))
    values, last = gone.items[0][:lanes * BITS], gone.items[0][-1]
    lane = Signal(range(lanes + 1))
    final = lane == Mux(last, (results - 1) % lanes, lanes - 1)
    gone.connect(queue.write, entry, taken(queue.o) & final, gone.items[0])
    with proof.m.If(taken(queue.o)):
        proof.m.d.sync += lane.eq(Mux(final, 0, lane + 1))
    proof.claim("a result has entered", gone.count != 0, when=queue.o.valid)
    proof.claim("it is the next", queue.o.p.value == values.word_select(lane, BITS).as_signed(), when=queue.o.valid)
    proof.claim("it is the last one where it is", queue.o.p.last == (last & final), when=queue.o.valid)
    proof.claim("no group is refused", inside["groups.w_rdy"], when=queue.write)
    claim_steady(proof, "o", queue.o)
    claim_prompt(proof, "o", queue.o, gone.count != 0, cycles=0)

    # Invariants: the ring, and what is reserved.
    proof.claim("as many groups", gone.count == level)
    proof.claim("places of the ring", (consume < len(stored)) & (produce == (consume + level) % len(stored)))
    for place, item in enumerate(gone.items):
        row = Cat(stored).word_select((consume + place) % len(stored), len(entry))
        proof.claim(f"the group at {place}", row == item, when=place < level)
        proof.claim(f"the mark at {place}", item[-1] == ((left + place) % groups == groups - 1), when=place < level)
    proof.claim("the lane", lane == inside["lane"])
    proof.claim("the lane exists", lane <= Mux(last, (results - 1) % lanes, lanes - 1), when=level != 0)
    proof.claim("no lane of nothing", lane == 0, when=level == 0)
    proof.claim("reserved is what is owed, there and gone", inside["reserved"] * groups == owed + level + left)
    proof.claim("never more than there is room for", inside["reserved"] <= queue.jobs)
    proof.claim("of a job something is left", left < groups)
    proof.claim("no part of nothing is gone", left == 0, when=inside["reserved"] == 0)
    proof.reach("a full queue", level == len(stored))
    return proof


@pytest.mark.parametrize(("results", "lanes"), SHAPES)
def test_results_leave_as_they_came(results, lanes):
    outcome = proof(results, lanes).prove(steps=2, within=12)
    assert outcome.status == "proved", str(outcome)


@pytest.mark.parametrize("fault", [
    lambda queue, inside: ("comb", queue.room.eq(1)),
    lambda queue, inside: ("comb", queue.o.valid.eq(inside["groups.r_rdy"] & queue.o.ready)),
    lambda queue, inside: ("comb", inside["r_en"].eq(queue.o.ready)),
    lambda queue, inside: ("comb", inside["w_en"].eq(queue.write & ~queue.o.valid)),
], ids=["overflows", "waits for ready", "drops lanes", "drops groups"])
def test_a_broken_queue_is_refuted(fault):
    outcome = proof(3, 2, fault).prove(steps=10)
    assert outcome.status == "refuted", str(outcome)
