from dataclasses import dataclass, field
from itertools import product

import numpy as np
import pytest

from varigate.gateware.video.screen import BACKGROUND, FRAME, NEWEST, WALKED, Screen
from varigate.gateware.video.screen_layout import image_side
from varigate.model.network.random_network import random_network
from varigate.model.protocol.operations import Op, Part
from varigate.sim.testbench.flowers import flowers
from varigate.sim.testbench.streams import run


def box(picture, image, x, y, size, frame):
    """Draws `image` (n, n) into the box of size×size pixels at x, y: scaled by a whole number, in the middle."""
    scale = size // len(image)
    margin = (size - scale * len(image)) // 2
    x, y, length = x + margin, y + margin, scale * len(image)
    picture[y - 2:y + length + 2, x - 2:x + length + 2] = frame
    picture[y:y + length, x:x + length] = np.kron(image >> 4, np.ones((scale, scale), int))[..., np.newaxis]


@dataclass
class Shown:
    """What the screen should show; coordinates typed from `gateware.video.screen_layout`'s drawing."""

    side: int
    input: np.ndarray = None
    output: np.ndarray = None
    walked: bool = False
    wall: list = field(default_factory=list)

    def picture(self):
        black = np.zeros((self.side, self.side), int)
        picture = np.empty((480, 640, 3), int)
        picture[:] = BACKGROUND
        box(picture, black if self.input is None else self.input, 14, 6, 224, FRAME)
        box(picture, black if self.output is None else self.output, 14, 250, 224, WALKED if self.walked else FRAME)
        for place in range(20):
            turn = [number for number in range(len(self.wall)) if number % 20 == place]
            newest = bool(turn) and turn[-1] == len(self.wall) - 1
            box(picture, self.wall[turn[-1]] if turn else black, 254 + 96 * (place % 4), 6 + 96 * (place // 4), 84,
                NEWEST if newest else FRAME)
        return picture


class Bench:
    """A screen, its streams, and what it should show."""

    def __init__(self, side):
        self.dut, self.shown, self.rng = Screen(side), Shown(side), np.random.default_rng(side)

    async def pass_by(self, ctx, stream, payload):
        """One element, after being offered without being taken, and taken without being offered."""
        for valid, ready in ((1, 0), (0, 1), (1, 1)) if self.rng.random() < 0.1 else ((1, 1),):
            for name, value in (("payload", payload), ("valid", valid), ("ready", ready)):
                ctx.set(getattr(stream, name), value)
            await ctx.tick()
        ctx.set(stream.valid, 0)

    async def job(self, ctx, op, *, walking=False, latent=3):
        """An operation with random data and results; the input and output, if it has them."""
        side, watched, rng = self.shown.side, self.dut.watched, self.rng
        await self.pass_by(ctx, watched.job, op)
        data = rng.integers(0, 256, {Op.GENERATE: 0, Op.DECODE: latent}.get(op, side * side))
        for code in data.tolist():
            await self.pass_by(ctx, watched.data, code)
        parts = {Op.CLASSIFY: "MU SCORE CLASS", Op.ENCODE: "MU V", Op.RECONSTRUCT: "INDEX MU V SCORE CLASS Z OUTPUT",
                 Op.GENERATE: "INDEX Z OUTPUT", Op.DECODE: "OUTPUT"}[op].split()
        counts = {"INDEX": 1, "CLASS": 1, "SCORE": 10, "OUTPUT": side * side}
        ctx.set(self.dut.walking, walking)
        for part in parts:
            values = rng.integers(0, 256, counts.get(part, latent))
            for place, value in enumerate(values.tolist()):
                last = part == parts[-1] and place == len(values) - 1
                await self.pass_by(ctx, watched.result, {"part": Part[part], "value": value, "last": last})
        ctx.set(self.dut.walking, 0)
        output = values.reshape(side, side) if parts[-1] == "OUTPUT" else None
        if len(data) > latent:
            self.shown.input = data.reshape(side, side)
        if op == Op.RECONSTRUCT or walking:
            self.shown.output, self.shown.walked = output, walking
        elif output is not None:
            self.shown.wall.append(output)

    async def look(self, ctx, x, y):
        """The colours (n, 3) at coordinates (n,), a new one each clock."""
        dut, seen = self.dut, []
        for clock in range(len(x) + dut.latency):
            if clock < len(x):
                ctx.set(dut.x, int(x[clock]))
                ctx.set(dut.y, int(y[clock]))
            if clock >= dut.latency:
                colour = ctx.get(dut.colour)
                seen.append([colour.red, colour.green, colour.blue])
            await ctx.tick()
        return np.array(seen)

    async def compare(self, ctx, x, y):
        assert np.array_equal(await self.look(ctx, x, y), self.shown.picture()[y, x])

    async def compare_some(self, ctx, count=300):
        await self.compare(ctx, self.rng.integers(0, 640, count), self.rng.integers(0, 480, count))


def corners(side):
    """Coordinates of each pixel of each image, at the first or last corner of its square; and all along two lines."""
    columns, rows = [], []
    for corner in (0, 1):
        for size, starts in ((224, [(14, 6), (14, 250)]), (84, list(product(range(254, 638, 96), range(6, 486, 96))))):
            scale = size // side
            margin = (size - scale * side) // 2
            place = margin + scale * np.arange(side) + corner * (scale - 1)
            for x, y in starts[corner::2]:
                grid = np.meshgrid(x + place, y + place)
                columns.append(grid[0].ravel())
                rows.append(grid[1].ravel())
    along, down = np.arange(640), np.arange(480)
    return (np.concatenate([*columns, along, np.full(480, 300), np.full(480, 30)]),
            np.concatenate([*rows, np.full(640, 40), down, down]))


@pytest.mark.parametrize("side", [8, pytest.param(28, marks=pytest.mark.long)])
def test_every_pixel_of_every_image(side):
    bench = Bench(side)

    async def script(ctx):
        await bench.job(ctx, Op.RECONSTRUCT)
        for number in range(20):
            await bench.job(ctx, Op.DECODE if number % 3 else Op.GENERATE)
        await bench.compare(ctx, *corners(side))

    run(bench.dut, script)


@pytest.mark.parametrize("side", [5, 13, pytest.param(32, marks=pytest.mark.long)])
def test_what_each_operation_changes(side):
    bench = Bench(side)

    async def script(ctx):
        await bench.compare_some(ctx)
        for op in (Op.CLASSIFY, Op.GENERATE, Op.RECONSTRUCT, Op.ENCODE, Op.DECODE, Op.CLASSIFY, Op.GENERATE):
            await bench.job(ctx, op)
            await bench.compare_some(ctx)
        for walking in (True, False, True):
            await bench.job(ctx, Op.DECODE, walking=walking)
            await bench.compare_some(ctx)
        await bench.job(ctx, Op.RECONSTRUCT)
        await bench.compare_some(ctx)

    run(bench.dut, script)


def test_the_wall_goes_round():
    bench = Bench(5)

    async def script(ctx):
        for number in range(43):
            await bench.job(ctx, Op.GENERATE)
            if number % 7 == 0 or number in (19, 20, 39, 40):
                await bench.compare_some(ctx)

    run(bench.dut, script)


def test_an_image_that_comes_while_another_is_drawn_does_not_disturb_it():
    """Nothing but the image's own place changes, in whatever clock its pixels come."""
    bench, before, x, y = Bench(8), [], np.tile(np.arange(640), 3), np.repeat([40, 300, 470], 640)

    async def script(ctx):
        await bench.job(ctx, Op.RECONSTRUCT)
        for _ in range(20):
            await bench.job(ctx, Op.GENERATE)
        before.append(bench.shown.picture()[y, x])
        seen = await bench.look(ctx, x, y)
        after = bench.shown.picture()[y, x]
        others = (before[0] == after).all(axis=-1)
        assert np.array_equal(seen[others], after[others])
        assert not others.all()

    async def writer(ctx):
        while not before:
            await ctx.tick()
        await bench.job(ctx, Op.GENERATE)
        await bench.job(ctx, Op.CLASSIFY)
        await bench.job(ctx, Op.DECODE, walking=True)

    run(bench.dut, script, writer)


def test_networks_of_images():
    def side(**shape):
        return image_side(flowers(**{"hidden": (), "outputs": shape["inputs"]} | shape))

    assert [side(inputs=n * n) for n in (5, 8, 28, 32)] == [5, 8, 28, 32]
    assert [side(inputs=n) for n in (4, 16, 33 * 33, 26)] == [None] * 4
    assert side(inputs=64, outputs=63) is None
    assert side(inputs=64, signed_output=True) is None
    assert image_side(random_network(np.random.default_rng(0), inputs=64, hidden=(), signed_input=True)) is None
