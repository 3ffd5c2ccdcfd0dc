"""What is encoded and decoded again comes out as it went in, byte for byte, packet for packet: for all time, packets of
any length, any bytes, stalls on all sides, resets at any time. No zero is on the wire but the delimiters.

For blocks of up to 2, 3 and 4 bytes in place of 254: nothing else in the encoder or decoder depends on that number; and
for an encoder with a smaller buffer, as long as its longest packet, which its input is then assumed to keep to. The
delimiter after each packet is put there by the proof. The specification is a queue of the bytes that are under way.
"""

import pytest
from amaranth.hdl import Cat, Mux, Signal

from varigate.gateware.link import cobs
from varigate.sim.formal.proof import Proof
from varigate.sim.formal.stream_rules import Queue, assume_steady, claim_prompt, claim_steady, taken
from varigate.sim.testbench.opened import opened, rows


def proof(longest, fault=None):
    proof, full = Proof(), cobs.FULL
    encoder, decoder = cobs.CobsEncoder(longest), cobs.CobsDecoder()
    fragment, sending = opened(encoder)
    block = rows(fragment, "block")
    proof.m.submodules.encoder = fragment
    proof.m.submodules.decoder, receiving = wire_end = opened(decoder)
    if fault is not None:
        fault(fragment, sending, *wire_end)
    proof.free(encoder.i.valid, encoder.i.payload, decoder.o.ready)
    assume_steady(proof, encoder.i)

    length = Signal(range(longest + 1))  # of the packet, as far as it has gone in
    if longest < full:
        with proof.m.If(taken(encoder.i)):
            proof.m.d.sync += length.eq(Mux(encoder.i.p.last, 0, length + 1))
        proof.assume(encoder.i.p.last, when=encoder.i.valid & (length == longest - 1))

    closing = Signal()  # the delimiter is next
    proof.m.d.comb += [
        decoder.i.payload.eq(Mux(closing, 0, encoder.o.p.data)),
        decoder.i.valid.eq(closing | encoder.o.valid),
        encoder.o.ready.eq(decoder.i.ready & ~closing),
    ]
    with proof.m.If(taken(decoder.i)):
        proof.m.d.sync += closing.eq(encoder.o.p.last & ~closing)

    queue = Queue(proof, "under_way", 9, longest + 2)
    pop = taken(decoder.o) & ~decoder.o.p.end
    left_bytes, lasts = [item[:8] for item in queue.items], [item[8] for item in queue.items]
    queue.connect(taken(encoder.i), encoder.i.payload, pop, Cat(decoder.o.p.data, lasts[0]))
    ended = Signal()  # the packet's last byte has come out
    with proof.m.If(taken(decoder.o)):
        proof.m.d.sync += ended.eq(~decoder.o.p.end & lasts[0])
    proof.claim("a packet ends after its last byte", ended & ~decoder.o.p.bad, when=decoder.o.valid & decoder.o.p.end)
    proof.claim("and not before", ~ended, when=pop)
    proof.claim("no zero within a packet", encoder.o.p.data != 0, when=encoder.o.valid)
    claim_steady(proof, "encoder", encoder.o)
    claim_steady(proof, "decoder", decoder.o)
    claim_prompt(proof, "encoder", encoder.o, ~encoder.i.ready, cycles=1)

    # Invariants. What is under way, oldest first: a zero that the block before stands for; the bytes of the block at
    # hand that the decoder still expects; and the zero that ended it, if it was that.
    collect, code, send, following = (sending["fsm_state"] == state for state in range(4))
    count, index, final, extra = (sending[name] for name in ("count", "index", "final", "extra"))
    left, quiet = receiving["left"], receiving["quiet"]
    owed = ~quiet & ~closing & (collect | code)
    here = Mux(collect | code, count, Mux(send, count - index, 0))[:len(count)]
    first = Mux(send, index, 0)
    zero = ~final & (count != full) & ~collect
    proof.claim("so many are under way", queue.count == owed + here + zero)
    proof.claim("a zero is owed", left_bytes[0] == 0, when=owed)
    proof.claim("the zero owed is the last one of its packet", lasts[0] == (code & final & (count == 0)), when=owed)
    for place in range(longest):
        at = (owed + place)[:3]
        item = Cat(left_bytes).word_select(at, 8)
        at_end = final & (place + 1 == here) & ~collect
        proof.claim(f"byte {place} of the block", item == Cat(block).word_select((first + place)[:len(index)], 8),
                    when=place < here)
        proof.claim(f"byte {place} is not zero", item != 0, when=place < here)
        proof.claim(f"byte {place} is a last one", Cat(lasts).bit_select(at, 1) == at_end, when=place < here)
    tail = (owed + here)[:3]
    proof.claim("the block's zero", (Cat(left_bytes).word_select(tail, 8) == 0)
                & (Cat(lasts).bit_select(tail, 1) == extra), when=zero)
    proof.claim("the decoder expects the block", left == Mux(send, here, 0))
    proof.claim("the block stands for a zero", quiet == (count == full), when=send | (following & ~closing))
    proof.claim("the last block of all", closing == final, when=following)
    proof.claim("an empty last block", owed, when=code & final & (count == 0))
    proof.claim("a block is closed", ended == closing)
    proof.claim("no delimiter within", ~closing, when=send)
    proof.claim("the count", (count <= longest) & (~collect | (count < longest)) & (~send | (index < count)))
    proof.claim("the block's end", ~(final | extra), when=collect)
    proof.claim("one kind of end", ~extra, when=final | (count == full))
    if longest < full:
        proof.claim("the packet is no shorter than its block", length >= count, when=collect)
        proof.claim("the packet is not too long", length < longest)
        proof.claim("a packet is over", length == 0, when=~collect & (final | extra))
        proof.claim("only a last block is as long as a packet", final, when=(count == longest) & ~collect)
        return proof
    proof.reach("a full block, then a zero that ends the packet", following & extra & ~quiet)
    return proof


@pytest.mark.parametrize(("full", "longest"), [(2, 2), (3, 3), (4, 4), (254, 4)])
def test_what_goes_in_comes_out(full, longest, monkeypatch):
    monkeypatch.setattr(cobs, "FULL", full)
    outcome = proof(longest).prove(steps=2)
    assert outcome.status == "proved", str(outcome)


@pytest.mark.parametrize("fault", [
    lambda encoder, sending, decoder, receiving: encoder.add_statements("sync", sending["extra"].eq(0)),
    lambda encoder, sending, decoder, receiving: decoder.add_statements("sync", receiving["quiet"].eq(0)),
    lambda encoder, sending, decoder, receiving: decoder.add_statements("comb", receiving["i__ready"].eq(1)),
], ids=["loses a last zero", "takes a full block for one with a zero", "drops"])
def test_broken_framing_is_refuted(fault, monkeypatch):
    monkeypatch.setattr(cobs, "FULL", 2)
    outcome = proof(2, fault).prove(steps=14, bounded=True)
    assert outcome.status == "refuted", str(outcome)
