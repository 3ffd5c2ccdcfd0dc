"""The traffic of the serial line as text: lines, and frames with the names of their commands."""

from collections import deque
from dataclasses import dataclass

from varigate.model.protocol.frames import NEGATIVE, REPLY, Command, Decoder, Frame, Reason

__all__ = ["Transcript", "TranscriptEntry"]

KEPT = 200  # entries
LONGEST = 4096  # bytes between two delimiters; more than any frame


@dataclass(frozen=True)
class TranscriptEntry:
    """A line of text or a frame. `sender` is `host` or `board`, `kind` is `text` or `frame`."""

    sender: str
    kind: str
    text: str


def _name(code: int) -> str:
    return Command(code).name.lower() if code in set(Command) else f"command {code:02X}"


def _describe(frame: Frame) -> str:
    if frame.command == NEGATIVE and len(frame.payload) == 2:
        reason, command = frame.payload
        reason = Reason(reason).name.lower() if reason in set(Reason) else f"reason {reason}"
        return f"#{frame.seq} {_name(command)} refused: {reason}"
    what = f"{_name(frame.command & ~REPLY)}{' reply' if frame.command & REPLY else ''}"
    return f"#{frame.seq} {what} {frame.payload.hex(' ')}".rstrip()


class Transcript:
    """Collects the traffic of the serial line as entries; the last `KEPT` are kept.

    Members
    -------
    count : int
        the number of entries so far.

    Examples
    --------
    >>> transcript = Transcript()
    >>> transcript.feed("board", b"flower 051\\r\\n")
    >>> transcript.since(0)
    [TranscriptEntry(sender='board', kind='text', text='flower 051')]
    """

    def __init__(self):
        self.count = 0
        self._entries = deque(maxlen=KEPT)
        self._decoders, self._open = {}, {}

    def feed(self, sender: str, data: bytes):
        """Adds bytes of a sender."""
        decoder = self._decoders.setdefault(sender, Decoder())
        for item in decoder.feed(data):
            self._entries.append(TranscriptEntry(sender, "frame", _describe(item)) if isinstance(item, Frame)
                                 else TranscriptEntry(sender, "text", item))
            self.count += 1
        # A sender that never delimits would fill the decoder's memory.
        self._open[sender] = len(data) - 1 - data.rfind(0) + (0 if 0 in data else self._open.get(sender, 0))
        if self._open[sender] > LONGEST:
            del self._decoders[sender], self._open[sender]

    def since(self, count: int) -> list[TranscriptEntry]:
        """The entries after the first `count` that are still kept."""
        entries = list(self._entries)
        return entries[len(entries) - min(len(entries), self.count - count):]
