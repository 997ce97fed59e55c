"""No circle of imports: every module can be read after those it imports, and none needs itself."""

from __future__ import annotations

from pathlib import Path

from tests.helpers.imports import imports_of, name_of, resolved
from tests.helpers.tracked import tracked_files


def graph(root: Path) -> dict[str, set[str]]:
    """Return each module of the program with the modules it imports, those imported for types only included."""
    paths = {name_of(path.relative_to(root)): path for path in tracked_files(root) if path.suffix == ".py"}
    modules = {name: path for name, path in paths.items() if name.split(".")[0] == "app"}
    return {name: resolved(imports_of(path), modules) - {name} for name, path in modules.items()}


def circles(arrows: dict[str, set[str]]) -> list[list[str]]:
    """Return the groups of modules that reach each other, by Tarjan's algorithm on a stack of our own."""
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    open_ones: list[str] = []
    groups: list[list[str]] = []
    for start in arrows:
        work = [(start, iter(sorted(arrows[start])))] if start not in number else []
        while work:
            name, rest = work[-1]
            if name not in number:
                number[name] = lowest[name] = len(number)
                open_ones.append(name)
            for other in rest:
                if other not in number:
                    work.append((other, iter(sorted(arrows[other]))))
                    break
                if other in open_ones:
                    lowest[name] = min(lowest[name], number[other])
            else:
                work.pop()
                if work:
                    lowest[work[-1][0]] = min(lowest[work[-1][0]], lowest[name])
                if lowest[name] == number[name]:
                    at = open_ones.index(name)
                    groups.append(sorted(open_ones[at:]))
                    del open_ones[at:]
    return [group for group in groups if len(group) > 1]


def test_no_module_needs_itself(repo_root: Path) -> None:
    assert circles(graph(repo_root)) == []


def test_a_circle_is_seen() -> None:
    arrows = {"a": {"b", "d"}, "b": {"c"}, "c": {"a"}, "d": {"e"}, "e": {"d"}, "f": {"a"}}
    assert sorted(circles(arrows)) == [["a", "b", "c"], ["d", "e"]]
    assert circles({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []
