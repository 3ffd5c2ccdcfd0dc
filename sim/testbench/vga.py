"""Decodes the waveform of the VGA pins to a picture, and writes pictures as PNG."""

import io

import numpy as np
from amaranth.hdl import Cat
from matplotlib.image import imsave

from varigate.gateware.video.vga import PINS, VESA, Colour, Geometry

__all__ = ["clocks_needed", "decode", "png", "record"]


def clocks_needed(clocks: int = 4, geometry: Geometry = VESA) -> int:
    """Clocks to record so that the recording has a whole frame, wherever it starts."""
    return 2 * geometry.frame.total * geometry.line.total * clocks


def _pulses(times, values, width: int, name: str) -> np.ndarray:
    """The starts of the negative pulses; a `ValueError` if a completely recorded one is not `width` clocks long."""
    falls, rises = times[1:][values[1:] == 0], times[1:][values[1:] == 1]
    rises = rises[rises > falls[0]] if len(falls) else rises[:0]
    widths = rises - falls[:len(rises)]
    if (widths != width).any():
        raise ValueError(f"a pulse of {name} lasts {widths[widths != width][0]} clocks, not {width}")
    return falls


def decode(pins: dict, clocks: int = 4, geometry: Geometry = VESA) -> np.ndarray:
    """Decodes the first whole frame in a recording, found by its synchronisation pulses only, as a monitor does.

    Parameters
    ----------
    pins : {pin: (times, values)}
        of each of `gateware.video.vga.PINS`, as `Simulation.play` returns them: the value at time 0, and each that
        differs from the one before; times in clocks.
    clocks : int
        a pixel.

    Returns
    -------
    uint8 (lines, pixels, 3): red, green and blue, 0…15.

    Raises
    ------
    ValueError
        for pulses that are not as long or as far from each other as they should be, colours outside the visible part,
        pixels that change in their middle, and a recording without a whole frame.
    """
    line, frame = geometry.line, geometry.frame
    width, lines = line.total * clocks, frame.total
    hsync = _pulses(*pins["hsync"], line.sync * clocks, "hsync")
    vsync = _pulses(*pins["vsync"], frame.sync * width, "vsync")
    for name, starts, period in (("hsync", hsync, width), ("vsync", vsync, lines * width)):
        if (wrong := np.diff(starts) != period).any():
            raise ValueError(f"{name} comes after {np.diff(starts)[wrong][0]} clocks, not {period}")
    if len(vsync) < 2:
        raise ValueError(f"there is no whole frame in the recording: {len(vsync)} pulses of vsync")
    # The pulses of the lines before the visible ones begin in the lines before them, but behind vsync's beginning.
    starts = hsync[np.searchsorted(hsync, vsync[0]):][:lines]
    if len(starts) < lines:
        raise ValueError(f"hsync comes {len(starts)} times in a frame, not {lines}")
    whole = np.stack([_sampled(*pins[name], starts, clocks, line.total) for name in Colour.members], axis=-1)
    first = frame.sync + frame.back - 1, line.sync + line.back
    inside = tuple(slice(start, start + axis.visible) for start, axis in zip(first, (frame, line), strict=True))
    blank = whole.copy()
    blank[inside] = 0
    if blank.any():
        raise ValueError(f"colours where the beam returns: {np.count_nonzero(blank.any(axis=-1))} pixels")
    return whole[inside]


def _sampled(times, values, starts, clocks: int, total: int) -> np.ndarray:
    """The values (lines, total) of the pixels after each start."""
    first = starts[:, np.newaxis] + clocks * np.arange(total)
    index = np.searchsorted(times, first, side="right")
    if (index != np.searchsorted(times, first + clocks - 1, side="right")).any():
        raise ValueError("a colour changes within a pixel")
    return values[index - 1].astype(np.uint8)


def png(picture: np.ndarray) -> bytes:
    """The PNG file, as bytes, of a picture (lines, pixels, 3) with values 0…15."""
    content = io.BytesIO()
    imsave(content, picture * np.uint8(17), format="png")
    return content.getvalue()


async def record(ctx, vga, cycles: int) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Records the pins of `vga` for a number of clocks in Amaranth's simulator, for `decode`."""
    samples = np.empty((cycles, len(PINS)), np.int64)
    word = Cat(*(getattr(vga, name) for name in PINS))
    for cycle in range(cycles):
        _, _, sample = await ctx.tick().sample(word)
        samples[cycle] = [*(sample >> 4 * place & 15 for place in range(3)), sample >> 12 & 1, sample >> 13]
    recorded = {}
    for name, levels in zip(PINS, samples.T, strict=True):
        times = np.concatenate([[0], 1 + np.flatnonzero(np.diff(levels))])
        recorded[name] = times, levels[times]
    return recorded
