"""Both arbiters, for all time and all payloads, with resets at any time: nothing is dropped, doubled, put out of order
or given to another; a message, or a job with its data and its result, is not interleaved; nobody waits for more than
one turn of each other. Assumed: inputs hold what they offer, and the core answers only the job that it has taken.

They store nothing, so that an element arrives in the cycle in which it is taken, and order is kept by itself. One
offer is withdrawn: that of data at the end of a turn, where a client offers more than its job takes.
"""

import pytest
from amaranth.hdl import Cat, Mux, Signal, Value

from varigate.gateware.core import arbiter
from varigate.gateware.core.arbiter import CoreArbiter, MessageArbiter
from varigate.sim.formal.proof import Proof
from varigate.sim.formal.stream_rules import assume_steady, claim_prompt, claim_steady, taken, total
from varigate.sim.testbench.opened import opened


def claim_turns(proof, owner, busy, offers):
    """Who offers is granted before any other is granted twice.

    The invariant: the turns of others while one waits, and the way round from the owner to it, are no more than all.
    """
    count = len(offers)
    granted = busy & ~proof.past(busy)  # it took effect in this cycle
    for client, offer in enumerate(offers):
        turns = Signal(range(count + 2), name=f"turns_{client}")
        mine = granted & (owner == client)
        seen = turns + (granted & ~mine)
        proof.m.d.sync += turns.eq(Mux(offer & ~mine, Mux(seen > count, count + 1, seen), 0))
        proof.claim(f"{client} waits for a turn of each other at most", seen < count, when=offer & ~mine)
        for other in range(count):
            way = (client - other - 1) % count + 1
            proof.claim(f"{client} comes after {other}", seen + way <= count, when=offer & ~mine & (owner == other))
    proof.claim("there is such an owner", owner < count)


def claim_one_of(proof, name, from_all, to):
    """Whatever is taken from one of several streams arrives on one, in the same cycle, and nothing else does."""
    proof.claim(f"{name}: one for one", total(taken(one) for one in from_all) == taken(to))
    arrived = Value.cast(to.payload)
    for index, one in enumerate(from_all):
        proof.claim(f"{name}: that of {index}", Value.cast(one.payload)[:len(arrived)] == arrived, when=taken(one))


def messages(inputs, fault=None):
    proof = Proof()
    merger = proof.free(MessageArbiter(inputs))
    fragment, inside = opened(merger)
    proof.m.submodules.merger = fragment
    owner, busy = inside["owner"], inside["busy"]
    if fault is not None:
        fragment.add_statements(*fault(merger, busy))
    i, o = list(merger.i), merger.o
    assume_steady(proof, *i)
    claim_one_of(proof, "bytes", i, o)
    claim_steady(proof, "o", o)

    within, sender = Signal(), Signal(range(inputs))  # a message has begun, and this one sends it
    for index, one in enumerate(i):
        with proof.m.If(taken(one)):
            proof.m.d.sync += [within.eq(~one.p.last), sender.eq(index)]
        proof.claim(f"{index} does not cut in", sender == index, when=taken(one) & within)
    pending = Mux(within, Cat(one.valid for one in i).bit_select(sender, 1), Cat(one.valid for one in i).any())
    claim_prompt(proof, "o", o, pending, cycles=1)
    claim_turns(proof, owner, busy, [one.valid for one in i])

    # Invariants: who has begun a message owns the output, and who owns it without having begun offers one.
    proof.claim("the sender owns the output", busy & (owner == sender), when=within)
    proof.claim("the owner offers", Cat(one.valid for one in i).bit_select(owner, 1), when=busy & ~within)
    proof.reach("a message after one of the others", within & (sender == inputs - 1) & ~i[0].p.last & i[0].valid)
    return proof


@pytest.mark.parametrize("inputs", [2, 3])
def test_messages_are_merged_whole(inputs):
    outcome = messages(inputs).prove(steps=2)
    assert outcome.status == "proved", str(outcome)


@pytest.mark.parametrize("fault", [
    lambda merger, busy: ("sync", busy.eq(Mux(busy, ~taken(merger.o), merger.i[0].valid | merger.i[1].valid))),
    lambda merger, busy: ("comb", merger.i[0].ready.eq(merger.o.ready)),
    lambda merger, busy: ("comb", merger.o.payload.eq(merger.i[0].p.data)),
    lambda merger, busy: ("comb", merger.o.valid.eq(merger.i[0].valid & busy & merger.o.ready)),
    lambda merger, busy: ("comb", merger.o.valid.eq(busy)),
], ids=["a turn a byte", "drops", "of another", "waits for ready", "doubles"])
def test_broken_mergers_are_refuted(fault):
    outcome = messages(2, fault).prove(steps=8)
    assert outcome.status == "refuted", str(outcome)


