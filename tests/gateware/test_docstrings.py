"""Every component's docstring has the same sections in the same order, and names all parameters and members.

Read from the source: what a class is called with, and the members of its signature as far as they are written out.
"""

import ast
import re
from pathlib import Path

import pytest

from varigate.gateware.core.answer import Answerer
from varigate.gateware.core.latent import Latent
from varigate.gateware.core.vae import FoldedVae
from varigate.gateware.engine.activation_buffers import VectorBuffer
from varigate.gateware.engine.matmul import MatrixEngine
from varigate.gateware.engine.result_queue import ResultQueue
from varigate.gateware.engine.sequencer import Sequencer
from varigate.gateware.estimate.timing_core import CoreControl
from varigate.gateware.estimate.timing_engine import EngineControl

ROOT = Path(__file__).parents[2]
FILES = sorted([*(ROOT / "gateware").rglob("*.py"), *(ROOT / "platform" / "boards").rglob("*.py")])
SECTIONS = ["Parameters", "Members", "Cycles", "Raises", "Examples"]
ENTRY = re.compile(r"(?:^|, )((?:\w+, )*\w+) : (?:array of )?(?:In|Out)\b", re.MULTILINE)


def components(source: str) -> list[ast.ClassDef]:
    """The classes of `source` that build hardware."""
    return [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef) and any(
        isinstance(each, ast.FunctionDef) and each.name == "elaborate" for each in node.body)]


def sections(docstring: str) -> dict[str, str]:
    """Heading to text, in order; the text before the first heading is that of ""."""
    parts = re.split(r"^(\w+)\n-+$", docstring, flags=re.MULTILINE)
    return {"": parts[0]} | dict(zip(parts[1::2], parts[2::2], strict=True))


def init(node: ast.ClassDef) -> list[ast.FunctionDef]:
    """The `__init__` of a class, if it has one."""
    return [each for each in node.body if isinstance(each, ast.FunctionDef) and each.name == "__init__"]


def parameters(node: ast.ClassDef) -> set[str]:
    return {argument.arg for each in init(node) for argument in [*each.args.args[1:], *each.args.kwonlyargs]}


def refuses(node: ast.ClassDef) -> bool:
    """Whether `__init__` itself raises, or calls a check."""
    return any(isinstance(each, ast.Raise) or re.match("_?check_", ast.unparse(each)) for method in init(node)
               for each in ast.walk(method) if isinstance(each, (ast.Raise, ast.Call)))


def members(node: ast.ClassDef) -> tuple[set[str], bool]:
    """The public members of the signature that are written out, and whether these are all."""
    names = {each.target.id for each in node.body if isinstance(each, ast.AnnAssign)
             and isinstance(each.annotation, ast.Call) and each.annotation.func.id in ("In", "Out")}
    whole = True
    for call in (each for each in ast.walk(node) if isinstance(each, ast.Call)):
        if ast.unparse(call.func) == "super().__init__" and call.args:
            keys = getattr(call.args[0], "keys", [None])
            names |= {key.value for key in keys if key is not None}
            whole = None not in keys
    return names, whole


def problems(source: str) -> list[str]:
    """What is missing in, or wrong with, the docstrings of the components of `source`."""
    found = []
    for node in components(source):
        text = sections(ast.get_docstring(node) or "")
        headings = list(text)[1:]
        required = ["Cycles", *["Raises"] * refuses(node), "Examples"]
        found += [f"{node.name}: no section {each}" for each in required if each not in text]
        found += [f"{node.name}: unknown section {each}" for each in headings if each not in SECTIONS]
        if [each for each in headings if each in SECTIONS] != [each for each in SECTIONS if each in headings]:
            found.append(f"{node.name}: sections in the order {headings}")
        if not re.match(r"[A-Z].*?\.(\s|$)", text[""], re.DOTALL):
            found.append(f"{node.name}: does not begin with a sentence")
        if ">>>" not in text.get("Examples", ">>>"):
            found.append(f"{node.name}: no example")
        entries = re.findall(r"^(\w.*?) :", text.get("Parameters", ""), re.MULTILINE)
        told, actual = {name for entry in entries for name in entry.split(", ")}, parameters(node)
        found += [f"{node.name}: parameter {name}" for name in sorted(told ^ actual)]
        told = {name for entry in ENTRY.findall(text.get("Members", "")) for name in entry.split(", ")}
        actual, whole = members(node)
        found += [f"{node.name}: member {name}" for name in sorted(actual - told | (told - actual if whole else set()))]
    return found


@pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(ROOT)) for path in FILES])
def test_components_say_what_they_are(path):
    assert problems(path.read_text("utf-8")) == []


def test_components_are_found():
    names = [node.name for path in FILES for node in components(path.read_text("utf-8"))]
    assert {"ArgMax", "BoardTop", "MatrixEngine", "Top", "VectorBuffer"} <= set(names) and len(names) >= 50


@pytest.mark.parametrize(("mirror", "twin"), [
    *((CoreControl, twin) for twin in (Answerer, FoldedVae, Latent)),
    *((EngineControl, twin) for twin in (MatrixEngine, ResultQueue, Sequencer, VectorBuffer))])
def test_twins_name_each_other(mirror, twin):
    assert f".{mirror.__name__}` mirrors" in " ".join(twin.__doc__.split())
    assert f"`{twin.__name__}`" in mirror.__doc__


GOOD = '''
class Adder(wiring.Component):
    """Adds a constant.

    Parameters
    ----------
    step : int

    Members
    -------
    i, clear : In(8), o : Out(8)

    Cycles
    ------
    Combinational.

    Examples
    --------
    >>> Adder(1)
    """

    clear: In(1)

    def __init__(self, step):
        super().__init__({"i": In(8), "o": Out(8)})

    def elaborate(self, platform):
        return Module()
'''


@pytest.mark.parametrize(("old", "new", "wrong"), [
    ("Adds", "Adds", []),
    ("Cycles\n    ------\n    Combinational.", "It is fast.", ["Adder: no section Cycles"]),
    ("    step : int\n", "", ["Adder: parameter step"]),
    ("step : int", "step, width : int", ["Adder: parameter width"]),
    ("i, clear : In(8)", "i : In(8)", ["Adder: member clear"]),
    ("o : Out(8)", "o, p : Out(8)", ["Adder: member p"]),
    ("o : Out(8)", "", ["Adder: member o"]),
    (">>> Adder(1)", "Adder(1)", ["Adder: no example"]),
    ("Adds a constant.", "so many", ["Adder: does not begin with a sentence"]),
    ("Cycles\n", "Latency\n", ["Adder: no section Cycles", "Adder: unknown section Latency"]),
    ("super()", "check_integer('step', step)\n        super()", ["Adder: no section Raises"]),
    ("Examples\n    --------", "Raises\n    ------\n    Never.\n\n    Examples\n    --------", []),
    ("    Members\n    -------\n    i, clear : In(8), o : Out(8)\n\n    Cycles\n    ------\n    Combinational.",
     "    Cycles\n    ------\n    None.\n\n    Members\n    -------\n    i, clear : In(8), o : Out(8)",
     ["Adder: sections in the order ['Parameters', 'Cycles', 'Members', 'Examples']"]),
])
def test_a_docstring_that_lacks_something_is_found(old, new, wrong):
    assert old in GOOD
    assert problems(GOOD.replace(old, new)) == wrong


def test_a_component_without_a_docstring_is_found():
    assert problems("class Adder(wiring.Component):\n    def elaborate(self, platform):\n        return Module()") == [
        "Adder: no section Cycles", "Adder: no section Examples", "Adder: does not begin with a sentence"]


def functions(docstring: str) -> list[tuple[str, str]]:
    """(module, name) of the functions of `model` that a component says it computes."""
    sentences = re.split(r"\.\s+", " ".join(docstring.split()))
    return [found for sentence in sentences if re.match(r"The (integer )?functions?\b", sentence)
            for found in re.findall(r"`(model(?:\.\w+)*)\.(\w+)`", sentence)]


COMPUTED = sorted({(module, node.name) for path in FILES for node in components(path.read_text("utf-8"))
                   for module, _ in functions(sections(ast.get_docstring(node) or "")[""])})


@pytest.mark.parametrize(("module", "unit"), COMPUTED)
def test_the_model_names_the_unit_that_computes_it(module, unit):
    source = ROOT.joinpath(*module.split(".")).with_suffix(".py").read_text("utf-8")
    assert re.search(rf"`gateware(\.\w+)*\.{unit}`", ast.get_docstring(ast.parse(source)))


def test_units_say_what_they_compute():
    assert functions("A sum. The integer functions are `model.a.f` and `model.b.c.g`, by kind. See `model.d.h`.") == [
        ("model.a", "f"), ("model.b.c", "g")]
    assert len(COMPUTED) >= 18
