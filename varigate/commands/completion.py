"""Print a script that completes commands and options, for a shell to read when it starts."""

import argparse

import shtab

from varigate import commands
from varigate.parsing import Parser

EPILOG = """where it goes:
  bash   varigate completion bash >> ~/.bashrc
  zsh    mkdir -p ~/.zfunc; varigate completion zsh > ~/.zfunc/_varigate
         with `fpath=(~/.zfunc $fpath)` before `autoload -U compinit; compinit` in ~/.zshrc
  tcsh   varigate completion tcsh > ~/.varigate.tcsh
         with `source ~/.varigate.tcsh` in ~/.tcshrc"""


def add_arguments(parser):
    parser.epilog, parser.formatter_class = EPILOG, argparse.RawDescriptionHelpFormatter
    parser.add_argument("shell", choices=shtab.SUPPORTED_SHELLS, help="the shell that will read it")


def run(options):
    everything = Parser(prog="varigate")
    each = everything.add_subparsers(dest="command")
    for group in commands.GROUPS.values():
        for name, text in group.items():
            commands.load(name).add_arguments(each.add_parser(name, help=text))
    print(shtab.complete(everything, options.shell))
