"""Judges received bytes: a request, a negative reply, or silence.

`judge` is the definition; `gateware.link.deframer.Deframer` and `gateware.link.requests.Requests` compute it.
"""

from varigate.model.protocol.frames import NEGATIVE, PRINTABLE, UNKNOWN, Command, Frame, Reason, parse
from varigate.model.protocol.operations import codes_taken

__all__ = ["ARGUMENTS", "LEAST_WIRE", "judge", "negative_reply", "request_lengths"]

LEAST_WIRE = 5  # bytes between the delimiters of the shortest frame; a shorter chunk is not taken for a frame


# Bytes of a command's argument, and what its first byte may be. The other commands carry an operation's codes.
ARGUMENTS = {
    Command.INFO: (0, range(256)),
    Command.SEED: (4, range(256)),  # the seed
    Command.EPSILON: (1, range(2)),  # off, on
    Command.GENERATE: (1, range(1, 256)),  # how many
}


def request_lengths(inputs: int, latent: int) -> dict[Command, int]:
    """Compute the payload bytes of each request, for a network with `inputs` inputs and a `latent`-dimensional z.

    Examples
    --------
    >>> {command.name: length for command, length in request_lengths(inputs=4, latent=2).items()}
    {'INFO': 0, 'SEED': 4, 'EPSILON': 1, 'CLASSIFY': 4, 'ENCODE': 4, 'RECONSTRUCT': 4, 'GENERATE': 1, 'DECODE': 2}
    """
    return {command: ARGUMENTS[command][0] if command in ARGUMENTS else codes_taken(command.operation, inputs, latent)
            for command in Command}


def negative_reply(reason: Reason, seq: int = 0, command: int = UNKNOWN) -> Frame:
    """Make the negative reply to the request with sequence number `seq` and command `command`.

    Examples
    --------
    >>> negative_reply(Reason.LENGTH, seq=1, command=Command.SEED).payload.hex(" ")
    '05 01'
    """
    return Frame(seq, NEGATIVE, bytes([reason, command]))


def _reason(request: Frame, lengths: dict) -> Reason | None:
    """Why the frame is no request, or None."""
    if request.command not in lengths:
        return Reason.COMMAND
    if len(request.payload) != lengths[request.command]:
        return Reason.LENGTH
    size, legal = ARGUMENTS.get(request.command, (0, ()))
    return Reason.ARGUMENT if size and request.payload[0] not in legal else None


def judge(chunk: bytes, lengths: dict, line_errors: int = 0) -> tuple[Frame | None, Frame | None]:
    """Judge a chunk: return (request, None), (None, negative reply) or, for silence, (None, None).

    Parameters
    ----------
    chunk : bytes
        the bytes between two delimiters, without those that came with a line error.
    lengths : dict
        what `request_lengths` returns.
    line_errors : int
        how many bytes of the chunk came with a line error: their values do not matter.

    Examples
    --------
    >>> from varigate.model.protocol.frames import encode
    >>> lengths = request_lengths(inputs=4, latent=2)
    >>> judge(encode(1, Command.CLASSIFY, b"abcd")[1:-1], lengths)
    (Frame(seq=1, command=16, payload=b'abcd'), None)
    >>> request, negative = judge(encode(1, Command.CLASSIFY, b"abc")[1:-1], lengths)  # a byte is missing
    >>> request, Reason(negative.payload[0])
    (None, <Reason.LENGTH: 5>)
    """
    if len(chunk) + line_errors < LEAST_WIRE:
        return None, None
    if line_errors:
        return None, negative_reply(Reason.LINE)
    request = parse(chunk)
    known = isinstance(request, Frame)
    if not known and PRINTABLE.issuperset(chunk):
        return None, None
    origin = (request.seq, request.command) if known else (0, UNKNOWN)
    if _decoded_length(chunk) - 4 > max(lengths.values()):
        return None, negative_reply(Reason.OVERSIZE, *origin)
    if not known:
        return None, negative_reply(request)
    reason = _reason(request, lengths)
    return (None, negative_reply(reason, *origin)) if reason else (request, None)


def _decoded_length(chunk: bytes) -> int:
    """Count the bytes that a streaming decoder has given out at the end of the chunk, even a malformed one."""
    length, position, code = 0, 0, 0xFF
    while position < len(chunk):
        length += code != 0xFF
        code = chunk[position]
        length += min(code, len(chunk) - position) - 1
        position += code
    return length
