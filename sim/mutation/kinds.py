"""The kinds of mutants, the replacements, and the code that is never changed."""

import ast

__all__ = ["COMPARISONS", "KINDS", "OPERATORS", "SHAPES", "SIZES", "UNSEEN", "UNTOUCHED"]

KINDS = {
    "operator": "one arithmetic or bitwise operator for another",
    "comparison": "a bound moved by one, or a comparison turned round",
    "constant": "a number more or less by one, True for False",
    "sign": "a minus, a complement or a `not` lost; signed for unsigned",
    "condition": "a condition negated, `and` for `or`",
    "mux": "the two values of a multiplexer exchanged",
    "reset": "an initial value lost; a register that a reset leaves alone",
    "statement": "an assignment, a change of state, a call or a `raise` left out",
    "domain": "a register where there should be none",
    "slice": "an end of a slice moved by one",
}
OPERATORS = {ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "+"), ast.Div: ("/", "*"), ast.Pow: ("**", "*"),
             ast.FloorDiv: ("//", "*"), ast.Mod: ("%", "//"), ast.LShift: ("<<", ">>"), ast.RShift: (">>", "<<"),
             ast.BitAnd: ("&", "|"), ast.BitOr: ("|", "&"), ast.BitXor: ("^", "|")}
COMPARISONS = {ast.Eq: ("==", "!="), ast.NotEq: ("!=", "=="), ast.Lt: ("<", "<="), ast.LtE: ("<=", "<"),
               ast.Gt: (">", ">="), ast.GtE: (">=", ">"), ast.Is: ("is", "is not"), ast.IsNot: ("is not", "is"),
               ast.In: ("in", "not in"), ast.NotIn: ("not in", "in")}
SHAPES = {"Signal", "In", "Out", "signed", "unsigned", "StructLayout", "ArrayLayout"}
SIZES = {"shape", "depth"}  # keyword arguments
UNTOUCHED = {"name", "attrs", "reset_less"}
UNSEEN = (ast.JoinedStr, ast.Raise, ast.Import, ast.ImportFrom, ast.arguments)
