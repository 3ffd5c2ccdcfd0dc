import ast
from pathlib import Path

import pytest

from varigate.sim.mutation.kinds import KINDS
from varigate.sim.mutation.mutation import mutants_of

ROOT = Path(__file__).parents[3]


def changes(source, kind):
    """(before, after) of each mutant of `kind`."""
    return [(mutant.before, mutant.after) for mutant in mutants_of(source, "a.py") if mutant.kind == kind]


def afters(source, kind):
    return [after for _, after in changes(source, kind)]


@pytest.mark.parametrize(("source", "kind", "expected"), [
    ("x = a + b", "operator", ["x = a - b"]),
    ("x = (a ^ b) & c", "operator", ["x = ((a ^ b) | c)", "x = ((a | b)) & c"]),
    ("x = a * b - c", "operator", ["x = (a + b) - c", "x = a * b + c"]),
    ("x = 'a' + b", "operator", []),
    ("x = a < b != c", "comparison", ["x = a <= b != c", "x = a < b == c"]),
    ("x = a not in b", "comparison", ["x = a in b"]),
    ("x = f(3, 0)", "constant", ["x = f(2, 0)", "x = f(4, 0)", "x = f(3, 1)"]),
    ("x = True", "constant", ["x = False"]),
    ("x = -a, ~b, not c", "sign", ["x = a, ~b, not c", "x = -a, b, not c", "x = -a, ~b, c"]),
    ("x = signed(n)", "sign", ["x = unsigned(n)"]),
    ("x = a.as_signed() + b", "sign", ["x = a + b"]),
    ("with m.If(a & b):\n    pass", "condition", ["with m.If((a & b) == 0):"]),
    ("with m.If(~a):\n    pass", "condition", []),
    ("x = a if b else c", "condition", ["x = a if not (b) else c"]),
    ("x = a and b", "condition", ["x = (a or b)"]),
    ("x = [a for a in b if a > c]", "condition", ["x = [a for a in b if not (a > c)]"]),
    ("x = Mux(a, b, c + d)", "mux", ["x = Mux(a, c + d, b)"]),
    ("x = Signal(8, init=n)", "reset", ["x = Signal(8, init=0)"]),
    ("x = Signal(8, init=0)", "reset", []),
    ("x = Signal(n)\nm.d.sync += x[0].eq(a)", "reset", ["x = Signal(n, reset_less=True)"]),
    ("x, y = Signal(), Signal()\nm.d.sync += y.eq(a)", "reset", ["x, y = Signal(), Signal(reset_less=True)"]),
    ("x = Signal()\nm.d.comb += x.eq(a)", "reset", []),
    ("m.d.sync += [\n    a.eq(b),\n    c.eq(d),\n]", "statement", ["", ""]),
    ("m.d.comb += a.eq(b)", "statement", ["pass"]),
    ("m.next = 'A'", "statement", ["pass"]),
    ("connect(m, a, b)", "statement", ["pass"]),
    ("super().__init__()", "statement", []),
    ("raise ValueError('not 3')", "statement", ["pass"]),
    ("m.d.comb += a.eq(b)", "domain", ["m.d.sync += a.eq(b)"]),
    ("m.d.sync += a.eq(b)", "domain", []),
    ("x = a[n:-1]", "slice", ["x = a[n + 1:-1]", "x = a[n:-1 - 1]"]),
    ("x = a[2:]", "constant", ["x = a[1:]", "x = a[3:]"]),
], ids=str)
def test_kinds(source, kind, expected):
    assert afters(source, kind) == expected


def test_the_list_of_kinds_is_complete():
    found = {mutant.kind for path in (ROOT / "gateware").rglob("*.py")
             for mutant in mutants_of(path.read_text("utf-8"), path.name)}
    assert found == set(KINDS)


def test_signals_are_never_made_wider():
    assert afters("x = Signal(range(n - 1))", "operator") == []
    assert afters("x = Signal(range(n + 1))", "operator") == ["x = Signal(range(n - 1))"]
    assert afters("x = Signal(n - 1)", "constant") == ["x = Signal(n - 2)"]
    assert afters("x = In(8, init=1)", "constant") == ["x = In(7, init=1)"]


@pytest.mark.parametrize("source", [
    '"""At most 3 - 1."""',
    'def f():\n    """Returns 3 + 4."""',
    'def f(x: "1 + 2" = n) -> 3: ...',
    "raise ValueError(f'{n + 1} is not 3')",
    "__all__ = ['a', 'b'][:1]",
    "from a import b",
    "x = Signal(name=f'a_{n - 1}', attrs={'keep': 1}, reset_less=True)",
], ids=str)
def test_what_is_said_stays_as_it_is(source):
    assert [mutant.id for mutant in mutants_of(source, "a.py")
            if not mutant.after.startswith("pass")] == []


def test_a_signature_in_annotations_is_behaviour():
    assert afters("class A:\n    o: Out(8)", "constant") == ["o: Out(7)"]


def test_places_and_identities():
    source = "# ε\nx = 'σ', 1 + a\ny = b + c + d\n"
    found = mutants_of(source, "p/a.py")
    assert [mutant.id for mutant in found] == [
        f"p/a.py:{place}" for place in ("2:constant:1", "2:constant:2", "2:operator:1", "3:operator:1", "3:operator:2")]
    assert found[2].apply(source) == "# ε\nx = 'σ', 1 - a\ny = b + c + d\n"
    assert (found[2].before, found[2].after) == ("x = 'σ', 1 + a", "x = 'σ', 1 - a")


@pytest.mark.parametrize("name", ["uart", "horner"])
def test_mutants_of_gateware_are_python_and_all_different(name):
    path, = (ROOT / "gateware").rglob(f"{name}.py")
    source = path.read_text("utf-8")
    found = mutants_of(source, name)
    codes = {ast.dump(ast.parse(mutant.apply(source))) for mutant in found}
    assert len(codes | {ast.dump(ast.parse(source))}) == len(found) + 1
    assert found == mutants_of(source, name)
    assert len({mutant.id for mutant in found}) == len(found)
