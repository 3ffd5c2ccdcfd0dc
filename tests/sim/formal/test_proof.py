"""What a proof can come to, on a counter."""

import pytest
from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import memory, stream, wiring
from amaranth.lib.wiring import In, Out

from varigate.model.errors import UserError
from varigate.sim.formal.proof import Proof
from varigate.sim.formal.stream_rules import Queue, assume_steady, claim_steady, taken
from varigate.sim.testbench.opened import opened, rows


def counter(highest):
    """A counter that goes back to zero after 3."""
    proof = Proof()
    step, count = proof.free(Signal(name="step")), Signal(4, name="count")
    proof.m.d.sync += count.eq(Mux(step, Mux(count == 3, 0, count + 1), count))
    proof.claim("the count is small", count <= highest)
    return proof, count


def test_proved():
    outcome = counter(3)[0].prove()
    assert (outcome.status, outcome.steps, outcome.trace, outcome.broken) == ("proved", 1, [], ())


def test_refuted_with_a_readable_counterexample():
    outcome = counter(2)[0].prove(steps=8)
    assert (outcome.status, outcome.steps, outcome.broken) == ("refuted", 4, ("the_count_is_small",))
    assert [cycle["count"] for cycle in outcome.trace] == [0, 1, 2, 3]
    first, second, *lines = str(outcome).splitlines()
    assert first.startswith("refuted (4 cycles, ") and second == "  not so: the_count_is_small"
    assert "  0 1 2 3  count" in lines


def test_open_shows_where_the_induction_fails():
    outcome = counter(5)[0].prove(steps=1)
    assert (outcome.status, outcome.broken) == ("open", ("the_count_is_small",))
    assert [cycle["count"] for cycle in outcome.trace] == [5, 6]
    assert counter(5)[0].prove(steps=4).status == "proved"  # states of a path differ: 4 and 5 have no past so long


def test_bounded():
    outcome = counter(2)[0].prove(steps=3, bounded=True)
    assert (outcome.status, outcome.steps) == ("bounded", 3)


@pytest.mark.parametrize(("value", "status"), [(3, "proved"), (4, "vacuous")])
def test_what_must_be_reachable(value, status):
    proof, count = counter(3)
    proof.reach(f"the count is {value}", count == value)
    outcome = proof.prove()
    assert (outcome.status, outcome.broken) == (status, () if status == "proved" else ("the_count_is_4",))


def test_an_assumption_limits_the_inputs():
    for assumed, status in ((True, "proved"), (False, "refuted")):
        proof = Proof()
        given = proof.free(Signal(4))
        if assumed:
            proof.assume(given < 7)
        proof.claim("it was small", proof.past(given) < 7)
        assert proof.prove().status == status


class Delay(wiring.Component):
    """Holds an element in a memory of two rows, of which it uses one."""

    i: In(stream.Signature(4))
    o: Out(stream.Signature(4))

    def elaborate(self, platform):
        m = Module()
        m.submodules.store = store = memory.Memory(shape=4, depth=2, init=[])
        write, read = store.write_port(), store.read_port(domain="comb")
        full = Signal()
        m.d.comb += [
            write.addr.eq(1), write.data.eq(self.i.payload), write.en.eq(taken(self.i)), read.addr.eq(1),
            self.i.ready.eq(~full), self.o.payload.eq(read.data), self.o.valid.eq(full),
        ]
        m.d.sync += full.eq(Mux(full, ~self.o.ready, self.i.valid))
        return m


@pytest.mark.parametrize("fault", [False, True])
def test_a_look_inside(fault):
    proof = Proof()
    delay = proof.free(Delay())
    fragment, inside = opened(delay)
    store = rows(fragment, "store")
    proof.m.submodules.delay = fragment
    if fault:
        fragment.add_statements("sync", inside["full"].eq(delay.i.valid))
    assume_steady(proof, delay.i)
    queue = Queue(proof, "queue", 4, 1)
    queue.connect(taken(delay.i), delay.i.payload, taken(delay.o), delay.o.payload)
    claim_steady(proof, "o", delay.o)
    proof.claim("one or none", queue.count == inside["full"])
    proof.claim("it is there", store[1] == queue.items[0], when=inside["full"])
    proof.claim("the other row is not used", store[0] == 0)
    assert proof.prove().status == ("refuted" if fault else "proved")


def test_a_time_limit():
    with pytest.raises(UserError, match=r"a proof over 4 cycles took longer than 0\.01 seconds"):
        counter(3)[0].prove(limit=0.01)


@pytest.mark.parametrize(("program", "message"), [
    ("false", "Yosys stopped: no message"),
    ("no-such-yosys", "YOSYS is 'no-such-yosys', and there is no such program"),
])
def test_another_yosys(program, message, monkeypatch):
    monkeypatch.setenv("YOSYS", program)
    with pytest.raises(UserError, match=message):
        counter(3)[0].prove()
