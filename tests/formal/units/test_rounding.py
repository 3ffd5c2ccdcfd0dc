"""Saturation and rounding equal their specification for all inputs.

*Saturation* gives the number of the format that is nearest: no other is nearer. *Round half up, then saturate* gives
the y of the format with 2ˢ·y − half ≤ a < 2ˢ·(y + 1) − half, where `half` is half of 2ˢ, and 0 for s = 0; the first
inequality may fail only for the least y, the second only for the greatest. Neither says how it is computed.

The drain's proof is of its three stages with any bias, shift and format, at small widths. It includes that the rounding
constant is folded into the bias and that the sum of the products wraps modulo 2**accumulator_bits. It assumes what
interval analysis sees to: sum, bias and rounding constant together fit. The sampler's is at full width, with stalls at
any time, of what comes after its product.
"""

from types import SimpleNamespace

import pytest
from amaranth.hdl import Const, Mux, Signal, signed, unsigned
from amaranth.lib import data

from varigate.gateware.engine import drain
from varigate.gateware.engine.program import Kind
from varigate.gateware.units import sampling
from varigate.model.fixedpoint.formats import Format
from varigate.model.fixedpoint.intervals import signed_bits
from varigate.model.fixedpoint.sampling import MU, PRODUCT_FRAC, sigma_table
from varigate.sim.formal.proof import Proof
from varigate.sim.testbench.opened import opened

SMALL = [Format(is_signed, bits) for is_signed in (False, True) for bits in range(1 + is_signed, 6)]


def one_sided(value, target):
    """A saturation without the low end."""
    return Mux(value > target.high, target.high, value)


def saturation(widest):
    """All of `SMALL` from all signed numbers that hold them, up to `widest` bits."""
    proof = Proof()
    value, other = (proof.free(Signal(signed(widest), name=name)) for name in ("value", "other"))
    for target in SMALL:
        for bits in range(signed_bits(target.low, target.high), widest + 1):
            given, found = Signal(signed(bits)), Signal(signed(widest + 1), name=f"from_{bits}_to_{target}")
            proof.m.d.comb += [given.eq(value), found.eq(drain.saturate(given, target))]
            in_format = (other >= target.low) & (other <= target.high)
            proof.claim(f"{bits} bits to {target} in range", (found >= target.low) & (found <= target.high))
            proof.claim(f"{bits} bits to {target} nearest", abs(found - given) <= abs(other - given), when=in_format)
    return proof


def claim_half_up(proof, found, exact, shift, target, when=1):
    """`found` is `exact` / 2**shift, half up, saturated to `target`."""
    half = Const(1) << shift >> 1
    proof.claim(f"to {target} in range", (found >= target.low) & (found <= target.high), when=when)
    proof.claim(f"to {target} not too high", (exact >= (found << shift) - half) | (found == target.low), when=when)
    proof.claim(f"to {target} not too low", (exact < (found + 1 << shift) - half) | (found == target.high), when=when)


def requantisation(bits, shifts, targets, *, down=0, fits=True):
    """A lane of the drain with parameters that are free, behind an accumulator that wraps."""
    proof = Proof()
    exact_sum, bias = Signal(signed(bits + 2)), Signal(signed(bits + 1))
    shift, kind = Signal(range(shifts)), Signal(range(len(targets)))
    proof.free(exact_sum, bias, shift, kind)
    folded = bias + (Const(1) << shift >> 1) - down
    total = exact_sum + folded
    if fits:
        proof.assume(total == total[:bits].as_signed())
    proof.assume((kind < len(targets)) & (shift < shifts))

    held, found = Signal(signed(bits)), Signal(signed(bits))
    layout = data.StructLayout({"bias": signed(bits), "shift": shift.shape(), "kind": unsigned(len(kind))})
    parameters = Signal(layout)
    proof.m.d.comb += [held.eq(exact_sum), parameters.bias.eq(folded), parameters.shift.eq(shift),
                       parameters.kind.eq(kind)]
    lane = SimpleNamespace(_accumulator=signed(bits), _kinds=[Kind(target) for target in targets], _sigmoid=None,
                           _value=signed(max(signed_bits(target.low, target.high) for target in targets)))
    proof.m.d.comb += found.eq(drain.Drain._requantise(lane, proof.m, 0, held, parameters))
    then = [proof.past(value, cycles=3, reset_less=True) for value in (exact_sum + bias, shift, kind)]
    for index, target in enumerate(targets):
        claim_half_up(proof, found, then[0], then[1], target, when=then[2] == index)
        proof.reach(f"{target} at its least and greatest", (found == target.low) & (proof.past(found) == target.high))
    return proof


def sampler(z, fault=None):
    proof = Proof()
    unit = proof.free(sampling.Sampler(sigma_table(), z))
    fragment, inside = opened(unit)
    proof.m.submodules.sampler = fragment
    if fault is not None:
        fragment.add_statements(*fault(inside))
    exact = (inside["mu_2"] << PRODUCT_FRAC - MU.frac) + inside["product"]
    shift = PRODUCT_FRAC - z.frac
    before = proof.past(exact, reset_less=True, when=inside["advance"])
    then = proof.past(before, reset_less=True, when=inside["advance"])
    claim_half_up(proof, inside["result"], then, shift, z)
    # The invariant of the stage between: the rounding constant is added; nothing has come there yet at the start.
    empty = (inside["total"] == 0) & (before == 0)
    proof.claim("the total is rounded", empty | (inside["total"] == before + (1 << shift - 1)))
    proof.claim("the result is given", unit.o.payload.raw == inside["result"])
    return proof


def test_saturation():
    outcome = saturation(7).prove(steps=1)
    assert outcome.status == "proved", str(outcome)


def test_one_sided_saturation_is_refuted(monkeypatch):
    monkeypatch.setattr(drain, "saturate", one_sided)
    outcome = saturation(4).prove(steps=1)
    assert outcome.status == "refuted" and len(outcome.trace) == 1, str(outcome)


@pytest.mark.parametrize(("bits", "shifts", "targets"), [
    (7, 6, SMALL),
    (12, 8, [Format(True, 8), Format(False, 8), Format(True, 5)]),
], ids=["all formats of up to five bits", "bytes"])
def test_requantisation(bits, shifts, targets):
    outcome = requantisation(bits, shifts, targets).prove(steps=4)
    assert outcome.status == "proved", str(outcome)


def test_half_down_is_refuted():
    outcome = requantisation(8, 4, [Format(True, 4)], down=1).prove(steps=4)
    assert outcome.status == "refuted", str(outcome)


def test_a_sum_that_does_not_fit_is_refuted():
    outcome = requantisation(8, 4, [Format(True, 4)], fits=False).prove(steps=4)
    assert outcome.status == "refuted", str(outcome)


def test_requantisation_without_the_low_end_is_refuted(monkeypatch):
    monkeypatch.setattr(drain, "saturate", one_sided)
    outcome = requantisation(8, 4, [Format(True, 4)]).prove(steps=4)
    assert outcome.status == "refuted", str(outcome)


@pytest.mark.parametrize("frac", [0, 4, 7])
def test_sampling(frac):
    outcome = sampler(Format(True, 8, frac)).prove(steps=3)
    assert outcome.status == "proved", str(outcome)


def test_a_sampler_that_wraps_is_refuted():
    outcome = sampler(Format(True, 8, 4), lambda inside: (
        "sync", inside["result"].eq(Mux(inside["advance"], inside["total"] >> PRODUCT_FRAC - 4, inside["result"]))))
    assert outcome.prove(steps=5).status == "refuted"
