"""The matrix engine's ends: jobs and vectors in, results out. For all time and all values, with resets at any time.

The output queue drops and doubles nothing, keeps order, holds what is stalled, does not wait for `ready` and *never
overflows*, since a job is accepted only when there is room for its results; a job takes its vector, element by element
to consecutive places. Assumed of what lies between, which is left out: the drain gives as many groups as the jobs have,
each with its lanes filled from the first on.

The specification is a queue of groups, and a count of the lanes of the oldest that are gone.
"""

from types import SimpleNamespace

import pytest
from amaranth.hdl import Cat, Module, Mux, Signal, signed
from amaranth.lib import data, stream

from gateware.matmul import MatrixEngine
from gateware.program import Array
from sim.formal import Proof
from sim.opened import opened, rows
from sim.stream_rules import Queue, claim_prompt, claim_steady, taken, total

GROUPS, INPUTS, BANKS, BITS = [2, 1], [3, 2], 2, 5


def parts(lanes):
    """The engine's own logic at both ends, between free signals."""
    result = stream.Signature(data.StructLayout({"value": signed(BITS), "last": 1}))
    engine = SimpleNamespace(
        _array=Array(lanes, 1, lanes), _groups=GROUPS, _segments=[[SimpleNamespace(inputs=count)] for count in INPUTS],
        i_job=stream.Signature(range(2)).create(path=("i_job",)), i=stream.Signature(signed(BITS)).create(path=("i",)),
        o=result.create(path=("o",)))
    drain = SimpleNamespace(valid=Signal(), emit=Signal(), matrix_last=Signal(), strobe=Signal(lanes),
                            values=Signal(data.ArrayLayout(signed(BITS), lanes)))
    buffer = SimpleNamespace(banks=BANKS, load=Signal(), load_data=Signal(signed(BITS)), load_bank=Signal(range(BANKS)),
                             load_word=Signal(2))
    return engine, drain, buffer


def proof(lanes, fault=None):
    proof = Proof()
    engine, drain, buffer = parts(lanes)
    i_job, i, o = engine.i_job, engine.i, engine.o
    running, start, released, segment = Signal(), Signal(), Signal(), Signal()
    proof.free(i_job.valid, i_job.payload, i.valid, i.payload, o.ready, running, drain.valid, drain.emit,
               drain.matrix_last, drain.strobe, drain.values)
    ends = Module()
    MatrixEngine._accept(engine, ends, segment, buffer, SimpleNamespace(running=running, start=start), released)
    MatrixEngine._queue(engine, ends, drain, released)
    fragment, inside = opened(ends)
    stored = rows(fragment, "queue", "storage")
    proof.m.submodules.ends = fragment
    if fault is not None:
        fragment.add_statements(*fault(engine, drain, inside))

    # The drain: what it still owes.
    push = drain.valid & drain.emit
    owed = Signal(range(len(stored) + 2))
    proof.m.d.sync += owed.eq(owed + Mux(taken(i_job), Mux(i_job.payload == 0, GROUPS[0], GROUPS[1]), 0) - push)
    proof.assume(owed != 0, when=push)
    proof.assume(drain.strobe[0] & ~(drain.strobe[1:] & ~drain.strobe[:-1]).any())

    entry = Cat(drain.values, drain.strobe, drain.matrix_last)
    lane = Signal(range(lanes + 1))
    gone = Queue(proof, "groups", len(entry), len(stored))
    values, strobe, last = (gone.items[0][:lanes * BITS], gone.items[0][lanes * BITS:-1], gone.items[0][-1])
    final = lane + 1 == total(strobe)
    pop = taken(o) & final
    gone.connect(push, entry, pop, gone.items[0])
    with proof.m.If(taken(o)):
        proof.m.d.sync += lane.eq(Mux(final, 0, lane + 1))
    proof.claim("an element has entered", gone.count != 0, when=o.valid)
    proof.claim("it is the next", o.p.value == values.word_select(lane, BITS).as_signed(), when=o.valid)
    proof.claim("it is the last one where it is", o.p.last == (last & final), when=o.valid)
    proof.claim("a group goes to the queue", inside["queue.w_rdy"], when=push)
    claim_steady(proof, "o", o)
    claim_prompt(proof, "o", o, gone.count != 0, cycles=0)

    # The vector: a job takes as many elements as it has inputs, to consecutive places.
    loaded = Signal(range(max(INPUTS) + 1))
    loading = Signal()
    job = Signal()
    with proof.m.If(taken(i_job)):
        proof.m.d.sync += [loading.eq(1), loaded.eq(0), job.eq(i_job.payload)]
    with proof.m.If(taken(i)):
        proof.m.d.sync += [loaded.eq(loaded + 1), loading.eq(~start)]
        proof.claim("the vector ends", start == (loaded + 1 == Mux(job, INPUTS[1], INPUTS[0])), when=taken(i))
    proof.claim("the array starts after a vector", taken(i), when=start)
    proof.claim("no job while another loads", ~loading & ~running, when=taken(i_job))
    proof.claim("a place for each", loaded == Cat(buffer.load_bank, buffer.load_word), when=loading)
    proof.claim("all that is taken is stored", (buffer.load == taken(i)) & (buffer.load_data == i.payload))

    # Invariants: the queue's ring, and what is reserved.
    level, consume, produce = (inside[f"queue.{name}"] for name in ("level", "consume", "produce"))
    proof.claim("as many groups", gone.count == level)
    proof.claim("places of the ring", (consume < len(stored)) & (produce == (consume + level) % len(stored)))
    for place, item in enumerate(gone.items):
        row = Cat(stored).word_select((consume + place) % len(stored), len(entry))
        proof.claim(f"the group at {place}", row == item, when=place < level)
        item_strobe = item[lanes * BITS:-1]
        proof.claim(f"the lanes at {place}", item_strobe[0] & ~(item_strobe[1:] & ~item_strobe[:-1]).any(),
                    when=place < level)
    proof.claim("the lane", lane == (inside["lane"] if lanes > 1 else 0))
    proof.claim("the lane exists", lane < total(strobe), when=level != 0)
    proof.claim("no lane of nothing", lane == 0, when=level == 0)
    proof.claim("reserved is what is there and what is owed", inside["reserved"] == owed + level)
    proof.claim("never more than the queue holds", inside["reserved"] <= len(stored))
    proof.claim("one of them loads", inside["loading"] == loading)
    proof.claim("the same one", (inside["count"] == loaded) & (segment == job), when=loading)
    proof.claim("the vector is not over", loaded < Mux(job, INPUTS[1], INPUTS[0]), when=loading)
    proof.reach("a full queue", level == len(stored))
    return proof


@pytest.mark.parametrize("lanes", [1, 2, 4])
def test_the_ends_of_the_engine(lanes):
    outcome = proof(lanes).prove(steps=2, within=12)
    assert outcome.status == "proved", str(outcome)


@pytest.mark.parametrize("fault", [
    lambda engine, drain, inside: ("comb", engine.i_job.ready.eq(~inside["loading"])),
    lambda engine, drain, inside: ("comb", engine.o.valid.eq(inside["queue.r_rdy"] & engine.o.ready)),
    lambda engine, drain, inside: ("comb", inside["r_en"].eq(engine.o.ready)),
    lambda engine, drain, inside: ("comb", inside["w_en"].eq(drain.valid)),
], ids=["overflows", "waits for ready", "drops lanes", "takes what is not the last matrix's"])
def test_broken_ends_are_refuted(fault):
    outcome = proof(2, fault).prove(steps=10)
    assert outcome.status == "refuted", str(outcome)
