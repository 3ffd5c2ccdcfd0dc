"""Makes mutants of Python source: small faults of the kinds that people make, which good tests notice.

Only code that decides the behaviour of the hardware is changed: no docstrings, messages, names, annotations of
functions, or `attrs`. Two changes are never made, since no test of behaviour can notice them: a wider signal (sizes
in shapes are only reduced), and a reset for a register without one.
"""

import ast
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from varigate.sim.mutation.kinds import COMPARISONS, OPERATORS, SHAPES, SIZES, UNSEEN, UNTOUCHED

__all__ = ["Mutant", "mutants_of"]


@dataclass(frozen=True)
class Mutant:
    """One change of one file.

    Parameters
    ----------
    file : str
        path from the root of the tree, with slashes.
    line, number : int
        line of the change, and number among the mutants of the same line and kind; both from 1.
    statement : int
        the line at which the innermost statement begins that holds the change.
    kind : str
        a key of `sim.mutation.kinds.KINDS`.
    start, end, text
        `text` replaces the bytes from `start` to `end`.
    before, after : str
        the lines that differ, without indentation; several are joined by ` ⏎ `.
    """

    file: str
    line: int
    statement: int
    kind: str
    number: int
    start: int
    end: int
    text: str
    before: str
    after: str

    @property
    def id(self) -> str:
        """The identifier `FILE:LINE:KIND:NUMBER`."""
        return f"{self.file}:{self.line}:{self.kind}:{self.number}"

    def apply(self, source: str) -> str:
        """The mutated source."""
        return _replace(source, self.start, self.end, self.text)


def _replace(source: str, start: int, end: int, text: str) -> str:
    data = source.encode()
    return (data[:start] + text.encode() + data[end:]).decode()


def _called(node) -> str:
    """The last name of what `node` calls: `Signal` of `Signal.like(…)`, too."""
    function = node.func if isinstance(node, ast.Call) else None
    if isinstance(function, ast.Attribute) and function.attr == "like":
        function = function.value
    return getattr(function, "attr", getattr(function, "id", ""))


def _drives(node, domain: str) -> bool:
    """Whether `node` is `m.d.DOMAIN += …`."""
    return (isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Attribute) and node.target.attr == domain
            and isinstance(node.target.value, ast.Attribute) and node.target.value.attr == "d")


def _registers(tree) -> set[str]:
    """Names of the local signals that `m.d.sync` drives."""
    names = set()
    for statement in ast.walk(tree):
        if _drives(statement, "sync"):
            for node in ast.walk(statement.value):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "eq":
                    target = node.func.value
                    while isinstance(target, ast.Attribute | ast.Subscript):
                        target = target.value
                    names.add(getattr(target, "id", ""))
    return names


