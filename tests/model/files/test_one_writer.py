"""Nothing writes a user's file but the writer: other calls that write are in temporary or build folders, named here."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
WRITING = {"write_text", "savefig", "savez_compressed", "tofile", "copyfile"}
ELSEWHERE = {  # module → why it writes by itself
    "explore/costs/synthesis.py": "a temporary folder",
    "platform/toolchains/build_directory.py": "logs, into TARGET.failed",
    "platform/toolchains/flow.py": "the directory of a build",
    "platform/toolchains/output_registers.py": "the directory of a build",
    "platform/toolchains/report.py": "the directory of a build",
    "platform/toolchains/tools.py": "the directory of a build",
    "sim/formal/proof.py": "a temporary folder",
    "sim/mutation/mutants.py": "a record that grows by whole lines",
    "sim/mutation/runner.py": "a temporary folder",
    "sim/mutation/suite.py": "a temporary folder",
    "sim/simulators/cocotb_runner.py": "a log in the folder of the test",
    "sim/simulators/cxxrtl.py": "a temporary folder of the cache",
    "sim/simulators/gate.py": "a temporary folder of the cache",
    "sim/simulators/verilator.py": "a temporary folder of the cache",
    "sim/units/measure.py": "a temporary folder",
}
SOURCES = [path for package in ("model", "varigate", "host", "sim", "platform", "explore", "gateware")
           for path in sorted((ROOT / package).rglob("*.py")) if not path.is_relative_to(ROOT / "model" / "files")]


def writes(source: str) -> list[int]:
    """The lines of `source` that call a function that writes a file."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            of = getattr(getattr(node.func, "value", None), "id", "")
            texts = [each.value for each in (*node.args, *(word.value for word in node.keywords))
                     if isinstance(each, ast.Constant) and isinstance(each.value, str)]
            opens = name == "open" and any(set(text) <= set("rwxab+t") and set(text) & set("wxa") for text in texts)
            if (opens or name in WRITING or (name == "write_bytes" and isinstance(node.func, ast.Attribute))
                    or (name in ("copy", "move") and of == "shutil")):
                found.append(node.lineno)
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_are_written_by_the_writer(path):
    name = str(path.relative_to(ROOT).as_posix())
    assert bool(writes(path.read_text("utf-8"))) == (name in ELSEWHERE), writes(path.read_text("utf-8"))


def test_calls_that_write_are_noticed():
    for line in ("path.write_text('a')", "path.open('w')", "open(path, 'ab')", "path.open(mode='x')",
                 "path.write_bytes(b'')", "figure.savefig(path)", "shutil.copy(a, b)"):
        assert writes(line) == [1], line
    for line in ("write_bytes(path, b'')", "path.open('rb')", "array.copy()", "path.read_text('utf-8')",
                 "np.savez(buffer)", "stream.write('w')"):
        assert not writes(line), line
