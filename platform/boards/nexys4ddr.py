"""The Digilent Nexys4 DDR (XC7A100T-CSG324-1), also sold as the Nexys A7-100T.

Pins come from `amaranth_boards`; this file adds what every tool needs alike: the clock domain, the constraints, the
settings of the bitstream, and the way to load one.
"""

import os
import subprocess

from amaranth.back import rtlil
from amaranth.build.run import BuildPlan
from amaranth.hdl import ClockDomain, ClockSignal, Instance, Module, ResetSignal
from amaranth.lib import io
from amaranth.lib.cdc import FFSynchronizer
from amaranth_boards.nexys4ddr import Nexys4DDRPlatform

from varigate.platform.boards.top import BoardTop
from varigate.platform.boards.xdc import constraints

__all__ = ["Nexys4DDR"]

DESIGN_PROPERTIES = {
    "CFGBVS": "VCCO",  # the configuration bank's supply, as the board's schematic has it
    "CONFIG_VOLTAGE": "3.3",
    "BITSTREAM.GENERAL.COMPRESS": "TRUE",
    "BITSTREAM.CONFIG.SPI_BUSWIDTH": "4",  # the flash is wired with all four data lines
    "BITSTREAM.CONFIG.CONFIGRATE": "33",
}


class Nexys4DDR(Nexys4DDRPlatform):
    """The board as an Amaranth platform. `prepare` writes RTLIL and constraints and needs no tool for it.

    The `sync` domain is the 100 MHz oscillator behind IBUF and BUFG. Its reset is fully synchronous: asserted and
    released by the clock. The oscillator always runs, so nothing is gained by an asynchronous assertion, which would
    reach flip-flops with synchronous reset (the only kind here) inside their setup window. The chain has `RESET_STAGES`
    flip-flops that configuration sets to 1: it resets the design after configuration, while the device's global write
    enable (itself not synchronous to this clock) is released, and after the button.

    Examples
    --------
    >>> Nexys4DDR().part, Nexys4DDR.clock_hz
    ('xc7a100tcsg324-1', 100000000)
    """

    name = "nexys4ddr"
    part = "xc7a100tcsg324-1"
    clock_hz = 100_000_000
    clock_port = "clk100_0__io"  # its name in the netlist
    loader_board = "nexys_a7_100"  # its name for openFPGALoader

    RESET_STAGES = 4

    def create_missing_domain(self, name):
        """Add IBUF, BUFG and reset synchroniser for the domain `sync`: the same cells for every tool."""
        if name != "sync":
            return None
        m = Module()
        m.submodules.clock_pin = clock_pin = io.Buffer("i", self.request("clk100", dir="-"))
        m.submodules.reset_pin = reset_pin = io.Buffer("i", self.request("rst", dir="-"))  # active low: inverted here
        m.domains.sync = ClockDomain()
        m.submodules.clock_buffer = Instance("BUFG", i_I=clock_pin.i, o_O=ClockSignal())
        m.submodules.reset = FFSynchronizer(reset_pin.i, ResetSignal(), init=1, stages=self.RESET_STAGES)
        return m

    def wrap(self, top):
        """Connect the ports of `top` to the board."""
        return BoardTop(top)

    def toolchain_prepare(self, fragment, name, **_):
        """Plan the files of a design: `NAME.il`, and its constraints as `NAME.xdc`; `toolchains` goes on from them."""
        text, _ = rtlil.convert_fragment(fragment, name=name, emit_src=False, propagate_domains=False)
        plan = BuildPlan(script=name)
        plan.add_file(f"{name}.il", text)
        clocks = [(port.name, frequency) for port, frequency in self.iter_port_clock_constraints()]
        plan.add_file(f"{name}.xdc", constraints(self.iter_port_constraints_bits(), clocks, DESIGN_PROPERTIES))
        return plan

    def toolchain_program(self, products, name, *, flash=False):
        """Load `NAME.bit` into the FPGA, or (`flash`) into the memory that it starts from.

        Raises
        ------
        FileNotFoundError, subprocess.CalledProcessError
        """
        loader = os.environ.get("OPENFPGALOADER", "openFPGALoader")
        with products.extract(f"{name}.bit") as bitstream:
            subprocess.run([loader, "-b", self.loader_board, *(["-f"] if flash else []), bitstream], check=True)
