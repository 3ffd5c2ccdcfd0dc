"""Sends and receives arrays through streams; see `sim.simulators.compiled.Simulation.transact`."""

import numpy as np

from varigate.sim.simulators.native import RunOutcome, Stream

__all__ = ["transact"]


def transact(simulation, inputs: dict, outputs: dict[str, int], stall: float, seed: int, deadline: int | None):
    """See `sim.simulators.compiled.Simulation.transact`."""
    if not 0 <= stall < 1:
        raise ValueError(f"stall must be at least 0 and less than 1, not {stall}")
    words = {name: _words(simulation, name, array) for name, array in inputs.items()}
    words |= {name: _empty(simulation, name, count) for name, count in outputs.items()}
    cycles = {name: np.zeros(len(array), dtype=np.int64) for name, array in words.items()}
    if deadline is None:
        deadline = 10_000 + int(1000 * sum(map(len, words.values())) / (1 - stall))
    randoms = np.random.SeedSequence(seed).generate_state(len(words), np.uint64).tolist()
    streams = [_stream(simulation, name, array, cycles[name], random, name in inputs)
               for (name, array), random in zip(words.items(), randoms, strict=True)]
    senders, receivers = ((Stream * len(part))(*part) for part in (streams[:len(inputs)], streams[len(inputs):]))
    library, handle = simulation.library, simulation.handle
    outcome = simulation.check(library.sim_transact(handle, len(senders), senders, len(receivers), receivers,
                                                    round(stall * 2**32), deadline))
    if outcome == RunOutcome.DEADLINE:
        progress = ", ".join(f"{name} {stream.done} of {stream.count}"
                             for name, stream in zip(words, [*senders, *receivers], strict=True))
        raise TimeoutError(f"no end after {deadline} cycles: {progress}")
    if outcome == RunOutcome.NOT_HELD:
        name = list(outputs)[library.sim_culprit(handle)]
        raise AssertionError(f"stream {name}: a stalled item did not hold in cycle {simulation.cycle - 1}")
    return {name: words[name] for name in outputs}, cycles


def _chunks(width: int) -> int:
    return -(-width // 32)


def _words(simulation, name: str, array) -> np.ndarray:
    """The words of `array` in the layout of the harness; a `ValueError` if one does not fit."""
    width, array = simulation.input(f"{name}__payload").width, np.asarray(array)
    if array.size and array.dtype.kind not in "bui":
        raise ValueError(f"words of stream {name} must be integers, not {array.dtype}")
    shape = array.shape[:1] if width <= 64 else (*array.shape[:1], _chunks(width))
    if array.shape != shape or not shape:
        raise ValueError(f"words of stream {name} must have shape {'(n,)' if width <= 64 else f'(n, {_chunks(width)})'}"
                         f", not {array.shape}")
    if array.size and (array.min() < 0 or _top(array, width) or (width > 64 and int(array.max()) >> 32)):
        raise ValueError(f"a word of stream {name} does not fit its {width} bits")
    return np.ascontiguousarray(array, dtype=np.uint64 if width <= 64 else np.uint32)


def _top(array: np.ndarray, width: int) -> int:
    """The bits of the greatest word (or highest chunk) above the payload's width; 0 if all words fit."""
    return int(array.max()) >> width if width <= 64 else int(array[:, -1].max()) >> (width - 1) % 32 + 1


def _empty(simulation, name: str, count: int) -> np.ndarray:
    width = simulation.port(f"{name}__payload").width
    return np.zeros(count, np.uint64) if width <= 64 else np.zeros((count, _chunks(width)), np.uint32)


def _stream(simulation, name: str, words: np.ndarray, cycles: np.ndarray, random: int, is_input: bool) -> Stream:
    ports = [f"{name}__{part}" for part in ("valid", "ready", "payload")]
    driven = ports[0] if is_input else ports[1]
    if driven in simulation.ports:
        simulation.input(driven)
    valid, ready, payload = (simulation.ports[port].place if port in simulation.ports else -1 for port in ports)
    stride = words.itemsize // 4 * (words.shape[1] if words.ndim == 2 else 1)
    return Stream(valid, ready, payload, 0, len(words), 0, words.ctypes.data, stride, cycles.ctypes.data, random)
