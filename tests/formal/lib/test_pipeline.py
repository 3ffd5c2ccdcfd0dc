"""`Pipeline` drops and doubles nothing, keeps order, holds what is stalled and does not wait for `ready`: for all time,
all payloads, and with resets and `clear` at any time (what is accepted in the cycle of `clear` is forgotten, too). Of
its input nothing is assumed, not even that it holds.

The specification is a queue. The invariants: it is as long as there are valid stages, each of which holds the item that
as many older ones precede; and the oldest is no further back than the cycles it has been waited for allow.
"""

import pytest
from amaranth.hdl import Signal
from amaranth.lib import stream

from varigate.gateware.lib.pipeline import Pipeline, SkidBuffer
from varigate.sim.formal.proof import Proof
from varigate.sim.formal.stream_rules import Queue, claim_prompt, claim_steady, taken, total
from varigate.sim.testbench.opened import opened


def proof(latency, *, clearable=False, fault=None):
    proof = Proof()
    i, o = (stream.Signature(8).create(path=(name,)) for name in "io")
    clear = Signal()
    proof.free(i.valid, i.payload, o.ready)
    if clearable:
        proof.free(clear)
    pipeline = Pipeline(proof.m, i, o, latency, clear=clear)
    stages = [i.payload]
    for _ in range(latency):
        stages.append(pipeline.stage(stages[-1], name="stage"))
    proof.m.d.comb += o.payload.eq(stages.pop())
    stages = [*stages[1:], o.payload]
    if fault is not None:
        fault(proof.m, i, o, pipeline)

    under_way = Queue(proof, "under_way", 8, latency)
    under_way.connect(taken(i), i.payload, taken(o), o.payload, clear=clear)
    claim_steady(proof, "o", o, clear=clear)
    waited = claim_prompt(proof, "o", o, under_way.count != 0, cycles=latency - 1, clear=clear)

    valid = pipeline.valid
    proof.claim("as many items as valid stages", under_way.count == total(valid))
    for index, stage in enumerate(stages):
        older = valid[index + 1:]
        proof.claim(f"stage {index} holds its item", stage == under_way.at(total(older)), when=valid[index])
        proof.claim(f"stage {index} is not late", waited <= index, when=valid[index] & ~older.any())
    proof.claim("nothing waits where nothing is", waited == 0, when=~valid.any())
    proof.reach("full and stalled", valid.all() & ~o.ready)
    return proof


@pytest.mark.parametrize("clearable", [False, True])
@pytest.mark.parametrize("latency", [1, 2, 4])
def test_a_pipeline_is_a_queue(latency, clearable):
    outcome = proof(latency, clearable=clearable).prove(steps=2)
    assert outcome.status == "proved", str(outcome)


def drops(m, i, o, pipeline):
    m.d.comb += i.ready.eq(1)


def doubles(m, i, o, pipeline):
    with m.If(o.valid & o.ready & ~i.valid):
        m.d.sync += pipeline.valid.eq(pipeline.valid)


def waits(m, i, o, pipeline):
    m.d.comb += o.valid.eq(pipeline.valid[-1] & o.ready)


def moves(m, i, o, pipeline):
    m.d.comb += pipeline.advance.eq(1)


def forgets_to_clear(m, i, o, pipeline):
    with m.If(i.valid):
        m.d.sync += pipeline.valid[0].eq(i.valid)


@pytest.mark.parametrize("fault", [drops, doubles, waits, moves, forgets_to_clear])
def test_a_broken_pipeline_is_refuted(fault):
    outcome = proof(2, clearable=fault is forgets_to_clear, fault=fault).prove(steps=8)
    assert outcome.status == "refuted", str(outcome)


def skid_proof(broken=False):
    """The specification is a queue of two; `ready` is there whenever it has room, whatever the output does."""
    proof, skid = Proof(), SkidBuffer(8)
    fragment, inside = opened(skid)
    proof.m.submodules.skid = fragment
    proof.free(skid)
    i, o = skid.i, skid.o
    waiting, spare = inside["waiting"], inside["spare"]
    if broken:  # what is offered while something waits is taken, too
        fragment.add_statements("comb", i.ready.eq(1))
    under_way = Queue(proof, "under_way", 8, 2)
    under_way.connect(taken(i), i.payload, taken(o), o.payload, clear=skid.clear)
    claim_steady(proof, "o", o, clear=skid.clear)
    proof.claim("as many items as places", under_way.count == o.valid + waiting)
    proof.claim("the second place is filled behind the first", o.valid, when=waiting)
    proof.claim("the first place holds its item", o.payload == under_way.at(0), when=o.valid)
    proof.claim("the second place holds its item", spare == under_way.at(1), when=waiting)
    proof.reach("full and stalled", waiting & ~o.ready)
    return proof


def test_a_skid_buffer_is_a_queue():
    outcome = skid_proof().prove(steps=2)
    assert outcome.status == "proved", str(outcome)


def test_a_broken_skid_buffer_is_refuted():
    outcome = skid_proof(broken=True).prove(steps=6)
    assert outcome.status == "refuted", str(outcome)
