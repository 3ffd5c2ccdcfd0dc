"""Requests come through whole: for all time and any bytes on the line, line errors included, and resets at any time.

What `o` shows are the accepted requests, none dropped, doubled or overwritten, in order; its payload is, byte for byte,
what the deframer gave for that request, however long it is left waiting while further frames come in. All outputs hold
while stalled and wait for nobody. Nothing is assumed. Requests have up to four bytes of payload here, the fewest that
the protocol allows; the check sum is the real one.
"""

import pytest
from amaranth.hdl import Cat, Mux, Signal, Value

from varigate.gateware.link.deframer import GOOD, OVERHEAD
from varigate.gateware.link.requests import Requests
from varigate.model.protocol.requests import LEAST_WIRE
from varigate.sim.formal.proof import Proof
from varigate.sim.formal.stream_rules import Queue, claim_prompt, claim_steady, taken
from varigate.sim.testbench.opened import opened, rows

LONGEST = 4
MOST = OVERHEAD + LONGEST + 1  # where the deframer stops counting


def proof(fault=None):
    proof = Proof()
    requests = proof.free(Requests(2, 1))
    fragment, inside = opened(requests)
    stored = rows(fragment, "buffer")
    proof.m.submodules.requests = fragment
    if fault is not None:
        fragment.add_statements(*fault(requests, inside))
    full, verdict, payload = (inside[name] for name in ("full", "deframer.o_verdict__payload",
                                                        "deframer.o_payload__payload"))
    index, seq, command, length = payload[8:], verdict[4:12], verdict[12:20], verdict[20:]
    filling, showing, address = (inside[name] for name in ("filling", "showing", "address"))
    done = taken(requests.o)

    # What comes in, whether there is room for it or not; and what has been accepted.
    accept = inside["deframer.o_verdict__valid"] & (inside["reason"] == GOOD)
    coming = [Signal(8, name=f"coming_{place}") for place in range(LONGEST)]
    halves = [[Signal(8, name=f"half_{half}_{place}") for place in range(LONGEST)] for half in range(2)]
    lengths = [Signal(range(LONGEST + 1), name=f"length_{half}") for half in range(2)]
    for place, byte in enumerate(coming):
        with proof.m.If(inside["deframer.o_payload__valid"] & (index == place)):
            proof.m.d.sync += byte.eq(payload[:8])
    for half in range(2):
        with proof.m.If(accept & (filling == half)):
            proof.m.d.sync += [lengths[half].eq(length), Cat(halves[half]).eq(Cat(coming))]
    proof.claim("a request goes to a half that is free", ~full.bit_select(filling, 1), when=accept)
    proof.claim("as long as one can be", length <= LONGEST, when=accept)

    queue = Queue(proof, "accepted", 16, 2)
    queue.connect(accept, Cat(seq, command), done, requests.o.payload)
    within = address < Mux(showing, lengths[1], lengths[0])
    shown = Mux(showing, Cat(halves[1]).word_select(address, 8), Cat(halves[0]).word_select(address, 8))
    proof.claim("its own payload", requests.o_payload.payload == shown, when=requests.o_payload.valid & within)
    claim_steady(proof, "o", requests.o)
    claim_steady(proof, "o_payload", requests.o_payload, clear=done | ~within)
    claim_steady(proof, "o_negative", requests.o_negative)
    claim_prompt(proof, "o", requests.o, queue.count != 0, cycles=0)
    claim_prompt(proof, "o_payload", requests.o_payload, queue.count != 0, cycles=0)

    # Invariants of the halves.
    both = full[0] == full[1]
    proof.claim("a half a request", queue.count == full[0] + full[1])
    proof.claim("the halves take turns", (filling == showing) == both)
    proof.claim("the older one is shown", full.bit_select(showing, 1), when=~both)
    for place, item in enumerate(queue.items):
        half = Value.cast(inside["halves"]).word_select(showing ^ place, 16)
        proof.claim(f"the request at {place}", half == item, when=place < queue.count)
    proof.claim("a request begins at its first byte", address == 0, when=~requests.o.valid)
    proof.claim("what is read", requests.o_payload.payload == Cat(stored).word_select(Cat(address, showing), 8),
                when=requests.o.valid)
    count, wire, broken = (inside[f"deframer.{name}"] for name in ("count", "wire", "broken"))
    gone = Mux(count < OVERHEAD, 0, count - OVERHEAD)
    for place in range(LONGEST):
        for half in range(2):
            proof.claim(f"half {half} has byte {place}", stored[half * LONGEST + place] == halves[half][place],
                        when=full[half] & (place < lengths[half]))
        proof.claim(f"byte {place} as it comes", Cat(stored).word_select(LONGEST * filling + place, 8) == coming[place],
                    when=(place < gone) & inside["stored"])
    proof.claim("what is stored has room", ~full.bit_select(filling, 1), when=inside["stored"] & (gone != 0))
    # Invariants of the deframer: whatever is not too short on the wire holds at least a frame's overhead.
    left, quiet = inside["deframer.cobs.left"], inside["deframer.cobs.quiet"]
    far = Mux(left > 254 - MOST, 254 - left, MOST)
    proof.claim("the counts", (count <= MOST) & (wire <= LEAST_WIRE) & (left <= 254))
    proof.claim("nothing yet", (count == 0) & (left == 0) & quiet & ~broken, when=wire == 0)
    proof.claim("a byte for each but the first", count + 1 >= wire, when=~broken)
    proof.claim("a long block is long", count >= far, when=~broken & quiet & (wire != 0))
    proof.reach("two requests, one with a payload", full.all() & (lengths[1] != 0))
    return proof


def test_requests_come_through_whole():
    outcome = proof().prove(steps=2, within=20)
    assert outcome.status == "proved", str(outcome)


@pytest.mark.parametrize("fault", [
    pytest.param(lambda requests, inside: ("comb", inside["reason"].eq(inside["deframer.o_verdict__payload"][:4])),
                 id="overwrites", marks=pytest.mark.long),
    pytest.param(lambda requests, inside: ("sync", inside["stored"].eq(1)),
                 id="accepts what it has not stored", marks=pytest.mark.long),
    pytest.param(lambda requests, inside: ("comb", requests.o.valid.eq(inside["full"].any() & requests.o.ready)),
                 id="waits for ready", marks=pytest.mark.long),
    pytest.param(lambda requests, inside: ("sync", inside["address"].eq(inside["address"] + 1)),
                 id="begins in the middle"),
])
def test_broken_reception_is_refuted(fault):
    """The solver makes up whole frames, with their check sums: one, or three where both halves must be full."""
    outcome = proof(fault).prove(steps=40, bounded=True)
    assert outcome.status == "refuted", str(outcome)