class _Finder:
    """Walks a syntax tree and collects (kind, start, end, text)."""

    def __init__(self, source: str):
        self.data, self.edits = source.encode(), []
        self._lines = [0]
        for line in self.data.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))
        tree = ast.parse(source)
        self._registers = _registers(tree)
        self._subtracted = {node.right for node in ast.walk(tree)
                            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub)}
        self._walk(tree, False)

    def _span(self, node) -> tuple[int, int]:
        return (self._lines[node.lineno - 1] + node.col_offset, self._lines[node.end_lineno - 1] + node.end_col_offset)

    def _text(self, node) -> str:
        start, end = self._span(node)
        return self.data[start:end].decode()

    def _edit(self, kind: str, start: int, end: int, text: str):
        self.edits.append((kind, start, end, text))

    def _instead(self, kind: str, node, text: str):
        self._edit(kind, *self._span(node), text)

    def _walk(self, node, shape: bool):
        """`shape`: the node is in the size of a signal or similar."""
        if isinstance(node, UNSEEN):
            if isinstance(node, ast.Raise):
                self._instead("statement", node, "pass")
            return
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            return
        visit = getattr(self, f"_{type(node).__name__.lower()}", None)
        if visit:
            visit(node, shape)
        size = _called(node) in SHAPES
        for field, value in ast.iter_fields(node):
            if field == "returns" or field == "decorator_list" or (field == "annotation" and not _called(value)):
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.keyword):
                    constant_reset = child.arg == "init" and size and isinstance(child.value, ast.Constant)
                    if child.arg not in UNTOUCHED and not constant_reset:
                        self._walk(child.value, child.arg in SIZES)
                elif isinstance(child, ast.AST):
                    self._walk(child, shape or size)

    def _between(self, kind: str, left, right, old: str, new: str, *, whole=None):
        """Replaces the operator `old` between two operands; with parentheses round `whole`, where it is given."""
        end, start = self._span(left)[1], self._span(right)[0]
        place = end + self.data[end:start].index(old.encode())
        if whole is None:
            self._edit(kind, place, place + len(old), new)
        else:
            first, last = self._span(whole)
            head, tail = self.data[first:place].decode(), self.data[place + len(old):last].decode()
            self._edit(kind, first, last, f"({head}{new}{tail})")

    def _binop(self, node, shape):
        strings = any(isinstance(side, ast.JoinedStr) or isinstance(getattr(side, "value", None), str)
                      for side in (node.left, node.right))
        old, new = OPERATORS.get(type(node.op), (None, None))
        if old and not strings and not (shape and isinstance(node.op, ast.Sub)):
            alike = {"+": "+-", "-": "+-", "<<": "<<>>", ">>": "<<>>", "//": "*", "/": "*", "%": "//"}
            self._between("operator", node.left, node.right, old, new,
                          whole=None if new in alike.get(old, "") else node)

    def _compare(self, node, shape):
        for (left, right), operator in zip(pairwise([node.left, *node.comparators]), node.ops, strict=True):
            self._between("comparison", left, right, *COMPARISONS[type(operator)])

    def _constant(self, node, shape):
        if isinstance(node.value, bool):
            self._instead("constant", node, str(not node.value))
        elif isinstance(node.value, int):
            for value in (node.value - 1, node.value + 1):
                wider = shape and (value > node.value) != (node in self._subtracted)
                if value >= 0 and not wider:
                    self._instead("constant", node, str(value))
        elif isinstance(node.value, float):
            self._instead("constant", node, repr(2 * node.value + 1))

    def _unaryop(self, node, shape):
        if not isinstance(node.op, ast.UAdd):
            start = self._span(node)[0]
            self._edit("sign", start, start + (len("not ") if isinstance(node.op, ast.Not) else 1), "")

    def _boolop(self, node, shape):
        old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        for left, right in pairwise(node.values):
            self._between("condition", left, right, old, new, whole=node)

    def _negate(self, test, form: str):
        """Negates a test, unless another mutant (no sign, another comparison) does so, too."""
        if not isinstance(test, ast.UnaryOp) and not (
                isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Eq | ast.NotEq | ast.Is | ast.IsNot)):
            self._instead("condition", test, form.format(self._text(test)))

    def _if(self, node, shape):
        self._negate(node.test, "not ({})")

    _while = _ifexp = _if

    def _comprehension(self, node, shape):
        for test in node.ifs:
            self._negate(test, "not ({})")

    def _call(self, node, shape):
        name, start = _called(node), self._span(node)[0]
        if name in ("If", "Elif"):
            self._negate(node.args[0], "({}) == 0")
        elif name == "Mux":
            first, second = node.args[1:]
            gap = self.data[self._span(first)[1]:self._span(second)[0]].decode()
            self._edit("mux", self._span(first)[0], self._span(second)[1],
                       self._text(second) + gap + self._text(first))
        elif name in ("signed", "unsigned"):
            self._edit("sign", start, start + len(name), "unsigned" if name == "signed" else "signed")
        elif name == "as_signed":
            self._instead("sign", node, self._text(node.func.value))
        elif name in ("Signal", "In", "Out"):
            for keyword in node.keywords:
                if keyword.arg == "init" and getattr(keyword.value, "value", None) != 0:
                    self._instead("reset", keyword.value, "0")

    def _assign(self, node, shape):
        """Leaves out a change of state; takes the reset from a register."""
        target = node.targets[0]
        if isinstance(target, ast.Attribute) and target.attr == "next":
            self._instead("statement", node, "pass")
        signals = zip(target.elts, node.value.elts, strict=False) if (
            isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)) else [(target, node.value)]
        for name, value in signals:
            if (_called(value) == "Signal" and getattr(name, "id", "") in self._registers
                    and "reset_less" not in [keyword.arg for keyword in value.keywords]):
                end = self._span(value)[1] - 1
                self._edit("reset", end, end, (", " if value.args or value.keywords else "") + "reset_less=True")

    def _augassign(self, node, shape):
        if not (_drives(node, "sync") or _drives(node, "comb")):
            return
        if _drives(node, "comb"):
            self._edit("domain", self._span(node.target)[1] - len("comb"), self._span(node.target)[1], "sync")
        items = node.value.elts if isinstance(node.value, ast.List) else []
        if len(items) < 2:
            self._instead("statement", node, "pass")
        for index, item in enumerate(items if len(items) > 1 else []):
            if index + 1 < len(items):
                self._edit("statement", self._span(item)[0], self._span(items[index + 1])[0], "")
            else:
                self._edit("statement", self._span(items[index - 1])[1], self._span(item)[1], "")

    def _expr(self, node, shape):
        if isinstance(node.value, ast.Call) and not self._text(node).startswith("super()"):
            self._instead("statement", node, "pass")

    def _slice(self, node, shape):
        """Changes numbers in a slice like constants."""
        for bound, change in ((node.lower, "+ 1"), (node.upper, "- 1")):
            if bound is not None and not isinstance(bound, ast.Constant):
                self._instead("slice", bound, f"{self._text(bound)} {change}")


def _lines(source: str, start: int, end: int, text: str) -> tuple[str, str]:
    """The lines that differ if `text` replaces the bytes from `start` to `end`."""
    data = source.encode()
    first, last = data.rfind(b"\n", 0, start) + 1, data.find(b"\n", end)
    tail = data[end:last] if last >= 0 else data[end:]
    before = (data[first:end] + tail).decode().splitlines()
    after = (data[first:start].decode() + text + tail.decode()).splitlines()
    while before and after and before[-1] == after[-1]:
        before.pop(), after.pop()
    while before and after and before[0] == after[0]:
        del before[0], after[0]
    return tuple(" ⏎ ".join(line.strip() for line in lines if line.strip()) for lines in (before, after))


def _statements(source: str) -> dict[int, int]:
    """For each line of a statement, the first line of the innermost one."""
    lines = {}
    for node in ast.walk(ast.parse(source)):  # outer ones before inner ones
        if isinstance(node, ast.stmt):
            lines |= dict.fromkeys(range(node.lineno, node.end_lineno + 1), node.lineno)
    return lines


def mutants_of(source: str, file: str) -> list[Mutant]:
    """All mutants of `source`, in the order of their places in the file."""
    data, numbers, mutants, statements = source.encode(), Counter(), [], _statements(source)
    for kind, start, end, text in sorted(set(_Finder(source).edits), key=lambda edit: (edit[1], edit[2], *edit)):
        if data[start:end].decode() == text:
            continue
        line = data[:start].count(b"\n") + 1
        numbers[line, kind] += 1
        lines = _lines(source, start, end, text)
        mutants.append(Mutant(file, line, statements[line], kind, numbers[line, kind], start, end, text, *lines))
    return mutants
