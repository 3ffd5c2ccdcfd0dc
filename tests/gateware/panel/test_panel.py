from dataclasses import replace
from itertools import groupby

import numpy as np
import pytest
from amaranth.hdl import ResetInserter, Signal

from varigate.gateware.panel.display import patterns
from varigate.gateware.video.screen_layout import image_side
from varigate.model.protocol.operations import Op
from varigate.model.protocol.text import hundredths
from varigate.sim.testbench.flowers import flowers
from varigate.sim.testbench.panel import PAGE, REFRESH, Desk
from varigate.sim.testbench.streams import get, put, run


@pytest.mark.parametrize("stall", [0.0, 0.5])
def test_the_centre_button_runs_the_chosen_flower(stall):
    desk = Desk(flowers(), stall)

    async def bench(ctx):
        assert await desk.display(ctx) == patterns("---     ")
        expected = ""
        for number in (51, 1, 150):
            await desk.choose(ctx, number)
            assert await desk.display(ctx) == patterns(f"{number:03d}.     ")
            await desk.press(ctx, "center")
            await desk.settled(ctx)
            op, x, cls, *_ = desk.jobs[-1]
            assert (op, x) == (Op.RECONSTRUCT, desk.network.examples[number - 1].tolist())
            assert await desk.display(ctx) == patterns(f"{number:03d}.{desk.network.class_names[cls][:5]}")
            assert ctx.get(desk.panel.leds) == 1 << cls
            expected += desk.expected(number)
            assert desk.text == expected
        assert len(desk.jobs) == 3

    desk.run(bench)


