import numpy as np
import pytest

from varigate.gateware.panel.display import patterns
from varigate.gateware.panel.walk import Repeater, Walk, pair_bits
from varigate.model.protocol.operations import Op, Part
from varigate.model.protocol.text import hundredths
from varigate.sim.testbench.flowers import flowers
from varigate.sim.testbench.panel import SETTLE, Desk
from varigate.sim.testbench.streams import get, put, run

INTERVAL = 50
AXES = {"left": (0, -1), "right": (0, 1), "down": (1, -1), "up": (1, 1)}  # dimension of the pair, direction


def moves(script):
    """`script`: (clocks, names of held buttons) in turn; returns (clock, names) of each move."""
    dut, seen = Repeater(INTERVAL), []

    async def bench(ctx):
        clock = 0
        for clocks, held in script:
            ctx.set(dut.held, dict.fromkeys(held, 1))
            for _ in range(clocks):
                _, _, pulse = await ctx.tick().sample(dut.moves)
                if names := [name for name in ("center", *AXES) if pulse[name]]:
                    seen.append((clock, names))
                clock += 1

    run(dut, bench)
    return seen


def test_a_held_button_moves_at_once_then_waits_then_repeats():
    times = [1, *(1 + INTERVAL * turn for turn in (3, 4, 5, 6))]
    assert moves([(7 * INTERVAL, ["up"]), (1000, [])]) == [(time, ["up"]) for time in times]


def test_short_presses_move_once_each_and_the_centre_button_never():
    script = [(3 * INTERVAL, ["left"]), (5, []), (20, ["right", "up"]), (500, []), (500, ["center"]), (5, [])]
    assert moves(script) == [(1, ["left"]), (3 * INTERVAL + 6, ["right", "up"])]


