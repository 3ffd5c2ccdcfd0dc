"""Check a mapped netlist in JSON from a build or Yosys, and print its resources and longest paths."""

from pathlib import Path

from varigate.model.errors import UserError
from varigate.platform.toolchains import netlist
from varigate.platform.toolchains.device import LABELS
from varigate.platform.toolchains.levels import CORE, longest_paths
from varigate.platform.toolchains.output_registers import memory_bits


def add_arguments(parser):
    parser.add_argument("file", type=Path, metavar="FILE.json")
    parser.add_argument("--paths", type=int, default=1, metavar="N", help="show the N longest paths (default: 1)")


def _lines(file: Path, count: int) -> list[str]:
    mapped = netlist.read(file)
    netlist.check(mapped)
    lines = [f"{LABELS[name]}: {number:,}" for name, number in mapped.resources.report().items()]
    lines.append("weights' bits from block RAM: {:,}, {:,} of them not through its output register".format(
        *memory_bits(mapped, "weights")))
    for title, instance in (("that begin or end in the core", CORE), ("of all", None)):
        lines.append(f"longest paths {title}:")
        lines += [f"  {path}" for path in longest_paths(mapped, instance=instance, count=count)]
    return lines


def run(options):
    try:
        lines = _lines(options.file, options.paths)
    except OSError as error:
        raise UserError(f"cannot read {options.file}: {error.strerror}") from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise UserError(f"{options.file} is not a netlist from Yosys with a module `top`") from error
    print("\n".join(lines))
