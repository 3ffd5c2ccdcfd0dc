"""Vectors on their way into the matrix engine, for all time and all values, with resets at any time.

What is read between a vector's `pick` and its `done` is that vector, the oldest one that was not picked, whatever comes
in meanwhile. Assumed of who reads: a vector is picked only where one is ready, when the one before it is done or in the
same clock.
"""

import pytest
from amaranth.hdl import Array, Cat, Mux, Signal

from varigate.gateware.engine.activation_buffers import VectorBuffer
from varigate.sim.formal.proof import Proof
from varigate.sim.formal.stream_rules import taken, total
from varigate.sim.testbench.opened import opened, rows

BITS = 2


def proof(inputs, columns, pages=2, fault=None):
    proof = Proof()
    buffer = VectorBuffer(inputs, columns, BITS, pages)
    proof.free(buffer.i.valid, buffer.i.payload, buffer.pick, buffer.done, buffer.read_word)
    fragment, inside = opened(buffer)
    proof.m.submodules.buffer = fragment
    if fault is not None:
        fragment.add_statements(*fault(buffer, inside))
    words = -(-inputs // columns)
    pitch = 1 << (words - 1).bit_length()  # words of a page
    banks = [rows(fragment, f"bank_{column}") for column in range(columns)]

    # The specification: vectors by number modulo 4; those that came, that were picked, that are done.
    came, picked, finished, count = Signal(2), Signal(2), Signal(2), Signal(range(inputs + 1))
    kept = [[Signal(BITS, name=f"kept_{page}_{place}") for place in range(inputs)] for page in range(pages)]
    reading = picked != finished
    proof.assume(buffer.ready & (~reading | buffer.done), when=buffer.pick)
    proof.assume(reading, when=buffer.done)
    proof.assume(buffer.read_word < words)
    whole = taken(buffer.i) & (count == inputs - 1)
    with proof.m.If(taken(buffer.i)):
        proof.m.d.sync += count.eq(Mux(whole, 0, count + 1))
        for page in range(pages):
            for place in range(inputs):
                with proof.m.If((came % pages == page) & (count == place)):
                    proof.m.d.sync += kept[page][place].eq(buffer.i.payload)
    proof.m.d.sync += [came.eq(came + whole), picked.eq(picked + buffer.pick), finished.eq(finished + buffer.done)]

    proof.claim("ready when one has come that is not picked", buffer.ready == (came != picked))
    proof.claim("takes what it has room for", buffer.i.ready == ((came - finished)[:2] < pages))
    reads = proof.past(reading)
    page, word = proof.past(finished % pages), proof.past(buffer.read_word)
    for column in range(columns):
        element = Array([Array([Cat(kept[page][place]) if (place := word * columns + column) < inputs else 0
                                for word in range(words)])[word] for page in range(pages)])[page]
        proof.claim(f"column {column} of the vector that is read", buffer.read_data[column].as_unsigned() == element,
                    when=reads & (word * columns + column < inputs))

    # Invariants: what lies where.
    proof.claim("at most so many", (came - finished)[:2] <= pages)
    proof.claim("one is read at a time", ((picked - finished)[:2] <= 1) & ((came - picked)[:2] <= pages))
    proof.claim("those that wait", inside["waiting"] == (came - picked)[:2])
    proof.claim("pages in turn", (inside["page"] == came % pages) & (inside["next_page"] == picked % pages))
    proof.claim("the page that is read", inside["read_page"] == finished % pages, when=reading)
    proof.claim("as many pages are filled", total(inside["filled"]) == (came - finished)[:2])
    proof.claim("the oldest is", inside["filled"].bit_select(finished % pages, 1), when=came != finished)
    proof.claim("the place", (inside["count"] == count) & (count < inputs)
                & (inside["word"] * columns + inside["bank"] == count) & (inside["bank"] < columns))
    for page in range(pages):
        for place in range(inputs):
            row = banks[place % columns][page * pitch + place // columns]
            there = inside["filled"][page] | ((came % pages == page) & (place < count))
            proof.claim(f"element {place} of page {page}", row == kept[page][place], when=there)
    proof.reach("all pages filled", inside["filled"].all())
    return proof


@pytest.mark.parametrize("pages", [1, 2])
@pytest.mark.parametrize(("inputs", "columns"), [(1, 1), (3, 1), (3, 2), (2, 2), (2, 3)])
def test_what_is_read_is_the_vector_that_was_picked(inputs, columns, pages):
    outcome = proof(inputs, columns, pages).prove(steps=2, within=14)
    assert outcome.status == "proved", str(outcome)


@pytest.mark.parametrize("fault", [
    lambda buffer, inside: ("comb", buffer.i.ready.eq(1)),
    lambda buffer, inside: ("comb", buffer.ready.eq(inside["filled"].any())),
    lambda buffer, inside: ("sync", inside["read_page"].eq(inside["page"])),
    lambda buffer, inside: ("sync", inside["word"].eq(0)),
], ids=["overwrites", "offers what is being read", "reads what comes in", "keeps one word"])
def test_a_broken_buffer_is_refuted(fault):
    outcome = proof(3, 2, fault=fault).prove(steps=14)
    assert outcome.status == "refuted", str(outcome)
