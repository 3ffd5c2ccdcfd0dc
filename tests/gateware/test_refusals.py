"""Components refuse wrong parameters in `__init__`, in a whole sentence that quotes the bad value."""

import gc
import re

import pytest

from varigate.gateware.core.answer import Answerer
from varigate.gateware.core.arbiter import CoreArbiter, MessageArbiter
from varigate.gateware.core.vae import FoldedVae
from varigate.gateware.engine.activation_buffers import HiddenBuffer, VectorBuffer
from varigate.gateware.engine.drain import Drain
from varigate.gateware.engine.mac import MacArray
from varigate.gateware.engine.matmul import MatrixEngine
from varigate.gateware.engine.program import Array, lower
from varigate.gateware.engine.result_queue import ResultQueue
from varigate.gateware.engine.sequencer import Sequencer
from varigate.gateware.lib.pipeline import Pipeline
from varigate.gateware.lib.rom import RegisteredRom
from varigate.gateware.link.cobs import CobsEncoder
from varigate.gateware.link.deframer import Deframer
from varigate.gateware.link.framer import Framer
from varigate.gateware.link.protocol import Protocol
from varigate.gateware.link.requests import Requests
from varigate.gateware.link.uart import BaudGenerator, UartReceiver, UartTransmitter
from varigate.gateware.panel.buttons import Buttons, Switches
from varigate.gateware.panel.decimals import Decimal, Values
from varigate.gateware.panel.display import Display
from varigate.gateware.panel.leds import Leds
from varigate.gateware.panel.pages import Turner
from varigate.gateware.panel.panel import Panel
from varigate.gateware.panel.walk import Repeater, Walk
from varigate.gateware.top import Top
from varigate.gateware.units.activation import FoldedSigmoidUnit
from varigate.gateware.units.argmax import ArgMax
from varigate.gateware.units.gaussian import EpsilonSource, InverseCdf
from varigate.gateware.units.gaussian_baselines import ShiftRegister
from varigate.gateware.units.lfsr import Taus88
from varigate.gateware.units.sampling import MeanRounder, Sampler
from varigate.gateware.video.screen import Screen
from varigate.gateware.video.vga import Vga
from varigate.model.errors import UserError
from varigate.model.fixedpoint.epsilon import epsilon_table
from varigate.model.fixedpoint.formats import Format
from varigate.model.fixedpoint.sampling import sigma_table
from varigate.model.fixedpoint.sigmoid import byte

# A refused component was created, but is never elaborated.
pytestmark = pytest.mark.filterwarnings("ignore::amaranth.hdl.UnusedElaboratable")

Z = Format(True, 8, 5)
MACS = {"weight_bits": 8, "activation_bits": 8, "accumulator_bits": 24}
BAUD = (100_000_000, 40_000_000)
TOO_FAST = "a clock of 100000000 Hz cannot make 40000000 baud: it achieves 25000000 baud, 37.50 % off"


@pytest.fixture(autouse=True, scope="module")
def _collected():
    """Amaranth warns of such a component when it is collected: that has to happen under the filter."""
    yield
    gc.collect()


def drain(iris, *, storage="lut", accumulator_bits=24):
    matrices = [matrix for subnet in lower(iris) for matrix in subnet]
    return Drain(matrices, Array(8, 1), sigmoid=None, accumulator_bits=accumulator_bits, storage=storage)


