"""What goes over the serial line, for people: lines of text, and frames by their names."""

from collections import deque
from dataclasses import dataclass

from varigate.model.protocol.frames import NEGATIVE, REPLY, Command, Decoder, Frame, Reason

__all__ = ["Transcript", "TranscriptEntry"]

KEPT = 200  # entries
LONGEST = 4096  # bytes between two delimiters; more than any frame


@dataclass(frozen=True)
class TranscriptEntry:
    """`sender` is `host` or `board`, `kind` is `text` or `frame`."""

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
    """Members
    -------
    count : int
        entries so far, of which the last ones are kept.
    """

    def __init__(self):
        self.count = 0
        self._entries = deque(maxlen=KEPT)
        self._decoders, self._open = {}, {}

    def feed(self, sender: str, data: bytes):
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
        """The entries after the first `count`, as far as they are kept."""
        entries = list(self._entries)
        return entries[len(entries) - min(len(entries), self.count - count):]