def test_the_right_button_draws_again_and_the_pages_take_turns():
    desk = Desk(flowers())

    async def bench(ctx):
        await desk.choose(ctx, 51)
        for name in ("center", "right", "right"):
            await desk.press(ctx, name)
            await desk.settled(ctx)
        assert [job[1] for job in desk.jobs] == [desk.network.examples[50].tolist()] * 3
        assert desk.text == "".join(desk.expected(51, job) for job in range(3))
        *_, z, output = desk.jobs[-1]
        signed = [f"{'-' if code < 0 else ' '}{hundredths(code, 5) / 100:.2f}" for code in z]
        tenths = [f"{code / 10:.1f}" if code < 100 else f"{code // 10}." for code in output]
        pages = [patterns("".join(signed)), patterns("".join(tenths))]
        seen = [await desk.display(ctx) for _ in range(4 * PAGE // REFRESH)]
        whole = [pages.index(page) for page in seen if page in pages]
        assert [key for key, _ in groupby(whole)][:4] == [0, 1, 0, 1]
        assert len(whole) >= len(seen) - 4, "only a display that is read while the page turns may be mixed"
        await desk.choose(ctx, 52)
        assert await desk.display(ctx) == patterns("052.     ")
        await desk.press(ctx, "center")
        await desk.settled(ctx)
        await ctx.tick().repeat(PAGE)
        name = desk.network.class_names[desk.jobs[-1][2]]
        assert await desk.display(ctx) == patterns(f"052.{name[:5]}")

    desk.run(bench)


def test_a_reset_clears_the_class():
    """In the middle of a line, after the switches have been set to what the number is after a reset."""
    desk, reset = Desk(flowers()), Signal()

    async def bench(ctx):
        await desk.choose(ctx, 51)
        await desk.press(ctx, "center")
        await desk.choose(ctx, 0, clocks=1)
        while not desk.text:
            await ctx.tick()
        ctx.set(reset, 1)
        await ctx.tick()
        ctx.set(reset, 0)
        assert await desk.display(ctx) == patterns("---     ")

    run(ResetInserter(reset)(desk), bench, processes=[desk.core.serve, desk.line], deadline=100_000)


def test_an_example_has_bytes_of_any_value():
    network = replace(flowers(), examples=np.arange(256, dtype=np.uint8).reshape(64, 4))
    desk = Desk(network)

    async def bench(ctx):
        for number in (1, 33, 64):
            await desk.choose(ctx, number)
            await desk.press(ctx, "center")
            await desk.settled(ctx)
        assert [job[1] for job in desk.jobs] == network.examples[[0, 32, 63]].tolist()

    desk.run(bench)


@pytest.mark.parametrize("network", [flowers(), replace(flowers(), examples=np.zeros((0, 4), np.uint8))])
def test_numbers_that_are_no_example(network):
    desk = Desk(network)

    async def bench(ctx):
        for number in (0, len(network.examples) + 1, 255):
            await desk.choose(ctx, number)
            await desk.press(ctx, "center")
            await desk.press(ctx, "right")
            assert await desk.display(ctx) == patterns("---     ")
        await desk.choose(ctx, min(1, len(network.examples)))
        await desk.settled(ctx)
        assert desk.jobs == [] and desk.text == ""

    desk.run(bench)


@pytest.mark.parametrize("last", ["center", "right"])
def test_of_the_presses_during_a_run_the_last_is_remembered_and_the_number_waits(last):
    desk = Desk(flowers(), stall=0.97)  # a line takes thousands of clocks

    async def bench(ctx):
        await desk.choose(ctx, 51)
        await desk.press(ctx, "center")
        for name in ("right", "center", "right", last):
            await desk.press(ctx, name)
        assert len(desk.jobs) <= 1
        await desk.choose(ctx, 52)
        while "\n" not in desk.text:
            await ctx.tick()
        await desk.settled(ctx)
        assert [job[1] for job in desk.jobs] == [desk.network.examples[number - 1].tolist() for number in (51, 52)]
        assert desk.text == desk.expected(51, 0) + desk.expected(52, 1)
        name = desk.network.class_names[desk.jobs[1][2]]
        number_and_class = [await desk.display(ctx) == patterns(f"052.{name[:5]}") for _ in range(2 * PAGE // REFRESH)]
        assert all(number_and_class) if last == "center" else not any(number_and_class)

    desk.run(bench)


def test_the_other_buttons_do_nothing():
    desk = Desk(flowers())

    async def bench(ctx):
        await desk.choose(ctx, 51)
        for name in ("up", "down", "left"):
            await desk.press(ctx, name)
        await desk.settled(ctx)
        assert desk.jobs == []

    desk.run(bench)


def test_leds_follow_the_host_and_the_display_does_not():
    desk = Desk(flowers())
    network = desk.network

    async def bench(ctx):
        await desk.choose(ctx, 7)
        for index in range(6):
            await put(ctx, desk.host.job, [Op.CLASSIFY])
            await put(ctx, desk.host.data, [index] * 4)
            await get(ctx, desk.host.result, network.latent + network.classes + 1)
            await ctx.tick().repeat(2)
            assert ctx.get(desk.panel.leds) & 0x7FFF == 1 << desk.jobs[-1][2]
        assert await desk.display(ctx) == patterns("007.     ")
        assert len({job[2] for job in desk.jobs}) > 1
        ctx.set(desk.panel.epsilon_on, 1)
        ctx.set(desk.panel.error, 1)
        await ctx.tick().repeat(2)
        assert ctx.get(desk.panel.leds) >> 13 & 3 == 3

    desk.run(bench)


@pytest.mark.parametrize("shape", [
    {"outputs": 20}, {"inputs": 64, "outputs": 64, "latent": 7, "hidden": ()}, {"inputs": 3, "latent": 1},
    {"inputs": 1, "classes": 1}, {"classes": 0, "latent": 16, "outputs": 16}, {"frac": 0, "tenths": False},
    {"inputs": 300, "hidden": (), "outputs": 2}], ids=str)
def test_networks_of_other_shapes(shape):
    desk = Desk(flowers(**shape))
    network = desk.network

    async def bench(ctx):
        number = len(network.examples)
        await desk.choose(ctx, number)
        await desk.press(ctx, "center")
        await desk.settled(ctx)
        assert desk.jobs[0][1] == network.examples[-1].tolist()
        await desk.press(ctx, "right" if image_side(network) is None else "center")
        await desk.settled(ctx)
        assert desk.text == desk.expected(number, 0) + desk.expected(number, 1)
        if network.outputs > 16:
            name = network.class_names[desk.jobs[-1][2]]
            for _ in range(PAGE // REFRESH + 2):
                assert await desk.display(ctx) == patterns(f"{number:03d}.{name[:5]:5}")

    desk.run(bench)
