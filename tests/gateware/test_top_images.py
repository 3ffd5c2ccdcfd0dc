"""A top for images, at its pins: what has come over the serial line, and what the buttons do, is on the screen."""

import numpy as np
import pytest

from varigate.gateware.video.screen import BACKGROUND, FRAME, NEWEST, WALKED
from varigate.gateware.video.vga import PINS
from varigate.model.fixedpoint.epsilon import epsilon
from varigate.model.fixedpoint.sampling import prior_latent
from varigate.model.network.integer import decode, infer
from varigate.model.protocol.frames import Command
from varigate.sim.testbench.flowers import flowers
from varigate.sim.testbench.top_bench import TopBench

BLACK = np.zeros(25, int)


def boxes(line, *images):
    """A line of the screen: (left edge, box, line in the box, frame, image of 5×5) each, with the layout's figures."""
    pixels = np.empty((640, 3), int)
    pixels[:] = BACKGROUND
    for left, box, top, frame, image in images:
        scale = box // 5  # 44 and 16, so that two pixels of 224 and 84 are left over on either side
        pixels[left:left + box] = frame
        row = image.reshape(5, 5)[(line - top - 2) // scale] >> 4
        pixels[left + 2:left + 2 + 5 * scale] = np.repeat(row, scale)[:, np.newaxis]
    return pixels


class Screen:
    """A device for images of 5×5, and what some lines of its screen show in the first frame, at a clock a pixel."""

    def __init__(self, lines):
        self.network = flowers(inputs=25, outputs=25, latent=3, hidden=(), extreme=False,
                               output_activation="sigmoid", segments=8)
        self.device, self.lines = TopBench(self.network), {line: [] for line in lines}
        draws = epsilon(self.network.epsilon_table, self.network.epsilon_seed, 6).reshape(2, 3)
        self.draws = dict(enumerate(draws))

    async def watch(self, ctx):
        top, beam = self.device.top, -5  # the pins are 5 clocks late
        while True:
            _, _, *colour = await ctx.tick().sample(top.red, top.green, top.blue)
            line, pixel = divmod(beam, 800)
            if line in self.lines and pixel < 640:
                self.lines[line].append(colour)
            beam += 1

    async def shown(self, ctx, line):
        """The colours (640, 3) of a line that is still to come."""
        assert not self.lines[line], "too late"
        while len(self.lines[line]) < 640:
            await ctx.tick().repeat(100)
        return self.lines[line]

    def run(self, testbench):
        self.device.run(testbench, processes=[self.watch])


def test_images_that_come_over_the_serial_line_are_on_the_screen():
    screen, x = Screen([14]), np.random.default_rng(2).integers(0, 256, 25)
    network, device = screen.network, screen.device
    generated = decode(network, prior_latent(screen.draws[0], network.z))[1]
    assert len(np.unique(generated[:5] >> 4)) > 2

    async def testbench(ctx):
        await device.ask(ctx, Command.GENERATE, b"\1")
        await device.ask(ctx, Command.CLASSIFY, bytes(x.tolist()))
        wall = [(254 + 96 * place, 84, 6, FRAME, BLACK) for place in range(1, 4)]
        expected = boxes(14, (14, 224, 6, FRAME, x), (254, 84, 6, NEWEST, generated), *wall)
        assert np.array_equal(await screen.shown(ctx, 14), expected)

    screen.run(testbench)


@pytest.mark.long
def test_a_walk_is_on_the_screen():
    screen = Screen([260])
    network, device = screen.network, screen.device
    example = infer(network, network.examples[:1].astype(int), screen.draws[0][np.newaxis])
    step = np.array([8, 0, 0])  # a quarter of σ in s8.5
    walked = decode(network, np.minimum(example.z[0] + step, 127))[1]
    assert not np.array_equal(walked[:5] >> 4, example.output[0][:5] >> 4)

    async def testbench(ctx):
        await device.choose(ctx, 1)
        await device.press(ctx, "center")
        await device.text(ctx, 1)
        await device.press(ctx, "right")
        wall = [(254 + 96 * place, 84, 198, FRAME, BLACK) for place in range(4)]
        expected = boxes(260, (14, 224, 250, WALKED, walked), *wall)
        assert np.array_equal(await screen.shown(ctx, 260), expected)

    screen.run(testbench)


def test_iris_has_no_screen(iris):
    """Its 4 inputs and outputs are no image of 2×2."""
    device = TopBench(iris)

    async def testbench(ctx):
        await ctx.tick()

    device.run(testbench)
    assert not PINS.keys() & device.top.signature.members.keys()
