"""How long the host waits for a reply."""

import time
from collections.abc import Callable

from varigate.model.protocol.frames import Frame

__all__ = ["Wait"]

FOREIGN = 256  # bytes beyond the reply's own without a frame: some lines of text, or the rest of an older reply
STRAYS = 512  # frames beyond the replies': two whole series that a program before has asked for


class Wait:
    """Waits for replies until nothing has come for `silence` seconds: a slow line is not a silent one.

    What speaks for ever, and never says what is waited for, must not be listened to for ever: bytes prolong the wait no
    more once `FOREIGN` and the length of a reply have come without a frame, or too many frames.

    Parameters
    ----------
    silence : float
        seconds.
    before : float
        seconds that the request takes on the line.
    length : int
        bytes of one reply.
    replies : int
        the number of replies.
    clock : callable
        the time in seconds.

    Examples
    --------
    >>> now = [0.0]
    >>> wait = Wait(1.0, 0.0, length=8, clock=lambda: now[0])
    >>> now[0] = 0.9
    >>> wait.heard(1, [])
    >>> now[0] = 1.8
    >>> wait.over
    False
    >>> now[0] = 1.9
    >>> wait.over
    True
    """

    def __init__(self, silence: float, before: float, *, length: int, replies: int = 1,
                 clock: Callable[[], float] = time.monotonic):
        self._silence, self._clock = silence, clock
        self._longest, self._without_frame = length + FOREIGN, 0  # bytes
        self._frames = replies + STRAYS  # that may still come
        self._deadline = clock() + before + silence

    @property
    def over(self) -> bool:
        """Whether to wait no longer."""
        return self._clock() >= self._deadline

    def heard(self, count: int, items: list[Frame | str]):
        """Tell that `count` bytes have come, which completed `items`."""
        frames = sum(isinstance(item, Frame) for item in items)
        self._frames -= frames
        self._without_frame = 0 if frames else self._without_frame + count
        if count and self._frames >= 0 and self._without_frame <= self._longest:
            self._deadline = max(self._deadline, self._clock() + self._silence)
