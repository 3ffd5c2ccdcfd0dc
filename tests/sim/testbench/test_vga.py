import io
import re
from itertools import groupby

import numpy as np
import pytest
from matplotlib.image import imread

from varigate.gateware.video.vga import PINS, VESA, Axis, Geometry
from varigate.sim.testbench.vga import clocks_needed, decode, png

SMALL = Geometry(Axis(7, 2, 3, 4), Axis(5, 1, 2, 3))
CLOCKS = 3
SECOND = 11 * 16 * CLOCKS  # the second frame, which is the first after a pulse of vsync


def signal(frame, geometry, clocks, start=0):
    """Two frames of pins clock by clock, typed from the definition: visible, front porch, pulse, back porch."""
    line, lines = geometry.line, geometry.frame
    whole = np.zeros((lines.total, line.total, 5), np.int64)
    whole[..., 3:] = 1
    whole[:lines.visible, :line.visible, :3] = frame
    whole[:, line.visible + line.front:line.total - line.back, 3] = 0
    whole[lines.visible + lines.front:lines.total - lines.back, :, 4] = 0
    samples = np.tile(np.repeat(whole.reshape(-1, 5), clocks, axis=0), (2, 1))
    return np.roll(samples, -start, axis=0)


def changes(samples):
    pins = {}
    for name, levels in zip(PINS, samples.T.tolist(), strict=True):
        runs = [(key, len(list(group))) for key, group in groupby(levels)]
        times = np.cumsum([0, *(length for _, length in runs[:-1])])
        pins[name] = times, np.array([value for value, _ in runs])
    return pins


@pytest.fixture
def frame():
    return np.random.default_rng(3).integers(0, 16, (5, 7, 3))


@pytest.mark.parametrize("start", [0, 1, 100, 299, 300, 310, 320, 500])
def test_a_frame_is_found_wherever_the_recording_starts(frame, start):
    samples = signal(frame, SMALL, CLOCKS, start)
    assert len(samples) == clocks_needed(CLOCKS, SMALL)
    assert np.array_equal(decode(changes(np.tile(samples, (2, 1))), CLOCKS, SMALL), frame)


def test_a_frame_of_full_size():
    frame = np.random.default_rng(4).integers(0, 16, (480, 640, 3))
    samples = signal(frame, VESA, 1, 1000)
    times = {name: np.concatenate([[0], 1 + np.flatnonzero(np.diff(levels))])
             for name, levels in zip(PINS, samples.T, strict=True)}
    pins = {name: (times[name], samples[times[name], place]) for place, name in enumerate(times)}
    assert np.array_equal(decode(pins, 1), frame)


@pytest.mark.parametrize(("damage", "message"), [
    (lambda s: s[:-400], "no whole frame in the recording: 1 pulses of vsync"),
    (lambda s: np.delete(s, range(240, 243), axis=0), r"hsync comes after 45 clocks, not 48"),
    (lambda s: _set(s, (SECOND + 1, 0), 16), "a colour changes within a pixel"),
    (lambda s: _set(s, (slice(SECOND + 7 * CLOCKS, SECOND + 8 * CLOCKS), 0), 1),
     "colours where the beam returns: 1 pixels"),
    (lambda s: _set(s, (9 * CLOCKS, 3), 1), "a pulse of hsync lasts 8 clocks, not 9"),
    (lambda s: _set(s, (slice(CLOCKS * 16 * 6, CLOCKS * 16 * 7), 4), 1), "a pulse of vsync lasts 48 clocks, not 96"),
    (lambda s: _set(s, (slice(None), 3), 1), "hsync comes 0 times in a frame, not 11"),
])
def test_what_no_monitor_takes(frame, damage, message):
    samples = signal(frame, SMALL, CLOCKS)
    with pytest.raises(ValueError, match=re.escape(message)):
        decode(changes(damage(samples)), CLOCKS, SMALL)


def _set(samples, where, value):
    samples[where] = value
    return samples


def test_png(frame):
    content = io.BytesIO(png(frame.astype(np.uint8)))
    assert np.array_equal(np.rint(imread(content)[..., :3] * 255), 17 * frame)
