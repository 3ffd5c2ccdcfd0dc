"""A host and a person at the pins of the simulated top, for the cocotb tests beside this file.

What the pins' timing is comes in the environment variable `PINS`, as JSON: the clocks of a bit (`bit`), of debouncing
(`settle`), of a digit (`digit`), of the stretched LEDs (`led`) and of a page (`page`); and the folder of the golden
vectors (`vectors`).
"""

import json
import os
import re
from pathlib import Path

import cocotb
import numpy as np
from cocotb.clock import Clock
from cocotb.queue import Queue
from cocotb.triggers import FallingEdge, Timer, ValueChange, with_timeout

from varigate.model import archive
from varigate.model.network import network_file
from varigate.model.protocol.frames import NEGATIVE, REPLY, Command, Decoder, Frame, encode
from varigate.model.protocol.replies import Answer, Info, pack_answer

PERIOD = 10_000  # picoseconds
PATIENCE = 4000  # bits
BUTTONS = ("center", "up", "down", "left", "right")
EPSILON_ON, ERROR, BUSY = 1 << 13, 1 << 14, 1 << 15

TIMING = json.loads(os.environ["PINS"])
NETWORK = network_file.load(network_file.find("iris"))
INFO = Info.of(NETWORK, network_file.digest(NETWORK))


def npz_vectors() -> dict[str, np.ndarray]:
    """The golden vectors, an array for each field."""
    return archive.read(Path(TIMING["vectors"]) / "iris.vectors.npz")


def hex_vectors() -> list[dict[str, tuple[int, ...]]]:
    """The golden vectors, a dictionary of fields for each flower, from the file of text."""
    lines = (Path(TIMING["vectors"]) / "iris.vectors.hex").read_text().splitlines()
    fields = re.findall(r"(\w+):([us])(\d+)\.[^ ]*x(\d+)", lines[1])
    rows = []
    for line in lines[2:]:
        row = {}
        for (name, sign, bits, count), text in zip(fields, line.split(), strict=True):
            codes = [int(code, 16) for code in text.split(",")]
            assert len(codes) == int(count)
            half = 1 << int(bits) - 1
            row[name] = tuple((code ^ half) - half if sign == "s" else code for code in codes)
        rows.append(row)
    return rows


def golden_answer(row: dict, index: int) -> Answer:
    """The answer to RECONSTRUCT for a line of the golden vectors."""
    return Answer(index, row["mu"], row["v"], row["scores"], row["class"][0], row["z"], row["output"])


def packed(command: Command, answer: Answer) -> bytes:
    """The payload of a reply."""
    return pack_answer(command, INFO, answer)


async def clocks(count: float):
    await Timer(round(count * PERIOD), "ps")


class Pins:
    """The pins, a listener on `tx`, and what it has heard: `frames` and `lines`, queues."""

    def __init__(self, dut):
        self.dut, self.bit = dut, TIMING["bit"]
        self._seq, self._listener = 0, None

    async def start(self):
        """Power-on, with a reset as the board makes one."""
        dut = self.dut
        dut.rx.value, dut.switches.value, dut.buttons.value = 1, 0, 0
        Clock(dut.clk, PERIOD, "ps").start()
        await self.reset()
        return self

    async def reset(self):
        """Resets for ten clocks. What was heard before is forgotten, and so is a byte that was on its way."""
        if self._listener is not None:
            self._listener.cancel()
        self.dut.rst.value = 1
        await clocks(10)
        self.dut.rst.value = 0
        await clocks(1)
        self.frames, self.lines, self.raw = Queue(), Queue(), bytearray()
        self._listener = cocotb.start_soon(self._listen())

    # The serial line.
    async def _listen(self):
        decoder, tx = Decoder(), self.dut.tx
        while True:
            if tx.value == 1:
                await FallingEdge(tx)
            await clocks(self.bit / 2)
            assert tx.value == 0, "a start bit lasts for a bit's time"
            byte = 0
            for bit in range(8):
                await clocks(self.bit)
                byte |= int(tx.value) << bit
            await clocks(self.bit)
            assert tx.value == 1, "a stop bit is high"
            self.raw.append(byte)
            for item in decoder.feed(bytes([byte])):
                (self.frames if isinstance(item, Frame) else self.lines).put_nowait(item)
            assert decoder.damaged == 0, "what comes is frames and lines of text"

    async def send(self, data: bytes, *, broken=()):
        """Bytes without a gap; those at the places `broken` without their stop bit, and a pause behind them."""
        passed = edges = 0
        for place, byte in enumerate(data):
            for level in f"1{byte:08b}0"[::-1] if place not in broken else f"110{byte:08b}0"[::-1]:
                self.dut.rx.value = int(level)
                edges += self.bit * PERIOD
                await Timer(round(edges) - passed, "ps")
                passed = round(edges)

    async def _next(self, queue: Queue):
        return await with_timeout(queue.get(), round(PATIENCE * self.bit * PERIOD), "ps")

    async def reply(self) -> Frame:
        """The next frame."""
        return await self._next(self.frames)

    async def text(self) -> str:
        """The next line of text."""
        return await self._next(self.lines)

    def request(self, command: Command, payload: bytes = b"") -> tuple[int, bytes]:
        """The next sequence number, and a frame with it."""
        self._seq = self._seq % 255 + 1
        return self._seq, encode(self._seq, command, payload)

    async def ask(self, command: Command, payload: bytes = b"") -> bytes:
        """The payload of the reply to a request."""
        seq, wire = self.request(command, payload)
        await self.send(wire)
        reply = await self.reply()
        assert (reply.seq, reply.command) == (seq, command | REPLY)
        return reply.payload

    async def negative(self) -> tuple[int, bytes]:
        """Sequence number and payload of the next frame, a negative reply."""
        reply = await self.reply()
        assert reply.command == NEGATIVE
        return reply.seq, reply.payload

    async def silence(self, bits: int):
        """Nothing is sent for a while."""
        heard = len(self.raw)
        await clocks(bits * self.bit)
        assert len(self.raw) == heard and self.dut.tx.value == 1

    # The panel.
    def leds(self) -> int:
        return int(self.dut.leds.value)

    async def rest(self):
        """Waits until the LEDs that are stretched show the present."""
        await clocks(TIMING["led"] + 4)

    async def choose(self, number: int):
        """Sets switches 0–7, and waits until the whole display has followed."""
        self.dut.switches.value = number
        await clocks(60 + 9 * TIMING["digit"])

    async def press(self, name: str, bounces: int = 3):
        """Presses a button and lets it go; its contact bounces each time, faster than the debouncer settles."""
        contact = 1 << BUTTONS.index(name)
        for level in (contact, 0):
            for _ in range(bounces):
                for bounce in (level, contact - level):
                    self.dut.buttons.value = bounce
                    await clocks(TIMING["settle"] / 3)
            self.dut.buttons.value = level
            await clocks(TIMING["settle"] + 6)

    async def display(self) -> list[int]:
        """The eight patterns, the leftmost first."""
        digits = {}
        while len(digits) < 8:
            await with_timeout(ValueChange(self.dut.anodes), round(10 * TIMING["digit"] * PERIOD), "ps")
            anodes = int(self.dut.anodes.value)
            assert anodes & (anodes - 1) == 0, "one digit at a time"
            if anodes:
                digits[anodes] = int(self.dut.segments.value)
        return [digits[1 << digit] for digit in reversed(range(8))]
