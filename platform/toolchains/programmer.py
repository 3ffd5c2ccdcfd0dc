"""Loading a bitstream into the board, with openFPGALoader."""

import subprocess
from pathlib import Path

from amaranth.build.run import LocalBuildProducts

from varigate.model.errors import UserError
from varigate.platform.toolchains.tools import Tool

__all__ = ["LOADER", "program"]

LOADER = Tool("openFPGALoader", "OPENFPGALOADER", "loads a bitstream into the board over USB",
              "the Debian package openfpgaloader (apt install openfpgaloader)")


def program(board, directory: Path, top: str = "top", *, flash: bool = False):
    """Load `directory`/TOP.bit into the FPGA, or with `flash` into the memory that it starts from at power-up.

    Raises
    ------
    UserError
        if the loader is missing, or fails.
    """
    LOADER.require()
    try:
        board.toolchain_program(LocalBuildProducts(directory), top, flash=flash)
    except subprocess.CalledProcessError as error:
        raise UserError(f"openFPGALoader failed with status {error.returncode}: is the board connected and switched "
                        "on, and may you use its USB device?") from error
