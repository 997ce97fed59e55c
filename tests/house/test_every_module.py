"""Every module is imported by a test of its own folder, or listed with where it is tested instead."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.helpers.imports import imports_of, name_of, resolved
from tests.helpers.tracked import tracked_files
from tests.house.tested_elsewhere import ELSEWHERE, EVERY


def has_code(path: Path) -> bool:
    """Return False for a package's face that holds a docstring alone."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return path.name != "__init__.py" or any(not isinstance(node, ast.Expr | ast.ImportFrom) for node in body)


def own_folder(root: Path, module: Path) -> Path:
    """Return the nearest folder of tests that exists for a module, from its path below the root."""
    folder = root.joinpath("tests", *module.parts[1:-1])
    while not folder.is_dir():
        folder = folder.parent
    return folder


def reached(starts: list[str], modules: dict[str, Path]) -> set[str]:
    """Return the modules that test modules import, themselves or through other modules of the tests."""
    seen: set[str] = set()
    todo = list(starts)
    while todo:
        new = resolved(imports_of(modules[todo.pop()]), modules) - seen
        seen |= new
        todo += [name for name in new if name.startswith("tests.")]
    return seen


def untested(root: Path) -> set[str]:
    """Return the modules that no test of their own folder imports."""
    paths = [path.relative_to(root) for path in tracked_files(root) if path.suffix == ".py"]
    modules = {name_of(path): root / path for path in paths}
    by_folder: dict[Path, set[str]] = {}
    missing: set[str] = set()
    for module in [path for path in paths if path.parts[0] == "app" and len(path.parts) > 2 and has_code(root / path)]:
        folder = own_folder(root, module)
        if folder not in by_folder:
            inside = [name for name, path in modules.items() if path.is_relative_to(folder)]
            by_folder[folder] = reached(inside, modules)
        if name_of(module) not in by_folder[folder]:
            missing.add(name_of(module))
    return missing


def test_every_module_is_tested_in_its_folder_or_listed(repo_root: Path) -> None:
    missing = untested(repo_root)
    listed = {f"{folder}.{name}" for folder, (_, names) in ELSEWHERE.items() for name in names.split() if name != EVERY}
    whole = tuple(f"{folder}." for folder, (_, names) in ELSEWHERE.items() if names == EVERY)
    assert [folder for folder in whole if not any(name.startswith(folder) for name in missing)] == []
    listed |= {name for name in missing if name.startswith(whole)}
    assert sorted(missing - listed) == [], "write a test beside its kin, or list it with where it is tested"
    assert sorted(listed - missing) == [], "tested in its folder now, or gone: take it off the list"