@pytest.mark.parametrize(("build", "message"), [
    (lambda _: FoldedSigmoidUnit(byte()), "order of a folded sigmoid must be an integer of at least 1, not 0"),
    (lambda iris: Answerer(iris, 0), "width of an output must be an integer of at least 1, not 0"),
    (lambda _: CoreArbiter(0), "number of clients must be an integer of at least 1, not 0"),
    (lambda _: MessageArbiter(-1), "number of inputs must be an integer of at least 1, not -1"),
    (lambda _: ArgMax(0, 16), "number of classes must be an integer of at least 1, not 0"),
    (lambda _: ArgMax(3, 0), "width of a score must be an integer of at least 1, not 0"),
    (lambda _: ShiftRegister(1 << 32), "seed must be an integer from 0 to 4294967295, not 4294967296"),
    (lambda _: VectorBuffer(0, 1, 8), "number of inputs must be an integer of at least 1, not 0"),
    (lambda _: VectorBuffer(4, 0, 8), "number of columns must be an integer of at least 1, not 0"),
    (lambda _: VectorBuffer(4, 1, 0), "width of an element must be an integer of at least 1, not 0"),
    (lambda _: VectorBuffer(4, 1, 8, pages=3), "number of pages must be 1 or 2, not 3"),
    (lambda _: HiddenBuffer(banks=4, columns=3, drain=1, bits=8, words=2),
     "number of columns must divide the number of banks, 4, not be 3"),
    (lambda _: HiddenBuffer(banks=4, columns=2, drain=3, bits=8, words=2),
     "number of elements of a drain must divide the number of banks, 4, not be 3"),
    (lambda _: HiddenBuffer(banks=0, columns=1, drain=1, bits=8, words=2),
     "number of banks must be an integer of at least 1, not 0"),
    (lambda _: HiddenBuffer(banks=4, columns=0, drain=3, bits=8, words=2),
     "number of columns must be an integer of at least 1, not 0"),
    (lambda _: Switches(0), "number of switches must be an integer of at least 1, not 0"),
    (lambda _: Buttons(clock_hz=0), "clock frequency must be a positive number, not 0"),
    (lambda _: Buttons(settle=-0.01), "settling time must be a positive number, not -0.01"),
    (lambda _: CobsEncoder(0), "length of the longest packet must be an integer of at least 1, not 0"),
    (lambda _: Deframer(0), "length of the longest payload must be an integer of at least 1, not 0"),
    (lambda _: Framer(0), "length of the longest packet must be an integer of at least 1, not 0"),
    (lambda _: Display(digit_hz=0), "rate of digits must be a positive number, not 0"),
    (lambda _: Display(clock_hz=1000, digit_hz=1000),
     "number of clocks of a digit must be an integer of at least 2, not 1"),
    (lambda iris: drain(iris, storage="flash"), "storage of the drain's table must be 'block' or 'lut', not 'flash'"),
    (lambda iris: drain(iris, accumulator_bits=4), "width of an accumulator must be an integer of at least 16, not 4"),
    (lambda _: EpsilonSource(epsilon_table(), -1), "seed must be an integer from 0 to 4294967295, not -1"),
    (lambda _: InverseCdf(sigma_table()), "an ε table has the shape"),
    (lambda iris: Leds(iris, led_time=float("inf")), "LED time must be a positive number, not inf"),
    (lambda _: Taus88(-7), "seed must be an integer from 0 to 4294967295, not -7"),
    (lambda _: MacArray(0, 1, **MACS), "number of rows must be an integer of at least 1, not 0"),
    (lambda _: MacArray(1, 1, chain=0, **MACS), "length of a chain must be an integer of at least 1, not 0"),
    (lambda iris: MatrixEngine(lower(iris), Array(8, 1), weights="flash"),
     "place of the weights must be 'block' or 'lut', not 'flash'"),
    (lambda iris: FoldedVae(iris, Array(8, 1), weights="dram"),
     "place of the weights must be 'block' or 'lut', not 'dram'"),
    (lambda iris: Turner(iris, clock_hz=1, page_time=0), "time of a page must be a positive number, not 0"),
    (lambda iris: Panel(iris, settle=0), "settling time must be a positive number, not 0"),
    (lambda _: Pipeline(None, None, None, 0), "latency of a pipeline must be an integer of at least 1, not 0"),
    (lambda iris: Protocol(iris, bytes(31)), "digest of a network must have 32 bytes, not 31"),
    (lambda _: ResultQueue(0, 1, 8), "number of results must be an integer of at least 1, not 0"),
    (lambda _: ResultQueue(1, 1, 8, buffers=0), "number of buffers must be an integer of at least 1, not 0"),
    (lambda _: Requests(4, 0), "number of latent variables must be an integer of at least 1, not 0"),
    (lambda _: RegisteredRom([1], 1, "flash"), "memory storage must be 'block' or 'lut', not 'flash'"),
    (lambda _: RegisteredRom([1], 0, "lut"), "width of a word must be an integer of at least 1, not 0"),
    (lambda _: Sampler(sigma_table()[:255], Z), "table of σ must have 256 entries, not 255"),
    (lambda _: Sampler(sigma_table(), Format(False, 8, 5)),
     "format of z must be signed with 0 to 8 fraction bits, not u8.5"),
    (lambda _: MeanRounder(Format(True, 16, 9)), "format of z must be signed with 0 to 8 fraction bits, not s16.9"),
    (lambda _: Screen(0), "side of the images must be an integer of at least 1, not 0"),
    (lambda _: Sequencer([], []), "plans and a number of phases for each, not 0 plans and 0 numbers of phases"),
    (lambda _: Repeater(0), "interval of a repeater must be an integer of at least 1, not 0"),
    (lambda iris: Walk(iris, repeat_hz=0), "rate of steps must be a positive number, not 0"),
    (lambda iris: Top(iris, bytes(33), array=Array(8, 1)), "digest of a network must have 32 bytes, not 33"),
    (lambda _: Decimal(0, 3), "width of a number must be an integer of at least 1, not 0"),
    (lambda _: Decimal(8, 0), "number of digits must be an integer of at least 1, not 0"),
    (lambda iris: Values(iris, readers=0), "number of readers must be an integer of at least 1, not 0"),
    (lambda _: Vga(clocks=0), "number of clocks of a pixel must be an integer of at least 1, not 0"),
    (lambda _: Vga(latency=-1), "latency of the colours must be an integer of at least 0, not -1"),
])
def test_values_out_of_range_are_refused(iris, build, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        build(iris)


@pytest.mark.parametrize(("build", "message"), [
    (lambda: ArgMax(3.0, 16), "The number of classes must be an integer of at least 1, not 3.0"),
    (lambda: CoreArbiter(None), "The number of clients must be an integer of at least 1, not None"),
    (lambda: Taus88("1"), "The seed must be an integer from 0 to 4294967295, not '1'"),
    (lambda: Buttons(clock_hz="100e6"), "The clock frequency must be a positive number, not '100e6'"),
])
def test_values_of_another_type_are_refused(build, message):
    with pytest.raises(TypeError, match=re.escape(message)):
        build()


@pytest.mark.parametrize("build", [
    lambda _: BaudGenerator(*BAUD), lambda _: UartReceiver(*BAUD), lambda _: UartTransmitter(*BAUD),
    lambda iris: Top(iris, bytes(32), array=Array(8, 1), baud=BAUD[1]),
])
def test_a_baud_rate_that_the_clock_cannot_make_is_refused(iris, build):
    with pytest.raises(UserError, match=re.escape(TOO_FAST)):
        build(iris)
