"""No reachable state of a component of the uniform source is degenerate while it draws. For all time, all seeds and all
moments at which they are given, another seed's expansion included, and whatever the draws' taker does.

A component's state is degenerate when all its used bits are zero: it would stay so. The invariant that makes the claim
inductive: once as many rounds of the expansion are done as a component's word needs, its state is sound. The draws obey
the rules of streams; a new seed withdraws what is offered.
"""

import pytest

from varigate.gateware.units import lfsr
from varigate.gateware.units.lfsr import GENERATORS, ROUNDS, Taus88
from varigate.sim.formal.proof import Proof
from varigate.sim.formal.stream_rules import claim_prompt, claim_steady
from varigate.sim.testbench.opened import opened

DEGENERATE_SEED = 0xB8C12BCD  # after `ROUNDS` rounds of the mix it is 1, where the first component would stand still


def proof(seed, *, invariant=True):
    proof = Proof()
    source = Taus88(seed)
    proof.m.submodules.source, inside = opened(source)
    proof.free(source)
    count, expanding = inside["count"], inside["expanding"]
    for index, (*_, unused) in enumerate(GENERATORS):
        sound = inside[f"state_{index}"][unused:] != 0
        proof.claim(f"component {index} moves when a draw is made", sound, when=inside["advance"])
        if invariant:
            proof.claim(f"component {index} is sound once taken", sound, when=count >= ROUNDS * (index + 1))
    claim_steady(proof, "o", source.o, clear=source.i.valid)
    claim_prompt(proof, "o", source.o, ~expanding, cycles=1)
    if invariant:
        proof.claim("all rounds are done when the expansion ends", expanding == (count < ROUNDS * len(GENERATORS)))
        proof.claim("the count stays in its range", count <= ROUNDS * len(GENERATORS))
        proof.reach("a seed during the expansion of another", source.i.valid & (count == 5))
    return proof


@pytest.mark.parametrize("seed", [0, DEGENERATE_SEED, 0xFFFFFFFF])
def test_no_reachable_state_is_degenerate(seed):
    outcome = proof(seed).prove(steps=1)
    assert outcome.status == "proved", str(outcome)


def test_the_claim_needs_its_invariant():
    assert proof(0, invariant=False).prove(steps=2).status == "open"


def test_without_the_repair_the_solver_finds_a_seed_that_stands_still(monkeypatch):
    """A seed given at run time: the solver runs the sixteen rounds of the expansion backwards."""
    monkeypatch.setattr(lfsr, "Mux", lambda degenerate, repaired, word: word)
    outcome = proof(0).prove(steps=ROUNDS + 2, bounded=True)
    assert outcome.status == "refuted", str(outcome)
    assert outcome.trace[-1]["source.state_0"] in (0, 1)
