"""The gallery's wall: which place an image takes."""

from amaranth.hdl import ResetInserter, Signal

from varigate.gateware.video.gallery import Gallery
from varigate.gateware.video.screen_layout import COLUMNS, ROWS
from varigate.model.protocol.operations import Part
from varigate.sim.testbench.streams import run

SIDE = 2


async def generate(ctx, gallery):
    """Passes the output of a GENERATE by; returns (known, row, column) of the newest image."""
    result = gallery.watched.result
    ctx.set(result.valid, 1)
    ctx.set(result.ready, 1)
    for place in range(SIDE * SIDE):
        ctx.set(result.payload, {"part": Part.OUTPUT, "value": 0, "last": place == SIDE * SIDE - 1})
        await ctx.tick()
    ctx.set(result.valid, 0)
    await ctx.tick().repeat(2)
    return tuple(ctx.get(gallery.newest[name]) for name in ("known", "row", "column"))


def test_a_reset_begins_the_wall_anew():
    """In whatever row it was; and without a reset, after its last place."""
    gallery, reset = Gallery(SIDE), Signal()
    places = [(1, *divmod(place, COLUMNS)) for place in range(ROWS * COLUMNS)]

    async def testbench(ctx):
        for count in (COLUMNS + 2, len(places) + 1):
            assert [await generate(ctx, gallery) for _ in range(count)] == (2 * places)[:count]
            ctx.set(reset, 1)
            await ctx.tick()
            ctx.set(reset, 0)
            assert ctx.get(gallery.newest.known) == 0

    run(ResetInserter(reset)(gallery), testbench)
