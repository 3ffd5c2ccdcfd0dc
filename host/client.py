"""The host's end of the protocol (`docs/protocol.md`): requests with time-outs and retries."""

import errno
import os
import re
import time
from pathlib import Path

import serial
from serial.tools import list_ports

from varigate.host.waiting import Wait
from varigate.model.errors import UserError
from varigate.model.protocol.frames import NEGATIVE, REPLY, UNKNOWN, Command, Decoder, Frame, Reason, encode
from varigate.model.protocol.operations import codes_taken
from varigate.model.protocol.replies import Answer, Info, reply_length, unpack_answer
from varigate.model.protocol.requests import ARGUMENTS

__all__ = ["Client", "ForeignReplyError", "NoAnswerError", "PortError", "RefusedError", "open_port"]

POLL = 0.05  # seconds that one read of a serial port waits
BITS = 10  # on the line for a byte: start, data, stop
TRANSIENT = {Reason.CRC, Reason.COBS, Reason.OVERSIZE, Reason.LINE, Reason.BUSY}  # worth a retry


class PortError(UserError):
    """The port is absent, busy or forbidden, or the connection was lost."""


class NoAnswerError(UserError):
    """The board did not answer in time."""


class ForeignReplyError(NoAnswerError):
    """The bytes that came back are not in this protocol."""


class RefusedError(UserError):
    """The board gave a negative reply; `reason` tells why."""

    def __init__(self, reason: Reason, command: Command):
        self.reason = reason
        super().__init__(f"the board refuses {command.name.lower()}: {reason.name.lower()}")


def open_port(name: str, baud: int = 115_200):
    """Opens a serial port by its name or URL (`socket://HOST:PORT`), for exclusive use.

    Raises
    ------
    PortError
        if it cannot be opened, with the reason and what to do.
    """
    try:
        port = serial.serial_for_url(name, baudrate=baud, timeout=POLL, write_timeout=5, exclusive=True)
        port.reset_input_buffer()
        return port
    except (serial.SerialException, OSError, ValueError) as error:
        raise PortError(_port_trouble(name, error)) from error


def _port_trouble(name: str, error: Exception) -> str:
    cause = error.__context__  # some of pyserial's exceptions have the operating system's number only here
    number = getattr(error, "errno", None) or (cause.args[0] if cause is not None and cause.args else None)
    text = " ".join(str(error).split())
    address = re.fullmatch(r"socket://[^/]+:(\d+)(/.*)?", name)
    if name.startswith("socket:") and not (address and 0 < int(address[1]) < 1 << 16):
        return f"{name} is not a network port: write socket://HOST:PORT, with a PORT of 1…65535"
    if Path(name).is_file() or Path(name).is_dir():
        return f"{name} is not a serial port but a {'folder' if Path(name).is_dir() else 'file'}; {_ports()}"
    if number == errno.ECONNREFUSED:
        return f"nothing listens at {name}: start the board, or the program that serves it, first"
    if number == errno.ENOTTY:
        return f"{name} is not a serial port; {_ports()}"
    if number in (errno.ENOENT, errno.ENODEV, errno.ENXIO) or "FileNotFoundError" in text:
        return f"there is no serial port {name}; {_ports()}"
    if number in (errno.EBUSY, errno.EAGAIN) or "PermissionError" in text:  # Windows' word for both
        return f"{name} is in use by another program: close it first"
    if number == errno.EACCES:
        return f"no permission to use {name}: become a member of the group that owns it (often dialout or uucp)"
    return f"cannot open {name}: {os.strerror(number) if isinstance(number, int) and number > 0 else text}"


def _ports() -> str:
    """A list of the ports of this machine, for messages."""
    found = ", ".join(sorted(port.device for port in list_ports.comports())) or "none"
    return f"ports on this machine: {found}; varigate board makes a virtual one, and prints its name"


