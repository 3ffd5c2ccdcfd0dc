"""The report of a build, for programs (`report.json`) and for people (`report.md`, the table on the screen)."""

import json
import pathlib
from dataclasses import asdict

from varigate.model.network.variants import units
from varigate.platform.toolchains.device import DEVICES, LABELS
from varigate.platform.toolchains.levels import CORE, Path, longest_paths
from varigate.platform.toolchains.output_registers import memory_bits

__all__ = ["align", "make", "table", "write"]


def make(board, network, cycles, array, mapped, placed, card: dict) -> dict:
    """Make the report of one build, as `report.json` holds it.

    Parameters
    ----------
    board : platform
    network : Network
    cycles : Cycles
        of `network` on `array`: latency, interval, and the multipliers' utilisation.
    array : Array
    mapped : Netlist
    placed : Placed or None
        the result of place and route, if it ran.
    card : dict
        the network's card, empty if there is none.
    """
    device = DEVICES[board.device]
    counted = placed.resources if placed and placed.resources else None
    timing = (placed.tool, round(placed.fmax_mhz, 2)) if placed else (None, None)
    return {
        "board": board.name,
        "network": network.name,
        "device": board.part,
        "array": asdict(array),
        "units": units(network),
        "clock_mhz": board.clock_hz / 1e6,
        "macs": network.macs,
        "cycles": {"latency": cycles.latency, "interval": cycles.interval},
        "mac_utilisation": round(cycles.utilisation, 4),
        "resources": {"source": placed.tool if counted else "yosys", **(counted or mapped.resources).report()},
        "available": device.capacity.report(),
        "timing": dict(zip(("source", "fmax_mhz"), timing, strict=True)),
        "bitstream": placed.bitstream if placed else None,
        "levels": _levels(mapped),
        "weight_ram_bits": dict(zip(("read", "unregistered"), memory_bits(mapped, "weights"), strict=True)),
        "accuracy": _accuracy(card),
    }


def _accuracy(card: dict) -> dict:
    """Accuracies on samples that training has not seen: of a table by cross-validation, of images on the test set."""
    tested = card if "test_samples" in card else {}
    return {"cv_float": card.get("cv_accuracy_float"), "cv_integer": card.get("cv_accuracy_integer"),
            "test_float": tested.get("accuracy_float"), "test_integer": tested.get("accuracy_integer")}


def _levels(mapped) -> dict | None:
    paths = longest_paths(mapped, instance=CORE)
    return asdict(paths[0]) if paths else None


def _count(number: float) -> str:
    """Write a whole number, or one with a fraction."""
    return f"{number:,.0f}" if number == int(number) else f"{number:,.2f}"


def _timing(report: dict) -> str:
    fmax, clock = report["timing"]["fmax_mhz"], report["clock_mhz"]
    if fmax is None:
        return f"if {clock:g} MHz closes"
    if report["bitstream"] is None:
        return f"if {clock:g} MHz closed: {report['timing']['source']} does NOT meet timing ({fmax:g} MHz)"
    return f"{report['timing']['source']} meets {clock:g} MHz; it would reach {fmax:g} MHz"


def _rows(report: dict):
    """Yield (label, value) of everything but the resources."""
    cycles, hertz = report["cycles"], report["clock_mhz"] * 1e6
    shape = report["array"]
    yield "MAC array", (f"{shape['rows']} outputs x {shape['columns']} inputs, drain {shape['drain']}"
                        f"{', packed' if shape['packed'] else ''}{'' if shape['cascade'] else ', no cascade'}"
                        f"{', one buffer' if shape['buffers'] == 1 else ''}")
    yield "units", (f"weights of {report['units']['bits']} bits; ε {report['units']['epsilon']}; "
                    f"sigmoid {report['units']['sigmoid'] or 'none'}")
    yield "multiply-accumulates", f"{report['macs']:,} an inference; multipliers busy {report['mac_utilisation']:.1%}"
    yield "latency", f"{cycles['latency']:,} cycles, {cycles['latency'] / hertz * 1e6:.2f} µs"
    yield "interval", f"{_count(cycles['interval'])} cycles"
    yield "inferences per second", f"{hertz / cycles['interval']:,.0f} ({_timing(report)})"
    tested = report["accuracy"]["test_integer"] is not None
    for name in ("float", "integer"):
        value = report["accuracy"][f"{'test' if tested else 'cv'}_{name}"]
        yield (f"accuracy on test images, {name}" if tested else f"cross-validated accuracy, {name}",
               "not known" if value is None else f"{value:.2%}")
    if report["weight_ram_bits"]["read"]:
        yield "weights' bits from block RAM", ("{read:,}, {unregistered:,} of them not through its output register"
                                               .format(**report["weight_ram_bits"]))
    if report["levels"]:
        yield "longest path of the core", str(Path(**report["levels"]))
    yield "bitstream", report["bitstream"] or "none"


def _resource_rows(report: dict):
    for name, available in report["available"].items():
        used = report["resources"][name]
        yield LABELS[name], f"{used:,}", f"{available:,}", f"{used / available:.1%}"


def align(rows) -> list[str]:
    """Format rows as columns of text, the first to the left, the others to the right.

    >>> align([("LUT", "7"), ("FF", "12")])
    ['LUT   7', 'FF   12']
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.rjust(width) if index else cell.ljust(width)
                      for index, (cell, width) in enumerate(zip(row, widths, strict=True))) for row in rows]


def table(report: dict) -> str:
    """Format the report as text for a terminal."""
    facts = list(_rows(report))
    width = max(len(label) for label, _ in facts)
    resources = align([(f"resources ({report['resources']['source']})", "used", "available", "per cent"),
                        *_resource_rows(report)])
    return "\n".join([f"{report['network']} on {report['board']} ({report['device']})", "", *resources, "",
                      *(f"{label.ljust(width)}  {value}" for label, value in facts)])


def _markdown(report: dict) -> str:
    lines = [f"# {report['network']} on {report['board']} ({report['device']})", "",
             f"| resource ({report['resources']['source']}) | used | available | per cent |", "|---|--:|--:|--:|",
             *(f"| {' | '.join(row)} |" for row in _resource_rows(report)), "", "| | |", "|---|---|",
             *(f"| {label} | {value} |" for label, value in _rows(report))]
    return "\n".join(lines) + "\n"


def write(report: dict, directory: pathlib.Path):
    """Write `report.json` and `report.md` into `directory`."""
    (directory / "report.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    (directory / "report.md").write_text(_markdown(report), encoding="utf-8")