def stepped(network, z, pair, names):
    """The point after a step, in plain integers."""
    z, step = list(z), max(1, 2**network.z.frac // 4)
    for name in names:
        axis, direction = AXES[name]
        if 2 * pair + axis < network.latent:
            z[2 * pair + axis] = min(127, max(-128, z[2 * pair + axis] + direction * step))
    return z


@pytest.mark.parametrize(("latent", "frac", "stall"), [(16, 4, 0), (5, 5, 0.5), (2, 8, 0), (1, 0, 0.5), (3, 1, 0)])
def test_a_walk_goes_where_the_buttons_say(latent, frac, stall):
    network = flowers(latent=latent, frac=frac)
    dut, rng = Walk(network, clock_hz=1000, repeat_hz=1), np.random.default_rng(latent)
    starts, steps, jobs, told = [], [], [], []

    async def core(ctx):
        while True:
            op, = await get(ctx, dut.client.job, 1, stall=stall, seed=1)
            data = await get(ctx, dut.client.data, latent, stall=stall, seed=len(jobs))
            jobs.append((op, [code - (code >> 7 << 8) for code in data]))
            for value, last in ((1, 0), (2, 0), (3, 1)):
                await put(ctx, dut.client.result, [{"part": Part.OUTPUT, "value": value, "last": last}], stall=stall)

    async def shown(ctx):
        while True:
            item, = await get(ctx, dut.o, 1, stall=stall, seed=len(told))
            told.append((item.index, item.z - (item.z >> 7 << 8)))

    async def person(ctx):
        z = [0] * latent
        for turn in range(40):
            if turn % 8 == 3:
                z = rng.integers(-128, 128, latent).tolist()
                starts.append(z)
                for code in z:
                    ctx.set(dut.start.payload, code & 0xFF)
                    ctx.set(dut.start.valid, 1)
                    await ctx.tick()
                ctx.set(dut.start.valid, 0)
            pair = int(rng.integers(1 << pair_bits(network)))
            names = rng.choice(list(AXES), rng.integers(1, 3), replace=False).tolist()
            ctx.set(dut.pair, pair)
            ctx.set(dut.held, dict.fromkeys(names, 1))
            await ctx.tick().repeat(3)
            assert ctx.get(dut.wanted)
            ctx.set(dut.held, {})
            ctx.set(dut.go, 1)
            await ctx.tick().until(dut.done)
            ctx.set(dut.go, 0)
            assert not ctx.get(dut.wanted)
            z = stepped(network, z, pair, names)
            pair_told = [(index, z[index]) for index in (2 * pair, 2 * pair + 1) if index < latent]
            steps.append(((Op.DECODE, z), pair_told))

    run(dut, person, processes=[core, shown], deadline=20_000)
    assert jobs == [job for job, _ in steps]
    assert told == [each for _, pair in steps for each in pair]


def desk_of_images():
    return Desk(flowers(inputs=64, outputs=64, latent=7, hidden=()))


def test_the_panel_walks_from_the_example_and_shows_the_pair():
    desk = desk_of_images()
    network = desk.network

    def numbers(z, pair):
        return "".join(f"{'-' if code < 0 else ' '}{hundredths(code, network.z.frac) / 100:.2f}"
                       for code in z[2 * pair:2 * pair + 2])

    async def bench(ctx):
        z = [0] * 7
        ctx.set(desk.panel.switches, 3 << 8 | 200)  # no example: a walk from the origin, in the pair that has one only
        for name in ("right", "up", "left"):
            await desk.press(ctx, name)
            await desk.settled(ctx)
            z = stepped(network, z, 3, [name])
            assert desk.jobs[-1][:2] == (Op.DECODE, [code & 0xFF for code in z])
            assert await desk.display(ctx) == patterns(f"{numbers(z, 3)}    ")
        assert desk.text == ""
        ctx.set(desk.panel.switches, 2 << 8 | 5)
        await ctx.tick().repeat(60)
        assert await desk.display(ctx) == patterns("005.     ")
        for _ in range(2):
            await desk.press(ctx, "center")
            await desk.settled(ctx)
        assert [job[0] for job in desk.jobs[-2:]] == [Op.RECONSTRUCT] * 2
        z = desk.jobs[-1][3]
        for name in ("down", "right"):
            await desk.press(ctx, name)
            await desk.settled(ctx)
            z = stepped(network, z, 2, [name])
            assert desk.jobs[-1][:2] == (Op.DECODE, [code & 0xFF for code in z])
            assert await desk.display(ctx) == patterns(numbers(z, 2))
        ctx.set(desk.panel.switches, 0 << 8 | 5)
        await ctx.tick().repeat(60)
        assert await desk.display(ctx) == patterns(numbers(z, 0))
        assert desk.text == desk.expected(5, 3) + desk.expected(5, 4)

    desk.run(bench)


def test_walking_is_told_for_the_whole_of_its_job_and_for_nothing_else():
    desk = desk_of_images()
    panel = desk.panel
    seen = []

    async def watch(ctx):
        core = desk.arbiter.core.result
        while True:
            _, _, taken, walking = await ctx.tick().sample(core.valid & core.ready, panel.walking)
            if taken:
                seen.append((len(desk.jobs), walking))

    async def bench(ctx):
        await desk.choose(ctx, 1)
        for name in ("center", "up", "center", "down"):
            await desk.press(ctx, name)
            await desk.settled(ctx)
        for _ in range(2):
            await put(ctx, desk.host.job, [Op.DECODE])
            await put(ctx, desk.host.data, [0] * 7)
            await get(ctx, desk.host.result, 64)
        ctx.set(panel.buttons, {"left": 1})  # a host and a walk at once: each has its turn
        await put(ctx, desk.host.job, [Op.DECODE])
        await put(ctx, desk.host.data, [0] * 7)
        await ctx.tick().repeat(2 * SETTLE)
        await get(ctx, desk.host.result, 64)
        await desk.settled(ctx)
        ctx.set(panel.buttons, {})

    run(desk, bench, processes=[desk.core.serve, desk.line, watch], deadline=100_000)
    flags = {job: {walking for number, walking in seen if number == job} for job, _ in seen}
    assert list(flags.values()) == [{0}, {1}, {0}, {1}, {0}, {0}, {0}, {1}]