class Client:
    """A board behind `port`.

    Parameters
    ----------
    port : object
        with `read(count)`, which returns what there is after a short wait at most, and `write(data)`: a pyserial port.
    name : str
        of the port, for messages.
    timeout : float
        seconds of silence after which a request is repeated, and after the last repetition given up; what request and
        reply take on the line comes on top. Every byte that arrives ends a silence, with the limits of `Wait`.
    retries : int
        repetitions. A repeated request is executed again: where ε is used, the answer's index tells.
    seq : int
        the first sequence number is the one after; 0 is never used, since it stands for "unknown" in negative replies.
    baud : int
        bits per second on the line.
    text : callable
        gets the lines of text that come in between, one at a time.
    """

    def __init__(self, port, *, name: str = "the port", timeout: float = 1.0, retries: int = 2, seq: int = 0,
                 baud: int = 115_200, text=lambda line: None):
        self._port, self._name = port, name
        self._timeout, self._retries = timeout, retries
        self._seq, self._baud, self._text = seq, baud, text
        self._decoder = Decoder()
        self._info = None

    def info(self) -> Info:
        """Ask the board for its network and its counters."""
        self._info = Info.unpack(self._request(Command.INFO)[0])
        return self._info

    def classify(self, codes) -> Answer:
        """Classify input bytes `codes` (inputs,); returns the mean, the scores and the class."""
        return self._operation(Command.CLASSIFY, codes)

    def encode(self, codes) -> Answer:
        """Encode input bytes `codes` (inputs,); returns the mean μ and v = log2 σ, each (latent,)."""
        return self._operation(Command.ENCODE, codes)

    def reconstruct(self, codes) -> Answer:
        """Reconstruct input bytes `codes` (inputs,); returns all parts of an answer.

        z is a sample, or the rounded mean if `epsilon` is off.
        """
        return self._operation(Command.RECONSTRUCT, codes)

    def decode(self, z) -> Answer:
        """Decode `z` (latent,), codes −128…127 in the format s8.z_frac; returns the output."""
        return self._operation(Command.DECODE, [_signed_byte(code) for code in z])

    def generate(self, count: int = 1) -> list[Answer]:
        """Generate `count` samples, 1…255; returns for each its index of ε, z = ε rounded, and the output."""
        _, legal = ARGUMENTS[Command.GENERATE]
        if count not in legal:
            raise UserError(f"a board generates {legal[0]}…{legal[-1]} samples at once, not {count}")
        info = self._info or self.info()
        replies = self._request(Command.GENERATE, bytes([count]), count)
        return [unpack_answer(Command.GENERATE, info, reply[1:]) for reply in replies]

    def seed(self, seed: int):
        """Seed the noise ε with `seed`, 0…2³² − 1: the next ε is sample 0 of this seed."""
        if not 0 <= seed < 1 << 32:
            raise UserError(f"the seed must be 0…{(1 << 32) - 1}, not {seed}")
        self._request(Command.SEED, seed.to_bytes(4, "little"))

    def epsilon(self, on: bool):
        """Switch the noise of `reconstruct` on or off."""
        self._request(Command.EPSILON, bytes([bool(on)]))

    def _operation(self, command: Command, codes) -> Answer:
        info = self._info or self.info()
        count = codes_taken(command.operation, info.inputs, info.latent)
        if len(codes) != count:
            raise UserError(f"the board takes {count} numbers for {command.name.lower()}, not {len(codes)}")
        try:
            payload = bytes(int(code) for code in codes)
        except ValueError as error:
            raise UserError(f"codes must be 0…255, not {list(codes)}") from error
        return unpack_answer(command, info, self._request(command, payload)[0])

    def _request(self, command: Command, payload: bytes = b"", count: int = 1) -> list[bytes]:
        """The payloads of the `count` replies to a request, which is repeated if they do not come."""
        heard = Heard()
        for _ in range(1 + self._retries):
            self._seq = self._seq % 255 + 1
            self._write(encode(self._seq, command, payload))
            replies = self._collect(Frame(self._seq, command, payload), count, heard)
            if replies is not None:
                return replies
        raise heard.error(command, self._name, self._timeout, 1 + self._retries)

    def _collect(self, request: Frame, count: int, heard: "Heard") -> list[bytes] | None:
        """The replies to `request`; None if they are late, incomplete, or refused for now."""
        replies, length = [], reply_length(request.command, self._info)
        wait = Wait(self._timeout + self._seconds(length), self._seconds(len(request.payload)), length=length,
                    replies=count)
        while not wait.over:
            before = heard.bytes
            items = self._read(heard)
            wait.heard(heard.bytes - before, items)
            for item in items:
                if isinstance(item, str):
                    self._text(item)
                    continue
                heard.frames += item.command == NEGATIVE or bool(item.command & REPLY)  # else it is an echo
                if item.command == NEGATIVE and len(item.payload) == 2:
                    if self._refused(request, item, heard):
                        return None
                elif (item.seq, item.command) == (request.seq, request.command | REPLY):
                    if count > 1 and item.payload[:1] != bytes([len(replies)]):
                        return None  # one of a series was lost
                    replies.append(item.payload)
                    if len(replies) == count:
                        return replies
        return None

    def _seconds(self, count: int) -> float:
        """Seconds on the line of a frame with a payload of `count` bytes; stuffing adds a byte for each 254."""
        return (count + count // 254 + 8) * BITS / self._baud

    def _refused(self, request: Frame, reply: Frame, heard: "Heard") -> bool:
        """Whether to repeat `request` after the negative `reply`.

        Raises
        ------
        RefusedError
            if the reason is not worth a retry.
        """
        try:
            reason = Reason(reply.payload[0])
        except ValueError:
            return False
        if (reply.seq, reply.payload[1]) == (0, UNKNOWN):
            heard.reason = reason  # noise from before, or our own request; the answer may still come
            return False
        if reply.seq != request.seq:
            return False
        heard.reason = reason
        if reason not in TRANSIENT:
            raise RefusedError(reason, Command(request.command))
        time.sleep(min(POLL, self._timeout / 4))
        return True

    def _write(self, data: bytes):
        try:
            self._port.write(data)
        except OSError as error:
            raise self._lost(error) from error

    def _read(self, heard: "Heard") -> list[Frame | str]:
        try:
            data = self._port.read(max(1, getattr(self._port, "in_waiting", 0)))
        except OSError as error:
            raise self._lost(error, heard.text) from error
        heard.bytes += len(data)
        items = self._decoder.feed(data)
        heard.text = next((item for item in reversed(items) if isinstance(item, str)), heard.text)
        return items

    def _lost(self, error: OSError, said: str = "") -> PortError:
        """The `PortError` for an `OSError` of reading or writing (as pyserial's are); `said`: the last text before."""
        return PortError(f"{self._name} was lost: {error.strerror or ' '.join(str(error).split())}"
                         f"{f'; the last it said was: {said}' if said else ''}")


class Heard:
    """The answers to a request that were not its reply, for the error message."""

    def __init__(self):
        self.bytes = self.frames = 0
        self.reason, self.text = None, ""  # of the last negative reply; the last line of text

    def error(self, command: Command, name: str, timeout: float, tries: int) -> NoAnswerError:
        """The error to raise when all `tries` are used up."""
        if self.reason is not None:
            return NoAnswerError(f"{name}: no answer to {command.name.lower()}; the board last refused with "
                                 f"{self.reason.name.lower()}: check cable and baud rate")
        if self.bytes and not self.frames:
            return ForeignReplyError(f"something answers on {name} but does not speak this protocol ({self.bytes} "
                                      "bytes, no frame among them): check port and baud rate")
        return NoAnswerError(f"nothing answered on {name} within {timeout:g} s, in {tries} tries: is the board "
                             "configured, and are this its port and its baud rate?")


def _signed_byte(code) -> int:
    if not -128 <= code <= 127:
        raise UserError(f"codes of z must be -128…127, not {code}")
    return int(code) & 0xFF
