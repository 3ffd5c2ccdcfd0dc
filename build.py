"""From a network to a bitstream: `python build.py nexys4ddr` is `varigate build nexys4ddr`."""

import sys

from varigate.__main__ import start

if __name__ == "__main__":
    sys.exit(start(["build", *sys.argv[1:]]))
