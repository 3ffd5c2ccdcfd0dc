"""The picture on a VGA screen, for networks of images: the input, the output, and a wall of generated images."""

from amaranth.hdl import Cat, Module, Mux, Signal
from amaranth.lib import data, memory, wiring
from amaranth.lib.wiring import In, Out

from varigate.gateware.video.gallery import PICTURES, Gallery, Watched
from varigate.gateware.video.screen_layout import IMAGE_GROUPS, OUTPUT, Edge, axis_marks
from varigate.gateware.video.vga import VESA, Colour

__all__ = ["BACKGROUND", "FRAME", "NEWEST", "WALKED", "Screen"]

# Red, green, blue.
BACKGROUND, FRAME = (1, 1, 2), (4, 4, 6)
NEWEST = (15, 10, 0)  # the frame of the wall's newest image
WALKED = (0, 12, 13)  # the frame of an output that a walk has reached


class Screen(wiring.Component):
    """Gives the colour of each pixel: the gallery's images, in grey, where `gateware.video.screen_layout` has them.

    Parameters
    ----------
    side : int
        width and height of the images in pixels, see `gateware.video.screen_layout.image_side`.

    Members
    -------
    watched : In(Watched)
        the core's streams.
    walking : In(1)
        high while the results belong to a walk.
    x, y : In
        see `gateware.video.vga`; for coordinates that are not visible the colour means nothing.
    colour : Out(Colour)

    Cycles
    ------
    `latency` = 4 from `x` and `y` to `colour`: tables of the coordinates, choice of box, image memory, colour. One
    pixel a clock.

    Raises
    ------
    TypeError, ValueError
        if `side` is not a positive integer.

    Examples
    --------
    >>> Screen(28).latency
    4
    """

    latency = 4

    def __init__(self, side: int):
        self._gallery = Gallery(side)
        mark = data.StructLayout({"cell": 3, "place": range(side), "edge": 2})
        self._marks = data.StructLayout(dict.fromkeys(IMAGE_GROUPS, mark))
        self._side = side
        super().__init__({
            "watched": In(Watched), "walking": In(1),
            "x": In(range(VESA.line.total)), "y": In(range(VESA.frame.total)), "colour": Out(Colour),
        })

    def _look_up(self, m: Module, axis: str, visible: int):
        """Look up the marks of a coordinate, a clock later."""
        coordinate = getattr(self, axis)
        rows = [{group: vars(mark) for group, mark in marks.items()}
                for marks in axis_marks(axis, self._side, visible)]
        m.submodules[axis] = table = memory.Memory(shape=self._marks, depth=1 << len(coordinate), init=rows,
                                                   attrs={"ram_style": "block"})
        read = table.read_port()
        m.d.comb += read.addr.eq(coordinate)
        return read.data

    def elaborate(self, platform):
        m = Module()
        m.submodules.gallery = gallery = self._gallery
        wiring.connect(m, wiring.flipped(self.watched), gallery.watched)
        m.d.comb += gallery.walking.eq(self.walking)

        x, y = self._look_up(m, "x", VESA.line.visible), self._look_up(m, "y", VESA.frame.visible)
        big, newest = Signal(), gallery.newest
        column, row = Signal.like(x.wall), Signal.like(y.wall)
        edges = [column.edge, row.edge]
        m.d.comb += [
            big.eq(x.big.edge != Edge.OUTSIDE),
            column.eq(Mux(big, x.big, x.wall)), row.eq(Mux(big, y.big, y.wall)),
        ]
        pixel = data.StructLayout({"inside": 1, "framed": 1, "is_input": 1, "walked": 1, "newest": 1})
        stages = [Signal(pixel, name=f"pixel_{stage}", reset_less=True) for stage in range(2)]
        is_output = y.big.cell == OUTPUT
        wanted = Signal.like(gallery.wanted, reset_less=True)
        m.d.comb += gallery.wanted.eq(wanted)
        m.d.sync += [
            wanted.column.eq(column.place), wanted.row.eq(row.place),
            wanted.picture.eq(Mux(big, PICTURES - 1, Cat(x.wall.cell[:len(newest.column)], y.wall.cell))),
            stages[0].inside.eq((edges[0] == Edge.INSIDE) & (edges[1] == Edge.INSIDE)),
            stages[0].framed.eq((edges[0] != Edge.OUTSIDE) & (edges[1] != Edge.OUTSIDE)),
            stages[0].is_input.eq(big & ~is_output),
            stages[0].walked.eq(big & is_output & gallery.walked),
            stages[0].newest.eq(~big & newest.known & (x.wall.cell == newest.column) & (y.wall.cell == newest.row)),
            stages[1].eq(stages[0]),
        ]

        def plain(colour):
            return Colour.const(dict(zip(Colour.members, colour, strict=True))).as_value()

        shown, colour = stages[1], self.colour.as_value()
        with m.If(shown.inside):
            m.d.sync += colour.eq(Mux(shown.is_input, gallery.i_pixel, gallery.o_pixel).replicate(len(Colour.members)))
        with m.Elif(~shown.framed):
            m.d.sync += colour.eq(plain(BACKGROUND))
        with m.Elif(shown.newest):
            m.d.sync += colour.eq(plain(NEWEST))
        with m.Elif(shown.walked):
            m.d.sync += colour.eq(plain(WALKED))
        with m.Else():
            m.d.sync += colour.eq(plain(FRAME))
        return m
