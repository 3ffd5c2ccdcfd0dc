"""The commands: one module each, imported only when its command is given.

A command's module has a docstring, which is the first paragraph of its help; `add_arguments(parser)`; and
`run(options)`, which returns the exit status, None for success.
"""

import importlib

from varigate.parsing import Parser

__all__ = ["GROUPS", "NAMES", "load", "make_parser"]

GROUPS = {  # what a person wants to do → command → what it does, in a line
    "Build an accelerator": {
        "build": "build a netlist, a report and, with a place-and-route tool, a bitstream",
        "netlist": "print resources and longest paths of a netlist from a build",
    },
    "Train and judge a network": {
        "train": "train a VAE, quantise it, and save both",
        "evaluate": "measure the quality of a network, integers against floats",
        "plot": "draw the latent space, reconstructions and quantisation error",
        "vectors": "write golden vectors, as .npz and .hex",
        "latent": "write the book of latent spaces, docs/latent.md",
    },
    "Prove the gateware": {
        "regress": "run a network's samples through the simulated core, and compare with the integers",
        "bench": "compare the speed of the simulators",
        "epsilon": "test the statistics of ε, the hardware's source of normal numbers",
        "units": "measure the non-linear units, and write docs/units.md",
        "mutants": "put small faults into the gateware, and check that a test fails",
    },
    "Use a board, real or virtual": {
        "board": "run a virtual board with a serial port, in the terminal or as a page",
        "picture": "save the virtual board's VGA screen as a PNG",
        "host": "talk to a board: classify, encode, reconstruct, generate, …",
    },
    "Search for a better accelerator": {
        "explore": "design-space exploration: dataset, train, search, validate, demo, book, …",
    },
    "This program": {
        "completion": "print a script that completes commands and options in bash, zsh or tcsh",
    },
}
NAMES = [name for group in GROUPS.values() for name in group]


def load(name: str):
    """The module of the command `name`."""
    return importlib.import_module(f"varigate.commands.{name}")


def make_parser(name: str) -> Parser:
    """The parser of the command `name`."""
    module = load(name)
    parser = Parser(prog=f"varigate {name}", description=module.__doc__)
    module.add_arguments(parser)
    return parser
