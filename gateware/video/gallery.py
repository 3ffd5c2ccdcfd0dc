"""The gallery: keeps the images that pass between the core and its clients, for a screen."""

from amaranth.hdl import Cat, Module, Mux, Signal, unsigned
from amaranth.lib import data, memory, wiring
from amaranth.lib.wiring import In, Out

from varigate.gateware.core.job import OpShape, PartShape, Result
from varigate.gateware.lib.checks import check_integer
from varigate.gateware.video.screen_layout import COLUMNS, ROWS
from varigate.model.protocol.operations import Op, Part

__all__ = ["PICTURES", "PIXEL_BITS", "Gallery", "Newest", "Watched", "watch"]

PIXEL_BITS = 4
PICTURES = ROWS * COLUMNS + 1  # the wall row by row, and behind it the output


def _stream(payload):
    return wiring.Signature({"valid": Out(1), "ready": Out(1), "payload": Out(payload)})


Watched = wiring.Signature({
    "job": Out(_stream(OpShape)), "data": Out(_stream(unsigned(8))), "result": Out(_stream(Result))})
"""The streams of a client of the core (`gateware.core.job.Client`) as a mere observer sees them."""


def watch(m: Module, client, watched):
    """Connect `watched` to the streams of `client` as a mere observer."""
    for name in Watched.members:
        source, sink = getattr(client, name), getattr(watched, name)
        m.d.comb += [sink.valid.eq(source.valid), sink.ready.eq(source.ready), sink.payload.eq(source.payload)]


Newest = data.StructLayout({"known": 1, "column": range(COLUMNS), "row": range(ROWS)})
"""The place of the wall's newest image, if it has one."""


class Gallery(wiring.Component):
    """Keeps the last input, the last output, and a wall of generated images.

    The input is that of the last job that had one. The output is the last reconstruction, or the last image that was
    decoded while `walking`. All other generated and decoded images go to the wall, row by row and round again.

    Of a pixel the high four bits are kept. Images are black in the beginning; reset leaves them as they are. Nobody
    waits for the gallery: an image is overwritten as it comes, and may be read meanwhile.

    Parameters
    ----------
    side : int
        width and height of the images in pixels.

    Members
    -------
    watched : In(Watched)
        the core's streams.
    walking : In(1)
        high while the results belong to a walk.
    wanted : In({column, row, picture})
        a place, and the number of the picture (see `PICTURES`) that `o_pixel` shows.
    i_pixel, o_pixel : Out(4)
        the pixel there of the input, and of that picture.
    walked : Out(1)
        the output was walked to.
    newest : Out(Newest)

    Cycles
    ------
    `latency` = 1 from `wanted` to the pixels. A pixel can be asked for two clocks after it has passed on the watched
    streams; one passes a clock.

    Raises
    ------
    TypeError, ValueError
        if `side` is not a positive integer.

    Examples
    --------
    >>> Gallery(28).wanted.shape()["column"]
    Field(range(0, 28), 0)
    """

    latency = 1

    def __init__(self, side: int):
        check_integer("side of the images", side)
        self._side = side
        super().__init__({
            "watched": In(Watched), "walking": In(1),
            "wanted": In(data.StructLayout({"column": range(side), "row": range(side), "picture": range(PICTURES)})),
            "i_pixel": Out(PIXEL_BITS), "o_pixel": Out(PIXEL_BITS), "walked": Out(1), "newest": Out(Newest),
        })

    def elaborate(self, platform):
        m = Module()
        self._inputs(m)
        self._outputs(m)
        return m

    def _memory(self, count: int):
        """Make a memory of images, addressed by column, row and image (each a power of two, the lowest first)."""
        return memory.Memory(shape=PIXEL_BITS, depth=count << len(self.wanted.column) + len(self.wanted.row), init=[],
                             attrs={"ram_style": "block"})

    def _scan(self, m: Module, step, name: str):
        """Count the pixels row by row; `step` is high as one comes. Returns the place of the next one."""
        column, row = (Signal(range(self._side), name=f"{name}_{axis}") for axis in ("column", "row"))
        with m.If(step):
            m.d.sync += column.eq(column + 1)
            with m.If(column == self._side - 1):
                m.d.sync += [column.eq(0), row.eq(Mux(row == self._side - 1, 0, row + 1))]
        return Cat(column, row)

    def _inputs(self, m: Module):
        m.submodules.inputs = inputs = self._memory(1)
        write, read = inputs.write_port(), inputs.read_port()
        job, code = self.watched.job, self.watched.data
        is_image = Signal()
        with m.If(job.valid & job.ready):
            m.d.sync += is_image.eq((job.payload != Op.GENERATE) & (job.payload != Op.DECODE))
        taken, pixel = Signal(), Signal(PIXEL_BITS, reset_less=True)
        m.d.sync += [taken.eq(code.valid & code.ready & is_image), pixel.eq(code.payload[-PIXEL_BITS:])]
        m.d.comb += [
            write.en.eq(taken), write.data.eq(pixel), write.addr.eq(self._scan(m, taken, "input")),
            read.addr.eq(Cat(self.wanted.column, self.wanted.row)), self.i_pixel.eq(read.data),
        ]

    def _outputs(self, m: Module):
        m.submodules.outputs = outputs = self._memory(PICTURES)
        write, read = outputs.write_port(), outputs.read_port()
        result = self.watched.result
        taken, walking = Signal(), Signal(reset_less=True)
        part, last = Signal(PartShape, reset_less=True), Signal(reset_less=True)
        pixel = Signal(PIXEL_BITS, reset_less=True)
        m.d.sync += [
            taken.eq(result.valid & result.ready), walking.eq(self.walking),
            part.eq(result.payload.part), last.eq(result.payload.last),
            pixel.eq(result.payload.value[8 - PIXEL_BITS:8]),
        ]
        encoded = Signal()  # the answer has told v, so that its output is a reconstruction
        is_output, big = Signal(), Signal()
        column, row = Signal(range(COLUMNS)), Signal(range(ROWS))  # of the wall's next image
        wall = Cat(column, row)  # 4 columns, so this counts the images
        m.d.comb += [
            is_output.eq(taken & (part == Part.OUTPUT)),
            big.eq(encoded | walking),
            write.en.eq(is_output), write.data.eq(pixel),
            write.addr.eq(Cat(self._scan(m, is_output, "output"), Mux(big, PICTURES - 1, wall))),
            read.addr.eq(self.wanted), self.o_pixel.eq(read.data),
        ]
        with m.If(taken):
            m.d.sync += encoded.eq(~last & (encoded | (part == Part.V)))
        with m.If(is_output & last):
            with m.If(big):
                m.d.sync += self.walked.eq(walking)
            with m.Else():
                m.d.sync += [self.newest.known.eq(1), self.newest.column.eq(column), self.newest.row.eq(row)]
                m.d.sync += wall.eq(Mux(wall == ROWS * COLUMNS - 1, 0, wall + 1))
