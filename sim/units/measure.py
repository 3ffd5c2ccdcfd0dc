"""The non-linear units, their errors against the real functions, and their resources on the device."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from amaranth.back import rtlil

from varigate.gateware.lib.pipeline import SkidBuffer
from varigate.gateware.units.activation import FoldedSigmoidUnit, SigmoidUnit
from varigate.gateware.units.gaussian import EpsilonSource, InverseCdf
from varigate.gateware.units.gaussian_baselines import ShiftRegister, SumOfUniforms
from varigate.gateware.units.lfsr import Taus88
from varigate.gateware.units.power import PowerUnit
from varigate.gateware.units.sampling import Sampler
from varigate.model.fixedpoint import power, sampling, sigmoid
from varigate.model.fixedpoint.accuracy import power_errors, sigma_table_errors, sigmoid_errors
from varigate.model.fixedpoint.epsilon import epsilon_table
from varigate.model.fixedpoint.formats import Format
from varigate.model.fixedpoint.gaussian_baselines import CLT_DRAWS
from varigate.platform.toolchains.device import Resources
from varigate.platform.toolchains.yosys import synthesise

__all__ = ["SIGMAS", "SIGMOIDS", "SOURCES", "Measured", "Unit", "measure"]

SEED = 1


@dataclass(frozen=True)
class Unit:
    """A non-linear unit of the book: its component and its errors.

    Parameters
    ----------
    name, form : str
        as in the book.
    component : callable
        makes the component, when it is needed: Amaranth warns of components that are not elaborated.
    latency, interval : int
        cycles to a result, and between results; None: the component's own properties.
    errors : callable or None
        makes the array of errors in ulp over the input codes, lowest first; for σ up to saturation.
    saturated : callable or None
        makes the bool array of the input codes whose output is the greatest code.
    """

    name: str
    form: str
    component: Callable
    latency: int | None = None
    interval: int | None = None
    errors: Callable | None = None
    saturated: Callable | None = None

    def misrounded(self, errors: np.ndarray) -> int:
        """The number of codes whose result is not the real value, rounded to the nearest and saturated."""
        return int(((np.abs(errors) > 0.5) & ~((errors < 0) & self.saturated()[:len(errors)])).sum())


def _at_top(function, source: Format, target: Format):
    return lambda: function(np.arange(source.low, source.high + 1)) == target.high


def _sigmoid(name: str, form: str, unit: sigmoid.Sigmoid) -> Unit:
    return Unit(f"`{name}`", f"{unit.input} → {unit.output}, {form}", lambda: SigmoidUnit(unit),
                errors=lambda: sigmoid_errors(unit), saturated=_at_top(unit, unit.input, unit.output))


def _folded(name: str, unit: sigmoid.Sigmoid) -> Unit:
    return Unit(f"`{name}`, folded", f"{unit.input} → {unit.output}, one multiplier for all powers",
                lambda: FoldedSigmoidUnit(unit), errors=lambda: sigmoid_errors(unit),
                saturated=_at_top(unit, unit.input, unit.output))


SIGMOIDS = (
    _sigmoid("classic", "Taylor 1 × 5, held", sigmoid.classic()),
    _sigmoid("byte", "table", sigmoid.byte()),
    _sigmoid("taylor(8, 2)", "Taylor 8 × 2, beside `byte`", sigmoid.taylor(8, 2)),
    _sigmoid("fine", "minimax 64 × 2", sigmoid.fine()),
    _folded("fine", sigmoid.fine()),
    _folded("compact", sigmoid.compact()),
)


SIGMAS = (
    Unit("table", f"{sampling.V} → {sampling.SIGMA}; area is that of the whole sampler z = μ + σ·ε",
         lambda: Sampler(sampling.sigma_table(), Format(True, 8, 5)), errors=sigma_table_errors,
         saturated=_at_top(lambda v: sampling.sigma_table()[v & 0xFF], sampling.V, sampling.SIGMA)),
    Unit("`fine`", f"{power.FINE_V} → {power.FINE_SIGMA}, shift × 2^f, minimax 64 × 1", lambda: PowerUnit(power.fine()),
         errors=lambda: power_errors(power.fine()),
         saturated=_at_top(power.fine(), power.FINE_V, power.FINE_SIGMA)),
)


def _source(kind: str) -> Unit:
    table = epsilon_table(kind)
    form = f"inverse CDF, {len(table) // 32} segments an octave, with LFSR and index; latency from draw to sample"
    return Unit(f"`{kind}`", form, lambda: EpsilonSource(table, SEED),
                latency=InverseCdf.latency_of(table) + SkidBuffer.latency)


SOURCES = (
    _source("quadratic"),
    _source("linear"),
    Unit("taus88", "uniform, 32 bits, seeded at run time", lambda: Taus88(SEED), latency=1),
    Unit("`clt`", "sum of uniforms: fails the tests", SumOfUniforms, interval=CLT_DRAWS),
    Unit("`shift`", "one-bit-shift LFSR, uniform: its inverse CDF fails the tests", lambda: ShiftRegister(SEED),
         latency=1),
)


@dataclass(frozen=True)
class Measured:
    """Resources of a unit after synthesis with Yosys, and its cycles."""

    resources: Resources
    latency: int
    interval: int


def measure(unit: Unit) -> Measured:
    """Synthesises `unit` for the device."""
    component = unit.component()
    with tempfile.TemporaryDirectory() as directory:
        (Path(directory) / "top.il").write_text(rtlil.convert(component, emit_src=False), encoding="utf-8")
        used = synthesise(Path(directory)).resources
    latency = component.latency if unit.latency is None else unit.latency
    return Measured(used, latency, unit.interval or getattr(component, "interval", 1))
