"""The kept mutation tool: which changes it makes of a line, and how one is recognised again."""

from __future__ import annotations

import pytest

from tests.benchmarks.mutation import EQUIVALENT, changes, equivalents
from tests.benchmarks.mutation_points import points


@pytest.mark.parametrize(
    "line, becomes",
    [
        ("x = a < b", ["a <= b", "a >= b"]),
        ("x = a >= b", ["a < b", "a > b"]),
        ("x = a not in b", ["a in b"]),
        ("x = a and b", ["a or b"]),
        ("x = not a", ["a"]),
        ("x = 7", ["6", "8"]),
        ("x = True", ["False"]),
        ("x = min(a, b)", ["max(a, b)"]),
        ("x = Decimal('0.02')", ["Decimal('1.02')"]),
        ("x = Decimal('a')", []),
        ("x: int | None", []),
        ("x = f'{a < b}'", []),
        ("'''A text of 7.'''", []),
        ("def f(a):\n    return a", ["None"]),
        ("def f(a):\n    return a == 'é'", ["a != 'é'", "not a == 'é'"]),
        ("@dataclass(frozen=True)\nclass A: pass", []),
        ("zip(a, b, strict=True)", []),
    ],
)
def test_each_point_has_its_changes(line: str, becomes: list[str]) -> None:
    found = points(line.encode())
    assert sorted(each.after for each in found) == sorted(becomes)
    for each in found:
        changed = each.applied(line.encode()).decode()
        compile(changed, "changed", "exec")
        assert changed != line


def test_changes_of_a_line_after_others_are_made_at_its_place() -> None:
    source = "ä = 'ö'\n\nx = (ä ==\n     7)\n".encode()
    assert {each.line for each in points(source)} == {3, 4}
    assert "(8)" in next(each for each in points(source) if each.after == "8").applied(source).decode()


def test_reviewed_changes_are_of_lines_that_are_there() -> None:
    """A line of the list whose code has gone is taken out, so that it excuses nothing else."""
    known = equivalents(EQUIVALENT.read_text(encoding="utf-8"))
    every = {each.key for venue in {file.split("/")[2] for file, _, _ in known} for each in changes(venue)}
    assert sorted(known.keys() - every) == []
    assert all(reason for reason in known.values())
