"""Points at which a module can be changed so that its tests should notice: each change is one, and small.

Comparisons, their boundaries, `in`, `and` and `or`, `not`, whole numbers and numbers in texts by one, flags, what is
returned, `min` and `max`. Annotations, docstrings, decorators and f-strings are left alone.
"""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass

_COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}

_OTHER = {"min": "max", "max": "min", "any": "all", "all": "any"}

#: Arguments that say how a class is made or how strictly a zip is, and change no result.
_OF_FORM = frozenset({"frozen", "slots", "strict", "repr", "kw_only", "compare"})

_NUMBER = re.compile(r"-?\d+(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Point:
    """One change of one place.

    Attributes:
        start, end: of the expression, in bytes of the source.
        line: its line, counted from 1.
        before, after: the expression as it is, and as it becomes.
        text: the whole line, stripped: with `before` and `after` it names the change even if lines move.
    """

    start: int
    end: int
    line: int
    before: str
    after: str
    text: str

    @property
    def change(self) -> str:
        """The change in a few words."""
        return f"{self.before} → {self.after}"

    def applied(self, source: bytes) -> bytes:
        """The source with the change made."""
        return source[: self.start] + f"({self.after})".encode() + source[self.end :]


def points(source: bytes) -> list[Point]:
    """Every point of a module, in the order of its text."""
    lines = source.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    found: dict[tuple[int, int, str], Point] = {}
    for node, mutated in _walk(ast.parse(source)):
        start = starts[node.lineno - 1] + node.col_offset
        end = starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
        after = ast.unparse(mutated)
        text = lines[node.lineno - 1].decode().strip()
        before = " ".join(source[start:end].decode().split())
        found.setdefault((start, end, after), Point(start, end, node.lineno, before, after, text))
    return sorted(found.values(), key=lambda point: (point.start, point.end, point.after))


def _walk(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Every expression with what it may become."""
    if isinstance(node, ast.expr):
        for mutated in _mutants(node):
            yield node, mutated
    if isinstance(node, ast.Return) and node.value is not None:
        for mutated in _returned(node.value):
            yield node.value, mutated
    for child in _children(node):
        yield from _walk(child)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.JoinedStr):
        return
    skipped: set[int] = set()
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        skipped |= {id(each) for each in node.decorator_list}
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns"):
            continue
        for child in value if isinstance(value, list) else [value]:
            is_text = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
            of_form = isinstance(child, ast.keyword) and child.arg in _OF_FORM
            if isinstance(child, ast.AST) and id(child) not in skipped and not is_text and not of_form:
                yield child


def _mutants(node: ast.expr) -> Iterator[ast.expr]:
    match node:
        case ast.Compare(ops=ops):
            for place, op in enumerate(ops):
                for other in _COMPARED[type(op)]:
                    changed = copy.deepcopy(node)
                    changed.ops[place] = other()
                    yield changed
        case ast.BoolOp():
            changed_bool = copy.deepcopy(node)
            changed_bool.op = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
            yield changed_bool
        case ast.UnaryOp(op=ast.Not()):
            yield node.operand
        case ast.Constant(value=bool() as flag):
            yield ast.Constant(not flag)
        case ast.Constant(value=int() as number):
            yield ast.Constant(number + 1)
            yield ast.Constant(number - 1)
        case ast.Call(func=ast.Name(id="min" | "max" | "any" | "all" as name)):
            changed_call = copy.deepcopy(node)
            changed_call.func = ast.Name(_OTHER[name])
            yield changed_call
        case ast.Call(func=ast.Name(id="Decimal" | "D"), args=[ast.Constant(value=str() as text)]) if _NUMBER.fullmatch(
            text
        ):
            whole, _, rest = text.partition(".")
            changed_number = copy.deepcopy(node)
            changed_number.args[0] = ast.Constant(f"{int(whole) + 1}{'.' * bool(rest)}{rest}")
            yield changed_number


def _returned(value: ast.expr) -> Iterator[ast.expr]:
    match value:
        case ast.Constant(value=bool()):
            return  # a flag is changed as such
        case ast.Constant(value=None):
            return
        case ast.Constant(value=str() as text):
            yield ast.Constant("" if text else "mutated")
        case ast.Compare() | ast.BoolOp() | ast.UnaryOp(op=ast.Not()):
            yield ast.UnaryOp(ast.Not(), value)
        case _:
            yield ast.Constant(None)
