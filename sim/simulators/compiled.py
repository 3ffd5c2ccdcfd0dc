"""The compiled simulator: drives single pins, pins as lists of changes, and streams as arrays."""

import ctypes
import os
from dataclasses import dataclass

import numpy as np
from amaranth.back import rtlil
from amaranth.hdl import Signal, Value

from varigate.model.errors import UserError
from varigate.model.files import OutputFile
from varigate.sim.simulators import cxxrtl
from varigate.sim.simulators.native import Changes, RunOutcome, Sink, load
from varigate.sim.simulators.transfers import transact

__all__ = ["DesignPort", "Simulation"]


@dataclass(frozen=True)
class DesignPort:
    """A port of the design: its place in the harness, its width in bits, and whether it is an input."""

    place: int
    width: int
    is_input: bool


class Simulation:
    """A simulation of a clocked design.

    In each cycle inputs are applied, combinational values settle, `play` and `transact` sample them, and then comes
    the rising edge of `clk`. Ports have the names of Amaranth's Verilog, such as `client__job__valid`; their values
    are unsigned integers.

    Parameters
    ----------
    component : wiring.Component
        with a `sync` domain, whose `clk` and `rst` become inputs. Inputs start at the `init` of their signals.
    trace : path
        the VCD that is written, with 10 ns per cycle; this is slow. It is there when the simulation is closed.

    Members
    -------
    ports : dict of name: DesignPort
    cycle : int
        rising edges so far.
    library, handle
        the C interface, for `sim.simulators.transfers`.
    """

    _handle = _trace = None

    def __init__(self, component, *, trace: str | os.PathLike | None = None):
        self._open(rtlil.convert(component, emit_src=False), trace)
        for path, _, value in component.signature.flatten(component):
            port, value = "__".join(map(str, path)), Value.cast(value)
            if port in self.ports and self.ports[port].is_input and isinstance(value, Signal):
                self.set(port, value.init & (1 << len(value)) - 1)

    @classmethod
    def from_rtlil(cls, text: str, *, trace: str | os.PathLike | None = None, quick: bool = False) -> "Simulation":
        """Simulates the top module of a design in RTLIL, which need not come from Amaranth.

        It must have an input `clk`; all inputs start at zero. `quick`: see `sim.simulators.cxxrtl.library`."""
        simulation = cls.__new__(cls)
        simulation._open(text, trace, quick)
        return simulation

    def _open(self, text: str, trace, quick: bool = False):
        self._failure = None
        self._trace = None if trace is None else OutputFile(trace)
        try:
            self.library = load(cxxrtl.library(text, trace=trace is not None, quick=quick))
        except BaseException:
            if self._trace is not None:
                self._trace.discard()
            raise
        self._handle = self.library.sim_create()
        if trace is not None:
            self._sink = Sink(self._append)
            self.library.sim_trace(self.handle, self._sink)
        self.ports, self._unsettled = {}, False
        width, is_input = ctypes.c_int64(), ctypes.c_int32()
        for place in range(self.library.sim_ports(self.handle)):
            name = self.library.sim_port(self.handle, place, width, is_input).decode()
            self.ports[name] = DesignPort(place, width.value, bool(is_input.value))

    def close(self):
        """Ends the simulation, and completes the VCD."""
        handle, self._handle = self._handle, None
        if handle:
            self.library.sim_destroy(handle)
            self._end_trace()

    def _end_trace(self):
        """Puts the VCD in its place; one that could not be written whole is removed."""
        trace, self._trace = self._trace, None
        if trace is not None:
            try:
                if self._failure:
                    raise self._failure
                trace.save()
            finally:
                trace.discard()

    def _append(self, data: int, size: int):
        """Writes text to the VCD. C cannot pass an exception on: it is kept, and raised after the return."""
        try:
            if self._failure is None:
                self._trace.write(ctypes.string_at(data, size))
        except (UserError, OSError) as error:
            self._failure = error

    def __enter__(self) -> "Simulation":
        return self

    def __exit__(self, *exception):
        self.close()

    def __del__(self):
        self.close()

    @property
    def handle(self) -> int:
        if self._handle is None:
            raise ValueError("the simulation is closed")
        return self._handle

    @property
    def cycle(self) -> int:
        return self.library.sim_cycle(self.handle)

    def check(self, outcome: int) -> int:
        """Raises the error of a call that advances the simulation, if it had one; else returns `outcome`."""
        if outcome == RunOutcome.FAILED:
            raise AssertionError(f"an assertion of the design failed in cycle {self.cycle}: "
                                 f"{self.library.sim_error(self.handle).decode()}")
        if self._failure:
            raise self._failure
        self._unsettled = False
        return outcome

    def port(self, name: str) -> DesignPort:
        """The port of that name; a `ValueError` that lists the ports if there is none."""
        try:
            return self.ports[name]
        except KeyError:
            raise ValueError(f"the design has no port {name!r}; it has {', '.join(sorted(self.ports))}") from None

    def input(self, name: str) -> DesignPort:
        """The input of that name; a `ValueError` if it cannot be driven."""
        port = self.port(name)
        if not port.is_input or name == "clk":
            raise ValueError(f"{name} is not an input that can be driven")
        return port

    # Pins.
    def get(self, name: str) -> int:
        """The value of a port, after combinational values have settled."""
        port = self.port(name)
        if self._unsettled:
            self.check(self.library.sim_settle(self.handle))
        chunks = self.library.sim_current(self.handle, port.place)
        return sum(chunks[i] << 32 * i for i in range(-(-port.width // 32)))

    def set(self, name: str, value: int):
        port, value = self.input(name), int(value)
        if not 0 <= value < 1 << port.width:
            raise ValueError(f"{name} has {port.width} bits: {value} does not fit")
        chunks = self.library.sim_next(self.handle, port.place)
        for i in range(-(-port.width // 32)):
            chunks[i] = value >> 32 * i & 0xFFFFFFFF
        self._unsettled = True

    def step(self, cycles: int = 1):
        """Simulates this number of rising edges of `clk`."""
        if cycles < 0:
            raise ValueError(f"the number of cycles must not be negative: {cycles}")
        self.check(self.library.sim_step(self.handle, cycles))

    def reset(self, cycles: int = 1):
        """Asserts `rst` for this number of cycles."""
        self.set("rst", 1)
        self.step(cycles)
        self.set("rst", 0)

    # Lists of changes.
    def play(self, cycles: int, inputs: dict | None = None, outputs=()) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Drives inputs by lists of changes for a number of cycles, and records the changes of outputs.

        Parameters
        ----------
        cycles : int
        inputs : {port: (times, values)}
            two arrays of equal length. A value is applied before the edge with the number of its time; 0 is the next
            edge. Times must not decrease; those after the last cycle have no effect. Ports have up to 63 bits.
        outputs : ports

        Returns
        -------
        {port: (times, values)}
            int64: the value at edge 0, then each value that differs from the one before.
        """
        if cycles < 0:
            raise ValueError(f"the number of cycles must not be negative: {cycles}")
        lists = {name: self._changes(name, *pair) for name, pair in (inputs or {}).items()}
        drives = (Changes * len(lists))(*[
            Changes(self.ports[name].place, 0, len(times), times.ctypes.data, values.ctypes.data)
            for name, (times, values) in lists.items()])
        outputs = list(outputs)
        for name in outputs:
            if self.port(name).width > 63:
                raise ValueError(f"{name} has {self.ports[name].width} bits; play records up to 63")
        places = (ctypes.c_int32 * len(outputs))(*[self.ports[name].place for name in outputs])
        self.check(self.library.sim_play(self.handle, cycles, len(lists), drives, len(outputs), places))
        return {name: self._recorded(place) for place, name in enumerate(outputs)}

    def _changes(self, name: str, times, values) -> tuple[np.ndarray, np.ndarray]:
        width = self.input(name).width
        times, values = (np.ascontiguousarray(x, dtype=np.int64) for x in (times, values))
        if times.ndim != 1 or times.shape != values.shape:
            raise ValueError(f"{name} is driven by {times.shape} times and {values.shape} values")
        if len(times) and (times[0] < 0 or (np.diff(times) < 0).any()):
            raise ValueError(f"the times of {name} are negative, or fall")
        if width > 63 or (len(values) and (values.min() < 0 or values.max() >> width)):
            raise ValueError(f"{name} has {width} bits (play drives up to 63): a value does not fit")
        return times, values

    def _recorded(self, place: int) -> tuple[np.ndarray, np.ndarray]:
        pair = tuple(ctypes.POINTER(ctypes.c_int64)() for _ in range(2))
        count = self.library.sim_recorded(self.handle, place, *pair)
        return tuple(np.array(np.ctypeslib.as_array(x, (count,))) if count else np.zeros(0, np.int64) for x in pair)

    # Streams.
    def transact(self, inputs: dict | None = None, outputs: dict[str, int] | None = None, *, stall: float = 0.0,
                 seed: int = 0, deadline: int | None = None) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
        """Sends words to input streams and receives words from output streams, all at the same time.

        Parameters
        ----------
        inputs : {stream: words}
            unsigned integers (n,). For payloads wider than 64 bits: 32-bit chunks (n, chunks), the least significant
            first. A stream has ports `STREAM__payload`, `STREAM__valid` and, if not always ready, `STREAM__ready`.
        outputs : {stream: number of words}
        stall : float
            the probability that a side pauses for a cycle: before each offer, and in each cycle of an output.
        seed : int
            of the pauses; each stream draws its own.
        deadline : int
            the most cycles; by default 10,000 plus 1,000 for each word (more with stalls).

        Returns
        -------
        words : {stream: array}
            of `outputs`: uint64 (n,), or uint32 (n, chunks).
        cycles : {stream: array}
            int64 (n,) for each stream: `cycle` just before the edge at which each word was taken.

        Raises
        ------
        TimeoutError
            at the deadline.
        AssertionError
            if an output withdraws or changes an item that was not taken.
        """
        return transact(self, inputs or {}, outputs or {}, stall, seed, deadline)
