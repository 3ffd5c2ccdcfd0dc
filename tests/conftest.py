"""Fixtures that several folders of tests use."""

import errno
import os
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import pytest
from amaranth.hdl import Module, Signal
from amaranth.lib import data, wiring
from amaranth.lib.cdc import FFSynchronizer
from amaranth.lib.wiring import In, Out

from varigate.model.errors import UserError
from varigate.model.network import network_file

WRITING = ((os, "write"), (os, "fsync"), (Path, "replace"), (Path, "rename"))
DIED = 99  # the exit status of a process that a fault ended


@pytest.fixture(scope="session")
def iris():
    """The shipped Iris network."""
    return network_file.load(network_file.find("iris"))


class Blinker(wiring.Component):
    """Stands in for `gateware.top.Top`: echoes the UART, counts, and shows the count. With `dark`, all is off."""

    rx: In(1)
    tx: Out(1)
    leds: Out(16)
    switches: In(16)
    buttons: In(data.StructLayout({"center": 1, "up": 1, "down": 1, "left": 1, "right": 1}))
    segments: Out(8)
    anodes: Out(8)

    def __init__(self, network=None, digest=None, *, dark=False, **options):
        super().__init__()
        self.network, self.digest, self.options, self.dark = network, digest, options, dark

    def elaborate(self, platform):
        m = Module()
        if self.dark:
            return m
        received = Signal(init=1)
        m.submodules.receive = FFSynchronizer(self.rx, received, init=1)
        count = Signal(24)
        m.d.sync += [count.eq(count + 1), self.tx.eq(received), self.leds.eq(count[8:] ^ self.switches)]
        m.d.comb += [self.segments.eq(count), self.anodes.eq(count[8:] + self.buttons.as_value())]
        return m


@pytest.fixture(scope="session")
def blinker():
    return Blinker


class Fault:
    """Lets call number `at` (from 1) of those that write to a disk fail: an error, or the death of the process.

    `number` is that of the error, None for death. `count` is the number of calls so far.
    """

    def __init__(self, at: int, number: int | None):
        self.at, self.number, self.count = at, number, 0

    def _before(self, real, name: str):
        def call(*arguments, **options):
            self.count += 1
            if self.count != self.at:
                return real(*arguments, **options)
            if name == "write":  # the disk took half of it
                real(arguments[0], bytes(arguments[1])[:len(arguments[1]) // 2])
            if self.number is None:
                os._exit(DIED)
            raise OSError(self.number, os.strerror(self.number))
        return call

    @contextmanager
    def happening(self):
        patches = [patch.object(owner, name, self._before(getattr(owner, name), name)) for owner, name in WRITING]
        for each in patches:
            each.start()
        try:
            yield
        finally:
            for each in patches:
                each.stop()


@pytest.fixture
def every_error():
    """A function: calls `save()` with a full disk, then a broken one, at each call that writes, until none is hit.

    It yields each fault in words, after it happened; an error is one line that says what is wrong.
    """
    def errors(save):
        for number in (errno.ENOSPC, errno.EIO):
            at, hit = 0, True
            while hit:
                fault = Fault(at := at + 1, number)
                with fault.happening():
                    try:
                        save()
                    except (UserError, OSError) as error:
                        assert "\n" not in str(error) and os.strerror(number) in str(error)
                hit = fault.count >= at
                if hit:
                    yield f"{os.strerror(number)} at call {at}"
    return errors


@pytest.fixture
def every_death():
    """A function: calls `save()` in processes that die at the first call that writes, the second, … until none dies.

    It yields each death in words, after it happened.
    """
    if not hasattr(os, "fork"):
        pytest.skip("needs a system that can fork")

    def deaths(save):
        at, status = 0, DIED
        while status == DIED:
            fault = Fault(at := at + 1, None)
            child = os.fork()
            if not child:
                try:
                    with fault.happening():
                        save()
                    os._exit(0)
                finally:
                    os._exit(1)
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            assert status in (0, DIED)
            if status == DIED:
                yield f"death at call {at}"
    return deaths
