"""Drives the streams of a component in the Amaranth simulator with arrays, with stalls on both sides."""

import random

from amaranth.hdl import Value
from amaranth.sim import Simulator

__all__ = ["get", "put", "run", "transact"]


async def put(ctx, stream, items, *, stall: float = 0.0, seed: int = 0):
    """Sends `items` in order; before each, waits a random number of cycles with probability `stall` per cycle."""
    rng = random.Random(seed)
    for item in items:
        while rng.random() < stall:
            await ctx.tick()
        ctx.set(stream.payload, item)
        ctx.set(stream.valid, 1)
        taken = False
        while not taken:
            *_, taken = await ctx.tick().sample(stream.ready)
        ctx.set(stream.valid, 0)


async def get(ctx, stream, count: int, *, stall: float = 0.0, seed: int = 0) -> list:
    """Receives `count` items; withholds `ready` with probability `stall` per cycle. Checks that a stalled item holds.

    Raises
    ------
    AssertionError
        when `valid` falls or the payload changes before the item was taken.
    """
    rng = random.Random(seed)
    items, waiting = [], None
    while len(items) < count:
        ready = rng.random() >= stall
        ctx.set(stream.ready, ready)
        _, _, valid, payload, raw = await ctx.tick().sample(
            stream.valid, stream.payload, Value.cast(stream.payload))
        assert waiting is None or (valid and raw == waiting), "a stalled item did not hold"
        waiting = raw if valid and not ready else None
        if valid and ready:
            items.append(payload)
    ctx.set(stream.ready, 0)
    return items


def run(component, *testbenches, processes=(), deadline: int = 1_000_000):
    """Simulates `component` at 100 MHz until all `testbenches` (async functions of a context) have ended.

    `processes` go on in the background and end with the run.

    Raises
    ------
    TimeoutError
        after `deadline` clock cycles.
    """
    simulator = Simulator(component)
    simulator.add_clock(1e-8)
    for testbench in testbenches:
        simulator.add_testbench(testbench)
    for process in processes:
        simulator.add_testbench(process, background=True)
    for _ in range(2 * deadline):  # one step a clock edge
        if not simulator.advance():
            return
    raise TimeoutError(f"no end after {deadline} cycles")


def transact(component, items, count: int, *, i="i", o="o", stall: float = 0.0, seed: int = 0,
             deadline: int = 1_000_000) -> list:
    """Sends `items` into stream `i`, returns the first `count` items of stream `o`; both sides stall at random."""
    received = []

    async def sender(ctx):
        await put(ctx, getattr(component, i), items, stall=stall, seed=seed)

    async def receiver(ctx):
        received.extend(await get(ctx, getattr(component, o), count, stall=stall, seed=seed + 1))

    run(component, sender, receiver, deadline=deadline)
    return received