def jobs(clients, fault=None):
    proof = Proof()
    sharer = CoreArbiter(clients)
    fragment, inside = opened(sharer)
    proof.m.submodules.sharer = fragment
    owner, busy, started = inside["owner"], sharer.busy, inside["started"]
    core, users = proof.free(sharer).core, list(sharer.clients)
    if fault is not None:
        fragment.add_statements(*fault(sharer, busy))

    running = Signal()  # the core has a job
    last = taken(core.result) & core.result.p.last
    proof.m.d.sync += running.eq((running | taken(core.job)) & ~last)
    assume_steady(proof, core.result, *(stream for user in users for stream in (user.job, user.data)))
    proof.assume(running, when=core.result.valid)

    claim_one_of(proof, "jobs", [user.job for user in users], core.job)
    claim_one_of(proof, "data", [user.data for user in users], core.data)
    claim_one_of(proof, "results", [user.result for user in users], core.result)
    proof.claim("a job at a time", ~running, when=core.job.valid)

    # A turn: from the first element that is taken to the last one of the result, all is of one client.
    turn, client = Signal(), Signal(range(clients))
    for index, user in enumerate(users):
        any_taken = taken(user.job) | taken(user.data) | taken(user.result)
        with proof.m.If(any_taken):
            proof.m.d.sync += [turn.eq(1), client.eq(index)]
        proof.claim(f"{index} does not cut in", client == index, when=any_taken & turn)
        proof.claim(f"{index} has its data passed on", core.data.valid, when=user.data.valid & turn & (client == index))
        claim_steady(proof, f"result {index}", user.result)
    with proof.m.If(last):
        proof.m.d.sync += turn.eq(0)
    claim_steady(proof, "job", core.job)
    claim_steady(proof, "data", core.data, clear=last)
    offers = Cat(user.job.valid for user in users)
    claim_prompt(proof, "job", core.job, offers.any() & ~running, cycles=1)
    proof.claim("results do not wait for ready", total(user.result.valid for user in users) == core.result.valid)
    claim_turns(proof, owner, busy, [user.job.valid for user in users])

    proof.claim("a running job is a started one", running == started)
    proof.claim("a running job has had its turn", turn & busy, when=running)
    proof.claim("whose turn it is owns the core", busy & (owner == client), when=turn)
    proof.claim("the owner offers a job", offers.bit_select(owner, 1), when=busy & ~started)
    proof.reach("the last result, and a job of another", last & (client == 0) & offers[1])
    return proof


@pytest.mark.parametrize("clients", [2, 3])
def test_the_core_is_shared_a_job_at_a_time(clients):
    outcome = jobs(clients).prove(steps=2)
    assert outcome.status == "proved", str(outcome)


@pytest.mark.parametrize("fault", [
    lambda arbiter, busy: ("sync", busy.eq(~taken(arbiter.core.job))),
    lambda arbiter, busy: ("comb", arbiter.clients[1].data.ready.eq(arbiter.core.data.ready & busy)),
    lambda arbiter, busy: ("comb", arbiter.clients[0].result.valid.eq(arbiter.core.result.valid)),
    lambda arbiter, busy: ("comb", arbiter.core.result.ready.eq(1)),
], ids=["free too early", "data of another", "results to all", "drops results"])
def test_broken_sharing_is_refuted(fault):
    outcome = jobs(2, fault).prove(steps=8)
    assert outcome.status == "refuted", str(outcome)


@pytest.mark.parametrize("proof", [messages, jobs])
def test_a_fixed_order_is_refuted(proof, monkeypatch):
    def first(m, wanted, busy):
        owner = Signal(range(len(wanted)))
        with m.If(~busy & Cat(wanted).any()):
            m.d.sync += [busy.eq(1), owner.eq(Mux(wanted[0], 0, 1))]
        return owner

    monkeypatch.setattr(arbiter, "_grant", first)
    outcome = proof(2).prove(steps=12)
    assert outcome.status == "refuted", str(outcome)
    assert all("comes_after" in claim or "turn_of_each" in claim for claim in outcome.broken), str(outcome)
