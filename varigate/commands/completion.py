"""Print a script that completes commands and options: `varigate completion bash >> ~/.bashrc`."""

import shtab

from varigate import commands
from varigate.parsing import Parser


def add_arguments(parser):
    parser.add_argument("shell", choices=shtab.SUPPORTED_SHELLS)


def run(options):
    everything = Parser(prog="varigate")
    each = everything.add_subparsers(dest="command")
    for group in commands.GROUPS.values():
        for name, text in group.items():
            commands.load(name).add_arguments(each.add_parser(name, help=text))
    print(shtab.complete(everything, options.shell))
